"""Fourier transforms of real frames as matrix products, for runtimes without complex numbers.

A transform of n = R * Q samples is two smaller ones (Cooley and Tukey, 1965): of R samples each, Q
apart, and, for each of their bins, of the Q results, turned by an angle that is part of the matrix.
Both are products of a few large matrices, which a CPU does at its full speed:

    sample  q + Q s   = row s, column q of [R, Q]
    bin     r + R p   = bin p of P = Q // 2 that row r of the first step gives

The frames are real, so row R - r of the first step is the conjugate of row r, and only the first
R // 2 + 1 are computed: row r gives the bins r + R p, and R - r + R p. Row 0, which has no such
pair, gives bin n // 2 in its place. So bins come "folded", [R // 2 + 1, F, 2 P]: sorting them costs
as much as a product, and what treats all bins alike need not.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


class Plan(NamedTuple):
    """The matrices of a size, float32; K = R // 2 + 1, and pairs are real and imaginary part."""

    rows: int  # R
    columns: int  # Q, which is even
    first: Tensor  # [2 K, R]: samples to pairs of rows
    second: tuple[Tensor, Tensor]  # [K, 2 Q, 2 P]: pairs of rows to real and imaginary parts
    back: tuple[Tensor, Tensor]  # [K, 2 P, 2 Q]: their inverse, of each part
    last: Tensor  # [R, 2 K]: the inverse of `first`


def forward_folded(frames: Tensor) -> tuple[Tensor, Tensor]:
    """Frames [F, n] of even size -> real and imaginary parts, folded, [K, F, 2 P]."""
    plan = plan_of(int(frames.shape[-1]))
    kept = plan.rows // 2 + 1
    found = plan.first @ frames.reshape(-1, plan.rows, plan.columns)  # [F, 2 K, Q]
    pairs = found.reshape(-1, kept, 2 * plan.columns).transpose(0, 1)  # [K, F, 2 Q]
    return pairs @ plan.second[0], pairs @ plan.second[1]


def inverse_folded(real: Tensor, imag: Tensor, n: int) -> Tensor:
    """The inverse of `forward_folded`."""
    plan = plan_of(n)
    kept = plan.rows // 2 + 1
    pairs = real @ plan.back[0] + imag @ plan.back[1]  # [K, F, 2 Q]
    found = pairs.transpose(0, 1).reshape(-1, 2 * kept, plan.columns)  # [F, 2 K, Q]
    return (plan.last @ found).reshape(-1, n)


def fold(values: Tensor) -> Tensor:
    """Values of bins [F, n // 2 + 1] -> folded, [K, F, 2 P]."""
    plan = plan_of(2 * (int(values.shape[-1]) - 1))
    rows, half = plan.rows, plan.columns // 2
    kept = rows // 2 + 1
    spaced = values[:, :-1].reshape(-1, half, rows).permute(2, 0, 1)  # [R, F, P]
    last = F.pad(values[:, -1:], (0, half - 1))[None]  # bin n // 2
    mirrored = spaced[_numbers(rows - r for r in range(1, kept))]
    return torch.cat([spaced[:kept], torch.cat([last, mirrored])], dim=2)


def unfold(values: Tensor, n: int) -> Tensor:
    """The inverse of `fold`, of transforms of n samples."""
    plan = plan_of(n)
    rows, half = plan.rows, plan.columns // 2
    kept = rows // 2 + 1
    mirrored = values[_numbers(rows - r for r in range(kept, rows))][:, :, half:]
    spaced = torch.cat([values[:, :, :half], mirrored]).permute(1, 2, 0)  # [F, P, R]
    return torch.cat([spaced.reshape(-1, half * rows), values[0, :, half : half + 1]], dim=1)


def forward(frames: Tensor) -> tuple[Tensor, Tensor]:
    """Frames [..., n] of even size -> real and imaginary parts [..., n // 2 + 1]."""
    n, lead = int(frames.shape[-1]), frames.shape[:-1]
    real, imag = forward_folded(frames.reshape(-1, n))
    bins = n // 2 + 1
    return unfold(real, n).reshape(*lead, bins), unfold(imag, n).reshape(*lead, bins)


def inverse(real: Tensor, imag: Tensor, n: int) -> Tensor:
    """Real and imaginary parts [..., n // 2 + 1] -> frames [..., n] of even size."""
    lead, bins = real.shape[:-1], n // 2 + 1
    frames = inverse_folded(fold(real.reshape(-1, bins)), fold(imag.reshape(-1, bins)), n)
    return frames.reshape(*lead, n)


@lru_cache(maxsize=8)
def plan_of(n: int) -> Plan:
    """The matrices for frames of `n` samples, which is even."""
    near = sorted(range(1, n // 2 + 1), key=lambda r: abs(r - n**0.5))
    rows = next(r for r in near if n % (2 * r) == 0)
    columns = n // rows
    kept, half = rows // 2 + 1, columns // 2
    # the bin of each place [K, 2 P]; -1 where there is none
    bins = np.full((kept, 2, half), -1)
    mirrored = [r for r in range(1, kept) if 2 * r != rows]
    bins[:, 0] = np.arange(kept)[:, None] + rows * np.arange(half)
    bins[mirrored, 1] = rows - np.array(mirrored)[:, None] + rows * np.arange(half)
    bins[0, 1, 0] = n // 2
    conjugate = np.zeros(bins.shape, bool)
    conjugate[mirrored, 1] = True
    bins, conjugate = bins.reshape(kept, 1, -1), conjugate.reshape(kept, 1, -1)

    angle = _angle(np.arange(columns)[:, None] * bins, n)  # [K, Q, 2 P]
    cos, sin = np.cos(angle) * (bins >= 0), np.sin(angle) * (bins >= 0)
    sign = np.where(conjugate, -1.0, 1.0)  # of the row's imaginary part
    real, imag = _stacked(cos, sign * sin), _stacked(-sin, sign * cos)
    weight = np.where((bins == 0) | (bins == n // 2), 1.0, 2.0) / n
    to_real = _stacked(weight * cos, weight * sign * sin)
    to_imag = _stacked(-weight * sin, weight * sign * cos)
    turn = _angle(np.outer(np.arange(rows), np.arange(kept)), rows)  # [R, K]
    pairs = np.stack([np.cos(turn), -np.sin(turn)], axis=2).reshape(rows, 2 * kept)
    return Plan(
        rows,
        columns,
        _tensor(pairs.T),
        (_tensor(real), _tensor(imag)),
        (_tensor(to_real.transpose(0, 2, 1)), _tensor(to_imag.transpose(0, 2, 1))),
        _tensor(pairs),
    )


def _numbers(numbers: Iterable[int]) -> Tensor:
    return torch.tensor([*numbers], dtype=torch.long)


def _stacked(real: np.ndarray, imag: np.ndarray) -> np.ndarray:
    """[K, Q, 2 P] each -> [K, 2 Q, 2 P]: from both parts of a row."""
    return np.concatenate([real, imag], axis=1)


def _angle(steps: np.ndarray, n: int) -> np.ndarray:
    """2 pi steps / n in float64, without whole turns."""
    turned: np.ndarray = 2 * np.pi * (steps % n) / n
    return turned


def _tensor(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, np.float32))
