"""A network of ConvNeXt blocks over frames."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.fast.depthwise import depthwise

KERNEL = 7
EPS = 1e-6  # of layer norms


class ConvNeXtBlock(nn.Module):
    """Vocos (arXiv 2306.00814), section 3.3 (ConvNeXt, arXiv 2201.03545, in one dimension): a
    depthwise convolution, then a wide layer for each frame.
    """

    def __init__(self, d_model: int, d_inner: int, scale: float) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(d_model, d_model, KERNEL, padding=KERNEL // 2, groups=d_model)
        self.norm = nn.LayerNorm(d_model, eps=EPS)
        self.widen = nn.Linear(d_model, d_inner)
        self.narrow = nn.Linear(d_inner, d_model)
        self.scale = nn.Parameter(torch.full((d_model,), scale))

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, T, C] -> [B, T, C]."""
        wide = F.gelu(self.widen(self.norm(depthwise(hidden, self.depthwise))))
        return torch.addcmul(hidden, self.scale, self.narrow(wide))


class FrameNetwork(nn.Module):
    """The backbone of Vocos and a linear layer: a mel to `n_out` values per frame."""

    def __init__(self, n_mels: int, n_out: int, d_model: int, n_layers: int, d_inner: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(n_mels, d_model, KERNEL, padding=KERNEL // 2)
        self.first_norm = nn.LayerNorm(d_model, eps=EPS)
        self.blocks = nn.ModuleList(
            ConvNeXtBlock(d_model, d_inner, 1 / n_layers) for _ in range(n_layers)
        )
        self.last_norm = nn.LayerNorm(d_model, eps=EPS)
        self.out = nn.Linear(d_model, n_out)
        self.context_frames = (n_layers + 1) * (KERNEL // 2)  # on each side
        for part in self.modules():
            if isinstance(part, (nn.Conv1d, nn.Linear)):
                nn.init.trunc_normal_(part.weight, std=0.02)
                assert part.bias is not None
                nn.init.zeros_(part.bias)

    def forward(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T], normalised -> [B, T, n_out]."""
        hidden = self.first_norm(self.first(mel).transpose(1, 2))  # [B, T, C]
        for block in self.blocks:
            hidden = block(hidden)
        out: Tensor = self.out(self.last_norm(hidden))
        return out
