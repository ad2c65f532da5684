"""BigVGAN (arXiv 2206.04658), and version 2 of its authors' code: a generator with periodic
activations, filtered against aliasing. Its objective is in `gan.py`, its discriminators in
`modules/losses/discriminators.py`.

Deviation: convolutions start with torch's default weights, since weight norm overwrites the
initialisation of the authors' code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from recital.models.vocoder.gan import FusedGenerator, GanVocoder
from recital.models.vocoder.hifigan import EDGE_KERNEL, check_stages, same_length
from recital.modules.contract.audio import AudioConfig
from recital.modules.fast.channels_last import to_images
from recital.modules.fast.polyphase import to_polyphase
from recital.modules.layers.snake import AntiAliased, Snake, SnakeBeta
from recital.modules.layers.weight_norm import weight_norm
from recital.utils.ranges import Kernel, Samples, Width

SNAKES = {"snake": Snake, "snakebeta": SnakeBeta}


class BigVganGenerator(FusedGenerator):
    """Section 3: stages that each upsample and halve the channels, then average anti-aliased
    multi-periodicity (AMP) blocks of several kernel sizes and dilations.
    """

    def __init__(
        self,
        audio: AudioConfig,
        channels: Width = 1536,
        upsample_rates: Sequence[Samples] = (4, 4, 2, 2, 2, 2),
        upsample_kernel_sizes: Sequence[Samples] = (8, 8, 4, 4, 4, 4),
        resblock: Literal[1, 2] = 1,
        resblock_kernel_sizes: Sequence[Kernel] = (3, 7, 11),
        resblock_dilations: Sequence[Sequence[Samples]] = ((1, 3, 5), (1, 3, 5), (1, 3, 5)),
        activation: Literal["snake", "snakebeta"] = "snakebeta",
        log_scale: bool = True,
        final_tanh: bool = True,
        final_bias: bool = True,
    ) -> None:
        """`channels` is the width before the first stage. `resblock` is 1 (two convolutions per
        dilation) or 2 (one). `log_scale` learns the logarithms of the activations' factors. Without
        `final_tanh` (version 2) the wav is clipped to [-1, 1]. Raises `ConfigError` if these do not
        match each other or `audio`.
        """
        super().__init__(prepare=_prepare)
        check_stages(
            audio,
            channels,
            upsample_rates,
            upsample_kernel_sizes,
            resblock_kernel_sizes,
            resblock_dilations,
        )
        self.hop_length, self.final_tanh = audio.hop_length, final_tanh
        self.first = weight_norm(
            nn.Conv1d(audio.n_mels, channels, EDGE_KERNEL, padding=EDGE_KERNEL // 2)
        )

        def activate(width: int) -> AntiAliased:
            return AntiAliased(SNAKES[activation](width, log_scale))

        stages = []
        for i, (rate, size) in enumerate(zip(upsample_rates, upsample_kernel_sizes, strict=True)):
            blocks = [
                AmpBlock(channels >> (i + 1), kernel, dilations, resblock, activate)
                for kernel, dilations in zip(resblock_kernel_sizes, resblock_dilations, strict=True)
            ]
            stages.append(Stage(channels >> i, rate, size, blocks))
        self.stages = nn.ModuleList(stages)
        width = channels >> len(upsample_rates)
        self.activation = activate(width)
        self.last = weight_norm(
            nn.Conv1d(width, 1, EDGE_KERNEL, padding=EDGE_KERNEL // 2, bias=final_bias)
        )
        self.context_frames = _context(stages, self.hop_length)

    def forward(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T], or as an image [B, n_mels, 1, T] -> wav [B, T * hop_length]."""
        hidden = self.first(mel)  # [B, C, T]
        for stage in self.stages:
            hidden = stage(hidden)  # [B, C, T] -> [B, C / 2, T * rate]
        wav: Tensor = self.last(self.activation(hidden)).flatten(1)
        wav = wav.tanh() if self.final_tanh else wav.clamp(-1.0, 1.0)
        # a stage whose kernel size and rate differ by an odd number adds a sample at the end
        return wav[:, : mel.shape[-1] * self.hop_length]

    @torch.no_grad()
    def infer(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length] float32, as an image on a CPU alone."""
        weight = next(self.parameters())
        if weight.device.type == "cpu":
            return super().infer(mel)
        return self._fused()(mel.to(weight.dtype)).float()


class Stage(nn.Module):
    """One upsampling and the mean of its AMP blocks."""

    def __init__(
        self, channels: int, rate: int, kernel_size: int, blocks: Sequence[AmpBlock]
    ) -> None:
        super().__init__()
        self.rate, self.size, self.pad = rate, kernel_size, (kernel_size - rate) // 2
        self.up = weight_norm(
            nn.ConvTranspose1d(channels, channels // 2, kernel_size, rate, padding=self.pad)
        )
        self.blocks = nn.ModuleList(blocks)
        self.reach = max(block.reach for block in blocks)

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, C, T] -> [B, C / 2, T * rate]."""
        hidden = self.up(hidden)
        total = self.blocks[0](hidden)
        for block in self.blocks[1:]:
            total = total + block(hidden)
        return total / len(self.blocks)

    def span(self, low: int, high: int) -> tuple[int, int]:
        """Map a range of output indices to the range of inputs it depends on, both inclusive."""
        low, high = low - self.reach + self.pad - self.size + 1, high + self.reach + self.pad
        return -(-low // self.rate), high // self.rate


class AmpBlock(nn.Module):
    """Residual convolutions, each after an activation: one per dilation, and for block 1 a second
    one without dilation.
    """

    def __init__(
        self,
        channels: int,
        kernel_size: int,
        dilations: Sequence[int],
        resblock: Literal[1, 2],
        activate: Callable[[int], AntiAliased],
    ) -> None:
        super().__init__()
        self.dilated = nn.ModuleList(same_length(channels, kernel_size, d) for d in dilations)
        n_plain = len(dilations) if resblock == 1 else 0
        self.plain = nn.ModuleList(same_length(channels, kernel_size, 1) for _ in range(n_plain))
        # in the order in which they are called
        n_activations = len(dilations) + n_plain
        self.activations = nn.ModuleList(activate(channels) for _ in range(n_activations))
        # samples on either side
        self.reach = kernel_size // 2 * (sum(dilations) + n_plain)
        self.reach += n_activations * AntiAliased.reach

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, C, T] -> [B, C, T]."""
        activations = iter(self.activations)
        for i, dilated in enumerate(self.dilated):
            inner = dilated(next(activations)(hidden))
            if self.plain:
                inner = self.plain[i](next(activations)(inner))
            hidden = hidden + inner
        return hidden


class BigVGAN(GanVocoder):
    """BigVGAN: its generator with the adversarial training of `gan.py`."""

    generator: BigVganGenerator


def _context(stages: Sequence[Stage], hop_length: int) -> int:
    """Frames on each side that the samples of a frame depend on: the span of frame 0's samples,
    followed from the wav back to the mel.
    """
    edge = EDGE_KERNEL // 2 + AntiAliased.reach
    low, high = -edge, hop_length - 1 + edge
    for stage in reversed(stages):
        low, high = stage.span(low, high)
    return max(-low, high) + EDGE_KERNEL // 2


def _prepare(plain: nn.Module) -> None:
    """Prepare for inference on a CPU; elsewhere activations over images are not worth it."""
    if next(plain.parameters()).device.type == "cpu":
        to_images(plain)
        to_polyphase(plain)
