"""Stacks of convolution and batch norm over padded batches: the postnet and the encoder of
Tacotron 2 (arXiv 1712.05884, section 2.2), and the postnet of FastSpeech 2.

Padding has no influence: it is zero before every convolution, and batch statistics are over the
real positions. In the references it does have one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.fast.dropout import Dropout
from recital.modules.layers.convolution import TimeConv1d
from recital.utils.ranges import Depth, DropRate, Kernel, Width


class MaskedBatchNorm(nn.BatchNorm1d):
    """`nn.BatchNorm1d` on [B, T, C], with statistics over the real positions only."""

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:  # type: ignore[override]
        """x [B, T, C], mask [B, T] -> [B, T, C], not 0 in padding."""
        assert self.running_mean is not None and self.running_var is not None
        if not self.training:
            mean, variance = self.running_mean, self.running_var
        else:
            with torch.autocast(x.device.type, enabled=False):
                mean, variance = self._batch_statistics(x.float(), mask)
        scale = self.weight * (variance + self.eps).rsqrt()
        return torch.addcmul((self.bias - mean * scale).to(x.dtype), x, scale.to(x.dtype))

    def _batch_statistics(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and (biased) variance [C]; updates the running ones, with the unbiased variance."""
        assert self.running_mean is not None and self.running_var is not None
        assert self.num_batches_tracked is not None and self.momentum is not None
        x, real = x.flatten(0, 1), mask.flatten().to(x.dtype)
        count = real.sum().clamp(min=1.0)
        mean = real @ x / count
        variance = real @ (x - mean).square() / count
        with torch.no_grad():
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean, self.momentum)
            unbiased = variance * count / (count - 1).clamp(min=1.0)
            self.running_var.lerp_(unbiased, self.momentum)
        return mean, variance


class ConvNormStack(nn.Module):
    """Layers of convolution, batch norm, activation and dropout; the last one may stay linear."""

    def __init__(
        self,
        channels: Sequence[int],
        kernel_size: int,
        dropout: float,
        activation: Callable[[Tensor], Tensor],
        last_linear: bool,
    ) -> None:
        """`channels` are those of the input, then of each layer."""
        super().__init__()
        self.activation = activation
        self.last_linear = last_linear
        self.dropout = Dropout(dropout)
        self.convs = nn.ModuleList(TimeConv1d(a, b, kernel_size) for a, b in pairwise(channels))
        self.norms = nn.ModuleList(MaskedBatchNorm(n) for n in channels[1:])
        for conv in self.convs:
            last = last_linear and conv is self.convs[-1]
            gain = nn.init.calculate_gain("linear" if last else "tanh")
            gain = nn.init.calculate_gain("relu") if activation is F.relu else gain
            nn.init.xavier_uniform_(conv.get_parameter("weight"), gain=gain)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, T, C], mask [B, T] -> [B, T, channels[-1]], 0 in padding."""
        real = mask[..., None].to(x.dtype)
        x = x * real
        for i, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True)):
            x = norm(conv(x), mask)
            if not (self.last_linear and i == len(self.convs) - 1):
                x = self.activation(x)
            x = self.dropout(x) * real
        return x


class Postnet(ConvNormStack):
    """The residual that sharpens a mel (arXiv 1712.05884, section 2.2): 5 layers, tanh on all
    but the last.
    """

    def __init__(
        self,
        n_mels: int,
        channels: Width = 512,
        n_layers: Depth = 5,
        kernel_size: Kernel = 5,
        dropout: DropRate = 0.5,
    ) -> None:
        widths = [n_mels, *[channels] * (n_layers - 1), n_mels]
        super().__init__(widths, kernel_size, dropout, torch.tanh, last_linear=True)
