"""The text encoder of VITS (arXiv 2106.06103, section 2.5.1): a Transformer whose attention knows
how far apart two tokens are (arXiv 1803.02155), and a projection to the prior's statistics.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.tts.vits.durations import ChannelNorm
from recital.modules.fast.dropout import Dropout
from recital.utils.errors import ConfigError
from recital.utils.ranges import Depth, DropRate, Kernel, Width

HIDDEN = -1e4  # a score that no softmax sees


class RelativeAttention(nn.Module):
    """Multi-head attention with a learned key and value for each distance up to `window`, the same
    for all heads.
    """

    def __init__(self, channels: int, n_heads: int, window: int, dropout: float) -> None:
        super().__init__()
        d_head = channels // n_heads
        self.n_heads, self.window = n_heads, window
        self.query = nn.Conv1d(channels, channels, 1)
        self.key = nn.Conv1d(channels, channels, 1)
        self.value = nn.Conv1d(channels, channels, 1)
        self.out = nn.Conv1d(channels, channels, 1)
        for conv in (self.query, self.key, self.value):
            nn.init.xavier_uniform_(conv.weight)
        self.near_keys = nn.Parameter(torch.randn(2 * window + 1, d_head) * d_head**-0.5)
        self.near_values = nn.Parameter(torch.randn(2 * window + 1, d_head) * d_head**-0.5)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, C, N], mask [B, 1, N] -> [B, C, N]."""
        shape = x.shape[0], self.n_heads, -1, x.shape[2]
        query, key, value = (
            part(x).view(shape).transpose(2, 3)  # [B, heads, N, d_head]
            for part in (self.query, self.key, self.value)
        )
        query = query / math.sqrt(query.shape[3])
        scores = query @ key.transpose(2, 3) + self._spread(query @ self.near_keys.T)
        scores = scores.masked_fill(mask[:, :, None] == 0, HIDDEN)
        weights = self.dropout(scores.softmax(3))
        heard = weights @ value + self._gather(weights) @ self.near_values
        mixed: Tensor = self.out(heard.transpose(2, 3).flatten(1, 2))
        return mixed

    def _spread(self, near: Tensor) -> Tensor:
        """Values by distance [B, heads, N, 2 * window + 1] -> by place [B, heads, N, N]: 0 beyond
        the window.

            by distance   -1  0 +1         by place   b c .      # window = 1
                           a  b  c                    d e f
                           d  e  f                    . g h
                           g  h  i
        """
        n_items, n_heads, n = near.shape[0], near.shape[1], near.shape[2]
        places = torch.arange(n, device=near.device)
        distances = places - places[:, None] + self.window  # [N, N]
        inside = (distances >= 0) & (distances <= 2 * self.window)
        index = distances.clamp(0, 2 * self.window).expand(n_items, n_heads, n, n)
        return torch.where(inside, near.gather(3, index), 0.0)

    def _gather(self, weights: Tensor) -> Tensor:
        """The inverse of `_spread`: [B, heads, N, N] -> [B, heads, N, 2 * window + 1]."""
        n_items, n_heads, n = weights.shape[0], weights.shape[1], weights.shape[2]
        steps = torch.arange(-self.window, self.window + 1, device=weights.device)
        places = torch.arange(n, device=weights.device)[:, None] + steps  # [N, 2 * window + 1]
        inside = (places >= 0) & (places < n)
        index = places.clamp(min=0).clamp(max=n - 1).expand(n_items, n_heads, n, -1)
        return torch.where(inside, weights.gather(3, index), 0.0)


class EncoderLayer(nn.Module):
    """x = LN(x + attention(x)); x = LN(x + conv(ReLU(conv(x))))."""

    def __init__(
        self,
        channels: int,
        d_inner: int,
        n_heads: int,
        kernel_size: int,
        window: int,
        dropout: float,
    ) -> None:
        super().__init__()
        pad = kernel_size // 2
        self.attention = RelativeAttention(channels, n_heads, window, dropout)
        self.attention_norm = ChannelNorm(channels)
        self.widen = nn.Conv1d(channels, d_inner, kernel_size, padding=pad)
        self.narrow = nn.Conv1d(d_inner, channels, kernel_size, padding=pad)
        self.conv_norm = ChannelNorm(channels)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, C, N], mask [B, 1, N] -> [B, C, N]."""
        x = self.attention_norm(x + self.dropout(self.attention(x, mask)))
        inner = self.dropout(F.relu(self.widen(x * mask)))
        inner = self.narrow(inner * mask) * mask
        normed: Tensor = self.conv_norm(x + self.dropout(inner))
        return normed


class TextEncoder(nn.Module):
    """Embedded tokens to their encodings, and to means and log-deviations of the prior."""

    def __init__(
        self,
        d_model: int,
        d_latent: int,
        n_layers: Depth = 6,
        n_heads: Depth = 2,
        d_inner: Width = 768,
        kernel_size: Kernel = 3,
        window: Depth = 4,
        dropout: DropRate = 0.1,
    ) -> None:
        """`window` is the largest distance in tokens that attention distinguishes. Raises
        `ConfigError` unless `n_heads` divides `d_model`.
        """
        super().__init__()
        if d_model % n_heads:
            raise ConfigError(
                f"model.text_encoder.n_heads: expected a number that divides model.d_model "
                f"{d_model}, found {n_heads}"
            )
        self.layers = nn.ModuleList(
            EncoderLayer(d_model, d_inner, n_heads, kernel_size, window, dropout)
            for _ in range(n_layers)
        )
        self.statistics = nn.Conv1d(d_model, 2 * d_latent, 1)

    def forward(self, embedded: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """embedded [B, d_model, N], mask [B, 1, N] -> encoded [B, d_model, N], and the means and
        log-deviations of the prior, [B, d_latent, N] each; 0 in padding.
        """
        x = embedded * mask
        for layer in self.layers:
            x = layer(x, mask)
        x = x * mask
        mean, log_std = (self.statistics(x) * mask).chunk(2, dim=1)
        return x, mean, log_std
