"""The decoder of Matcha-TTS (arXiv 2309.03199, section 3.2): a U-Net over frames that predicts the
velocity of a flow. Each level has a residual block of convolutions and transformer blocks.

As in the authors' code, an item is padded to a multiple of the U-Net's stride, group norm counts
these frames, and attention sees them, with a score less by 1. Frames beyond belong to the batch:
nothing depends on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.acoustic.speakers import Conditioning, speaker_width
from recital.modules.fast.dropout import Dropout
from recital.modules.layers.flow_matching import sinusoids_of
from recital.modules.layers.masking import length_mask
from recital.modules.layers.snake import SnakeBeta
from recital.utils.errors import ConfigError
from recital.utils.ranges import Depth, DropRate, Width

N_GROUPS = 8  # of a group norm
LEAST_STRIDE = 4  # that the authors pad to, whatever the U-Net's own


class Frames(NamedTuple):
    """The frames of each item of a batch, [B, 1, T], as 1 and 0.

    length 5, stride 4, T = 12
    real    1 1 1 1 1 0 0 0 0 0 0 0
    own     1 1 1 1 1 1 1 1 0 0 0 0
    """

    real: Tensor  # of the mel
    own: Tensor  # with those that the item is padded with

    @classmethod
    def of(cls, lengths: Tensor, size: int, stride: int) -> Frames:
        """lengths [B] -> the frames of a batch of `size` frames, a multiple of the stride."""
        padded = (lengths.clamp(min=1) + (stride - 1)) // stride * stride
        masks = (length_mask(n, size)[:, None].float() for n in (lengths, padded))
        return cls(*masks)

    def halved(self) -> Frames:
        """After a convolution of stride 2."""
        return Frames(self.real[:, :, ::2], self.own[:, :, ::2])

    def bias(self) -> Tensor:
        """The bias of the attention scores, [B, 1, 1, T]: -inf outside of an item."""
        return torch.where(self.own > 0, self.real - 1, -torch.inf)[:, None]


class OwnGroupNorm(nn.Module):
    """Group norm with the statistics of an item's own frames."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, hidden: Tensor, own: Tensor) -> Tensor:
        """hidden [B, C, T], own [B, 1, T] -> [B, C, T], in float32."""
        grouped = hidden.float().unflatten(1, (N_GROUPS, -1))  # [B, G, C / G, T]
        share = own / (own.sum(2, keepdim=True) * grouped.shape[2])
        share = share[:, None]
        mean = (grouped * share).sum((2, 3), keepdim=True)
        centred = grouped - mean
        variance = (centred.square() * share).sum((2, 3), keepdim=True)
        normal = (centred * (variance + 1e-5).rsqrt()).flatten(1, 2)
        return normal * self.weight[:, None] + self.bias[:, None]


class ConvBlock(nn.Module):
    """Convolution, group norm, Mish; masked before and after."""

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(in_channels, channels, 3, padding=1)
        self.norm = OwnGroupNorm(channels)

    def forward(self, hidden: Tensor, frames: Frames) -> Tensor:
        """[B, C_in, T] -> [B, C, T], 0 in padding."""
        return F.mish(self.norm(self.conv(hidden * frames.real), frames.own)) * frames.real


class Residual(nn.Module):
    """Two convolution blocks with the time between them, around which the input is added."""

    def __init__(self, in_channels: int, channels: int, time_channels: int) -> None:
        super().__init__()
        self.first = ConvBlock(in_channels, channels)
        self.time = nn.Linear(time_channels, channels)
        self.second = ConvBlock(channels, channels)
        self.shortcut = nn.Conv1d(in_channels, channels, 1)

    def forward(self, hidden: Tensor, frames: Frames, time: Tensor) -> Tensor:
        """hidden [B, C_in, T], time [B, C_time] -> [B, C, T], not 0 in padding."""
        inner = self.first(hidden, frames) + self.time(F.mish(time))[..., None]
        return self.second(inner, frames) + self.shortcut(hidden * frames.real)


class TransformerBlock(nn.Module):
    """x = x + attention(LN(x)); x = x + linear(SnakeBeta(linear(LN(x))))."""

    def __init__(self, channels: int, n_heads: int, d_head: int, dropout: float) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.attention_norm = nn.LayerNorm(channels)
        self.query = nn.Linear(channels, n_heads * d_head, bias=False)
        self.key = nn.Linear(channels, n_heads * d_head, bias=False)
        self.value = nn.Linear(channels, n_heads * d_head, bias=False)
        self.out = nn.Linear(n_heads * d_head, channels)
        self.inner_norm = nn.LayerNorm(channels)
        self.widen = nn.Linear(channels, 4 * channels)
        self.snake = SnakeBeta(4 * channels)
        self.narrow = nn.Linear(4 * channels, channels)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """x [B, T, C], bias [B, 1, 1, T] of the scores -> [B, T, C]."""
        normal = self.attention_norm(x)
        q, k, v = (
            part(normal).unflatten(2, (self.n_heads, -1)).transpose(1, 2)  # [B, heads, T, d_head]
            for part in (self.query, self.key, self.value)
        )
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype))
        x = x + self.dropout(self.out(y.transpose(1, 2).flatten(2)))
        inner = self.widen(self.inner_norm(x))
        frequency, magnitude = self.snake.factors()
        inner = inner + magnitude * (frequency * inner).sin().square()
        return x + self.narrow(self.dropout(inner))


class Level(nn.Module):
    """A residual block, transformer blocks, and the convolution to the next level."""

    def __init__(
        self,
        residual: Residual,
        blocks: Sequence[TransformerBlock],
        resample: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.residual = residual
        self.blocks = nn.ModuleList(blocks)
        self.resample = resample

    def forward(self, hidden: Tensor, frames: Frames, time: Tensor) -> tuple[Tensor, Tensor]:
        """hidden [B, C_in, T], time [B, C_time] -> ([B, C, T], not 0 in padding; the input of the
        next level, which is the same without a convolution to it).
        """
        x = self.residual(hidden, frames, time).transpose(1, 2)  # [B, C, T] -> [B, T, C]
        bias = frames.bias()
        for block in self.blocks:
            x = block(x, bias)
        x = x.transpose(1, 2)  # [B, T, C] -> [B, C, T]
        return x, x if self.resample is None else self.resample(x * frames.real)


class Decoder(nn.Module):
    """Figure 1, right: levels down, in the middle, and up again with what the levels down gave."""

    def __init__(
        self,
        *,
        n_mels: int,
        n_speakers: int,
        speaker_channels: Width,
        speaker_conditioning: Conditioning,
        channels: Sequence[Width] = (256, 256),
        n_blocks: Depth = 1,
        n_mid: Depth = 2,
        n_heads: Depth = 2,
        d_head: Width = 64,
        dropout: DropRate = 0.05,
    ) -> None:
        """`channels` are those of each level; `n_blocks` transformer blocks are in each of them,
        and `n_mid` more levels at the bottom.
        """
        super().__init__()
        if not channels or any(width % N_GROUPS for width in channels):
            raise ConfigError(
                f"model.decoder.channels: expected multiples of {N_GROUPS}, one for each level, "
                f"found {list(channels)}"
            )
        in_channels = 2 * n_mels + speaker_width(speaker_conditioning, n_speakers, speaker_channels)
        if in_channels % 2:
            raise ConfigError(
                f"model.speaker_channels: expected an even number, found {speaker_channels}"
            )
        self.stride = max(2 ** (len(channels) - 1), LEAST_STRIDE)
        self.in_channels = in_channels
        time_channels = 4 * channels[0]
        self.time = nn.ModuleList(
            [nn.Linear(in_channels, time_channels), nn.Linear(time_channels, time_channels)]
        )

        def level(before: int, width: int, resample: nn.Module | None) -> Level:
            blocks = [TransformerBlock(width, n_heads, d_head, dropout) for _ in range(n_blocks)]
            return Level(Residual(before, width, time_channels), blocks, resample)

        self.down = nn.ModuleList()
        for i, width in enumerate(channels):
            step = 1 if i == len(channels) - 1 else 2
            conv = nn.Conv1d(width, width, 3, stride=step, padding=1)
            self.down.append(level(channels[i - 1] if i else in_channels, width, conv))
        self.mid = nn.ModuleList(level(channels[-1], channels[-1], None) for _ in range(n_mid))
        self.up = nn.ModuleList()
        for i in reversed(range(len(channels))):
            width = channels[max(i - 1, 0)]
            resample = (
                nn.ConvTranspose1d(width, width, 4, stride=2, padding=1)
                if i
                else nn.Conv1d(width, width, 3, padding=1)
            )
            self.up.append(level(2 * channels[i], width, resample))
        self.last = ConvBlock(channels[0], channels[0])
        self.out = nn.Conv1d(channels[0], n_mels, 1)
        for module in self.modules():
            if isinstance(module, (nn.Conv1d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(
        self, noisy: Tensor, mean: Tensor, times: Tensor, lengths: Tensor, speaker: Tensor | None
    ) -> Tensor:
        """noisy and mean [B, n_mels, T], times [B] from 0 to 1, lengths [B], speaker [B, C] -> the
        velocity [B, n_mels, T], 0 in padding. T is a multiple of `stride`.
        """
        parts = [noisy, mean]
        if speaker is not None:
            parts.append(speaker[..., None].expand(-1, -1, noisy.shape[2]))
        hidden = torch.cat(parts, dim=1)
        time = self.time[1](F.silu(self.time[0](sinusoids_of(times, self.in_channels))))
        frames = [Frames.of(lengths, noisy.shape[2], self.stride)]
        kept = []
        for level in self.down:
            skipped, hidden = level(hidden, frames[-1], time)
            kept.append(skipped)
            frames.append(frames[-1].halved())
        frames.pop()  # the last level keeps its rate
        for level in self.mid:
            hidden, _ = level(hidden, frames[-1], time)
        for level in self.up:
            here = frames.pop()
            _, hidden = level(torch.cat([hidden, kept.pop()], dim=1), here, time)
        velocity: Tensor = self.out(self.last(hidden, here)) * here.real
        return velocity
