"""Scaling of spectra to a target mel."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.mel import mel_filters
from recital.utils.errors import ConfigError


class MelGuide(nn.Module):
    """The factor of each bin: the ratio of the target mel to the spectrum's own, spread over the
    bins as a geometric mean weighted by the filters. Bins without a filter do not change.
    """

    filters: Tensor  # [n_mels, n_fft // 2 + 1]
    spread: Tensor  # [n_mels, n_fft // 2 + 1]; each bin's weights sum to 1, or to 0

    def __init__(self, audio: AudioConfig) -> None:
        super().__init__()
        if audio.log_base != "e":
            raise ConfigError("audio.log_base: expected 'e' of a vocoder that scales to the mel")
        filters = torch.from_numpy(mel_filters(audio))
        self.log_floor = math.log(audio.log_floor)
        self.register_buffer("filters", filters, persistent=False)
        spread = filters / filters.sum(0).clamp(min=1e-8)
        self.register_buffer("spread", spread, persistent=False)

    def forward(self, magnitude: Tensor, mel: Tensor) -> Tensor:
        """magnitude [B, T, n_fft // 2 + 1], mel [B, n_mels, T] -> log factors, the magnitudes'
        shape.
        """
        own = (magnitude @ self.filters.T).clamp(min=1e-8).log()  # [B, T, n_mels]
        wanted = mel.transpose(1, 2).clamp(min=self.log_floor)
        return (wanted - own) @ self.spread
