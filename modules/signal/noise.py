"""Noise that is fixed per frame of a mel, whichever part is generated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from recital.utils.random import generator

if TYPE_CHECKING:
    from torch import Tensor

NOISE_BLOCK = 64  # frames whose noise is drawn from one seed
NOISE_FRAMES = 2048  # after which a voice that is one graph, or one model, repeats its noise


def noise_array(
    rows: int, per_frame: int, n_frames: int, seed: int = 0, start: int = 0
) -> np.ndarray:
    """White Gaussian noise for `n_frames` frames from frame `start` on, `per_frame` values each in
    every row: float32 [rows, n_frames * per_frame]. A function of the seed and the frame.
    """
    first, last = start // NOISE_BLOCK, -(-(start + n_frames) // NOISE_BLOCK)
    blocks = [np.zeros((rows, 0), np.float32)]
    for number in range(first, last):
        block = generator(seed, "noise", number)
        blocks.append(block.standard_normal((rows, NOISE_BLOCK * per_frame), dtype=np.float32))
    offset = (start - first * NOISE_BLOCK) * per_frame
    return np.concatenate(blocks, axis=1)[:, offset : offset + n_frames * per_frame]


def draw_noise(rows: int, per_frame: int, n_frames: int, seed: int = 0, start: int = 0) -> Tensor:
    """`noise_array` as a tensor, float32 [rows, n_frames * per_frame]."""
    import torch

    return torch.from_numpy(noise_array(rows, per_frame, n_frames, seed, start))
