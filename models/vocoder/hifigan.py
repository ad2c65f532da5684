"""HiFi-GAN (arXiv 2010.05646): the generator. Its objective is in `gan.py`, its discriminators
in `modules/losses/discriminators.py`.

Beyond the paper, as in its authors' code: the leaky rectifier before the last convolution has a
slope of 0.01.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.vocoder.gan import FusedGenerator, GanVocoder
from recital.modules.contract.audio import AudioConfig
from recital.modules.layers.weight_norm import weight_norm
from recital.utils.errors import ConfigError
from recital.utils.ranges import Kernel, Samples, Width

SLOPE, LAST_SLOPE = 0.1, 0.01  # of the leaky rectifiers
EDGE_KERNEL = 7  # of the first and the last convolution


class HiFiGanGenerator(FusedGenerator):
    """Section 2.2: stages that each upsample and halve the channels, then add up residual blocks
    of several kernel sizes and dilations.
    """

    def __init__(
        self,
        audio: AudioConfig,
        channels: Width = 512,
        upsample_rates: Sequence[Samples] = (8, 8, 2, 2),
        upsample_kernel_sizes: Sequence[Samples] = (16, 16, 4, 4),
        resblock: Literal[1, 2] = 1,
        resblock_kernel_sizes: Sequence[Kernel] = (3, 7, 11),
        resblock_dilations: Sequence[Sequence[Samples]] = ((1, 3, 5), (1, 3, 5), (1, 3, 5)),
        trim: Literal["end", "start"] = "end",
    ) -> None:
        """`channels` is the width before the first stage. `resblock` is 1 (two convolutions per
        dilation) or 2 (one), appendix A. A stage whose kernel size and rate differ by an odd number
        has a sample too many, which the `trim` side loses. Raises `ConfigError` if these do not
        match each other or `audio`.
        """
        super().__init__()
        check_stages(
            audio,
            channels,
            upsample_rates,
            upsample_kernel_sizes,
            resblock_kernel_sizes,
            resblock_dilations,
        )
        self.hop_length = audio.hop_length
        self.first = weight_norm(
            nn.Conv1d(audio.n_mels, channels, EDGE_KERNEL, padding=EDGE_KERNEL // 2)
        )
        block = ResBlock1 if resblock == 1 else ResBlock2
        stages = [
            Stage(channels >> i, rate, size, block, resblock_kernel_sizes, resblock_dilations, trim)
            for i, (rate, size) in enumerate(
                zip(upsample_rates, upsample_kernel_sizes, strict=True)
            )
        ]
        self.stages = nn.ModuleList(stages)
        width = channels >> len(upsample_rates)
        self.last = weight_norm(nn.Conv1d(width, 1, EDGE_KERNEL, padding=EDGE_KERNEL // 2))
        self.context_frames = _context(stages, self.hop_length)

    def forward(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T], or as an image [B, n_mels, 1, T] -> wav [B, T * hop_length]."""
        hidden = self.first(mel)  # [B, C, T]
        for stage in self.stages:
            hidden = stage(hidden)  # [B, C, T] -> [B, C / 2, T * rate]
        wav = torch.tanh(self.last(F.leaky_relu(hidden, LAST_SLOPE))).flatten(1)
        return wav[:, : mel.shape[-1] * self.hop_length]


class Stage(nn.Module):
    """One upsampling and its multi-receptive-field fusion."""

    def __init__(
        self,
        channels: int,
        rate: int,
        kernel_size: int,
        block: type[ResBlock1] | type[ResBlock2],
        resblock_kernel_sizes: Sequence[int],
        resblock_dilations: Sequence[Sequence[int]],
        trim: Literal["end", "start"] = "end",
    ) -> None:
        super().__init__()
        # with "end", what is too much stays until the end of the generator
        spare = (kernel_size - rate) % 2 if trim == "start" else 0
        self.rate, self.size, self.pad = rate, kernel_size, (kernel_size - rate + spare) // 2
        self.up = weight_norm(
            nn.ConvTranspose1d(
                channels, channels // 2, kernel_size, rate, padding=self.pad, output_padding=spare
            )
        )
        blocks = [
            block(channels // 2, size, dilations)
            for size, dilations in zip(resblock_kernel_sizes, resblock_dilations, strict=True)
        ]
        self.blocks = nn.ModuleList(blocks)
        self.reach = max(block.reach for block in blocks)

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, C, T] -> [B, C / 2, T * rate]."""
        return self.blend(self.up(F.leaky_relu(hidden, SLOPE)))

    def blend(self, hidden: Tensor) -> Tensor:
        """The mean of the residual blocks: [B, C, T] -> [B, C, T]."""
        total = self.blocks[0](hidden)
        for block in self.blocks[1:]:
            total = total + block(hidden)
        return total / len(self.blocks)

    def span(self, low: int, high: int) -> tuple[int, int]:
        """Map a range of output indices to the range of inputs it depends on, both inclusive."""
        low, high = low - self.reach + self.pad - self.size + 1, high + self.reach + self.pad
        return -(-low // self.rate), high // self.rate


class ResBlock1(nn.Module):
    """Two convolutions per dilation, the second without dilation."""

    def __init__(self, channels: int, kernel_size: int, dilations: Sequence[int]) -> None:
        super().__init__()
        self.dilated = nn.ModuleList(same_length(channels, kernel_size, d) for d in dilations)
        self.plain = nn.ModuleList(same_length(channels, kernel_size, 1) for _ in dilations)
        self.reach = kernel_size // 2 * (sum(dilations) + len(dilations))  # frames either side

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, C, T] -> [B, C, T]."""
        for dilated, plain in zip(self.dilated, self.plain, strict=True):
            inner = dilated(F.leaky_relu(hidden, SLOPE))
            hidden = hidden + plain(F.leaky_relu(inner, SLOPE))
        return hidden


class ResBlock2(nn.Module):
    """One convolution per dilation."""

    def __init__(self, channels: int, kernel_size: int, dilations: Sequence[int]) -> None:
        super().__init__()
        self.dilated = nn.ModuleList(same_length(channels, kernel_size, d) for d in dilations)
        self.reach = kernel_size // 2 * sum(dilations)  # frames either side

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, C, T] -> [B, C, T]."""
        for dilated in self.dilated:
            hidden = hidden + dilated(F.leaky_relu(hidden, SLOPE))
        return hidden


class HiFiGAN(GanVocoder):
    """HiFi-GAN: its generator with the adversarial training of `gan.py`."""

    generator: HiFiGanGenerator


def _context(stages: Sequence[Stage], hop_length: int) -> int:
    """Frames on each side that the samples of a frame depend on: the span of frame 0's samples,
    followed from the wav back to the mel.
    """
    low, high = -(EDGE_KERNEL // 2), hop_length - 1 + EDGE_KERNEL // 2
    for stage in reversed(stages):
        low, high = stage.span(low, high)
    return max(-low, high) + EDGE_KERNEL // 2


def same_length(channels: int, kernel_size: int, dilation: int) -> nn.Module:
    """A convolution that keeps the length."""
    pad = kernel_size // 2 * dilation
    return weight_norm(nn.Conv1d(channels, channels, kernel_size, dilation=dilation, padding=pad))


def check_stages(
    audio: AudioConfig,
    channels: int,
    rates: Sequence[int],
    rate_sizes: Sequence[int],
    sizes: Sequence[int],
    dilations: Sequence[Sequence[int]],
    samples: int = 1,
    where: str = "model.generator",
) -> None:
    """Raise `ConfigError` unless the values of the section `where` match each other. `samples` is
    what the output has for each frame of the last stage.
    """
    if (product := math.prod(rates) * samples) != audio.hop_length:
        each = f", with {samples} samples a frame," if samples > 1 else ""
        raise ConfigError(
            f"{where}.upsample_rates: {list(rates)}{each} multiply to {product}, but "
            f"audio.hop_length is {audio.hop_length}; make them equal"
        )
    if len(rates) != len(rate_sizes) or any(s < r for r, s in zip(rates, rate_sizes, strict=False)):
        raise ConfigError(
            f"{where}.upsample_kernel_sizes: expected one for each of upsample_rates "
            f"{list(rates)}, none smaller than its rate; found {list(rate_sizes)}"
        )
    if len(sizes) != len(dilations) or not sizes or any(size % 2 == 0 for size in sizes):
        raise ConfigError(
            f"{where}.resblock_kernel_sizes: expected odd numbers, one for each list of "
            f"resblock_dilations; found {list(sizes)} and {list(map(list, dilations))}"
        )
    if channels < 1 or channels % (1 << len(rates)):
        raise ConfigError(
            f"{where}.channels: {channels} cannot be halved {len(rates)} times; use a multiple "
            f"of {1 << len(rates)}"
        )
