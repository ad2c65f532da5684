"""Fourier transforms of real frames as matrix products, for runtimes without complex numbers.

A transform of n = R * Q samples is two smaller ones (Cooley and Tukey, 1965): of R samples each, Q
apart, and, for each of their bins, of the Q results, turned by an angle that is part of the matrix.
Both are products of a few large matrices, which a CPU does at its full speed:

    sample  q + Q s   = row s, column q of [R, Q]
    bin     r + R p   = row p, column r of [P, R], where only P = Q // 2 + 1 rows are needed

The frames are real, so bin r of the first step is the conjugate of bin R - r, and only the first
R // 2 + 1 are computed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class Plan(NamedTuple):
    """The matrices of a size, float32."""

    rows: int  # R
    columns: int  # Q
    first: Tensor  # [R, 2 (R // 2 + 1)]: samples to bins, as pairs of real and imaginary part
    mirror: Tensor  # [R] int64: which of these bins give bin r
    second: Tensor  # [R, 2 Q, 2 P]
    back: Tensor  # [R // 2 + 1, 4 P, 2 Q]: the inverse of `second`, from bins r and R - r
    last: Tensor  # [2 (R // 2 + 1), R]: the inverse of `first`


def forward(frames: Tensor) -> tuple[Tensor, Tensor]:
    """Frames [..., n] of even size -> real and imaginary parts [..., n // 2 + 1]."""
    n = int(frames.shape[-1])
    plan, lead = plan_of(n), frames.shape[:-1]
    rows, columns = plan.rows, plan.columns
    kept, parts = rows // 2 + 1, columns // 2 + 1
    spaced = frames.reshape(-1, rows, columns).transpose(1, 2)  # [F, Q, R]
    found = (spaced @ plan.first).reshape(-1, columns, kept, 2).permute(2, 0, 1, 3)
    turned = found.reshape(kept, -1, 2 * columns)[plan.mirror] @ plan.second  # [R, F, 2 P]
    both = turned.reshape(rows, -1, 2, parts).permute(1, 2, 3, 0).reshape(-1, 2, parts * rows)
    both = both.reshape(*lead, 2, parts * rows)[..., : n // 2 + 1]
    return both[..., 0, :], both[..., 1, :]


def inverse(real: Tensor, imag: Tensor, n: int) -> Tensor:
    """Real and imaginary parts [..., n // 2 + 1] -> frames [..., n] of even size."""
    plan, lead = plan_of(n), real.shape[:-1]
    rows, columns = plan.rows, plan.columns
    kept, parts = rows // 2 + 1, columns // 2 + 1
    both = torch.stack([real, imag], dim=-2)  # [..., 2, n // 2 + 1]
    both = torch.nn.functional.pad(both, (0, parts * rows - n // 2 - 1))
    spaced = both.reshape(-1, 2 * parts, rows).permute(2, 0, 1)  # [R, F, 2 P]
    other = [(rows - r) % rows for r in range(kept)]
    near = torch.cat([spaced[:kept], spaced[torch.tensor(other)]], dim=2)  # [R // 2 + 1, F, 4 P]
    found = (near @ plan.back).reshape(kept, -1, columns, 2).permute(1, 2, 0, 3)
    spaced = found.reshape(-1, columns, 2 * kept) @ plan.last  # [F, Q, R]
    return spaced.transpose(1, 2).reshape(*lead, n)


@lru_cache(maxsize=8)
def plan_of(n: int) -> Plan:
    """The matrices for frames of `n` samples, which is even."""
    rows = next(r for r in range(int(n**0.5), 0, -1) if n % r == 0)
    columns = n // rows
    kept, parts = rows // 2 + 1, columns // 2 + 1
    s, q, r = np.arange(rows), np.arange(columns), np.arange(rows)
    first = _pairs(_turn(-np.outer(s, r[:kept]), rows))  # [R, kept, 2]
    mirror = np.minimum(r, rows - r)
    # bin r + R p from (q): e^(-2 pi i q (r + R p) / n), of the conjugate where r is mirrored
    turn = _turn(-q[None, :, None] * (r[:, None, None] + rows * np.arange(parts)), n)  # [R, Q, P]
    sign = np.where(r >= kept, -1.0, 1.0)[:, None, None]
    of_real = np.stack([turn.real, turn.imag], axis=2)
    of_imag = np.stack([-turn.imag * sign, turn.real * sign], axis=2)
    second = np.stack([of_real, of_imag], axis=2)  # [R, Q, 2 in, 2 out, P]
    weight = np.full(kept, 2.0 / n)
    weight[0] = 1.0 / n
    if rows % 2 == 0:
        weight[-1] = 1.0 / n
    wave = _turn(np.outer(r[:kept], s), rows) * weight[:, None]  # [kept, R]
    last = np.stack([wave.real, -wave.imag], axis=1).reshape(2 * kept, rows)
    return Plan(
        rows,
        columns,
        _tensor(first.reshape(rows, 2 * kept)),
        torch.from_numpy(mirror),
        _tensor(second.reshape(rows, 2 * columns, 2 * parts)),
        _tensor(_back(n, rows, columns)),
        _tensor(last),
    )


def _back(n: int, rows: int, columns: int) -> np.ndarray:
    """For each bin r of the first step, from bins r + R p and R - r + R p to its Q values."""
    kept, parts = rows // 2 + 1, columns // 2 + 1
    back = np.zeros((kept, 2, 2, parts, columns, 2))  # [r, own or mirrored, in, p, q, out]
    q = np.arange(columns)
    for r in range(kept):
        for p in range(columns):
            k = r + rows * p
            mirrored = k > n // 2
            low = n - k if mirrored else k  # the bin that is given, or its conjugate
            turn = _turn(q * k, n)
            own = int(mirrored and low % rows != r)
            place = back[r, own, :, low // rows]  # [in, q, out]
            place[0] += np.stack([turn.real, turn.imag], axis=1)
            if low not in (0, n // 2):  # the imaginary parts of these are 0
                sign = -1.0 if mirrored else 1.0
                place[1] += sign * np.stack([-turn.imag, turn.real], axis=1)
    return back.reshape(kept, 4 * parts, 2 * columns)


def _turn(steps: np.ndarray, n: int) -> np.ndarray:
    """e^(2 pi i steps / n) in float64."""
    turned: np.ndarray = np.exp(2j * np.pi * (steps % n) / n)
    return turned


def _pairs(values: np.ndarray) -> np.ndarray:
    return np.stack([values.real, values.imag], axis=-1)


def _tensor(array: np.ndarray) -> Tensor:
    return torch.from_numpy(array.astype(np.float32))
