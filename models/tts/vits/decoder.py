"""The decoder of VITS (arXiv 2106.06103, section 2.5.1): HiFi-GAN's stages on latents, with a
speaker.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.vocoder.hifigan import (
    EDGE_KERNEL,
    LAST_SLOPE,
    ResBlock1,
    ResBlock2,
    Stage,
    check_stages,
)
from recital.modules.contract.audio import AudioConfig
from recital.modules.fast.channels_last import image, to_images
from recital.modules.fast.fused import Fused
from recital.utils.ranges import Kernel, Samples, Width


class Decoder(nn.Module):
    """Latents to waves. Unlike HiFi-GAN's, the first convolution has plain weights, and the last
    no weight norm and no bias.
    """

    def __init__(
        self,
        audio: AudioConfig,
        d_latent: int,
        d_speaker: int,
        channels: Width = 512,
        upsample_rates: Sequence[Samples] = (8, 8, 2, 2),
        upsample_kernel_sizes: Sequence[Samples] = (16, 16, 4, 4),
        resblock: Literal[1, 2] = 1,
        resblock_kernel_sizes: Sequence[Kernel] = (3, 7, 11),
        resblock_dilations: Sequence[Sequence[Samples]] = ((1, 3, 5), (1, 3, 5), (1, 3, 5)),
    ) -> None:
        """The arguments are those of `HiFiGanGenerator`. Raises `ConfigError` if they do not match
        each other or `audio`.
        """
        super().__init__()
        self._fused = Fused(self, to_images)
        check_stages(
            audio,
            channels,
            upsample_rates,
            upsample_kernel_sizes,
            resblock_kernel_sizes,
            resblock_dilations,
            where="model.decoder",
        )
        self.hop_length = audio.hop_length
        pad = EDGE_KERNEL // 2
        self.first = nn.Conv1d(d_latent, channels, EDGE_KERNEL, padding=pad)
        self.speaker = nn.Conv1d(d_speaker, channels, 1) if d_speaker else None
        block = ResBlock1 if resblock == 1 else ResBlock2
        self.stages = nn.ModuleList(
            Stage(channels >> i, rate, size, block, resblock_kernel_sizes, resblock_dilations)
            for i, (rate, size) in enumerate(
                zip(upsample_rates, upsample_kernel_sizes, strict=True)
            )
        )
        width = channels >> len(upsample_rates)
        self.last = nn.Conv1d(width, 1, EDGE_KERNEL, padding=pad, bias=False)

    def forward(self, latents: Tensor, speaker: Tensor | None = None) -> Tensor:
        """latents [B, d_latent, T] (or as an image [B, d_latent, 1, T]), speaker [B, C', 1] -> wav
        [B, T * hop_length].
        """
        hidden = self.first(latents)  # [B, C, T]
        if self.speaker is not None and speaker is not None:
            hidden = hidden + self.speaker(speaker)
        for stage in self.stages:
            hidden = stage(hidden)  # [B, C, T] -> [B, C / 2, T * rate]
        wav = torch.tanh(self.last(F.leaky_relu(hidden, LAST_SLOPE))).flatten(1)
        return wav[:, : latents.shape[-1] * self.hop_length]

    def infer(self, latents: Tensor, speaker: Tensor | None = None) -> Tensor:
        """`forward` without gradients, in the fastest form."""
        shown = None if speaker is None else image(speaker)
        wav: Tensor = self._fused()(image(latents), shown)
        return wav

    def train(self, mode: bool = True) -> Decoder:
        if mode:
            self._fused.clear()
        return super().train(mode)
