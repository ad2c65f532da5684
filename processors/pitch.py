"""F0 on the frames of the mel: T = `audio.n_frames(S)` and the same frame centres for each method.

Every tracker has its own frame grid. The signal is padded with zeros so that the tracker's grid
matches the mel's; nothing is cut, repeated or interpolated afterwards.
"""

from __future__ import annotations

import importlib
import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from recital.modules.contract.audio import AudioConfig
from recital.processors.features import PitchConfig
from recital.utils.errors import RecitalError

# pyworld itself has wheels for Windows only (setup.py)
WORLD_PACKAGE = "pyworld" if sys.platform == "win32" else "pyworld-prebuilt"
WORLD_MARGIN_SECONDS = 0.1  # of zeros after the signal, for WORLD's long filters


def estimate_pitch(wav: np.ndarray, audio: AudioConfig, config: PitchConfig) -> np.ndarray:
    """wav [S] in [-1, 1] -> F0 [T] float32 in Hz, 0 where unvoiced, with T = `audio.n_frames(S)`.

    Frame i is centred at sample `audio.first_center + i * hop_length`, with zeros beyond the ends.
    Raises `RecitalError` if the method's package is missing.
    """
    pitch = METHODS[config.method](wav, audio, config)
    return np.nan_to_num(pitch).astype(np.float32)


def _placed(wav: np.ndarray, left: int, total: int) -> np.ndarray:
    """Pad or (if negative) cut `left` samples at the start, then pad or cut the end to `total`."""
    placed = np.zeros(total)
    source = wav[max(0, -left) : max(0, total - left)]
    start = max(0, left)
    placed[start : start + len(source)] = source
    return placed


def _praat(wav: np.ndarray, audio: AudioConfig, config: PitchConfig) -> np.ndarray:
    """Boersma's autocorrelation method (1993), restated here on whole arrays, which is faster than
    Praat (`_parselmouth`); docs/benchmarks.md compares the two.
    """
    from recital.processors.autocorrelation import autocorrelation_pitch

    centers = round(audio.first_center) + np.arange(audio.n_frames(len(wav))) * audio.hop_length
    return autocorrelation_pitch(wav, centers, audio.sample_rate, config.f_min, config.f_max)


def _parselmouth(wav: np.ndarray, audio: AudioConfig, config: PitchConfig) -> np.ndarray:
    """Praat's own "To Pitch (ac)" through praat-parselmouth, with its default thresholds.

    Praat takes as many frames as fit and centers them as a whole. Its sample k is at (k + 1/2) /
    sample_rate, so the middle of N samples is at index (N - 1) / 2: with N - 1 = 2 left + (n - 1)
    hop, frame 0 is centered on sample `left`.
    """
    parselmouth = _package("parselmouth", "praat-parselmouth", config.method)
    n, hop, rate = audio.n_frames(len(wav)), audio.hop_length, audio.sample_rate
    left = math.ceil((3 / config.f_min * rate + hop / 2 - 1) / 2)  # half of Praat's window
    total = 2 * left + (n - 1) * hop + 1
    sound = parselmouth.Sound(_placed(wav, left - round(audio.first_center), total), rate)
    pitch = sound.to_pitch_ac(hop / rate, config.f_min, pitch_ceiling=config.f_max)
    f0: np.ndarray = pitch.selected_array["frequency"]
    return f0


def _world(wav: np.ndarray, audio: AudioConfig, config: PitchConfig) -> np.ndarray:
    """WORLD's DIO with StoneMask, or Harvest (Morise et al., 2016, 2017): frames at multiples of
    the period from 0.
    """
    pyworld = _package("pyworld", WORLD_PACKAGE, config.method)
    n, hop, center = audio.n_frames(len(wav)), audio.hop_length, round(audio.first_center)
    first = -(-center // hop)  # WORLD's frame that becomes frame 0
    margin = round(WORLD_MARGIN_SECONDS * audio.sample_rate)
    left = first * hop - center
    total = max(left + len(wav), (first + n) * hop) + margin
    signal = _placed(wav, left, total)  # float64, as WORLD requires
    period = 1000.0 * hop / audio.sample_rate  # ms
    track = pyworld.dio if config.method == "dio" else pyworld.harvest
    f0, times = track(signal, audio.sample_rate, config.f_min, config.f_max, frame_period=period)
    if config.method == "dio":
        f0 = pyworld.stonemask(signal, f0, times, audio.sample_rate)
    return f0[first : first + n]


def _pyin(wav: np.ndarray, audio: AudioConfig, config: PitchConfig) -> np.ndarray:
    """Probabilistic YIN (Mauch and Dixon, 2014), from librosa.

    Frames are n_fft samples as in the mel, doubled until they cover 1.5 periods of f_min.
    """
    librosa = _package("librosa", "librosa", config.method)
    n, hop, size = audio.n_frames(len(wav)), audio.hop_length, audio.n_fft
    while size < 1.5 * audio.sample_rate / config.f_min:
        size *= 2
    signal = _placed(wav, size // 2 - round(audio.first_center), size + (n - 1) * hop)
    f0, _, _ = librosa.pyin(
        signal,
        fmin=config.f_min,
        fmax=config.f_max,
        sr=audio.sample_rate,
        frame_length=size,
        hop_length=hop,
        center=False,
    )
    return f0


def _package(module: str, distribution: str, method: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise RecitalError(
            f"preprocess.pitch.method: {method} needs the package {module} ({error}); "
            f"pip install {distribution}, or use another method"
        ) from None


METHODS: dict[str, Callable[[np.ndarray, AudioConfig, PitchConfig], np.ndarray]] = {
    "praat": _praat,
    "parselmouth": _parselmouth,
    "dio": _world,
    "harvest": _world,
    "pyin": _pyin,
}
