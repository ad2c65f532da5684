"""Replaces `F.conv1d(x.transpose(1, 2), weight, bias, padding=size // 2).transpose(1, 2)` of short
kernels in bf16 and fp16 training by one matrix product. Justified by `benchmark fast`, on a step of
FastPitch in bf16.

The kernel's shifts are taken on whichever side is narrower: a widening convolution gathers its
neighbours before the product, a narrowing one adds up the shifted products after it.

    frames       1 2 3 4 5
    gathered     0 1 2 3 4     # (0s are padding)
                 1 2 3 4 5
                 2 3 4 5 0
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F


def convolve_short(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """x [B, T, C_in], weight [C_out, C_in, size] of odd size, bias [C_out] -> [B, T, C_out]."""
    size = weight.shape[2]
    if weight.shape[1] <= weight.shape[0]:
        near = _Gather.apply(x, size)  # [B, T, size * C_in]
        return F.linear(near, weight.transpose(1, 2).flatten(1), bias)
    products = F.linear(x, weight.permute(2, 0, 1).flatten(0, 1))  # [B, T, size * C_out]
    summed: Tensor = _Collect.apply(products, size)
    return summed if bias is None else summed + bias


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
