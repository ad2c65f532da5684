"""An exponential moving average of the weights, kept on the device and used for validation and
inference.

Not torch.optim.swa_utils.AveragedModel: it keeps a second network, copies its buffers, reads its
count from the device at each step, and its decay has no warm-up and cannot skip a bad step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class Ema:
    """The average of a module's trainable parameters; buffers and frozen weights are not averaged.

    After n updates the decay is min(decay, (1 + n) / (10 + n)), so that the random start is
    forgotten soon.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.decay = decay
        self.updates = 0
        self.weights = {name: p for name, p in module.named_parameters() if p.requires_grad}
        self.averages = {name: p.detach().clone() for name, p in self.weights.items()}

    @torch.no_grad()
    def update(self, good: Tensor) -> None:
        """Move towards the weights, unless `good` (a scalar on the device) is 0."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        averages = list(self.averages.values())
        change = torch._foreach_sub(list(self.weights.values()), averages)
        torch._foreach_mul_(change, (1 - decay) * good)
        torch._foreach_add_(averages, change)

    @torch.no_grad()
    def restart(self) -> None:
        """Restart from the current weights."""
        self.updates = 0
        for name, p in self.weights.items():
            self.averages[name].copy_(p)

    @contextmanager
    def swapped(self) -> Iterator[None]:
        """In this context, the module's weights are the averages."""
        raw = {name: p.detach().clone() for name, p in self.weights.items()}
        self._set(self.averages)
        try:
            yield
        finally:
            self._set(raw)

    @torch.no_grad()
    def _set(self, values: Mapping[str, Tensor]) -> None:
        for name, p in self.weights.items():
            p.copy_(values[name])
