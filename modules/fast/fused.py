"""Replaces `network(mel)` of a network with weight norm, which computes each weight anew in every
call, by a copy with plain weights that is kept. Justified by `benchmark fast`, on an utterance of
HiFi-GAN.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeVar

from torch import nn
from torch.nn.utils import parametrize

M = TypeVar("M", bound=nn.Module)


def without_weight_norm(network: M) -> M:
    """A frozen copy with plain weights: what its parametrizations compute now."""
    plain = copy.deepcopy(network)
    plain.__dict__.pop("forward", None)  # what a training loop has put around it
    part: Any  # a module whose parametrizations come and go
    for part in plain.modules():
        if parametrize.is_parametrized(part, "weight"):
            # not `remove_parametrizations`: it changes the class, which the copy shares
            weight = part.weight.detach().clone()
            part.__class__ = parametrize.type_before_parametrizations(part)
            del part.parametrizations
            part.weight = nn.Parameter(weight)
    return plain.requires_grad_(False).eval()


class Fused:
    """The form of a network that inference uses, kept while its weights stay as they are;
    `prepare` changes a copy without weight norm further.

    Fused optimizers change weights without a trace, so nothing is kept in training mode, and the
    network calls `clear` in its `train`.
    """

    def __init__(
        self, network: nn.Module, prepare: Callable[[nn.Module], None] | None = None
    ) -> None:
        self._prepare = prepare
        self._network = [network]  # in a list, or it would be its own child
        self._key: tuple[Any, ...] = ()
        self._plain: nn.Module | None = None

    def __call__(self) -> nn.Module:
        """The network without weight norm, `prepare`d."""
        (network,) = self._network
        if network.training:
            return self._make()
        key = tuple((p.data_ptr(), p._version, p.dtype) for p in network.parameters())
        if self._plain is None or key != self._key:
            self._plain, self._key = self._make(), key
        return self._plain

    def _make(self) -> nn.Module:
        plain = without_weight_norm(self._network[0])
        if self._prepare is not None:
            self._prepare(plain)
        return plain

    def clear(self) -> None:
        """Forget it: training goes on."""
        self._plain = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Fused:
        """A copy of a network makes its own."""
        (network,) = self._network
        return Fused(memo.get(id(network), network), self._prepare)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_key": (), "_plain": None}
