"""Replaces `nn.Dropout`, and `F.scaled_dot_product_attention` with dropout, in training on a CPU:
torch draws a number for each value there, where 16 random bits are enough, a quarter of a number.
Justified by `benchmark fast`, on a step of FastPitch.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LEVELS = 1 << 16  # the share of dropped values is a multiple of one in so many


class Dropout(nn.Dropout):
    """`nn.Dropout`, with other random numbers on a CPU."""

    def forward(self, x: Tensor) -> Tensor:
        """x -> the same shape, some values 0 and the others larger."""
        return dropped(x, self.p) if self.training and _is_faster(x, self.p) else super().forward(x)


def attend(q: Tensor, k: Tensor, v: Tensor, keys: Tensor, dropout: float) -> Tensor:
    """q, k, v [B, heads, T, D], keys [B, 1, 1, T] of which one at least is True for each item,
    `dropout` of the weights -> [B, heads, T, D].
    """
    if not _is_faster(q, dropout):
        return F.scaled_dot_product_attention(q, k, v, attn_mask=keys, dropout_p=dropout)
    # in the precision of q, as in torch's own
    with torch.autocast("cpu", enabled=False):
        scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
        weights = scores.masked_fill(~keys, -math.inf).softmax(-1)
        return dropped(weights, dropout) @ v


def dropped(x: Tensor, p: float) -> Tensor:
    """x with a share `p` of its values 0, and the others larger, so that the mean stays."""
    n_dropped = round(p * LEVELS)
    drawn = torch.empty(-(-x.numel() // 4), dtype=torch.int64).random_(-(1 << 63), None)
    levels = drawn.view(torch.int16)[: x.numel()].view(x.shape)  # from -LEVELS / 2 on
    return torch.where(levels >= n_dropped - LEVELS // 2, x * (LEVELS / (LEVELS - n_dropped)), 0)


def _is_faster(x: Tensor, p: float) -> bool:
    return 0 < p < 1 and x.device.type == "cpu" and not torch.compiler.is_compiling()
