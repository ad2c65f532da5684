"""An exponential moving average of the weights, kept on the device and used for validation and
inference.

Not torch.optim.swa_utils.AveragedModel: it keeps a second network, copies its buffers, reads its
count from the device at each step, and its decay has no warm-up and cannot skip a bad step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class Ema:
    """The average of a module's trainable parameters; buffers and frozen weights are not averaged.

    After n updates the decay is min(decay, (1 + n) / (10 + n)), so that the random start is
    forgotten soon. With a `share` below 1, a run that begins from trained weights averages
    start + share * (weights - start): fine-tuned weights and those before, interpolated ("Robust
    fine-tuning of zero-shot models", arXiv 2109.01903).
    """

    def __init__(self, module: nn.Module, decay: float, share: float = 1.0) -> None:
        self.decay = decay
        self.share = share
        self.updates = 0
        # trained weights from which the run began, if `share` needs them
        self.start: dict[str, Tensor] = {}
        self.weights = {name: p for name, p in module.named_parameters() if p.requires_grad}
        self.averages = {name: p.detach().clone() for name, p in self.weights.items()}

    @torch.no_grad()
    def update(self, good: Tensor) -> None:
        """Move towards the weights, unless `good` (a scalar on the device) is 0."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        averages = list(self.averages.values())
        change = list(torch._foreach_sub(self._targets(), averages))
        torch._foreach_mul_(change, (1 - decay) * good)
        torch._foreach_add_(averages, change)

    def _targets(self) -> list[Tensor]:
        """What the averages move towards, in their order."""
        targets: dict[str, Tensor] = dict(self.weights)
        if self.start:
            learned = [targets[name] for name in self.start]
            between = torch._foreach_lerp(list(self.start.values()), learned, self.share)
            targets.update(zip(self.start, between, strict=True))
        return list(targets.values())

    @torch.no_grad()
    def restart(self, trained: Set[str]) -> None:
        """Restart from the current weights, of which `trained` are those of another run."""
        self.updates = 0
        for name, p in self.weights.items():
            self.averages[name].copy_(p)
        if self.share < 1.0:
            self.start = {n: p.detach().clone() for n, p in self.weights.items() if n in trained}

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
