"""Checks of recordings: individually, and against the others of the same speaker."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

import numpy as np

from recital.modules.contract.audio import AudioConfig
from recital.preprocessors.doctor.findings import Finding, Severity, find
from recital.preprocessors.doctor.measure import Measures
from recital.preprocessors.extract import CLIPPED_LEVEL, MAX_CLIPPED, SILENT_RANGE
from recital.processors.features import PreprocessConfig
from recital.processors.store import Utterance

FORMATS = {".wav": ("WAV", "WAVEX", "RF64", "W64"), ".flac": ("FLAC",), ".ogg": ("OGG",)}
FORMATS[".mp3"] = ("MP3", "MPEG")
SILENCES = ("leading_silence", "trailing_silence")  # preprocess.trim cuts these
OUTLIER = 6.0  # robust standard deviations
FEW = 20  # recordings per speaker; a speaker with fewer is compared with all speakers together

Pair = tuple[Utterance, Measures]


def judge(
    dataset: str,
    pairs: Sequence[Pair],
    audio: AudioConfig,
    preprocess: PreprocessConfig,
) -> Iterator[Finding]:
    """Findings about the recordings that could be decoded."""
    for u, m in pairs:
        for code, reason in (*unusable(m, preprocess), *of_file(u, m), *of_sound(m)):
            trimmed = preprocess.trim is not None and code in SILENCES
            severity: Severity | None = "note" if trimmed else None
            where = {"dataset": dataset, "id": u.id, "file": u.audio}
            yield find(code, reason, severity=severity, **where)
    pairs = [(u, m) for u, m in pairs if m.span >= SILENT_RANGE]
    for finder in (rates, channels, outliers, copies):
        for u, code, reason in finder(pairs):
            yield find(code, reason, dataset=dataset, id=u.id, file=u.audio)
    yield from low_rates(dataset, pairs, audio)


def unusable(m: Measures, preprocess: PreprocessConfig) -> Iterator[tuple[str, str]]:
    """What stage 1 rejects, with the same limits."""
    if m.span < SILENT_RANGE:
        yield "silent", f"its loudest sample is {m.peak:.4f}"
    if m.clipped > MAX_CLIPPED and m.peak >= CLIPPED_LEVEL:
        yield "clipped", f"{m.clipped:.2%} of its samples are at full scale"
    if m.seconds < preprocess.min_seconds:
        yield "too_short", f"lasts {m.seconds:.2f} s; min_seconds is {preprocess.min_seconds:g}"
    if m.seconds > preprocess.max_seconds:
        yield "too_long", f"lasts {m.seconds:.2f} s; max_seconds is {preprocess.max_seconds:g}"


def of_file(u: Utterance, m: Measures) -> Iterator[tuple[str, str]]:
    """Faults of the container and its channels."""
    suffix = PurePosixPath(u.audio).suffix.lower()
    if suffix in FORMATS and m.container not in FORMATS[suffix]:
        yield "wrong_suffix", f"is {m.container}, and not {suffix}"
    if m.unused_bits >= 5 or m.subtype in ("PCM_U8", "PCM_S8", "ULAW", "ALAW"):
        bits = 8 if m.subtype not in ("PCM_16",) else 16 - m.unused_bits
        yield "few_bits", f"its samples use {bits} bits"
    if m.channels > 1:
        if m.channel_gap_db > 30:
            yield "dead_channel", f"one channel is {m.channel_gap_db:.0f} dB below the other"
        elif m.channel_correlation < -0.5:
            reason = f"the channels are opposite (correlation {m.channel_correlation:.2f})"
            yield "opposite_channels", reason
        elif m.channel_correlation < 0.3:
            reason = f"the channels differ (correlation {m.channel_correlation:.2f})"
            yield "different_channels", reason


def of_sound(m: Measures) -> Iterator[tuple[str, str]]:
    """Faults of the sound of one recording."""
    if m.span < SILENT_RANGE:
        return
    if abs(m.dc) > 0.02:
        yield "dc_offset", f"its mean is {m.dc:+.3f} of full scale"
    if m.lead > 1.0:
        yield "leading_silence", f"{m.lead:.2f} s before the first sound"
    if m.trail > 1.5:
        yield "trailing_silence", f"{m.trail:.2f} s after the last sound"
    if m.pause > 1.5:
        yield "long_pause", f"a pause of {m.pause:.2f} s"
    if m.start_db > -10:
        yield "cut_start", f"its first 10 ms are {m.start_db:+.0f} dB of the voice's level"
    if m.end_db > -8:
        yield "cut_end", f"its last 10 ms are {m.end_db:+.0f} dB of the voice's level"
    if m.zeros > 0.02 and m.noise_db > -80:
        yield "dropout", f"the signal does not change for {1000 * m.zeros:.0f} ms within the speech"
    if m.clicks >= 3:
        yield "clicks", f"{m.clicks} lone samples far from their neighbours"
    if m.noise_db > -15:
        yield "noisy", f"its quietest parts are only {-m.noise_db:.0f} dB below the voice"
    if m.hum_db > -10:
        yield "hum", f"45 to 65 Hz is {m.hum_db:+.0f} dB of the speech band"
    if m.speech_db < -45:
        yield "quiet", f"the voice is at {m.speech_db:.0f} dB of full scale"
    if m.voiced < 0.15 and m.active > 0.3:
        yield "no_voice", f"{m.voiced:.0%} of its loud parts have a pitch"


def rates(pairs: Iterable[Pair]) -> Iterator[tuple[Utterance, str, str]]:
    """Recordings whose sample rate differs from their speaker's usual one."""
    for group in by_speaker(pairs).values():
        usual, count = Counter(m.rate for _, m in group).most_common(1)[0]
        for u, m in group:
            if m.rate != usual:
                yield u, "mixed_rates", f"{m.rate} Hz, where {count} others have {usual} Hz"


def channels(pairs: Sequence[Pair]) -> Iterator[tuple[Utterance, str, str]]:
    """Recordings whose number of channels differs from the usual one."""
    if not pairs:
        return
    usual, count = Counter(m.channels for _, m in pairs).most_common(1)[0]
    for u, m in pairs:
        if m.channels != usual:
            yield u, "mixed_channels", f"{m.channels} channels, where {count} others have {usual}"


def low_rates(dataset: str, pairs: Sequence[Pair], audio: AudioConfig) -> Iterator[Finding]:
    """Sample rates below that of the features, and files that were resampled from a lower rate."""
    top = min(audio.sample_rate / 2, audio.f_max or audio.sample_rate / 2)
    usual = float(np.median([m.bandwidth for _, m in pairs])) if pairs else 0.0
    low = [(u, m) for u, m in pairs if m.rate < audio.sample_rate]
    narrow = [(u, m) for u, m in pairs if m.rate >= audio.sample_rate and m.bandwidth < 0.75 * top]
    if len(narrow) > 0.5 * len(pairs):  # a property of the whole corpus
        hz = f"{usual:.0f} Hz"
        reason = f"most recordings have nothing above {hz}, where the mel goes to {top:.0f} Hz"
        yield find("narrow_band", reason, dataset=dataset)
        narrow = []
    if len(low) > 0.5 * len(pairs):
        reason = f"{len(low)} recordings have less than audio.sample_rate {audio.sample_rate} Hz"
        yield find("low_rate", reason, dataset=dataset)
        low = []
    for u, m in low:
        reason = f"{m.rate} Hz, where audio.sample_rate is {audio.sample_rate}"
        yield find("low_rate", reason, dataset=dataset, id=u.id, file=u.audio)
    for u, m in narrow:
        reason = f"has nothing above {m.bandwidth:.0f} Hz, the others go to {usual:.0f}"
        yield find("narrow_band", reason, dataset=dataset, id=u.id, file=u.audio)


def outliers(pairs: Sequence[Pair]) -> Iterator[tuple[Utterance, str, str]]:
    """Recordings far from the speaker's median, in robust standard deviations and absolutely."""
    for group in measured_by_speaker(pairs):
        level = np.array([m.speech_db for _, m in group])
        scores = robust_scores(level, least=1.0)
        for (u, _), z, db in zip(group, scores, level - np.median(level), strict=True):
            if abs(z) > OUTLIER and abs(db) > 9:
                yield u, "level", f"{db:+.0f} dB from the speaker's usual level"
        voiced = [(u, m) for u, m in group if m.pitch > 0 and m.voiced > 0.3]
        pitch = np.log2([m.pitch for _, m in voiced]) * 12
        scores = robust_scores(pitch, least=0.8)
        for (u, m), z, semitones in zip(voiced, scores, pitch - np.median(pitch), strict=True):
            # emotion alone moves the pitch by less than half an octave
            if abs(z) > OUTLIER and abs(semitones) > 7:
                reason = f"{m.pitch:.0f} Hz, {semitones:+.0f} semitones from the speaker's median"
                yield u, "other_voice", reason


def copies(pairs: Sequence[Pair]) -> Iterator[tuple[Utterance, str, str]]:
    """Recordings that copy another: equal samples, or an equal level curve."""
    first: dict[str, Utterance] = {}
    for u, m in pairs:
        if m.digest in first:
            yield u, "duplicate_audio", f"is the recording of {first[m.digest].id}"
        first.setdefault(m.digest, u)
    shaped = sorted(
        ((u, m) for u, m in pairs if m.envelope and first[m.digest].id == u.id),
        key=lambda p: p[1].active,
    )
    if not shaped:
        return
    shapes = np.stack([np.frombuffer(m.envelope, np.int8).astype(np.float32) for _, m in shaped])
    shapes -= shapes.mean(axis=1, keepdims=True)
    shapes /= np.maximum(np.linalg.norm(shapes, axis=1, keepdims=True), 1e-6)
    active = np.array([m.active for _, m in shaped])
    for i in range(1, len(shaped)):
        begin = int(np.searchsorted(active, active[i] - 0.03))
        likeness = shapes[begin:i] @ shapes[i]
        if len(likeness) and likeness.max() > 0.998:
            twin = shaped[begin + int(likeness.argmax())][0]
            yield shaped[i][0], "duplicate_audio", f"sounds like the recording of {twin.id}"


def by_speaker(pairs: Iterable[Pair]) -> Mapping[str, list[Pair]]:
    """Group recordings by speaker."""
    groups: dict[str, list[Pair]] = defaultdict(list)
    for u, m in pairs:
        groups[u.speaker].append((u, m))
    return groups


def measured_by_speaker(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Groups for comparisons within a speaker; speakers with too few recordings are pooled."""
    return [group for group in by_speaker(pairs).values() if len(group) >= FEW]


def robust_scores(values: np.ndarray, least: float) -> np.ndarray:
    """Distances of [N] from the median, in units of 1.4826 times the median absolute deviation
    (the standard deviation of a normal distribution), or of `least` if that is larger.
    """
    if not len(values):
        return np.zeros(0)
    centre = np.median(values)
    spread = 1.4826 * float(np.median(np.abs(values - centre)))
    return (values - centre) / max(spread, least)
