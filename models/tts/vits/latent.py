"""The latents of VITS (arXiv 2106.06103): the posterior encoder, which finds them in a recording
(section 2.5.1), and the flow between them and the prior (section 2.1.3).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recital.modules.contract.audio import AudioConfig
from recital.modules.layers.weight_norm import weight_norm
from recital.utils.errors import ConfigError
from recital.utils.ranges import Depth, Kernel, Samples


class GatedStack(nn.Module):
    """WaveNet's layers without upsampling, as in WaveGlow (arXiv 1811.00002), with a speaker."""

    def __init__(
        self, channels: int, d_speaker: int, kernel_size: int, dilation: int, n_layers: int
    ) -> None:
        """Layer i has the dilation `dilation` ** i."""
        super().__init__()
        self.inward = nn.ModuleList(
            weight_norm(
                nn.Conv1d(
                    channels,
                    2 * channels,
                    kernel_size,
                    dilation=dilation**i,
                    padding=kernel_size // 2 * dilation**i,
                )
            )
            for i in range(n_layers)
        )
        # the last layer has no residual
        self.outward = nn.ModuleList(
            weight_norm(nn.Conv1d(channels, channels * (1 if i == n_layers - 1 else 2), 1))
            for i in range(n_layers)
        )
        self.speaker = (
            weight_norm(nn.Conv1d(d_speaker, 2 * channels * n_layers, 1)) if d_speaker else None
        )

    def forward(self, x: Tensor, mask: Tensor, speaker: Tensor | None = None) -> Tensor:
        """x [B, C, T], mask [B, 1, T], speaker [B, C', 1] -> [B, C, T]."""
        n = len(self.inward)
        shifts: list[Tensor | float] = [0.0] * n
        if self.speaker is not None and speaker is not None:
            shifts = list(self.speaker(speaker).chunk(n, dim=1))
        skipped = torch.zeros_like(x)
        for inward, outward, shift in zip(self.inward, self.outward, shifts, strict=True):
            filtered, gate = (inward(x) + shift).chunk(2, dim=1)
            out = outward(filtered.tanh() * gate.sigmoid())
            if out.shape[1] == x.shape[1]:
                skipped = skipped + out
            else:
                residual, skip = out.chunk(2, dim=1)
                x, skipped = (x + residual) * mask, skipped + skip
        return skipped * mask


class PosteriorEncoder(nn.Module):
    """A linear spectrogram to the mean and log-deviation of its latents."""

    def __init__(
        self,
        audio: AudioConfig,
        d_model: int,
        d_latent: int,
        d_speaker: int,
        n_layers: Depth = 16,
        kernel_size: Kernel = 5,
        dilation: Samples = 1,
    ) -> None:
        super().__init__()
        self.first = nn.Conv1d(audio.n_fft // 2 + 1, d_model, 1)
        self.stack = GatedStack(d_model, d_speaker, kernel_size, dilation, n_layers)
        self.statistics = nn.Conv1d(d_model, 2 * d_latent, 1)

    def forward(
        self, spectrogram: Tensor, mask: Tensor, speaker: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Magnitudes [B, n_fft // 2 + 1, T], mask [B, 1, T] -> mean and log-deviation,
        [B, d_latent, T] each, 0 in padding.
        """
        hidden = self.stack(self.first(spectrogram) * mask, mask, speaker)
        mean, log_std = (self.statistics(hidden) * mask).chunk(2, dim=1)
        return mean, log_std


class Coupling(nn.Module):
    """Shifts the second half of the channels by what the first half and the speaker say: its
    volume does not change.
    """

    def __init__(
        self,
        d_latent: int,
        d_model: int,
        d_speaker: int,
        kernel_size: int,
        dilation: int,
        n_layers: int,
    ) -> None:
        super().__init__()
        self.first = nn.Conv1d(d_latent // 2, d_model, 1)
        self.stack = GatedStack(d_model, d_speaker, kernel_size, dilation, n_layers)
        self.last = nn.Conv1d(d_model, d_latent // 2, 1)
        nn.init.zeros_(self.last.weight)
        assert self.last.bias is not None
        nn.init.zeros_(self.last.bias)

    def forward(self, fixed: Tensor, mask: Tensor, speaker: Tensor | None) -> Tensor:
        """The first half [B, C / 2, T] -> the second's shift, of the same shape."""
        hidden = self.stack(self.first(fixed) * mask, mask, speaker)
        shift: Tensor = self.last(hidden) * mask
        return shift


class ResidualFlow(nn.Module):
    """Couplings, after each of which the order of the channels is reversed."""

    def __init__(
        self,
        d_latent: int,
        d_model: int,
        d_speaker: int,
        n_flows: Depth = 4,
        n_layers: Depth = 4,
        kernel_size: Kernel = 5,
        dilation: Samples = 1,
    ) -> None:
        """Raises `ConfigError` for an odd `d_latent`, which has no half."""
        super().__init__()
        if d_latent % 2:
            raise ConfigError(f"model.d_latent: expected an even number, found {d_latent}")
        self.couplings = nn.ModuleList(
            Coupling(d_latent, d_model, d_speaker, kernel_size, dilation, n_layers)
            for _ in range(n_flows)
        )

    def forward(self, z: Tensor, mask: Tensor, speaker: Tensor | None = None) -> Tensor:
        """Latents [B, d_latent, T], mask [B, 1, T], speaker [B, C', 1] -> the prior's side."""
        for coupling in self.couplings:
            fixed, moved = z.chunk(2, dim=1)
            moved = moved * mask + coupling(fixed, mask, speaker)
            z = torch.cat([fixed, moved], dim=1).flip(1)
        return z

    def inverse(self, z: Tensor, mask: Tensor, speaker: Tensor | None = None) -> Tensor:
        """The prior's side [B, d_latent, T] -> latents."""
        for coupling in reversed(list(self.couplings)):
            fixed, moved = z.flip(1).chunk(2, dim=1)
            moved = (moved - coupling(fixed, mask, speaker)) * mask
            z = torch.cat([fixed, moved], dim=1)
        return z
