"""Measurements of one recording, before it is compared with another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.mel import MelSpectrogram
from recital.processors.audio_files import decode, resample, trim_silence
from recital.processors.evaluation.cepstrum import mel_cepstra
from recital.processors.evaluation.flaws import clicks, clipped_samples, trailing_noise
from recital.processors.features import PitchConfig, TrimConfig
from recital.processors.loudness import loudness
from recital.processors.pitch import estimate_pitch
from recital.utils.errors import DataError

LEVEL_RANGE = 60.0  # dB below the loudest frame at which levels are clamped
# Where speech starts and ends. At -40 dB the ends depend on noise and breath: Griffin-Lim copies
# appear 1.6% faster than their recordings; at -30 dB 0.1%.
SPEECH = TrimConfig(threshold_db=-30.0, keep_seconds=0.0)


@dataclass(frozen=True)
class Clip:
    """An audio file, or its part from `start` to `end` in seconds."""

    path: Path
    start: float = 0.0
    end: float | None = None

    def load(self, sample_rate: int) -> np.ndarray:
        """Mono float32 [S] in [-1, 1] at `sample_rate` Hz. Raises `DataError`."""
        return np.clip(resample(*decode(self.path, self.start, self.end), sample_rate), -1.0, 1.0)


@dataclass(frozen=True)
class Analysis:
    """One recording; T = frames of the mel spectrogram and of all values per frame."""

    wav: np.ndarray  # float32 [S]
    mel: np.ndarray  # float32 [n_mels, T] log mel
    pitch: np.ndarray  # float32 [T] Hz, 0 unvoiced
    cepstra: np.ndarray  # float64 [T, 25]
    level: np.ndarray  # float64 [T] dB against full scale
    sample_rate: int
    start: float  # seconds trimmed before `wav`
    file_seconds: float  # of the whole file
    speech_seconds: float  # from the first sound to the last, by `SPEECH`
    clicks: int
    clipped: int  # samples
    trailing: float  # seconds of noise at the end
    lufs: float  # as in the file


def analyse(
    clip: Clip,
    audio: AudioConfig,
    pitch: PitchConfig,
    trim: TrimConfig | None,
    lufs: float | None = None,
) -> Analysis:
    """Read and measure a recording; flaws are counted in the whole file, everything else after
    `trim`. With `lufs`, mel and levels are those that it has at this loudness.

    Raises `DataError` for a file that cannot be read, is silent, or is too short for a frame.
    """
    whole = clip.load(audio.sample_rate)
    rate = audio.sample_rate
    if len(whole) <= audio.n_fft:
        raise DataError(f"{clip.path}: is too short: {len(whole) / rate:.3f} s at {rate} Hz")
    if float(np.abs(whole).max()) < 1e-4:
        raise DataError(f"{clip.path}: is silent; nothing can be measured on it")
    start, stop = trim_silence(whole, rate, trim) if trim else (0, len(whole))
    stop = max(stop, min(len(whole), start + audio.n_fft + 1))
    start = min(start, stop - audio.n_fft - 1)
    wav = whole[start:stop]
    first, last = trim_silence(whole, rate, SPEECH)
    loud = loudness(wav, rate)
    f0 = estimate_pitch(wav, audio, pitch)
    centers = (audio.first_center + np.arange(len(f0)) * audio.hop_length) / rate
    if lufs is not None and math.isfinite(loud) and math.isfinite(lufs):
        wav = (wav * 10.0 ** ((lufs - loud) / 20.0)).astype(np.float32)
    with torch.inference_mode():
        mel = MelSpectrogram(audio)(torch.from_numpy(wav.copy())[None])[0].numpy()
    return Analysis(
        wav,
        mel,
        f0,
        mel_cepstra(wav, f0, centers, rate),
        frame_levels(wav, audio),
        rate,
        start / rate,
        len(whole) / rate,
        (last - first) / rate,
        len(clicks(whole, rate)),
        clipped_samples(whole),
        trailing_noise(whole, rate),
        loud,
    )


def frame_levels(wav: np.ndarray, audio: AudioConfig) -> np.ndarray:
    """RMS of win_length samples around each frame's centre, wav [S] -> [T] dB of full scale; at
    least the loudest frame's minus 60 dB.
    """
    centers = round(audio.first_center) + np.arange(audio.n_frames(len(wav))) * audio.hop_length
    power = np.concatenate([[0.0], np.cumsum(np.square(wav, dtype=np.float64))])
    half = audio.win_length // 2
    low, high = np.clip(centers - half, 0, len(wav)), np.clip(centers + half, 0, len(wav))
    mean = np.maximum(power[high] - power[low], 0.0) / (2 * half)
    level = 10.0 * np.log10(np.maximum(mean, 1e-20))
    return np.maximum(level, level.max() - LEVEL_RANGE)
