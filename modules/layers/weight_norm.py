"""Weight norm (arXiv 1602.07868). `modules/fast/fused.py` takes it off for inference."""

from __future__ import annotations

from typing import TypeVar

from torch import nn
from torch.nn.utils import parametrizations

M = TypeVar("M", bound=nn.Module)


def weight_norm(module: M) -> M:
    """The module with its weight as direction and length (of each slice along dimension 0)."""
    return parametrizations.weight_norm(module)
