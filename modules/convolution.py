"""Convolution over time on [B, T, C], the layout of attention and layer norm; short kernels are
trained as one matrix product.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SHORT = 3  # of a kernel, frames


class Conv1d(nn.Conv1d):
    """Stride 1, zero padding to the same length; parameters are those of `nn.Conv1d`.

    The kernel's shifts are taken on whichever side is narrower: a widening convolution gathers its
    neighbours before the product, a narrowing one adds up the shifted products after it. Kernels
    longer than 3, and inference, are quicker as the library has them.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int) -> None:
        assert kernel_size % 2 == 1, "an even kernel has no centre"
        super().__init__(in_channels, out_channels, kernel_size, padding=kernel_size // 2)

    def forward(self, x: Tensor) -> Tensor:
        """x [B, T, C_in], 0 in padding -> [B, T, C_out], not 0 in padding."""
        size, frames = self.kernel_size[0], x.shape[1]
        if size == 1:
            return F.linear(x, self.weight.squeeze(2), self.bias)
        if size > SHORT or not torch.is_grad_enabled():
            return super().forward(x.transpose(1, 2)).transpose(1, 2)
        margins = (0, 0, size // 2, size // 2)
        if self.in_channels <= self.out_channels:
            padded = F.pad(x, margins)
            shifted = [padded[:, i : i + frames] for i in range(size)]
            near = torch.cat(shifted, dim=2)  # [B, T, size * C_in]
            return F.linear(near, self.weight.transpose(1, 2).flatten(1), self.bias)
        products = F.linear(x, self.weight.permute(2, 0, 1).flatten(0, 1))  # [B, T, size * C_out]
        padded = F.pad(products, margins).unflatten(2, (size, self.out_channels))
        total = padded[:, :frames, 0] + self.bias
        for i in range(1, size):
            total = total + padded[:, i : i + frames, i]
        return total
