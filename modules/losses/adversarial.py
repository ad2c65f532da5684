"""Adversarial losses of a generator and its discriminators.

A discriminator is a list of sub-discriminators, each of which returns scores (real is 1) and the
features of its layers. All losses here sum over the sub-discriminators, as HiFi-GAN does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F


class Judgement(NamedTuple):
    """The output of one sub-discriminator for a batch of wavs."""

    scores: Tensor  # [B, ...]
    features: list[Tensor]  # [B, C, ...] of each layer, the scores last


class Adversarial(NamedTuple):
    """The three losses of an adversarial game: scores -> scalar mean."""

    real: Callable[[Tensor], Tensor]  # the discriminator's, on recordings
    fake: Callable[[Tensor], Tensor]  # the discriminator's, on generated wavs
    fool: Callable[[Tensor], Tensor]  # the generator's


LOSSES = {
    # Least squares (arXiv 1611.04076), HiFi-GAN's eq. 1 and 2
    "lsgan": Adversarial(
        real=lambda scores: (scores - 1).square().mean(),
        fake=lambda scores: scores.square().mean(),
        fool=lambda scores: (scores - 1).square().mean(),
    ),
    # Hinge; the generator's side is hinged too, as in SoundStream (arXiv 2107.03312, eq. 1 and 2)
    "hinge": Adversarial(
        real=lambda scores: F.relu(1 - scores).mean(),
        fake=lambda scores: F.relu(1 + scores).mean(),
        fool=lambda scores: F.relu(1 - scores).mean(),
    ),
}


def feature_matching(real: Sequence[Judgement], fake: Sequence[Judgement]) -> Tensor:
    """The L1 distance of the features of each layer (HiFi-GAN's eq. 4), summed over layers and
    sub-discriminators; no gradient flows into `real`.
    """
    distances = [
        (theirs - mine.detach()).abs().mean()
        for r, f in zip(real, fake, strict=True)
        for mine, theirs in zip(r.features, f.features, strict=True)
    ]
    return torch.stack(distances).sum()
