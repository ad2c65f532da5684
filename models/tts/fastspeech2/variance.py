"""Prediction and embedding of pitch and energy in FastSpeech 2 (arXiv 2006.04558, section 2.3)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Annotated, Literal

import torch
from torch import Tensor, nn

from recital.modules.layers.convolution import TimeConv1d
from recital.modules.layers.predictor import Predictor
from recital.utils.errors import ConfigError
from recital.utils.ranges import Kernel, Range
from recital.utils.statistics import Statistics

Level = Literal["token", "frame"]
Scale = Literal["linear", "log", "continuous"]


class Variance(nn.Module):
    """One quantity: its predictor, and the embedding of its (normalised) values.

    "linear" and "log" divide the range of values into `n_bins` with an embedding each; the edges
    are a buffer, so that checkpoints contain them. "continuous" is a convolution of the value.
    """

    edges: Tensor  # [n_bins - 1], rising, in normalised units

    def __init__(
        self,
        predictor: Predictor,
        d_model: int,
        level: Level = "token",
        scale: Scale = "linear",
        n_bins: Annotated[int, Range(2, 16384)] = 256,
        kernel_size: Kernel = 3,
    ) -> None:
        super().__init__()
        self.level = level
        self.scale = scale
        self.predictor = predictor
        self.embedding: nn.Module
        if scale == "continuous":
            self.embedding = TimeConv1d(1, d_model, kernel_size)
        else:
            self.embedding = nn.Embedding(n_bins, d_model)
            self.register_buffer("edges", torch.linspace(-4.0, 4.0, n_bins - 1))

    def set_range(self, speakers: Sequence[Statistics]) -> None:
        """Set the edges to cover the values of all speakers, each normalised by its own statistics;
        "log" spaces them logarithmically in the unit of the mean speaker.
        """
        if self.scale == "continuous":
            return
        mean = fmean(s.mean for s in speakers)
        std = fmean(s.std for s in speakers)
        low = mean + std * min((s.low - s.mean) / s.std for s in speakers)
        high = mean + std * max((s.high - s.mean) / s.std for s in speakers)
        if self.scale == "log":  # nobody's value is below the least
            low = max(low, min(s.low for s in speakers))
        if not (low < high and (self.scale == "linear" or low > 0)):
            raise ConfigError(
                f"{self.scale} bins: expected a range that is not empty"
                f"{' and above 0' if self.scale == 'log' else ''}, found {low:g} to {high:g}"
            )
        size = len(self.edges)
        if self.scale == "log":
            edges = torch.linspace(math.log(low), math.log(high), size, dtype=torch.float64).exp()
        else:
            edges = torch.linspace(low, high, size, dtype=torch.float64)
        self.edges.copy_((edges - mean) / std)

    def forward(
        self, x: Tensor, mask: Tensor, use: Callable[[Tensor], Tensor]
    ) -> tuple[Tensor, Tensor]:
        """x [B, L, C], mask [B, L] -> (prediction [B, L], x plus the embedding of
        `use(prediction)`: the truth in training, a changed prediction in inference).
        """
        hat = self.predictor(x, mask)
        value = use(hat.float())
        if self.scale == "continuous":
            embedded = self.embedding((value * mask)[..., None])
        else:
            embedded = self.embedding(torch.bucketize(value.contiguous(), self.edges))
        return hat, x + embedded * mask[..., None]


def interpolate_unvoiced(pitch: Tensor, lengths: Tensor) -> Tensor:
    """A continuous contour (section 2.3): pitch [B, T] Hz, 0 where unvoiced, lengths [B] -> [B, T],
    linear between voiced frames, level before the first and after the last; 0 in padding, and
    throughout where no frame is voiced.
    """
    size = pitch.shape[1]
    frames = torch.arange(size, device=pitch.device).expand_as(pitch)
    voiced = (pitch > 0) & (frames < lengths[:, None])
    before = torch.where(voiced, frames, -1).cummax(1).values
    after = torch.where(voiced, frames, size).flip(1).cummin(1).values.flip(1)
    left = torch.where(before < 0, after, before).clamp(max=size - 1)
    right = torch.where(after >= size, before, after).clamp(min=0)
    share = (frames - left) / (right - left).clamp(min=1)
    contour = torch.lerp(pitch.gather(1, left), pitch.gather(1, right), share)
    return contour * (voiced.any(1, keepdim=True) & (frames < lengths[:, None]))
