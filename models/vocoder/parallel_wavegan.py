"""Parallel WaveGAN (arXiv 1910.11480): a WaveNet without autoregression turns noise and an
upsampled mel into a wav. Its objective is in `gan.py`: distances of spectra, and a discriminator.

Deviation: the discriminators are those of `modules/losses/discriminators.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.vocoder.gan import FusedGenerator, GanVocoder
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.graph import Graph
from recital.modules.contract.model import wave_graph
from recital.modules.layers.weight_norm import weight_norm
from recital.modules.signal.noise import draw_noise
from recital.utils.errors import ConfigError, DataError
from recital.utils.ranges import Count, Depth, Kernel, Samples, Width
from recital.utils.training.trainable import bare


class Upsampling(nn.Module):
    """A convolution over frames, then for each rate repeated values and a filter over them."""

    def __init__(
        self, n_mels: int, rates: Sequence[int], context_frames: int, band_kernel_size: int
    ) -> None:
        super().__init__()
        self.rates, self.context = list(rates), context_frames
        self.first = weight_norm(nn.Conv1d(n_mels, n_mels, 2 * context_frames + 1, bias=False))
        self.filters = nn.ModuleList(
            weight_norm(
                nn.Conv2d(
                    1,
                    1,
                    (band_kernel_size, 2 * rate + 1),
                    padding=(band_kernel_size // 2, rate),
                    bias=False,
                )
            )
            for rate in rates
        )

    def forward(self, mel: Tensor) -> Tensor:
        """[B, n_mels, T] -> [B, n_mels, T * prod(rates)]."""
        fine = self.first(F.pad(mel, (self.context, self.context), mode="replicate"))[:, None]
        for rate, blur in zip(self.rates, self.filters, strict=True):
            fine = blur(fine.repeat_interleave(rate, dim=3))
        return fine[:, 0]

    def span(self, low: int, high: int) -> tuple[int, int]:
        """Map a range of samples to the range of frames it depends on, both inclusive."""
        for rate in reversed(self.rates):
            low, high = (low - rate) // rate, (high + rate) // rate
        return low - self.context, high + self.context


class Layer(nn.Module):
    """A dilated convolution with the mel, gated, with residual and skip connection."""

    def __init__(
        self,
        n_mels: int,
        channels: int,
        gate_channels: int,
        skip_channels: int,
        kernel_size: int,
        dilation: int,
    ) -> None:
        super().__init__()
        self.reach = kernel_size // 2 * dilation
        self.dilated = weight_norm(
            nn.Conv1d(channels, gate_channels, kernel_size, padding=self.reach, dilation=dilation)
        )
        self.condition = weight_norm(nn.Conv1d(n_mels, gate_channels, 1, bias=False))
        self.out = weight_norm(nn.Conv1d(gate_channels // 2, channels, 1))
        self.skip = weight_norm(nn.Conv1d(gate_channels // 2, skip_channels, 1))

    def forward(self, hidden: Tensor, mel: Tensor) -> tuple[Tensor, Tensor]:
        """hidden [B, C, S], mel [B, n_mels, S] -> the next hidden sequence, and the skip."""
        content, gate = (self.dilated(hidden) + self.condition(mel)).chunk(2, dim=1)
        gated = content.tanh() * gate.sigmoid()
        return (self.out(gated) + hidden) * math.sqrt(0.5), self.skip(gated)


class ParallelWaveGanGenerator(FusedGenerator):
    """Section 2.2: noise through dilated layers, conditioned on the mel."""

    def __init__(
        self,
        audio: AudioConfig,
        channels: Width = 64,
        gate_channels: Width = 128,
        skip_channels: Width = 64,
        n_layers: Depth = 30,
        n_cycles: Depth = 3,
        kernel_size: Kernel = 3,
        upsample_rates: Sequence[Samples] = (4, 4, 4, 4),
        mel_context_frames: Count = 2,
        band_kernel_size: Kernel = 1,
    ) -> None:
        """The dilations are 1, 2, 4 ... in each of `n_cycles` cycles. `mel_context_frames` on each
        side enter the upsampling. Raises `ConfigError` if these do not match each other or `audio`.
        """
        super().__init__(prepare=None)
        where = "model.generator"
        if math.prod(upsample_rates) != audio.hop_length:
            raise ConfigError(
                f"{where}.upsample_rates: {list(upsample_rates)} multiply to "
                f"{math.prod(upsample_rates)}, but audio.hop_length is {audio.hop_length}; make "
                "them equal"
            )
        if n_layers % n_cycles or gate_channels % 2:
            raise ConfigError(
                f"{where}: expected n_layers that n_cycles divides, and even gate_channels; found "
                f"{n_layers}, {n_cycles} and {gate_channels}"
            )
        self.hop_length = audio.hop_length
        self.upsample = Upsampling(
            audio.n_mels, upsample_rates, mel_context_frames, band_kernel_size
        )
        self.first = weight_norm(nn.Conv1d(1, channels, 1))
        per_cycle = n_layers // n_cycles
        layers = [
            Layer(
                audio.n_mels,
                channels,
                gate_channels,
                skip_channels,
                kernel_size,
                2 ** (i % per_cycle),
            )
            for i in range(n_layers)
        ]
        self.layers = nn.ModuleList(layers)
        self.inner = weight_norm(nn.Conv1d(skip_channels, skip_channels, 1))
        self.last = weight_norm(nn.Conv1d(skip_channels, 1, 1))
        reach = sum(layer.reach for layer in layers)
        low, high = self.upsample.span(-reach, audio.hop_length - 1 + reach)
        self.context_frames = max(-low, high)

    def forward(self, mel: Tensor, noise: Tensor | None = None) -> Tensor:
        """mel [B, n_mels, T] and noise [B, T * hop_length], by default random -> wav of the same
        shape.
        """
        if noise is None:
            noise = torch.randn(len(mel), mel.shape[2] * self.hop_length, device=mel.device)
        condition = self.upsample(mel)
        hidden = self.first(noise[:, None].to(condition.dtype))
        skipped = torch.zeros((), device=mel.device)
        for layer in self.layers:
            hidden, skip = layer(hidden, condition)
            skipped = skipped + skip
        hidden = (skipped * math.sqrt(1 / len(self.layers))).relu()
        return self.last(self.inner(hidden).relu())[:, 0]

    @torch.no_grad()
    def infer_noise(self, mel: Tensor, noise: Tensor) -> Tensor:
        """`forward` in float32, in the precision of the weights, without weight norm."""
        return self._fused()(mel.to(next(self.parameters()).dtype), noise).float()


class ParallelWaveGAN(GanVocoder):
    """Parallel WaveGAN: its generator with the adversarial training of `gan.py`, and its noise."""

    generator: ParallelWaveGanGenerator

    @torch.no_grad()
    def infer(self, mel: Tensor, z: Tensor | None = None, sigma: float = 1.0) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length].

        The noise is `z`, of the wav's shape, times `sigma`; without it, the same mel gives the same
        wav. Raises `DataError` for noise of another shape.
        """
        if mel.shape[2] == 0:
            return torch.zeros(len(mel), 0, device=mel.device)
        shape = (len(mel), mel.shape[2] * self.audio.hop_length)
        z = self.draw_noise(len(mel), mel.shape[2]) if z is None else z
        if tuple(z.shape) != shape:
            raise DataError(f"z: expected the shape {shape}, found {tuple(z.shape)}")
        generator = bare(self.generator, ParallelWaveGanGenerator)
        return generator.infer_noise(self.normal(mel), sigma * z.to(mel.device))

    def graphs(self) -> list[Graph]:
        """One, with the noise as an input."""
        return [wave_graph(self, (1, self.audio.hop_length))]

    def infer_quiet(self, mel: Tensor) -> Tensor:
        """The wav without noise."""
        return self.infer(mel, sigma=0.0)

    def infer_windows(
        self, mel: Tensor, starts: Sequence[int], source: Tensor | None = None
    ) -> Tensor:
        """Generate each window with the noise of its position."""
        noise = [self.draw_noise(1, mel.shape[2], start=start) for start in starts]
        return self.infer(mel, z=torch.cat(noise))

    def draw_noise(self, batch_size: int, n_frames: int, seed: int = 0, start: int = 0) -> Tensor:
        """Noise for `n_frames` frames from frame `start` on, [B, n_frames * hop_length]."""
        noise = draw_noise(1, self.audio.hop_length, n_frames, seed, start)
        return noise.expand(batch_size, -1)
