"""When the soft alignment is pulled towards the hard one: once it is measured to be sharp, not at a given epoch."""

from __future__ import annotations

import torch
from torch import Tensor, nn

UNALIGNED = 10.0  # nats a frame: where the running mean starts


class Binarization(nn.Module):
    """The weight of the binarization loss, a ramp that rises while the alignment is sharp and falls while it is not.

    Its measure is the loss itself, the mean over frames of -log of the soft alignment on the hard path, in nats, as a
    running mean. Binarizing an alignment that is not yet diagonal makes wrong durations certain; so the weight moves
    from 0 to 1 in `warmup` steps below `threshold`. All of its state are buffers, so that a resumed run goes on exactly.
    """

    nats: Tensor
    ramp: Tensor

    def __init__(self, threshold: float = 1.0, warmup: int = 500, decay: float = 0.98) -> None:
        super().__init__()
        self.threshold = threshold
        self.warmup = warmup
        self.decay = decay
        self.register_buffer("nats", torch.tensor(UNALIGNED))
        self.register_buffer("ramp", torch.tensor(0.0))  # steps, 0 to warmup

    def weight(self) -> Tensor:
        """0 to 1; a scalar."""
        return self.ramp / self.warmup

    @torch.no_grad()
    def update(self, nats: Tensor) -> None:
        """Take in the measure of a step, the same number in every process; a non-finite one changes nothing."""
        finite = nats.isfinite()
        mean = self.nats + (1 - self.decay) * (nats - self.nats)
        self.nats.copy_(torch.where(finite, mean, self.nats))
        moved = (self.ramp + torch.where(self.nats < self.threshold, 1.0, -1.0)).clamp(0, self.warmup)
        self.ramp.copy_(torch.where(finite, moved, self.ramp))
