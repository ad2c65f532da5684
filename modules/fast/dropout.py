"""Dropout whose mask costs a CPU a third of what torch's does: 16 random bits a value, not a
double."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

LEVELS = 1 << 16  # of a probability


class Dropout(nn.Dropout):
    """`nn.Dropout`, with `p` to the next 1/65536 where it is drawn on a CPU, from torch's
    own generator.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Any shape -> the same."""
        on_cpu = input.device.type == "cpu" and not torch.compiler.is_compiling()
        dropped = round(self.p * LEVELS)
        if not (self.training and on_cpu and 0 < dropped < LEVELS):
            return super().forward(input)
        kept: Tensor = _Dropped.apply(input, dropped)
        return kept


class _Dropped(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, dropped: int) -> Tensor:
        draws = torch.empty(-(-x.numel() // 4), dtype=torch.int64)
        bits = draws.random_(torch.iinfo(draws.dtype).min, None).view(torch.int16)
        keep = bits[: x.numel()].view(x.shape) >= dropped - LEVELS // 2
        mask = keep.to(x.dtype).mul_(LEVELS / (LEVELS - dropped))
        ctx.save_for_backward(mask)
        return x * mask

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (mask,) = ctx.saved_tensors
        return gradients[0] * mask, None
