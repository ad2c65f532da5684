"""Convolution over time on [B, T, C], the layout of attention and layer norm; short kernels are
trained as one matrix product in bf16 and fp16.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SHORT = 3  # of a kernel, frames


class Conv1d(nn.Conv1d):
    """Stride 1, zero padding to the same length; parameters are those of `nn.Conv1d`.

    The kernel's shifts are taken on whichever side is narrower: a widening convolution gathers its
    neighbours before the product, a narrowing one adds up the shifted products after it. Kernels
    longer than 3, float32 and inference are quicker as the library has them.
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
        if self.in_channels <= self.out_channels:
            near = _Gather.apply(x, size)
            return F.linear(near, weight.transpose(1, 2).flatten(1), self.bias)
        products = F.linear(x, weight.permute(2, 0, 1).flatten(0, 1))
        return _Collect.apply(products, size) + self.bias


class _Gather(torch.autograd.Function):
    """[B, T, C] -> [B, T, size * C]: each frame with its neighbours, from the earliest on."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, size: int) -> Tensor:
        ctx.size = size
        return _gather(x, size, 1)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return _collect(gradients[0], ctx.size, -1), None


class _Collect(torch.autograd.Function):
    """[B, T, size * C] -> [B, T, C]: the sum over i of part i of the neighbour at i."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, size: int) -> Tensor:
        ctx.size = size
        return _collect(x, size, 1)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return _gather(gradients[0], ctx.size, -1), None


def _gather(x: Tensor, size: int, direction: int) -> Tensor:
    """Part i is `x` of `direction * (i - size // 2)` frames later, 0 beyond its ends."""
    gathered = x.new_zeros(*x.shape[:2], size, x.shape[2])
    for i in range(size):
        here, there = _overlap(x.shape[1], direction * (i - size // 2))
        gathered[:, here, i] = x[:, there]
    return gathered.flatten(2)


def _collect(x: Tensor, size: int, direction: int) -> Tensor:
    """The sum of the parts i of `x`, each of `direction * (i - size // 2)` frames later."""
    parts = x.unflatten(2, (size, -1))
    total = parts[:, :, size // 2].clone()
    for i in range(size):
        if i != size // 2:
            here, there = _overlap(x.shape[1], direction * (i - size // 2))
            total[:, here] += parts[:, there, i]
    return total


def _overlap(n_frames: int, shift: int) -> tuple[slice, slice]:
    """Frames t for which t + shift is a frame, and those frames."""
    start, stop = max(0, -shift), min(n_frames, n_frames - shift)
    return slice(start, max(start, stop)), slice(start + shift, max(start, stop) + shift)
