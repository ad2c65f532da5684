"""Convolution over time on [B, T, C], the layout of attention and layer norm; short kernels are
trained as one matrix product in bf16 and fp16.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.fast.short_convolution import convolve_short

SHORT = 3  # of a kernel, frames


class TimeConv1d(nn.Conv1d):
    """`nn.Conv1d` on [B, T, C]: stride 1, zero padding to the same length, the same parameters.

    Kernels longer than 3, float32 and inference are faster as the library has them.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int) -> None:
        assert kernel_size % 2 == 1, "an even kernel has no centre"
        super().__init__(in_channels, out_channels, kernel_size, padding=kernel_size // 2)

    def forward(self, x: Tensor) -> Tensor:
        """x [B, T, C_in], 0 in padding -> [B, T, C_out], not 0 in padding."""
        size = self.kernel_size[0]
        if size == 1:
            return F.linear(x, self.weight.squeeze(2), self.bias)
        kind = x.device.type
        if size > SHORT or not (torch.is_grad_enabled() and torch.is_autocast_enabled(kind)):
            return super().forward(x.transpose(1, 2)).transpose(1, 2)
        dtype = torch.get_autocast_dtype(kind)
        x, weight = x.to(dtype), self.weight.to(dtype)  # before copies are made of them
        return convolve_short(x, weight, self.bias)
