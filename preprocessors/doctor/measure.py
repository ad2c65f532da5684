"""Measurements of one recording, from a single decoding, without judgement."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from recital.preprocessors.extract import Recording
from recital.processors.audio_files import UnusableAudio, decode_channels

FRAME_SECONDS = 0.01
GATED = 3  # silences of zeros, from which on they are how the recording was made
HOLE_DB = -25.0  # of what is around a hole, against the voice
LOUD_DB = -35.0  # speech frames: above this level relative to the 95th percentile
N_SPECTRUM = 4096  # samples per frame of the spectrum
N_ENVELOPE = 64  # points of the level curve that identifies re-encoded copies
PITCH_RATE = 5512  # Hz, approximately: enough for the F0 of a voice
PITCH_FRAMES = 40
MIN_HZ, MAX_HZ = 60.0, 500.0


class MeasureJob(NamedTuple):
    """Some recordings of a folder, measured by one worker."""

    folder: Path
    recordings: tuple[Recording, ...]


@dataclass(frozen=True)
class Measures:
    """Levels in dB of full scale unless noted, times in seconds."""

    rate: int  # Hz
    seconds: float
    channels: int
    channel_gap_db: float  # between the loudest channel and the quietest
    channel_correlation: float  # of the first two; 1 where there is one
    container: str  # as libsndfile calls it
    subtype: str
    span: float  # between the lowest and the highest sample
    peak: float
    clipped: float  # share of the samples at full scale
    dc: float  # mean
    speech_db: float  # the loud frames
    noise_db: float  # the quiet frames, relative to the loud ones
    lead: float
    trail: float
    pause: float  # the longest within the speech
    active: float  # seconds from the first sound to the last, without pauses
    start_db: float  # the first and the last 10 ms, relative to the loud frames
    end_db: float
    zeros: float  # the longest run of equal samples that cuts into sound, seconds
    clicks: int
    bandwidth: float  # Hz, where the mean spectrum falls 75 dB below its peak
    hum_db: float  # 45-65 Hz relative to 80-4000 Hz
    unused_bits: int  # of 16
    pitch: float  # Hz, the median; 0 where nothing is voiced
    voiced: float  # share of the loud frames
    digest: str  # of the samples
    envelope: bytes  # N_ENVELOPE levels, int8 dB


Measured = tuple[str, "Measures | tuple[str, str, str]"]  # id, figures or (code, reason, remedy)


def measure_all(job: MeasureJob) -> list[Measured]:
    """Measure each recording, or give the reason why it cannot be."""
    found: list[Measured] = []
    for id, audio, start, end in job.recordings:
        try:
            found.append((id, measure(job.folder / audio, start, end)))
        except UnusableAudio as error:
            found.append((id, (error.code, error.reason, error.remedy)))
    return found


def measure(path: Path, start: float = 0.0, end: float | None = None) -> Measures:
    """Measure a recording or a segment of it. Raises `UnusableAudio`."""
    import soundfile

    wav, rate = decode_channels(path, start, end)  # [S, C]
    with soundfile.SoundFile(path) as file:
        container, subtype = file.format, file.subtype
    power = np.square(wav, dtype=np.float32).mean(axis=0, dtype=np.float64) - wav.mean(axis=0) ** 2
    mono = wav[:, 0] if wav.shape[1] == 1 else wav.mean(axis=1)
    low, high = float(mono.min()), float(mono.max())
    mean = float(mono.mean(dtype=np.float64))
    centred = mono - np.float32(mean)
    levels = frame_levels(centred, rate)  # [F] dB
    voice = float(np.percentile(levels, 95)) if len(levels) else -120.0
    loud = levels >= max(voice + LOUD_DB, -90.0)
    places = np.flatnonzero(loud)
    first, last = (int(places[0]), int(places[-1]) + 1) if len(places) else (0, len(levels))
    gaps = [stop - begin for begin, stop in runs(~loud[first:last])]
    size = frame_size(rate)
    spectrum, hz = mean_spectrum(centred, rate)
    pitch, voiced = coarse_pitch(centred, rate, np.flatnonzero(loud & (levels >= voice - 15)))
    whole = np.rint(mono[: rate * 30] * 32768.0)
    return Measures(
        rate=rate,
        seconds=len(mono) / rate,
        channels=wav.shape[1],
        channel_gap_db=decibel(power.max()) - decibel(power.min()),
        channel_correlation=correlation(wav),
        container=container,
        subtype=subtype,
        span=high - low,
        peak=max(high, -low),
        clipped=float(np.mean(np.abs(wav) >= 0.999)) if max(high, -low) >= 0.99 else 0.0,
        dc=mean,
        speech_db=voice,
        noise_db=float(np.percentile(levels, 5)) - voice if len(levels) else 0.0,
        lead=first * size / rate,
        trail=(len(levels) - last) * size / rate,
        pause=max(gaps, default=0) * size / rate,
        active=int(loud.sum()) * size / rate,
        start_db=float(levels[0]) - voice if len(levels) else 0.0,
        end_db=float(levels[-1]) - voice if len(levels) else 0.0,
        zeros=longest_hole(mono, (first * size, last * size), rate, voice) / rate,
        clicks=count_clicks(centred),
        bandwidth=bandwidth(spectrum, hz),
        hum_db=band(spectrum, hz, 45, 65) - band(spectrum, hz, 80, 4000),
        unused_bits=unused_bits(whole),
        pitch=pitch,
        voiced=voiced,
        digest=hashlib.blake2b(whole.astype(np.int32).tobytes(), digest_size=16).hexdigest(),
        envelope=envelope(levels[first:last] - voice),
    )


def decibel(power: float) -> float:
    """10 log10 of a power, at least -120."""
    return 10.0 * float(np.log10(max(power, 1e-12)))


def frame_size(rate: int) -> int:
    return max(1, round(FRAME_SECONDS * rate))


def frame_levels(wav: np.ndarray, rate: int) -> np.ndarray:
    """Levels of whole 10 ms frames: wav [S] -> [F] dB."""
    size = frame_size(rate)
    count = len(wav) // size
    power = np.square(wav[: count * size].reshape(count, size)).mean(axis=1)
    return 10.0 * np.log10(np.maximum(power, 1e-12))


def runs(flags: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield the runs of True in [N] as (first, last + 1)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def correlation(wav: np.ndarray) -> float:
    """Correlation of the first two channels of [S, C]; 1 for mono, or if one is silent."""
    if wav.shape[1] < 2:
        return 1.0
    a, b = (wav[:, c] - wav[:, c].mean() for c in (0, 1))
    norm = float(np.sqrt(np.dot(a, a) * np.dot(b, b)))
    return float(np.dot(a, b)) / norm if norm > 1e-9 else 1.0


def longest_hole(wav: np.ndarray, speech: tuple[int, int], rate: int, voice_db: float) -> int:
    """wav [S] -> the length in samples of the longest run of equal samples within the `speech` (its
    first sample and the one after its last) that cuts into sound: a held sample, or digital
    silence with sound on both sides. A noise gate and a synthesizer are silent several times, and
    a gate where the voice has faded.
    """
    edge, longest = rate // 100, 0
    constant = [(a, b) for a, b in runs(np.diff(wav) == 0) if b - a > edge // 2]
    gated = sum(wav[begin] == 0 for begin, _ in constant) >= GATED
    for begin, stop in constant:
        outside = begin < speech[0] or stop >= speech[1]
        if outside or stop - begin < longest or (gated and wav[begin] == 0):
            continue
        around = wav[max(begin - edge, 0) : begin], wav[stop + 1 : stop + 1 + edge]
        levels = [decibel(float(np.mean(np.square(w)))) for w in around if len(w)]
        if all(level > voice_db + HOLE_DB for level in levels):
            longest = stop - begin + 1
    return longest


def count_clicks(wav: np.ndarray) -> int:
    """wav [S] -> the number of lone samples: far from both neighbours where no other sample
    around is. (In a fricative many are.)
    """
    if len(wav) < 3:
        return 0
    lone = np.abs(wav[1:-1] - 0.5 * (wav[:-2] + wav[2:]))
    clicks = 0
    for at in np.flatnonzero(lone > 0.15)[:1000]:
        around = np.concatenate([lone[max(0, at - 64) : max(0, at - 2)], lone[at + 3 : at + 65]])
        clicks += bool(lone[at] > 12.0 * (float(around.mean()) if len(around) else 0.0))
    return clicks


def mean_spectrum(wav: np.ndarray, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """wav [S] -> power [F] of each bin over the recording, and the bins' frequencies [F] in Hz."""
    size = N_SPECTRUM if len(wav) >= N_SPECTRUM else max(16, len(wav))
    padded = np.pad(wav, (0, max(0, size - len(wav))))
    frames = padded[: len(padded) // size * size].reshape(-1, size)[:64]
    bins = np.fft.rfft(frames * np.hanning(size).astype(np.float32), axis=1)
    power = np.square(np.abs(bins)).mean(axis=0)
    return power, np.fft.rfftfreq(size, 1.0 / rate)


def bandwidth(spectrum: np.ndarray, hz: np.ndarray) -> float:
    """spectrum [F] of bins at `hz` [F], smoothed over 200 Hz -> the highest frequency (Hz) within
    75 dB of the peak.
    """
    width = max(1, round(200.0 / max(hz[1], 1e-9)))
    smooth = np.convolve(spectrum, np.ones(width) / width, mode="same")
    audible = np.flatnonzero(smooth > smooth.max() * 10**-7.5)
    return float(hz[audible[-1]]) if len(audible) else 0.0


def band(spectrum: np.ndarray, hz: np.ndarray, low: float, high: float) -> float:
    """spectrum [F] of bins at `hz` [F] -> the power between two frequencies, in dB."""
    return 10.0 * float(np.log10(spectrum[(hz >= low) & (hz <= high)].sum() + 1e-12))


def unused_bits(whole: np.ndarray) -> int:
    """How many of the low bits of 16 no sample of whole [S] uses; 0 if they are not integers."""
    bits = int(np.bitwise_or.reduce(whole.astype(np.int32))) if len(whole) else 0
    return (bits & -bits).bit_length() - 1 if bits else 0


def coarse_pitch(wav: np.ndarray, rate: int, frames: np.ndarray) -> tuple[float, float]:
    """Median F0 in Hz over some of the loud `frames`, and the voiced share of them, from the
    autocorrelation peak of a decimated signal. Precise enough to distinguish speakers.
    """
    step = max(1, round(rate / PITCH_RATE))
    slow = wav[: len(wav) // step * step].reshape(-1, step).mean(axis=1)
    slow_rate = rate / step
    size = round(0.05 * slow_rate)
    starts = frames * frame_size(rate) // step
    starts = starts[starts + size <= len(slow)]
    if not len(starts):
        return 0.0, 0.0
    starts = starts[:: -(-len(starts) // PITCH_FRAMES)]
    cut = slow[starts[:, None] + np.arange(size)]  # [F, size]
    cut = (cut - cut.mean(axis=1, keepdims=True)) * np.hanning(size)
    padded = 1 << (2 * size - 1).bit_length()
    lags = np.fft.irfft(np.square(np.abs(np.fft.rfft(cut, padded, axis=1))), axis=1)
    shape = np.fft.irfft(np.square(np.abs(np.fft.rfft(np.hanning(size), padded))))
    first, last = int(slow_rate / MAX_HZ), min(int(slow_rate / MIN_HZ), size - 2)
    window = shape[first:last] / shape[0]
    likeness = lags[:, first:last] / np.maximum(lags[:, :1], 1e-12) / np.maximum(window, 0.1)
    best = likeness.max(axis=1, keepdims=True)
    # the first peak close to the maximum: later ones are multiples of the period
    at = np.argmax(likeness >= 0.9 * best, axis=1)
    ahead = np.minimum(at[:, None] + np.arange(8), likeness.shape[1] - 1)
    at = ahead[np.arange(len(at)), np.take_along_axis(likeness, ahead, 1).argmax(1)]
    voiced = best[:, 0] > 0.5
    hz = slow_rate / (first + at[voiced])
    return (float(np.median(hz)) if voiced.any() else 0.0), float(voiced.mean())


def envelope(levels: np.ndarray) -> bytes:
    """Level curve that identifies a recording: [F] dB -> N_ENVELOPE levels, as int8."""
    if len(levels) < N_ENVELOPE:
        return b""
    edges = np.linspace(0, len(levels), N_ENVELOPE + 1).astype(int)
    means = np.add.reduceat(np.maximum(levels, -60.0), edges[:-1]) / np.diff(edges)
    return np.clip(np.rint(means * 2), -128, 127).astype(np.int8).tobytes()
