"""The constant-Q transform: bins a fixed share of an octave apart, each as many periods long.

Octaves count down from half of the sample rate, so that none is empty at any rate. Each octave is
computed by the kernels of the highest one, on the signal at half the rate of the octave above
(Schörkhuber and Klapuri, 2010).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.utils.errors import ConfigError

TAPS = 65  # of the low-pass filter before halving the rate


class ConstantQ(nn.Module):
    """Real and imaginary parts, from the lowest bin on, in float32 whatever the precision."""

    kernels: Tensor  # [2 * bins_per_octave, 1, size]
    low_pass: Tensor  # [1, 1, TAPS]

    def __init__(self, hop_length: int, n_octaves: int, bins_per_octave: int) -> None:
        """`hop_length` is in samples. Raises `ConfigError` where it cannot be halved for each
        octave but the highest.
        """
        super().__init__()
        if hop_length % (1 << (n_octaves - 1)):
            raise ConfigError(
                f"hop_lengths: {hop_length} cannot be halved {n_octaves - 1} times, as "
                f"{n_octaves} octaves ask; take a multiple of {1 << (n_octaves - 1)}"
            )
        self.hop_length, self.n_octaves = hop_length, n_octaves
        self.register_buffer("kernels", _kernels(bins_per_octave), persistent=False)
        times = torch.arange(TAPS) - TAPS // 2
        taps = torch.sinc(times / 2) * torch.hann_window(TAPS, periodic=False)
        self.register_buffer("low_pass", (taps / taps.sum())[None, None], persistent=False)

    def forward(self, wav: Tensor) -> Tensor:
        """wav [B, S] -> [B, 2, n_octaves * bins_per_octave, 1 + S // hop_length]."""
        with torch.autocast(wav.device.type, enabled=False):
            signal, octaves = wav.float()[:, None], []
            for octave in range(self.n_octaves):
                if octave:
                    signal = F.conv1d(signal, self.low_pass, stride=2, padding=TAPS // 2)
                half = self.kernels.shape[2] // 2
                hop = self.hop_length >> octave
                bins = F.conv1d(F.pad(signal, (half, half + hop)), self.kernels, stride=hop)
                octaves.append(bins[..., : 1 + wav.shape[1] // self.hop_length])
            # [B, 2 * bins, T] -> [B, 2, bins, T], the lowest octave first
            return torch.cat([o.unflatten(1, (2, -1)) for o in reversed(octaves)], dim=2)


def _kernels(bins_per_octave: int) -> Tensor:
    """[2 * bins, 1, size]: cosines and sines of a quarter of the rate up to half of it, windowed
    and centred, of gain 1.
    """
    quality = 1 / (2 ** (1 / bins_per_octave) - 1)  # periods in a window
    half = math.ceil(2 * quality)
    times = torch.arange(-half, half + 1)
    frequencies = 0.25 * 2 ** (torch.arange(bins_per_octave) / bins_per_octave)
    lengths = (quality / frequencies)[:, None]  # samples
    window = torch.cos(math.pi * times / lengths).square() * (times.abs() < lengths / 2)
    window = window / window.sum(1, keepdim=True)
    phase = 2 * math.pi * frequencies[:, None] * times
    return torch.cat([window * phase.cos(), -window * phase.sin()])[:, None]
