"""One utterance of an evaluation: a recording and the syntheses of the compared runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from recital.modules.contract.audio import AudioConfig
from recital.processors.evaluation.alignment import warp_to_first, warp_to_second
from recital.processors.evaluation.analysis import Analysis, Clip, analyse
from recital.processors.evaluation.judges import Judgement, closer, judged, likeness
from recital.processors.evaluation.note import Note, read_note
from recital.processors.evaluation.pair import (
    align,
    compare_frames,
    compare_waves,
    describe,
    describe_recognition,
)
from recital.processors.evaluation.phones import (
    Phone,
    PhoneFinder,
    duration_sums,
    fricative_level,
)
from recital.processors.evaluation.prosody import prosody, shared_pauses
from recital.processors.evaluation.recognizers import (
    RECOGNIZERS,
    Recognition,
    Recognizer,
    compare,
)
from recital.processors.evaluation.table import of_one
from recital.processors.features import PitchConfig, TrimConfig
from recital.processors.speaker_encoder import SAMPLE_RATE
from recital.utils.errors import RecitalError

PICTURE_RANGE = 13.5  # nepers from black to white: 117 dB


@dataclass(frozen=True)
class Settings:
    """Settings of the measurement, the same for all utterances and runs."""

    audio: AudioConfig
    pitch: PitchConfig = field(default_factory=PitchConfig)
    recorded: TrimConfig | None = None  # how stage 1 trimmed the recordings
    trim: TrimConfig = field(default_factory=TrimConfig)  # of both, unless time-aligned
    recognizer: str | None = None  # key of RECOGNIZERS
    recognizer_dir: Path | None = None
    judges: bool = True  # those that are installed
    find_phones: PhoneFinder | None = None

    @property
    def hop_seconds(self) -> float:
        """Seconds from frame to frame."""
        return self.audio.hop_length / self.audio.sample_rate


@dataclass(frozen=True)
class Pairing:
    """An id with its recording and the wave of each run, by the run's name."""

    id: str
    text: str  # "": unknown
    reference: Clip
    synthesis: Mapping[str, Path]
    in_step: Mapping[str, bool]  # run -> whether its waves are time-aligned with the recordings


@dataclass(frozen=True)
class WaveView:
    """The drawing of one wave; T = frames of its mel, which starts `start` s into the clip."""

    clip: Clip
    start: float
    mel: np.ndarray  # uint8 [n_mels, T]: 0 is the floor of the picture
    pitch: np.ndarray  # float32 [T] Hz, 0 unvoiced
    tokens: tuple[tuple[float, str], ...]  # (second of the clip, name), from stage 3
    heard: str | None = None


@dataclass(frozen=True)
class AlignmentView:
    """The drawing of a wave against its recording."""

    path: np.ndarray  # [L, 2]: frames of the recording, and of the wave
    pitch: np.ndarray  # float32 [T] Hz: the recording's F0 on the frames of the wave
    tokens: tuple[tuple[float, str], ...]  # the wave's, at seconds of the recording's clip


@dataclass
class Measured:
    """The measurements of one wave."""

    values: dict[str, float] = field(default_factory=dict)  # including sums and counts
    metrics: dict[str, float] = field(default_factory=dict)  # those of `table.METRICS`
    view: WaveView | None = None
    alignment: AlignmentView | None = None  # of a run's wave
    recognition: Recognition | None = None
    voice: np.ndarray | None = None  # [256], the judge `speaker`'s
    phones: list[Phone] = field(default_factory=list)
    error: str = ""


@dataclass
class Result:
    """The measurements of an utterance."""

    id: str
    text: str
    reference: Measured
    runs: dict[str, Measured]


def compare_speakers(results: Sequence[Result], strangers: Sequence[np.ndarray] = ()) -> None:
    """Add the likeness of each wave's voice to those of all other recordings, and how many of the
    `strangers`' voices are closer.
    """
    recorded = {r.id: r.reference.voice for r in results if r.reference.voice is not None}
    for column in _columns(results):
        voices = {id: m.voice for id, m in column.items() if m.voice is not None}
        for id, value in likeness(voices, recorded).items():
            figures = {"likeness": value}
            if len(strangers):
                figures["strangers"] = closer(voices[id], value, strangers)
            column[id].values |= figures
            column[id].metrics |= figures


def compare_durations(results: Sequence[Result]) -> None:
    """Add how much the durations of phones differ from their means in the same run."""
    columns = _columns(results)
    sums = [duration_sums({id: m.phones for id, m in column.items()}) for column in columns]
    recorded = sums[0]
    for column, of_column in zip(columns, sums, strict=True):
        for id, values in of_column.items():
            measured, theirs = column[id], recorded.get(id, {})
            measured.values |= values | {f"reference_{k}": v for k, v in theirs.items()}
            measured.metrics = of_one(measured.values)


def _columns(results: Sequence[Result]) -> list[dict[str, Measured]]:
    """The recordings by id, then the waves of each run."""
    columns = {"": {r.id: r.reference for r in results}}
    for result in results:
        for name, measured in result.runs.items():
            columns.setdefault(f"run {name}", {})[result.id] = measured
    return list(columns.values())


def voices_of(paths: Sequence[Path]) -> list[np.ndarray]:
    """The voice in each recording, [256]; none for a recording without sound. Raises `DataError`
    for one that cannot be read.
    """
    found = [judged(Clip(path).load(SAMPLE_RATE), ["speaker"]).voice for path in paths]
    return [voice for voice in found if voice is not None]


def evaluate(pairing: Pairing, settings: Settings) -> Result:
    """Measure one utterance. A file that cannot be used becomes an `error` of its wave."""
    references = {
        in_step: _measure(
            pairing.reference,
            pairing.text,
            settings,
            settings.recorded if in_step else settings.trim,
        )
        for in_step in sorted(set(pairing.in_step.values()))
    }
    runs = {}
    for name, path in pairing.synthesis.items():
        in_step = pairing.in_step[name]
        reference, original = references[in_step]
        # a copy has the level of its recording; how loud a voice is, is a figure of its own
        lufs = None if in_step or original is None else original.lufs
        measured, analysis = _measure(
            Clip(path), pairing.text, settings, None if in_step else settings.trim, lufs
        )
        if reference.error and not measured.error:
            measured.error = f"its recording cannot be used: {reference.error}"
        if original is not None and analysis is not None:
            _compare(reference, measured, original, analysis, in_step, settings)
        runs[name] = measured
    return Result(pairing.id, pairing.text, next(iter(references.values()))[0], runs)


def _measure(
    clip: Clip,
    text: str,
    settings: Settings,
    trim: TrimConfig | None,
    lufs: float | None = None,
) -> tuple[Measured, Analysis | None]:
    try:
        analysis = analyse(clip, settings.audio, settings.pitch, trim, lufs)
        recognition = _hear(clip, text, settings)
        found = judged(clip.load(SAMPLE_RATE)) if settings.judges else Judgement({})
    except RecitalError as error:
        return Measured(error=str(error)), None
    note = read_note(clip.path)
    values = describe(analysis, text) | prosody(analysis, settings.hop_seconds) | _work(note)
    values |= found.figures
    phones = _phones(analysis, text, settings)
    if phones:
        values["fricatives"] = fricative_level(analysis, settings.audio, phones)
    if recognition is not None and recognition.words:
        values |= describe_recognition(recognition)
    view = WaveView(
        clip,
        analysis.start,
        _picture(analysis.mel, settings.audio),
        analysis.pitch,
        note.tokens,
        recognition.heard if recognition else None,
    )
    measured = Measured(values, of_one(values), view, None, recognition, found.voice, phones)
    return measured, analysis


def _phones(analysis: Analysis, text: str, settings: Settings) -> list[Phone]:
    if settings.find_phones is None or not text:
        return []
    return settings.find_phones(analysis, text)


def _compare(
    reference: Measured,
    measured: Measured,
    original: Analysis,
    analysis: Analysis,
    in_step: bool,
    settings: Settings,
) -> None:
    """Add the metrics that compare two waves to `measured`."""
    path = align(original, analysis, in_step)
    values = measured.values
    values |= {f"reference_{name}": value for name, value in reference.values.items()}
    values |= compare_frames(original, analysis, path)
    if in_step:
        values |= compare_waves(original, analysis)
    values |= shared_pauses(original, analysis, path, settings.hop_seconds)
    if "fricatives" in values:
        theirs = reference.values.get("fricatives", np.nan)
        values["fricatives_difference"] = values["fricatives"] - theirs
    values["duration_error"] = abs(analysis.speech_seconds - original.speech_seconds)
    if measured.recognition is not None and measured.recognition.words:
        values |= describe_recognition(measured.recognition, reference.recognition)
    measured.metrics = of_one(values)
    assert measured.view is not None
    tokens = [(second - analysis.start, name) for second, name in measured.view.tokens]
    measured.alignment = AlignmentView(
        path,
        warp_to_second(original.pitch, path, len(analysis.pitch)),
        tuple(
            (t + original.start, name)
            for t, name in warp_to_first(tokens, path, settings.hop_seconds)
        ),
    )


def _hear(clip: Clip, text: str, settings: Settings) -> Recognition | None:
    if settings.recognizer is None or not text:
        return None
    recognizer = _recognizer(settings.recognizer, settings.recognizer_dir)
    return compare(text, recognizer.transcribe(clip.load(recognizer.sample_rate)))


@cache
def _recognizer(name: str, directory: Path | None) -> Recognizer:
    """The recognizer, cached per process: loading takes seconds."""
    return RECOGNIZERS[name](directory)


def _work(note: Note) -> dict[str, float]:
    """Seconds of work and of audio, from the real-time factor of stage 3."""
    if note.seconds is None or note.real_time_factor is None:
        return {}
    return {"busy_seconds": note.real_time_factor * note.seconds, "busy_audio": note.seconds}


def _picture(mel: np.ndarray, audio: AudioConfig) -> np.ndarray:
    """Log mel -> uint8, on a common scale: 13.5 nepers up from the floor of the logarithm."""
    nepers = mel * (1.0 if audio.log_base == "e" else math.log(10.0))
    scaled = (nepers - math.log(audio.log_floor)) / PICTURE_RANGE
    return np.clip(scaled * 255.0, 0, 255).astype(np.uint8)
