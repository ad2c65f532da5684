"""Sub-bands to a wav: the synthesis half of a pseudo quadrature mirror filter bank.

A cosine-modulated bank whose prototype is a low-pass filter with a Kaiser window (Lin and
Vaidyanathan, "A Kaiser window approach for the design of prototype filters of cosine modulated
filterbanks", 1998).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class PqmfSynthesis(nn.Module):
    """Joins sub-bands, each at 1 / n_bands of the sample rate."""

    filters: Tensor

    def __init__(
        self, n_bands: int, n_taps: int = 62, cutoff: float = 0.142, beta: float = 9.0
    ) -> None:
        """`n_taps` (even) is the filters' length minus 1, `cutoff` the prototype's, as a share of
        half the sample rate, and `beta` that of its Kaiser window. The defaults are for 4 bands.
        """
        super().__init__()
        self.n_bands, self.n_taps = n_bands, n_taps
        filters = pqmf_filters(n_bands, n_taps, cutoff, beta, "synthesis") * n_bands
        # a transposed convolution turns its filters around: [n_bands, 1, n_taps + 1]
        self.register_buffer("filters", filters.flip(1)[:, None], persistent=False)

    @property
    def reach(self) -> int:
        """Samples of a sub-band on each side that a sample of the wav depends on."""
        return -(-self.n_taps // (2 * self.n_bands))

    def forward(self, bands: Tensor) -> Tensor:
        """[B, n_bands, S] -> [B, 1, S * n_bands]."""
        return F.conv_transpose1d(
            bands,
            self.filters.to(bands.dtype),  # a model in half precision has them so
            stride=self.n_bands,
            padding=self.n_taps // 2,
            output_padding=self.n_bands - 1,
        )


def pqmf_filters(n_bands: int, n_taps: int, cutoff: float, beta: float, side: str) -> Tensor:
    """The filters of the bank's "analysis" or "synthesis" side, [n_bands, n_taps + 1]."""
    n = torch.arange(n_taps + 1, dtype=torch.float64) - n_taps / 2
    window = torch.kaiser_window(n_taps + 1, periodic=False, beta=beta, dtype=torch.float64)
    prototype = cutoff * torch.sinc(cutoff * n) * window
    band = torch.arange(n_bands, dtype=torch.float64)[:, None]
    shift = (-1) ** band * math.pi / 4 * (1 if side == "analysis" else -1)
    modulation = torch.cos((2 * band + 1) * math.pi / (2 * n_bands) * n + shift)
    return (2 * prototype * modulation).float()
