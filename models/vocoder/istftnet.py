"""iSTFTNet (arXiv 2203.02395), and its multi-band form (MB-iSTFT, arXiv 2210.15975): the first
stages of HiFi-GAN, then magnitudes and phases of short frames, which inverse STFTs turn into a wav.
Its objective is in `gan.py`.

Beyond the papers, as in MB-iSTFT's code: the phase is pi * sin(...), so that it covers the circle;
iSTFTNet's is sin(...).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.vocoder.gan import FusedGenerator, GanVocoder
from recital.models.vocoder.hifigan import (
    EDGE_KERNEL,
    LAST_SLOPE,
    ResBlock1,
    ResBlock2,
    Stage,
    check_stages,
)
from recital.modules.contract.audio import AudioConfig
from recital.modules.layers.reflection import reflect
from recital.modules.layers.weight_norm import weight_norm
from recital.modules.signal.pqmf import PqmfSynthesis
from recital.modules.signal.spectra import polar
from recital.modules.signal.stft import InverseStft
from recital.utils.errors import ConfigError
from recital.utils.ranges import Kernel, Samples, Width

MAX_LOG_MAGNITUDE = 10.0  # exp of more overflows in half precision


class IstftNetGenerator(FusedGenerator):
    """Section 3: upsampling stages, and the inverse STFT in place of the last ones."""

    def __init__(
        self,
        audio: AudioConfig,
        channels: Width = 512,
        upsample_rates: Sequence[Samples] = (8, 8),
        upsample_kernel_sizes: Sequence[Samples] = (16, 16),
        resblock: Literal[1, 2] = 1,
        resblock_kernel_sizes: Sequence[Kernel] = (3, 7, 11),
        resblock_dilations: Sequence[Sequence[Samples]] = ((1, 3, 5), (1, 3, 5), (1, 3, 5)),
        n_fft: Samples = 16,
        istft_hop_length: Samples = 4,
        n_bands: Samples = 1,
    ) -> None:
        """`channels` is the width before the first stage. `n_fft` and `istft_hop_length` (samples)
        are those of the output's frames. With `n_bands` above 1, there is one inverse STFT for each
        of that many sub-bands, which a filter bank joins. Raises `ConfigError` if these do not
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
            samples=istft_hop_length * n_bands,
        )
        if n_fft % 2 or n_fft < 2 * istft_hop_length:
            raise ConfigError(
                f"model.generator.n_fft: expected an even number of at least twice "
                f"istft_hop_length {istft_hop_length}, found {n_fft}"
            )
        self.hop_length, self.n_bands = audio.hop_length, n_bands
        self.first = weight_norm(
            nn.Conv1d(audio.n_mels, channels, EDGE_KERNEL, padding=EDGE_KERNEL // 2)
        )
        block = ResBlock1 if resblock == 1 else ResBlock2
        stages = [
            Stage(channels >> i, rate, size, block, resblock_kernel_sizes, resblock_dilations)
            for i, (rate, size) in enumerate(
                zip(upsample_rates, upsample_kernel_sizes, strict=True)
            )
        ]
        self.stages = nn.ModuleList(stages)
        width = channels >> len(stages)
        self.last = weight_norm(
            nn.Conv1d(width, n_bands * (n_fft + 2), EDGE_KERNEL, padding=EDGE_KERNEL // 2)
        )
        self.istft = InverseStft(n_fft, istft_hop_length, n_fft, n_fft // 2)
        self.join = PqmfSynthesis(n_bands) if n_bands > 1 else None
        self.context_frames = self._context(stages)

    def forward(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T], or as an image [B, n_mels, 1, T] -> wav [B, T * hop_length]."""
        hidden = self.first(mel)  # [B, C, T]
        for stage in self.stages:
            hidden = stage(hidden)  # [B, C, T] -> [B, C / 2, T * rate]
        # a stage whose kernel size and rate differ by an odd number adds a frame at the end
        n_frames = mel.shape[-1] * self.hop_length // (self.istft.hop_length * self.n_bands)
        hidden = F.leaky_relu(hidden[..., :n_frames], LAST_SLOPE)
        # a frame in front, so that the first samples have all of their frames
        out = self.last(reflect(hidden, 1, 0))
        with torch.autocast(mel.device.type, enabled=False):
            wav = self._synthesize(out.flatten(2).float())
        return wav[:, : mel.shape[-1] * self.hop_length]

    def _synthesize(self, out: Tensor) -> Tensor:
        """[B, n_bands * (n_fft + 2), T'] -> wav [B, S]."""
        n_batch = out.shape[0]
        n_rows = out.shape[1] // self.n_bands
        # [B * bands, T', n_fft + 2]
        bands = out.reshape(n_batch * self.n_bands, n_rows, -1).transpose(1, 2)
        log_magnitude, angle = bands.chunk(2, dim=2)
        magnitude = log_magnitude.clamp(max=MAX_LOG_MAGNITUDE).exp()
        phase = math.pi * angle.sin()
        spectrum = polar(magnitude, phase)
        wav: Tensor = self.istft(spectrum)
        if self.join is None:
            return wav
        return self.join(wav.reshape(n_batch, self.n_bands, -1)).flatten(1)

    def _context(self, stages: Sequence[Stage]) -> int:
        """Frames on each side that the samples of a frame depend on: the span of frame 0's samples,
        followed from the wav back to the mel.
        """
        edge = self.join.reach if self.join else 0
        low, high = -edge, self.hop_length // self.n_bands - 1 + edge  # of a sub-band
        # to the frames of the inverse STFT, one of which is in front
        low = low // self.istft.hop_length - self.istft.context_frames - 1
        high = high // self.istft.hop_length + self.istft.context_frames
        low, high = low - EDGE_KERNEL // 2, high + EDGE_KERNEL // 2
        for stage in reversed(stages):
            low, high = stage.span(low, high)
        return max(-low, high) + EDGE_KERNEL // 2


class ISTFTNet(GanVocoder):
    """iSTFTNet: its generator with the adversarial training of `gan.py`."""

    generator: IstftNetGenerator
