"""Replaces `network(mel)` of a network with weight norm, which recomputes its weights in each call,
by a cached copy with plain weights, in half precision where autocast would round them in each call.
Justified by `benchmark fast`, on an utterance of HiFi-GAN.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

import torch
from torch import nn
from torch.nn.utils import parametrize

from recital.modules.fast.winograd import Winograd
from recital.modules.signal.spectra import is_real_arithmetic

M = TypeVar("M", bound=nn.Module)
CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d)


def without_weight_norm(network: M) -> M:
    """A frozen copy with plain weights: the current values of its parametrizations."""
    plain = copy.deepcopy(network)
    plain.__dict__.pop("forward", None)  # a wrapper from a training loop
    part: Any  # a module whose parametrizations are dynamic
    for part in plain.modules():
        if parametrize.is_parametrized(part, "weight"):
            # not `remove_parametrizations`: it changes the class, which the copy shares
            weight = part.weight.detach().clone()
            part.__class__ = parametrize.type_before_parametrizations(part)
            del part.parametrizations
            part.weight = nn.Parameter(weight)
    return plain.requires_grad_(False).eval()


class Fused:
    """The forms of a network for inference, one for each precision of autocast, cached while its
    weights do not change; `prepare` modifies a copy without weight norm further.

    Fused optimizers change weights undetectably, so nothing is cached in training mode, and the
    network calls `clear` in its `train`.
    """

    _weights: list[tuple[Any, ...]]  # the state of those from which the forms are made
    _made: dict[tuple[Any, int | None], nn.Module]  # by kind, and threads if it is for a number

    def __init__(
        self, network: nn.Module, prepare: Callable[[nn.Module], None] | None = None
    ) -> None:
        self._prepare = prepare
        self._network = [network]  # in a list, or it would be its own child
        self._begin()

    def __call__(self) -> nn.Module:
        """The prepared network without weight norm."""
        network = self._network[0]
        if network.training:
            return self._make()
        weights = [(p.data_ptr(), _version(p), p.dtype) for p in network.parameters()]
        # a graph has other fast forms; while it is traced, nothing can be copied
        kind = (is_real_arithmetic(), _autocast_dtype(network))
        threads = torch.get_num_threads()
        with self._lock:
            if weights != self._weights:
                self._weights, self._made = weights, {}
            for key in ((kind, None), (kind, threads)):
                if key in self._made:
                    return self._made[key]
            made = self._make()
            for_threads = any(isinstance(part, Winograd) for part in made.modules())
            self._made[kind, threads if for_threads else None] = made
        return made

    def _make(self) -> nn.Module:
        plain = without_weight_norm(self._network[0])
        dtype = _autocast_dtype(plain)
        if self._prepare is not None and not is_real_arithmetic():
            self._prepare(plain)
        if dtype is not None:
            for part in plain.modules():
                if isinstance(part, CONVOLUTIONS):
                    part.to(dtype)
        return plain

    def _begin(self) -> None:
        self._lock = Lock()  # threads that begin at the same time share one form
        self._weights = []
        self._made = {}

    def clear(self) -> None:
        """Drop the cache: training continues."""
        self._made = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> Fused:
        """A copied network builds its own cache."""
        (network,) = self._network
        return Fused(memo.get(id(network), network), self._prepare)

    def __getstate__(self) -> dict[str, Any]:
        return {"_prepare": self._prepare, "_network": self._network}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._begin()


def _autocast_dtype(network: nn.Module) -> torch.dtype | None:
    """The dtype to which autocast rounds the weights of convolutions; None outside of autocast."""
    kind = next(network.parameters()).device.type
    if not torch.amp.is_autocast_available(kind):  # the `meta` device has none
        return None
    return torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else None


def _version(weight: nn.Parameter) -> int:
    """How often a weight was changed in place; one made in inference mode cannot be."""
    return 0 if weight.is_inference() else weight._version
