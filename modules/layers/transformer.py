"""Feed-forward transformer blocks (FastSpeech, arXiv 1905.09263, section 3.1).

Post-norm; the feed-forward part is two convolutions. Every convolution reads zeros beyond an
item's end, so that an item in a padded batch equals the item alone.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.fast.dropout import Dropout, attend
from recital.modules.layers.convolution import TimeConv1d
from recital.utils.errors import ConfigError
from recital.utils.ranges import Depth, DropRate, Kernel, Width

Positions = Literal["concatenated", "interleaved"]


def sinusoids(
    size: int, channels: int, device: torch.device, order: Positions = "concatenated"
) -> Tensor:
    """Positions [size, channels]: sines and cosines of wavelengths 2 pi to 20000 pi.

    "concatenated" has all sines, then all cosines (FastPitch); "interleaved" sine, cosine, sine, …
    (arXiv 1706.03762, section 3.5).
    """
    inverse = 10000.0 ** (
        -torch.arange(0, channels, 2, device=device, dtype=torch.float32) / channels
    )
    angles = torch.arange(size, device=device, dtype=torch.float32)[:, None] * inverse
    if order == "interleaved":
        return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class SelfAttention(nn.Module):
    """Multi-head attention in which padded keys are never seen."""

    def __init__(
        self, d_model: int, n_heads: int, d_head: int, dropout: float, out_bias: bool = False
    ) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.dropout = dropout
        self.qkv = nn.Linear(d_model, 3 * n_heads * d_head)
        self.out = nn.Linear(n_heads * d_head, d_model, bias=out_bias)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, T, C], mask [B, T] -> [B, T, C], finite also where an item has no frame at all."""
        qkv = self.qkv(x).unflatten(2, (3, self.n_heads, -1))
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # each [B, heads, T, d_head]
        # keeps the softmax of empty items finite
        first = torch.arange(x.shape[1], device=x.device) == 0
        keys = (mask | first)[:, None, None]
        dropout = self.dropout if self.training else 0.0
        y = attend(q, k, v, keys, dropout)
        return self.out(y.transpose(1, 2).flatten(2))


class FFTBlock(nn.Module):
    """x = LN(x + attention(x)); x = LN(x + conv(ReLU(conv(x)))), masked after each."""

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        d_head: int,
        d_inner: int,
        kernel_size: int | tuple[int, int],
        dropout: float,
        attention_dropout: float,
        attention_bias: bool,
    ) -> None:
        super().__init__()
        first, second = (kernel_size,) * 2 if isinstance(kernel_size, int) else kernel_size
        self.attention = SelfAttention(d_model, n_heads, d_head, attention_dropout, attention_bias)
        self.attention_norm = nn.LayerNorm(d_model)
        self.widen = TimeConv1d(d_model, d_inner, first)
        self.narrow = TimeConv1d(d_inner, d_model, second)
        self.conv_norm = nn.LayerNorm(d_model)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, T, C], 0 in padding; mask [B, T] -> the same shape, 0 in padding."""
        real = mask[..., None].to(x.dtype)
        x = self.attention_norm(x + self.dropout(self.attention(x, mask))) * real
        inner = F.relu(self.widen(x)) * mask[..., None]
        return self.conv_norm(x + self.dropout(self.narrow(inner))) * real


class FFTransformer(nn.Module):
    """A stack of FFT blocks, with sinusoidal positions added at its input.

    `kernel_size` is that of both convolutions, or of each; `attention_bias` says whether the
    attention's output projection has a bias.
    """

    def __init__(
        self,
        d_model: int,
        n_layers: Depth,
        n_heads: Depth,
        d_head: Width,
        d_inner: Width,
        kernel_size: Kernel | tuple[Kernel, Kernel] = 3,
        dropout: DropRate = 0.1,
        attention_dropout: DropRate = 0.1,
        input_dropout: DropRate = 0.0,
        attention_bias: bool = False,
        positions: Positions = "concatenated",
    ) -> None:
        super().__init__()
        if d_model % 2:
            raise ConfigError(f"model.d_model: expected an even number, found {d_model}")
        self.positions: Positions = positions
        self.dropout = Dropout(input_dropout)
        self.blocks = nn.ModuleList(
            FFTBlock(
                d_model,
                n_heads,
                d_head,
                d_inner,
                kernel_size,
                dropout,
                attention_dropout,
                attention_bias,
            )
            for _ in range(n_layers)
        )

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, T, C], mask [B, T] -> [B, T, C], 0 in padding."""
        positions = sinusoids(x.shape[1], x.shape[2], x.device, self.positions)
        x = self.dropout((x + positions) * mask[..., None])
        for block in self.blocks:
            x = block(x, mask)
        return x
