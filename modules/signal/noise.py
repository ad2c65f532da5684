"""Noise that is fixed per frame of a mel, whichever part is generated."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from recital.utils.random import generator

NOISE_BLOCK = 64  # frames whose noise is drawn from one seed


def draw_noise(rows: int, per_frame: int, n_frames: int, seed: int = 0, start: int = 0) -> Tensor:
    """White Gaussian noise for `n_frames` frames from frame `start` on, `per_frame` values each in
    every row: [rows, n_frames * per_frame]. A function of the seed and the frame.
    """
    first, last = start // NOISE_BLOCK, -(-(start + n_frames) // NOISE_BLOCK)
    blocks = [torch.zeros(rows, 0)]
    for number in range(first, last):
        drawn = generator(seed, "noise", number).standard_normal(
            (rows, NOISE_BLOCK * per_frame), dtype=np.float32
        )
        blocks.append(torch.from_numpy(drawn))
    offset = (start - first * NOISE_BLOCK) * per_frame
    return torch.cat(blocks, dim=1)[:, offset : offset + n_frames * per_frame]
