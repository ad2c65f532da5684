"""Weight norm (arXiv 1602.07868), and networks without it for inference."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from torch import nn
from torch.nn.utils import parametrizations, parametrize

M = TypeVar("M", bound=nn.Module)


def weight_norm(module: M) -> M:
    """The module with its weight as direction and length (of each slice along dimension 0)."""
    return parametrizations.weight_norm(module)


def without_weight_norm(network: M) -> M:
    """A frozen copy with plain weights: what its parametrizations compute now."""
    plain = copy.deepcopy(network)
    plain.__dict__.pop("forward", None)  # what a training loop has put around it
    for part in plain.modules():
        if parametrize.is_parametrized(part, "weight"):
            # not `remove_parametrizations`: it changes the class, which the copy shares
            weight = part.weight.detach().clone()
            part.__class__ = parametrize.type_before_parametrizations(part)
            del part.parametrizations
            part.weight = nn.Parameter(weight)
    return plain.requires_grad_(False).eval()


class Fused:
    """The form of a network that inference uses, kept while its weights stay as they are.

    Fused optimizers change weights without a trace, so nothing is kept in training mode, and the
    network calls `clear` in its `train`.
    """

    def __init__(self, network: nn.Module) -> None:
        self._network = [network]  # in a list, or it would be its own child
        self._key: tuple[Any, ...] = ()
        self._plain: nn.Module | None = None

    def __call__(self) -> nn.Module:
        """The network without weight norm."""
        (network,) = self._network
        if network.training:
            return without_weight_norm(network)
        key = tuple((p.data_ptr(), p._version, p.dtype) for p in network.parameters())
        if self._plain is None or key != self._key:
            self._plain, self._key = without_weight_norm(network), key
        return self._plain

    def clear(self) -> None:
        """Forget it: training goes on."""
        self._plain = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Fused:
        """A copy of a network makes its own."""
        (network,) = self._network
        return Fused(memo.get(id(network), network))

    def __getstate__(self) -> dict[str, Any]:
        return {"_network": self._network, "_key": (), "_plain": None}
