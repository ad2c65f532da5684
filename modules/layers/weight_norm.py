"""Weight norm (arXiv 1602.07868). `modules/fast/fused.py` removes it for inference."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize

M = TypeVar("M", bound=nn.Module)


def weight_norm(module: M) -> M:
    """The module with its weight as direction and length (of each slice along dimension 0)."""
    normed = parametrizations.weight_norm(module)
    # the class of this one module, which torch makes and refuses to pickle
    type(normed).__reduce_ex__ = _reduce  # type: ignore[assignment]
    return normed


def _reduce(module: nn.Module, protocol: int) -> tuple[Any, ...]:
    """For `pickle`: the class without weight norm, what it holds, and direction and length."""
    state = {**module.__dict__, "_modules": dict(module._modules)}
    state["_load_state_dict_pre_hooks"] = OrderedDict()  # torch's own, which `_rebuild` sets again
    weight = state["_modules"].pop("parametrizations")["weight"]
    kind = parametrize.type_before_parametrizations(module)
    return _rebuild, (kind, state, weight.original0, weight.original1)


def _rebuild(kind: type[M], state: dict[str, Any], length: Tensor, direction: Tensor) -> M:
    module = kind.__new__(kind)
    module.__dict__.update(state)
    module.weight = nn.Parameter(direction.detach().clone(), direction.requires_grad)
    normed: Any = weight_norm(module)
    parts = normed.parametrizations["weight"]
    with torch.no_grad():
        parts.original0.copy_(length)
        parts.original1.copy_(direction)
    for part in (parts.original0, parts.original1):
        part.requires_grad_(direction.requires_grad)
    return module
