"""The constant-Q transform, and the discriminator on it."""

from __future__ import annotations

import math

import pytest
import torch

from recital.modules.losses.discriminators import Discriminators
from recital.modules.signal.constant_q import ConstantQ
from recital.utils.errors import ConfigError


@pytest.mark.parametrize("bin_number", [0, 7, 30, 41, 58])
def test_a_tone_is_found_at_its_bin(bin_number: int) -> None:
    """With its amplitude; whatever the octave."""
    transform = ConstantQ(hop_length=32, n_octaves=5, bins_per_octave=12)
    frequency = 0.5 * 2 ** ((bin_number - 60) / 12)  # cycles a sample
    wav = 0.6 * torch.cos(2 * math.pi * frequency * torch.arange(8192.0))[None]
    parts = transform(wav)
    assert parts.shape == (1, 2, 60, 1 + 8192 // 32)
    middle = parts[0, :, :, 100:150].square().sum(0).sqrt().mean(1)  # [bins]
    assert int(middle.argmax()) == bin_number
    assert float(middle[bin_number]) == pytest.approx(0.3, rel=0.06)  # of a cosine, half
    far = [i for i in range(60) if abs(i - bin_number) > 3]
    assert float(middle[far].max()) < 0.02


@pytest.mark.parametrize("n_samples", [2048, 2049, 5000])
def test_the_discriminator_judges_and_passes_gradients(n_samples: int) -> None:
    torch.manual_seed(0)
    part = {
        "hop_lengths": [64, 32],
        "n_octaves": [4, 5],
        "bins_per_octave": [12, 16],
        "channels": 4,
    }
    judges = Discriminators({"cqt": part})
    wav = torch.randn(2, n_samples, requires_grad=True)
    first, second = judges(wav)["cqt"]
    assert first.scores.shape == (2, 1, 1 + n_samples // 64, 6)  # 48 bins, halved three times
    assert second.scores.shape == (2, 1, 1 + n_samples // 32, 10)
    assert len(first.features) == 6
    (first.scores.sum() + second.scores.sum()).backward()
    assert wav.grad is not None and bool(wav.grad.isfinite().all()) and bool(wav.grad.any())
    assert all(p.grad is not None for p in judges.parameters())


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ConfigError, match="100 cannot be halved 3 times"):
        ConstantQ(100, 4, 12)
    with pytest.raises(ConfigError, match="a number for each transform"):
        Discriminators({"cqt": {"hop_lengths": [64]}})
