"""Mel and wave cut together: frames [a, a + n) go with samples [a * hop, (a + n) * hop)."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from recital.modules.audio import AudioConfig
from recital.utils.random import generator


def crop(
    mel: np.ndarray, wav: np.ndarray, audio: AudioConfig, start: int, n_frames: int
) -> tuple[Tensor, Tensor]:
    """mel [n_mels, T] and wav [S] int16 -> [n_mels, n_frames] and [n_frames * hop_length] in
    [-1, 1]; beyond their ends there is silence.
    """
    hop = audio.hop_length
    mel_part = torch.from_numpy(mel[:, start : start + n_frames])
    samples = wav[start * hop : (start + n_frames) * hop].astype(np.float32) / 32768.0
    wav_part = torch.from_numpy(samples)
    missing_frames = n_frames - mel_part.shape[-1]
    return (
        F.pad(mel_part, (0, missing_frames), value=silence(audio)),
        F.pad(wav_part, (0, n_frames * hop - len(samples))),
    )


def random_start(n_frames: int, wanted: int, seed: int, epoch: int, id: str) -> int:
    """The first of `wanted` frames among `n_frames`: a function of (seed, epoch, id), so that a
    resumed run cuts as an uninterrupted one.
    """
    if n_frames <= wanted:
        return 0
    return int(generator(seed, "segment", epoch, id).integers(n_frames - wanted + 1))


def silence(audio: AudioConfig) -> float:
    """The log mel of silence."""
    return math.log(audio.log_floor) if audio.log_base == "e" else math.log10(audio.log_floor)
