"""Replaces, on complex spectra,

    target = torch.lerp(before, consistent, 1 + momentum)
    target * (magnitude / target.abs().clamp(min=TINY)).clamp(max=most_raised)

by arithmetic in place on real and imaginary parts. Justified by `benchmark fast`, on an utterance
of Griffin-Lim and one of SourceFilter, which uses it for refinement.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from recital.modules.signal.spectra import Pair, Spectrum

TINY = 1e-8  # magnitude


def accelerate(
    before: Spectrum,
    consistent: Spectrum,
    magnitude: Tensor,
    momentum: float,
    most_raised: float = math.inf,
) -> Spectrum:
    """The step of fast Griffin-Lim: consistent spectra of the last and of this iteration, complex
    [B, T, F], -> the spectrum beyond them, with the wanted magnitude [B, T, F]; no bin is raised
    more than `most_raised` times.
    """
    if isinstance(consistent, Pair):
        return _accelerate_pair(before, consistent, magnitude, momentum, most_raised)
    start, end = torch.view_as_real(before), torch.view_as_real(consistent)
    target = torch.lerp(start, end, 1 + momentum)  # [B, T, F, 2]
    real, imaginary = target.unbind(-1)
    power = torch.addcmul(real.square(), imaginary, imaginary)
    scale = power.clamp_(min=TINY**2).rsqrt_().mul_(magnitude)
    if most_raised < math.inf:
        scale.clamp_(max=most_raised)
    return torch.view_as_complex(target.mul_(scale[..., None]))


def _accelerate_pair(
    before: Pair, consistent: Pair, magnitude: Tensor, momentum: float, most_raised: float
) -> Pair:
    """The same on pairs of real tensors, for a graph."""
    whole = 1 + momentum  # the target's factor, which its scale takes off again
    target = consistent - before * (momentum / whole)
    power = target.real * target.real + target.imag * target.imag
    scale = magnitude / power.clamp(min=(TINY / whole) ** 2).sqrt()
    return target * (scale.clamp(max=whole * most_raised) if most_raised < math.inf else scale)
