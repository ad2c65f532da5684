"""Rational quadratic splines (arXiv 1906.04032): monotonic curves from [-TAIL, TAIL] onto itself,
in both directions, and the identity outside.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

TAIL = 5.0
LEAST = 1e-3  # of a bin's width and height, as a share of the whole, and of a slope


class Knots(NamedTuple):
    """The ends of K bins, and the slopes there: [..., K + 1] each."""

    x: Tensor
    y: Tensor
    slopes: Tensor

    @classmethod
    def of(cls, widths: Tensor, heights: Tensor, slopes: Tensor) -> Knots:
        """Unbounded numbers of K bins, [..., K], and of the slopes between them, [..., K - 1]; at
        the outer ends the slope is 1, as outside.
        """
        edge = math.log(math.expm1(1.0 - LEAST))
        inner = F.pad(slopes, (1, 1), value=edge)
        return cls(_ends(widths), _ends(heights), LEAST + F.softplus(inner))


class Bin(NamedTuple):
    """The bin of each value, [...] each."""

    x: Tensor
    width: Tensor
    y: Tensor
    height: Tensor
    slope: Tensor  # at its left end
    next_slope: Tensor

    @property
    def steepness(self) -> Tensor:
        """height / width."""
        return self.height / self.width

    @property
    def bend(self) -> Tensor:
        """The sum of the slopes less twice the steepness: 0 for a straight line."""
        return self.slope + self.next_slope - 2.0 * self.steepness


def spline(values: Tensor, knots: Knots) -> tuple[Tensor, Tensor]:
    """values [...] -> the curve's values, and the logarithm of its slope there (equations 4, 5)."""
    inside = values.clamp(-TAIL, TAIL)
    at = _bin(inside, knots.x, knots)
    place = (inside - at.x) / at.width
    mixed = place * (1.0 - place)
    divisor = at.steepness + at.bend * mixed
    curve = at.y + at.height * (at.steepness * place.square() + at.slope * mixed) / divisor
    slope = (
        at.next_slope * place.square()
        + 2.0 * at.steepness * mixed
        + at.slope * (1.0 - place).square()
    )
    log_slope = 2.0 * at.steepness.log() + slope.log() - 2.0 * divisor.log()
    real = values.abs() <= TAIL
    return torch.where(real, curve, values), torch.where(real, log_slope, 0.0)


def inverse_spline(values: Tensor, knots: Knots) -> Tensor:
    """The inverse of `spline`: values [...] -> [...] (equations 6 to 8)."""
    inside = values.clamp(-TAIL, TAIL)
    at = _bin(inside, knots.y, knots)
    above = inside - at.y
    a = at.height * (at.steepness - at.slope) + above * at.bend
    b = at.height * at.slope - above * at.bend
    c = -at.steepness * above
    # the root that is stable for small `a`
    place = 2.0 * c / (-b - (b.square() - 4.0 * a * c).clamp(min=0.0).sqrt())
    return torch.where(values.abs() <= TAIL, at.x + place * at.width, values)


def _ends(sizes: Tensor) -> Tensor:
    """Unbounded sizes [..., K] -> the ends of the bins, [..., K + 1], from -TAIL to TAIL."""
    n_bins = sizes.shape[-1]
    shares = LEAST + (1.0 - LEAST * n_bins) * sizes.softmax(-1)
    inner = 2.0 * TAIL * shares.cumsum(-1)[..., :-1] - TAIL
    return F.pad(F.pad(inner, (1, 0), value=-TAIL), (0, 1), value=TAIL)


def _bin(values: Tensor, ends: Tensor, knots: Knots) -> Bin:
    """The bin of each value [...], by the `ends` [..., K + 1] of the bins on its axis."""
    number = (values[..., None] >= ends[..., 1:-1]).sum(-1, keepdim=True)  # [..., 1]

    def left(rows: Tensor) -> Tensor:
        return rows[..., :-1].gather(-1, number)[..., 0]

    def step(rows: Tensor) -> Tensor:
        return (rows[..., 1:] - rows[..., :-1]).gather(-1, number)[..., 0]

    slopes = knots.slopes
    following = slopes[..., 1:].gather(-1, number)[..., 0]
    return Bin(left(knots.x), step(knots.x), left(knots.y), step(knots.y), left(slopes), following)
