"""The text encoder of Matcha-TTS (arXiv 2309.03199, section 3.1): Grad-TTS's, with rotary positions
(RoFormer, arXiv 2104.09864) on the first half of each head's channels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.acoustic.speakers import Conditioning, speaker_width
from recital.modules.fast.dropout import Dropout, attend
from recital.modules.layers.convolution import TimeConv1d
from recital.modules.layers.predictor import Predictor
from recital.modules.layers.transformer import sinusoids
from recital.utils.errors import ConfigError
from recital.utils.ranges import Depth, DropRate, Kernel, Width

EPSILON = 1e-4  # of every layer norm here


class RotaryAttention(nn.Module):
    """Multi-head attention in which padded keys are never seen, and a score depends on how far two
    tokens are apart.
    """

    def __init__(self, channels: int, n_heads: int, dropout: float) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.dropout = dropout
        self.query = nn.Linear(channels, channels)
        self.key = nn.Linear(channels, channels)
        self.value = nn.Linear(channels, channels)
        self.out = nn.Linear(channels, channels)
        for part in (self.query, self.key, self.value):
            nn.init.xavier_uniform_(part.weight)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, N, C], mask [B, N] -> [B, N, C]."""
        q, k, v = (
            part(x).unflatten(2, (self.n_heads, -1)).transpose(1, 2)  # [B, heads, N, d_head]
            for part in (self.query, self.key, self.value)
        )
        positions = sinusoids(x.shape[1], q.shape[3] // 2, x.device)
        dropout = self.dropout if self.training else 0.0
        q, k = rotated(q, positions), rotated(k, positions)
        y = attend(q, k, v, mask[:, None, None], dropout)
        attended: Tensor = self.out(y.transpose(1, 2).flatten(2))
        return attended


def rotated(x: Tensor, positions: Tensor) -> Tensor:
    """Rotate pairs of channels by an angle that grows with the position: x [B, heads, N, C],
    positions [N, C / 2] of `sinusoids` -> the same shape; the second half of the channels stays.
    """
    sine, cosine = positions.chunk(2, dim=1)  # [N, C / 4]
    n = sine.shape[1]
    a, b, rest = x.split((n, n, x.shape[3] - 2 * n), dim=3)
    return torch.cat([a * cosine - b * sine, b * cosine + a * sine, rest], dim=3)


class EncoderBlock(nn.Module):
    """x = LN(x + attention(x)); x = LN(x + conv(ReLU(conv(x))))."""

    def __init__(
        self, channels: int, n_heads: int, d_inner: int, kernel_size: int, dropout: float
    ) -> None:
        super().__init__()
        self.attention = RotaryAttention(channels, n_heads, dropout)
        self.attention_norm = nn.LayerNorm(channels, EPSILON)
        self.widen = TimeConv1d(channels, d_inner, kernel_size)
        self.narrow = TimeConv1d(d_inner, channels, kernel_size)
        self.conv_norm = nn.LayerNorm(channels, EPSILON)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, N, C], 0 in padding; mask [B, N] -> the same shape, 0 in padding."""
        real = mask[..., None]
        x = self.attention_norm(x + self.dropout(self.attention(x, mask)))
        inner = self.dropout(F.relu(self.widen(x * real))) * real
        return self.conv_norm(x + self.dropout(self.narrow(inner))) * real


class Prenet(nn.Module):
    """Three convolutions around which the input is added; their output starts at zero."""

    def __init__(self, channels: int, n_layers: int = 3, kernel_size: int = 5) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            TimeConv1d(channels, channels, kernel_size) for _ in range(n_layers)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(channels, EPSILON) for _ in range(n_layers))
        self.dropout = Dropout(0.5)
        self.out = nn.Linear(channels, channels)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, N, C], mask [B, N] -> [B, N, C], 0 in padding."""
        real = mask[..., None]
        hidden = x
        for conv, norm in zip(self.convs, self.norms, strict=True):
            hidden = self.dropout(F.relu(norm(conv(hidden * real))))
        return (x + self.out(hidden)) * real


class TextEncoder(nn.Module):
    """The mean of each token's frames, and the logarithm of their number. A speaker's vector is
    appended to every token.
    """

    def __init__(
        self,
        *,
        d_model: Width,
        n_mels: int,
        n_speakers: int,
        speaker_channels: Width,
        speaker_conditioning: Conditioning,
        n_layers: Depth = 6,
        n_heads: Depth = 2,
        d_inner: Width = 768,
        kernel_size: Kernel = 3,
        dropout: DropRate = 0.1,
        prenet: bool = True,
        duration_channels: Width = 256,
        duration_kernel_size: Kernel = 3,
        duration_dropout: DropRate = 0.1,
    ) -> None:
        super().__init__()
        width = speaker_width(speaker_conditioning, n_speakers, speaker_channels)
        channels = d_model + width
        if channels % (4 * n_heads):
            speaker = f", {width} of them of the speaker" if width else ""
            raise ConfigError(
                f"model.encoder.n_heads: {n_heads} heads cannot rotate the halves of {channels} "
                f"channels{speaker}; expected channels that {4 * n_heads} divides"
            )
        self.prenet = Prenet(d_model) if prenet else None
        self.blocks = nn.ModuleList(
            EncoderBlock(channels, n_heads, d_inner, kernel_size, dropout) for _ in range(n_layers)
        )
        self.mean = nn.Linear(channels, n_mels)
        self.duration_predictor = Predictor(
            channels, duration_channels, 2, duration_kernel_size, duration_dropout, EPSILON
        )

    def forward(
        self, embedded: Tensor, mask: Tensor, speaker: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """embedded tokens [B, N, C], mask [B, N], speaker [B, C] -> (mean [B, N, n_mels], log of
        the frames [B, N]), both 0 in padding. The durations do not train the encoder.
        """
        real = mask[..., None]
        x = embedded * real if self.prenet is None else self.prenet(embedded, mask)
        if speaker is not None:
            x = torch.cat([x, speaker[:, None].expand(-1, x.shape[1], -1) * real], dim=2)
        for block in self.blocks:
            x = block(x, mask)
        return self.mean(x) * real, self.duration_predictor(x.detach(), mask)
