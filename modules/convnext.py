"""ConvNeXt blocks over frames."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

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
        near = self.depthwise(hidden.transpose(1, 2)).transpose(1, 2)
        return hidden + self.scale * self.narrow(F.gelu(self.widen(self.norm(near))))
