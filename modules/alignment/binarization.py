"""When the soft alignment is pulled towards the hard one: once it is measured to be sharp, not at
a given epoch.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from recital.modules.losses.reduction import global_mean
from recital.utils.ranges import Many, Share


class Binarization(nn.Module):
    """The weight of the binarization loss: a ramp that rises while the alignment is sharp and
    falls while it is not.

    The measure is the focus, the probability that the soft alignment gives to the hard one,
    averaged over frames, as a running mean. The prior alone gives about 0.2, and an alignment of
    letters that is settled 0.5 to 0.6; the loss itself is no such measure, since a sharper aligner
    pays more nats for each frame that it disputes. Binarizing an alignment that is not yet
    diagonal makes wrong durations certain; so the weight moves from 0 to 1 in `warmup` steps above
    `threshold`. All of its state are buffers, so that a resumed run goes on exactly.
    """

    focus: Tensor
    ramp: Tensor

    def __init__(self, threshold: Share = 0.4, warmup: Many = 500, decay: Share = 0.98) -> None:
        super().__init__()
        self.threshold = threshold
        self.warmup = warmup
        self.decay = decay
        self.register_buffer("focus", torch.tensor(0.0))
        self.register_buffer("ramp", torch.tensor(0.0))  # steps, 0 to warmup

    def weight(self) -> Tensor:
        """0 to 1; a scalar."""
        return self.ramp / self.warmup

    def weigh(self, means: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Losses of a step, with that of `binarization` at its present weight; in training their
        `alignment_focus` is taken in.
        """
        weighed = {**means, "binarization": self.weight() * means["binarization"]}
        if self.training and torch.is_grad_enabled():
            self.update(global_mean(means["alignment_focus"]))
        return weighed

    @torch.no_grad()
    def update(self, focus: Tensor) -> None:
        """Take in the measure of a step, the same number in every process; a non-finite one
        changes nothing.
        """
        finite = focus.isfinite()
        mean = self.focus + (1 - self.decay) * (focus - self.focus)
        self.focus.copy_(torch.where(finite, mean, self.focus))
        moved = self.ramp + torch.where(self.focus > self.threshold, 1.0, -1.0)
        self.ramp.copy_(torch.where(finite, moved.clamp(0, self.warmup), self.ramp))
