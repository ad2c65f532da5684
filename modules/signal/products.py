"""Fourier transforms of real frames as matrix products, for runtimes without complex numbers.

A transform of n = R * Q samples is two smaller ones (Cooley and Tukey, 1965): of R samples each, Q
apart, and, for each of their bins, of the Q results, turned by an angle that is part of the matrix.
Both are products of a few large matrices, which a CPU does at its full speed:

    sample  q + Q s   = row s, column q of [R, Q]
    bin     r + R p   = row p, column r of [P, R], with P = Q // 2; bin n // 2 comes after them

The frames are real, so bin r of the first step is the conjugate of bin R - r, and only the first
R // 2 + 1 are computed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


class Plan(NamedTuple):
    """The matrices of a size, float32."""

    rows: int  # R
    columns: int  # Q, which is even
    first: Tensor  # [R, 2 (R // 2 + 1)]: samples to bins, as pairs of real and imaginary part
    mirror: Tensor  # [R] int64: which of these bins give bin r
    second: Tensor  # [R, 2 Q, 2 P]
    middle: Tensor  # [2 Q, 1]: bin n // 2, from bin 0 of the first step
    back: Tensor  # [R // 2 + 1, 4 P, 2 Q]: the inverse of `second`, from bins r and R - r
    last: Tensor  # [2 (R // 2 + 1), R]: the inverse of `first`


def forward(frames: Tensor) -> tuple[Tensor, Tensor]:
    """Frames [..., n] of even size -> real and imaginary parts [..., n // 2 + 1]."""
    n = int(frames.shape[-1])
    plan, lead = plan_of(n), frames.shape[:-1]
    rows, columns = plan.rows, plan.columns
    kept, half = rows // 2 + 1, columns // 2
    spaced = frames.reshape(-1, rows, columns).transpose(1, 2)  # [F, Q, R]
    found = (spaced @ plan.first).reshape(-1, columns, kept, 2).permute(2, 0, 1, 3)
    found = found.reshape(kept, -1, 2 * columns)  # [R // 2 + 1, F, 2 Q]
    turned = found[plan.mirror] @ plan.second  # [R, F, 2 P]
    both = turned.permute(1, 2, 0).reshape(-1, 2, half * rows)
    middle = found[0] @ plan.middle  # [F, 1]
    real = torch.cat([both[:, 0], middle], dim=1)
    imag = torch.cat([both[:, 1], 0.0 * middle], dim=1)
    return real.reshape(*lead, n // 2 + 1), imag.reshape(*lead, n // 2 + 1)


def inverse(real: Tensor, imag: Tensor, n: int) -> Tensor:
    """Real and imaginary parts [..., n // 2 + 1] -> frames [..., n] of even size."""
    plan, lead = plan_of(n), real.shape[:-1]
    rows, columns = plan.rows, plan.columns
    kept, half = rows // 2 + 1, columns // 2
    real, imag = real.reshape(-1, n // 2 + 1), imag.reshape(-1, n // 2 + 1)
    both = torch.cat([real[:, :-1], imag[:, :-1]], dim=1)
    spaced = both.reshape(-1, 2 * half, rows).permute(2, 0, 1)  # [R, F, 2 P]
    # bin 0 of the first step has no mirrored one, and bin n // 2 in its place
    middle = F.pad(real[:, -1:], (0, 2 * half - 1))[None]
    other = [rows - r for r in range(1, kept)]
    mirrored = torch.cat([middle, spaced[torch.tensor(other, dtype=torch.long)]])
    near = torch.cat([spaced[:kept], mirrored], dim=2)  # [R // 2 + 1, F, 4 P]
    found = (near @ plan.back).reshape(kept, -1, columns, 2).permute(1, 2, 0, 3)
    spaced = found.reshape(-1, columns, 2 * kept) @ plan.last  # [F, Q, R]
    return spaced.transpose(1, 2).reshape(*lead, n)


@lru_cache(maxsize=8)
def plan_of(n: int) -> Plan:
    """The matrices for frames of `n` samples, which is even."""
    near = sorted(range(1, n // 2 + 1), key=lambda r: abs(r - n**0.5))
    rows = next(r for r in near if n % (2 * r) == 0)
    columns = n // rows
    kept, half = rows // 2 + 1, columns // 2
    s, q, r = np.arange(rows), np.arange(columns), np.arange(rows)
    first = _turn(-np.outer(s, r[:kept]), rows)
    mirror = np.minimum(r, rows - r)
    # bin r + R p from (q): e^(-2 pi i q (r + R p) / n), of the conjugate where r is mirrored
    turn = _turn(-q[None, :, None] * (r[:, None, None] + rows * np.arange(half)), n)  # [R, Q, P]
    sign = np.where(r >= kept, -1.0, 1.0)[:, None, None]
    of_real = np.stack([turn.real, turn.imag], axis=2)
    of_imag = np.stack([-turn.imag * sign, turn.real * sign], axis=2)
    second = np.stack([of_real, of_imag], axis=2)  # [R, Q, 2 in, 2 out, P]
    middle = np.stack([(-1.0) ** q, 0.0 * q], axis=1)
    weight = np.full(kept, 2.0 / n)
    weight[0] = 1.0 / n
    if rows % 2 == 0:
        weight[-1] = 1.0 / n
    wave = _turn(np.outer(r[:kept], s), rows) * weight[:, None]  # [kept, R]
    last = np.stack([wave.real, -wave.imag], axis=1).reshape(2 * kept, rows)
    return Plan(
        rows,
        columns,
        _tensor(np.stack([first.real, first.imag], axis=-1).reshape(rows, 2 * kept)),
        torch.from_numpy(mirror),
        _tensor(second.reshape(rows, 2 * columns, 2 * half)),
        _tensor(middle.reshape(2 * columns, 1)),
        _tensor(_back(n, rows, columns)),
        _tensor(last),
    )


def _back(n: int, rows: int, columns: int) -> np.ndarray:
    """For each bin r of the first step, from bins r + R p and R - r + R p to its Q values."""
    kept, half = rows // 2 + 1, columns // 2
    back = np.zeros((kept, 2, 2, half, columns, 2))  # [r, own or mirrored, in, p, q, out]
    q = np.arange(columns)
    for r in range(kept):
        for p in range(columns):
            k = r + rows * p
            mirrored = k > n // 2
            low = n - k if mirrored else k  # the bin that is given, or its conjugate
            turn = _turn(q * k, n)
            if low == n // 2 and r == 0:  # in the place of the mirrored bin 0
                back[r, 1, 0, 0] += np.stack([turn.real, turn.imag], axis=1)
                continue
            own = int(mirrored and low % rows != r)
            place = back[r, own, :, low // rows]  # [in, q, out]
            place[0] += np.stack([turn.real, turn.imag], axis=1)
            if low:  # the imaginary part of bin 0 is 0
                sign = -1.0 if mirrored else 1.0
                place[1] += sign * np.stack([-turn.imag, turn.real], axis=1)
    return back.reshape(kept, 4 * half, 2 * columns)


def _turn(steps: np.ndarray, n: int) -> np.ndarray:
    """e^(2 pi i steps / n) in float64."""
    turned: np.ndarray = np.exp(2j * np.pi * (steps % n) / n)
    return turned


def _tensor(array: np.ndarray) -> Tensor:
    return torch.from_numpy(array.astype(np.float32))
