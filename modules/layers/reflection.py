"""Reflection padding for inputs of any length."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def reflect(hidden: Tensor, before: int, after: int) -> Tensor:
    """[B, C, T] or [B, C, 1, T], T > 0 -> the same with `before` + T + `after` frames.

        1 2 3        # before = after = 2
    3 2 1 2 3 2 1

    `torch.nn.functional.pad` refuses an input that is not longer than its padding; here the
    reflection continues back and forth, as in NumPy.
    """
    n = hidden.shape[-1]
    if max(before, after) < n:
        rows = () if hidden.dim() == 3 else (0, 0)
        return F.pad(hidden, (before, after, *rows), mode="reflect")
    period = max(2 * (n - 1), 1)
    index = torch.arange(-before, n + after, device=hidden.device) % period
    return hidden[..., torch.where(index < n, index, period - index)]


def reflect_items(wav: Tensor, lengths: Tensor, pad: int) -> Tensor:
    """Waves [B, S] of `lengths` [B] samples -> [B, pad + S + pad], each reflected at its own ends;
    0 beyond.

        1 2 3 0        # lengths 3, pad = 1
      2 1 2 3 2 0      # the first at index 0
    """
    places = torch.arange(-pad, wav.shape[1] + pad, device=wav.device)
    period = (2 * (lengths - 1)).clamp(min=1)[:, None]
    index = places % period
    index = torch.where(index < lengths[:, None], index, period - index)
    inside = (places < lengths[:, None] + pad) & (lengths[:, None] > 0)
    return torch.where(inside, wav.gather(1, index.clamp(max=wav.shape[1] - 1)), 0.0)
