"""The predictor of FastSpeech and FastPitch: one or more values per token."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.fast.dropout import Dropout
from recital.modules.layers.convolution import TimeConv1d
from recital.utils.ranges import Depth, DropRate, Kernel, Positive, Width


class PredictorLayer(nn.Module):
    """Convolution, ReLU, layer norm, dropout."""

    def __init__(
        self, in_channels: int, channels: int, kernel_size: int, dropout: float, norm_eps: float
    ) -> None:
        super().__init__()
        self.conv = TimeConv1d(in_channels, channels, kernel_size)
        self.norm = nn.LayerNorm(channels, norm_eps)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """x [B, N, C], 0 in padding -> [B, N, channels]."""
        return self.dropout(self.norm(F.relu(self.conv(x))))


class Predictor(nn.Module):
    """FastPitch (arXiv 2006.06873), section 2.2: convolutional layers and a linear one."""

    def __init__(
        self,
        d_model: int,
        channels: Width,
        n_layers: Depth = 2,
        kernel_size: Kernel = 3,
        dropout: DropRate = 0.1,
        norm_eps: Positive = 1e-5,
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            PredictorLayer(channels if i else d_model, channels, kernel_size, dropout, norm_eps)
            for i in range(n_layers)
        )
        self.out = nn.Linear(channels, 1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, N, C], mask [B, N] -> [B, N], 0 in padding."""
        for layer in self.layers:
            x = layer(x * mask[..., None])
        return self.out(x).squeeze(2) * mask
