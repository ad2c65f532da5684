"""The schedule of the binarization loss: by the measured sharpness of the alignment, not by a fixed
epoch.
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

    The measure is the focus: a running mean over frames of the probability of the hard alignment
    under the soft one. The prior alone gives about 0.2, a converged alignment of letters 0.5 to
    0.6. The loss itself is not a measure, since a sharper aligner pays more nats for each frame on
    which it disagrees. Binarizing an alignment that is not yet diagonal fixes wrong durations, so
    the weight moves from 0 to 1 in `warmup` steps above `threshold`. All state is in buffers, so
    that a resumed run continues exactly.

        focus    0.2  0.3  0.5  0.6  0.6  0.4  0.6    # threshold = 0.45
        ramp      0    0    1    2    3    2    3     # warmup = 3: weight = ramp / warmup
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
        """Scale the loss `binarization` by its current weight; in training, first update the weight
        with `alignment_focus`.
        """
        weighed = {**means, "binarization": self.weight() * means["binarization"]}
        if self.training and torch.is_grad_enabled():
            self.update(global_mean(means["alignment_focus"]))
        return weighed

    @torch.no_grad()
    def update(self, focus: Tensor) -> None:
        """Update with the focus of a step, the same number in every process; a non-finite one is
        ignored.
        """
        finite = focus.isfinite()
        mean = self.focus + (1 - self.decay) * (focus - self.focus)
        self.focus.copy_(torch.where(finite, mean, self.focus))
        moved = self.ramp + torch.where(self.focus > self.threshold, 1.0, -1.0)
        self.ramp.copy_(torch.where(finite, moved.clamp(0, self.warmup), self.ramp))
