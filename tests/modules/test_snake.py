"""The anti-aliased activation: its equations, and its fast form compared with the plain one."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from recital.modules.fast.channels_last import image
from recital.modules.fast.polyphase import Polyphase
from recital.modules.fast.polyphase_cpu import PIECE
from recital.modules.layers.snake import AntiAliased, Snake, SnakeBeta, kaiser_sinc


def random_snake(kind: type[Snake], channels: int, log_scale: bool = True) -> Snake:
    torch.manual_seed(0)
    snake = kind(channels, log_scale)
    for weight in snake.parameters():
        nn.init.uniform_(weight, 0.3, 1.2)
    return snake


@pytest.mark.parametrize("log_scale", [True, False])
def test_the_equations(log_scale: bool) -> None:
    """Section 3.2 of the paper; initially a factor is 1 on either scale."""
    hidden = torch.tensor([[[0.7, -1.3]]])
    start = hidden + hidden.sin().square()
    for kind in (Snake, SnakeBeta):
        torch.testing.assert_close(kind(1, log_scale)(hidden), start)
    snake = SnakeBeta(1, log_scale)
    a, b = 3.0, 0.5
    with torch.no_grad():
        snake.alpha.fill_(math.log(a) if log_scale else a)
        snake.beta.fill_(math.log(b) if log_scale else b)
    torch.testing.assert_close(snake(hidden), hidden + (a * hidden).sin().square() / b)


def test_the_filter_passes_what_is_low() -> None:
    taps = kaiser_sinc()
    torch.testing.assert_close(taps, taps.flip(0))
    gains = torch.fft.rfft(taps, 1200).abs()  # 0 to 0.5 cycles per sample
    assert abs(float(gains[0]) - 1) < 1e-6
    assert float(gains[:120].min()) > 0.95 and float(gains[480:].max()) < 0.01


def test_a_harmonic_beyond_half_the_rate_folds_back_less() -> None:
    """sin^2 of 0.4 cycles per sample has 0.8, aliased to 0.2; the 12-tap filter is not steep."""
    hidden = torch.sin(2 * math.pi * 0.4 * torch.arange(1000))[None, None]
    snake = Snake(1)
    spectra = [
        torch.fft.rfft(x[0, 0].detach()).abs() for x in (snake(hidden), AntiAliased(snake)(hidden))
    ]
    plain, filtered = (float(spectrum[200]) for spectrum in spectra)
    assert filtered < 0.5 * plain


@pytest.mark.parametrize("kind", [Snake, SnakeBeta])
@pytest.mark.parametrize("n_items", [1, 3])
@pytest.mark.parametrize("n_samples", [1, 2, 5, 23, 24, 25, 27, 48, 4000])
def test_the_fast_form_is_the_plain_one(kind: type[Snake], n_items: int, n_samples: int) -> None:
    """In one piece and in several, the last as short as one sample."""
    channels = PIECE // 24 if n_samples < 100 else 64  # pieces of 24 samples, and of 256
    plain = AntiAliased(random_snake(kind, channels))
    hidden = torch.randn(n_items, channels, n_samples)
    with torch.no_grad():
        fast = Polyphase(plain)(image(hidden))[:, :, 0]
        torch.testing.assert_close(fast, plain(hidden), rtol=1e-5, atol=1e-5)
