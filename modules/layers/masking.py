"""Masks from lengths. A mask is True where data is real."""

from __future__ import annotations

import torch
from torch import Tensor


def length_mask(lengths: Tensor, size: int) -> Tensor:
    """lengths [B] -> mask [B, size]."""
    return torch.arange(size, device=lengths.device) < lengths[:, None]
