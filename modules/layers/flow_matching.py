"""Conditional flow matching (arXiv 2210.02747) on straight paths (equations 22 and 23): what is
common to the networks that are trained by it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated

import torch
from torch import Tensor

from recital.utils.ranges import Range

SigmaMin = Annotated[float, Range(0, 1, open_high=True)]
TIME_SCALE = 1000.0  # of the times from 0 to 1, before their sinusoids


def sinusoids_of(times: Tensor, channels: int) -> Tensor:
    """times [B] -> [B, channels]: sines, then cosines, of wavelengths from 2 pi to 20000 pi
    thousandths.
    """
    half = channels // 2
    places = torch.arange(half, device=times.device, dtype=torch.float32)
    rates = (places * (-math.log(10000.0) / max(half - 1, 1))).exp()
    angles = TIME_SCALE * times.float()[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def straight_path(
    noise: Tensor, target: Tensor, times: Tensor, sigma_min: float
) -> tuple[Tensor, Tensor]:
    """noise and target [B, C, L], times [B] from 0 to 1 -> the point on the way from noise to
    target, and the velocity there, [B, C, L]. `sigma_min` is the noise that is left at the end.
    """
    times = times[:, None, None]
    point = (1 - (1 - sigma_min) * times) * noise + times * target
    return point, target - (1 - sigma_min) * noise


def follow(velocity: Callable[[Tensor, Tensor], Tensor], noise: Tensor, n_steps: int) -> Tensor:
    """Euler's method from noise [B, C, L] at time 0 to a sample at time 1; `velocity` takes a point
    [B, C, L] and times [B].
    """
    point = noise
    for step in range(n_steps):
        times = torch.full_like(point[:, 0, 0], step / n_steps)
        point = point + velocity(point, times) / n_steps
    return point


def follow_halfway(
    velocity: Callable[[Tensor, Tensor], Tensor], noise: Tensor, n_steps: int
) -> Tensor:
    """`follow` by the midpoint method: a step goes by the velocity halfway. Two evaluations a step,
    after few of which samples spread as the distribution does; Euler's spread too little.
    """
    point = noise
    for step in range(n_steps):
        times = torch.full_like(point[:, 0, 0], step / n_steps)
        halfway = point + velocity(point, times) / (2 * n_steps)
        point = point + velocity(halfway, times + 1 / (2 * n_steps)) / n_steps
    return point
