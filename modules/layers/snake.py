"""Snake (arXiv 2006.08195) and SnakeBeta, and the anti-aliased activation of BigVGAN (arXiv
2206.04658, section 3.3).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

TAPS = 12  # of the low-pass filter
CUTOFF, TRANSITION = 0.25, 0.3  # cycles a sample, at twice the rate
TINY = 1e-9  # against a division by 0


class Snake(nn.Module):
    """x + sin^2(a x) / a, with one a for each channel; `log_scale` learns log a."""

    def __init__(self, channels: int, log_scale: bool = True) -> None:
        super().__init__()
        self.log_scale = log_scale
        self.alpha = nn.Parameter(self._start(channels))

    def _start(self, channels: int) -> Tensor:
        """A factor of 1."""
        return torch.zeros(channels) if self.log_scale else torch.ones(channels)

    def _factor(self, weight: Tensor) -> Tensor:
        return weight.exp() if self.log_scale else weight

    def factors(self) -> tuple[Tensor, Tensor]:
        """([C], [C]): the factor inside the sine, and the factor of its square."""
        alpha = self._factor(self.alpha)
        return alpha, 1 / (alpha + TINY)

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, C, T] -> [B, C, T]."""
        frequency, magnitude = self.factors()
        wave = (frequency[:, None] * hidden).sin().square()
        return hidden + magnitude[:, None] * wave


class SnakeBeta(Snake):
    """x + sin^2(a x) / b: the magnitude of the periodic part is learned on its own."""

    def __init__(self, channels: int, log_scale: bool = True) -> None:
        super().__init__(channels, log_scale)
        self.beta = nn.Parameter(self._start(channels))

    def factors(self) -> tuple[Tensor, Tensor]:
        """([C], [C]): the factor inside the sine, and the factor of its square."""
        return self._factor(self.alpha), 1 / (self._factor(self.beta) + TINY)


class AntiAliased(nn.Module):
    """An activation at twice the rate, between two low-pass filters, so that its harmonics do not
    alias. Padding replicates the samples at the ends.
    """

    low_pass: Tensor
    reach = TAPS // 2 - 1  # samples on either side that a sample depends on

    def __init__(self, snake: Snake) -> None:
        super().__init__()
        self.snake = snake
        self.register_buffer("low_pass", kaiser_sinc(), persistent=False)

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, C, T] -> [B, C, T]."""
        channels, half = len(self.snake.alpha), TAPS // 2
        kernel = self.low_pass.expand(channels, 1, TAPS).contiguous()
        padded = F.pad(hidden, (half - 1, half - 1), mode="replicate")
        doubled = 2 * F.conv_transpose1d(padded, kernel, stride=2, groups=channels)
        # without what the padding became: [B, C, 2 T + 30] -> [B, C, 2 T]
        active = self.snake(doubled[..., 3 * half - 3 : 3 - 3 * half])
        return F.conv1d(
            F.pad(active, (half - 1, half), mode="replicate"), kernel, stride=2, groups=channels
        )


def kaiser_sinc() -> Tensor:
    """[TAPS]: a sinc of `CUTOFF` in a Kaiser window for a transition of `TRANSITION`, of sum 1."""
    attenuation = 2.285 * (TAPS // 2 - 1) * math.pi * 4 * TRANSITION + 7.95  # dB
    # Kaiser's beta for more than 50 dB
    window = torch.kaiser_window(TAPS, periodic=False, beta=0.1102 * (attenuation - 8.7))
    times = torch.arange(TAPS) - (TAPS - 1) / 2
    taps = window * torch.sinc(2 * CUTOFF * times)
    return taps / taps.sum()
