"""Cuts of mel, F0 and wav together.

    frame    a           a + 1       ...         a + n
    mel, F0  |-----------|-----------|-----------|
    sample   a * hop     (a + 1) * hop           (a + n) * hop

Frames [a, a + n) match samples [a * hop, (a + n) * hop).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from recital.modules.contract.audio import AudioConfig
from recital.utils.random import generator


def crop(
    mel: np.ndarray,
    wav: np.ndarray,
    pitch: np.ndarray | None,
    audio: AudioConfig,
    start: int,
    n_frames: int,
) -> dict[str, Tensor]:
    """mel [n_mels, T], wav [S] int16 and pitch [T] -> [n_mels, n_frames], [n_frames * hop_length]
    in [-1, 1] and [n_frames]; beyond their ends there is silence.
    """
    hop = audio.hop_length
    samples = wav[start * hop : (start + n_frames) * hop].astype(np.float32) / 32768.0
    found = {
        "mel": _cut(mel, start, n_frames, audio.silence),
        "wav": F.pad(torch.from_numpy(samples), (0, n_frames * hop - len(samples))),
    }
    return found if pitch is None else {**found, "pitch": _cut(pitch, start, n_frames, 0.0)}


def _cut(frames: np.ndarray, start: int, n_frames: int, beyond: float) -> Tensor:
    part = torch.from_numpy(frames[..., start : start + n_frames])
    return F.pad(part, (0, n_frames - part.shape[-1]), value=beyond)


def random_start(n_frames: int, wanted: int, seed: int, epoch: int, id: str) -> int:
    """A random start of `wanted` frames among `n_frames`: a function of (seed, epoch, id), so that
    a resumed run cuts like an uninterrupted one.
    """
    if n_frames <= wanted:
        return 0
    return int(generator(seed, "segment", epoch, id).integers(n_frames - wanted + 1))
