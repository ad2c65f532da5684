"""MelGAN (arXiv 1910.06711) and multi-band MelGAN (arXiv 2005.05106): the generator. Its objective
is in `gan.py`.

Deviations: the discriminators are those of `modules/losses/discriminators.py` (`msd` is MelGAN's
with HiFi-GAN's widths). Multi-band MelGAN has the STFT loss on the whole wav, not on the sub-bands.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.vocoder.gan import FusedGenerator, GanVocoder
from recital.modules.contract.audio import AudioConfig
from recital.modules.layers.reflection import reflect
from recital.modules.layers.weight_norm import weight_norm
from recital.modules.signal.pqmf import PqmfSynthesis
from recital.utils.errors import ConfigError
from recital.utils.ranges import Depth, Fraction, Kernel, Samples, Width

SLOPE = 0.2  # of the leaky rectifiers
EDGE = 3  # frames on each side that the first and the last convolution see


class MelGanGenerator(FusedGenerator):
    """Section 2.1: stages that each upsample, halve the channels, and add dilated residual blocks;
    all convolutions are padded by reflection.
    """

    def __init__(
        self,
        audio: AudioConfig,
        channels: Width = 512,
        upsample_rates: Sequence[Samples] = (8, 8, 2, 2),
        n_residuals: Depth = 3,
        kernel_size: Kernel = 3,
        n_bands: Samples = 1,
        cutoff: Fraction = 0.142,
    ) -> None:
        """`channels` is the width before the first stage; the residual blocks of a stage have the
        dilations 1, `kernel_size`, `kernel_size`^2 ... With `n_bands` above 1, the output is that
        many sub-bands, joined by a filter bank whose low-pass filter ends at `cutoff` of half the
        sample rate. Raises `ConfigError` if these do not match each other or `audio`.
        """
        super().__init__()
        _check(audio, channels, upsample_rates, n_bands)
        self.first = weight_norm(nn.Conv1d(audio.n_mels, channels, 2 * EDGE + 1))
        stages = [
            Stage(channels >> i, rate, kernel_size, n_residuals)
            for i, rate in enumerate(upsample_rates)
        ]
        self.stages = nn.ModuleList(stages)
        self.last = weight_norm(nn.Conv1d(channels >> len(stages), n_bands, 2 * EDGE + 1))
        self.join = PqmfSynthesis(n_bands, cutoff=cutoff) if n_bands > 1 else None
        edge = EDGE + (self.join.reach if self.join else 0)
        low, high = -edge, audio.hop_length // n_bands - 1 + edge
        for stage in reversed(stages):
            low, high = stage.span(low, high)
        self.context_frames = max(-low, high) + EDGE

    def forward(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T], or as an image [B, n_mels, 1, T] -> wav [B, T * hop_length]."""
        hidden = self.first(reflect(mel, EDGE, EDGE))  # [B, C, T]
        for stage in self.stages:
            hidden = stage(hidden)  # [B, C, T] -> [B, C / 2, T * rate]
        bands = self.last(reflect(F.leaky_relu(hidden, SLOPE), EDGE, EDGE)).tanh()
        if self.join is None:
            return bands.flatten(1)
        return self.join(bands.flatten(2)).flatten(1)


class Stage(nn.Module):
    """One upsampling and its residual blocks, one after another."""

    def __init__(self, channels: int, rate: int, kernel_size: int, n_residuals: int) -> None:
        super().__init__()
        self.rate, self.pad = rate, rate // 2 + rate % 2
        self.up = weight_norm(
            nn.ConvTranspose1d(
                channels,
                channels // 2,
                2 * rate,
                rate,
                padding=self.pad,
                output_padding=rate % 2,
            )
        )
        blocks = [Residual(channels // 2, kernel_size, kernel_size**j) for j in range(n_residuals)]
        self.blocks = nn.ModuleList(blocks)
        self.reach = sum(block.reach for block in blocks)

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, C, T] -> [B, C / 2, T * rate]."""
        hidden = self.up(F.leaky_relu(hidden, SLOPE))
        for block in self.blocks:
            hidden = block(hidden)
        return hidden

    def span(self, low: int, high: int) -> tuple[int, int]:
        """Map a range of output indices to the range of inputs it depends on, both inclusive."""
        low, high = low - self.reach + self.pad - 2 * self.rate + 1, high + self.reach + self.pad
        return -(-low // self.rate), high // self.rate


class Residual(nn.Module):
    """A dilated convolution and one over channels, added to a projection of the input."""

    def __init__(self, channels: int, kernel_size: int, dilation: int) -> None:
        super().__init__()
        self.reach = kernel_size // 2 * dilation  # samples on either side
        self.dilated = weight_norm(nn.Conv1d(channels, channels, kernel_size, dilation=dilation))
        self.plain = weight_norm(nn.Conv1d(channels, channels, 1))
        self.shortcut = weight_norm(nn.Conv1d(channels, channels, 1))

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, C, T] -> [B, C, T]."""
        inner = self.dilated(reflect(F.leaky_relu(hidden, SLOPE), self.reach, self.reach))
        return self.shortcut(hidden) + self.plain(F.leaky_relu(inner, SLOPE))


class MelGAN(GanVocoder):
    """MelGAN: its generator with the adversarial training of `gan.py`."""

    generator: MelGanGenerator


def _check(audio: AudioConfig, channels: int, rates: Sequence[int], n_bands: int) -> None:
    """Raise `ConfigError` unless the values of a config match each other."""
    where = "model.generator"
    if (product := math.prod(rates) * n_bands) != audio.hop_length:
        bands = f" times n_bands {n_bands}" if n_bands > 1 else ""
        raise ConfigError(
            f"{where}.upsample_rates: {list(rates)}{bands} multiply to {product}, but "
            f"audio.hop_length is {audio.hop_length}; make them equal"
        )
    if channels < 1 or channels % (1 << len(rates)):
        raise ConfigError(
            f"{where}.channels: {channels} cannot be halved {len(rates)} times; use a multiple "
            f"of {1 << len(rates)}"
        )
