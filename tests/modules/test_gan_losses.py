"""Losses of generators and discriminators, worked by hand; and the discriminators."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from recital.modules.losses.adversarial import LOSSES, Judgement, feature_matching
from recital.modules.losses.discriminators import Discriminators
from recital.modules.losses.stft_loss import (
    FLOOR,
    Magnitude,
    MultiResolutionStft,
    log_magnitude,
    spectral_convergence,
)
from recital.utils.errors import ConfigError


@pytest.mark.parametrize(
    ("game", "real", "fake", "fool"),
    [
        # scores 2, -0.5, 0: (1 + 2.25 + 1) / 3, (4 + 0.25 + 0) / 3
        ("lsgan", 4.25 / 3, 4.25 / 3, 4.25 / 3),
        # max(0, 1 - d) = 0, 1.5, 1; max(0, 1 + d) = 3, 0.5, 1
        ("hinge", 2.5 / 3, 4.5 / 3, 2.5 / 3),
    ],
)
def test_the_games_by_hand(game: str, real: float, fake: float, fool: float) -> None:
    scores = torch.tensor([[2.0], [-0.5], [0.0]])
    sides = LOSSES[game]
    assert sides.real(scores).item() == pytest.approx(real)
    assert sides.fake(scores).item() == pytest.approx(fake)
    assert sides.fool(scores).item() == pytest.approx(fool)


def test_feature_matching_sums_layers_and_judges() -> None:
    def judgement(*values: float) -> Judgement:
        features = [torch.full((2, 3), v, requires_grad=True) for v in values]
        return Judgement(features[-1], features)

    real = [judgement(1.0, 2.0), judgement(0.0)]
    fake = [judgement(1.5, 0.0), judgement(-4.0)]
    loss = feature_matching(real, fake)
    assert loss.item() == pytest.approx(0.5 + 2.0 + 4.0)
    loss.backward()
    assert fake[0].features[0].grad is not None and real[0].features[0].grad is None


def test_spectral_convergence_and_log_magnitude_by_hand() -> None:
    """Parallel WaveGAN's eq. 4 and 5, per recording."""
    theirs = torch.tensor([[[3.0, 4.0]], [[1.0, 1.0]]])  # [B, F, T]
    mine = torch.tensor([[[3.0, 1.0]], [[math.e, 1.0]]])
    expected = [3.0 / 5.0, (math.e - 1) / math.sqrt(2)]
    assert spectral_convergence(mine, theirs).tolist() == pytest.approx(expected)
    assert log_magnitude(mine, theirs).tolist() == pytest.approx([math.log(4) / 2, 0.5])


def test_magnitude_is_numpy_s() -> None:
    wav = torch.randn(1, 300)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(48) / 48)
    padded = np.pad(wav[0].numpy(), 32, mode="reflect")
    for t, frame in enumerate(Magnitude(64, 20, 48)(wav)[0].T):
        part = padded[20 * t + 8 : 20 * t + 56] * window  # a window shorter than the FFT is centred
        expected = np.abs(np.fft.rfft(part, 64))
        np.testing.assert_allclose(frame, np.maximum(expected, FLOOR), rtol=1e-4, atol=1e-5)


def test_the_stft_distance() -> None:
    """0 for equal waves, a known value for a louder copy, per recording, and a gradient at digital
    silence.
    """
    distance = MultiResolutionStft([(64, 16, 64), (128, 20, 100)])
    wav = torch.randn(2, 512)
    assert distance(wav, wav).tolist() == [0.0, 0.0]
    louder = torch.stack([1.5 * wav[0], wav[1]])
    assert distance(louder, wav).tolist() == pytest.approx([0.5 + math.log(1.5), 0.0], abs=1e-5)
    silent = torch.zeros(1, 512, requires_grad=True)
    distance(silent, wav[:1]).sum().backward()
    assert silent.grad is not None and silent.grad.isfinite().all()


SMALL = {
    "mpd": {"periods": [2, 5], "channels": 2},
    "msd": {"n_scales": 3, "channels": 16},
    "mrd": {"resolutions": [[64, 16, 64], [128, 20, 100]], "channels": 4},
}


def test_discriminators_judge_each_wave_by_itself() -> None:
    net = Discriminators(SMALL).eval()
    wav = torch.randn(3, 997)
    both = net(wav)
    assert {name: len(judged) for name, judged in both.items()} == {"mpd": 2, "msd": 3, "mrd": 2}
    assert [len(j.features) for judged in both.values() for j in judged] == [6, 6, 8, 8, 8, 6, 6]
    for name, judged in net(wav[1:2]).items():
        for alone, together in zip(judged, both[name], strict=True):
            assert together.scores.shape[0] == 3 and together.scores.shape[1] == 1
            torch.testing.assert_close(alone.scores, together.scores[1:2], rtol=1e-4, atol=1e-5)
            assert together.features[-1] is together.scores


def test_the_period_discriminator_by_hand() -> None:
    """Section 2.3: rows of one period, each column convolved separately."""
    sub = Discriminators({"mpd": {"periods": [3], "channels": 2}}).parts["mpd"].subs[0]
    wav = torch.randn(1, 50)
    x = F.pad(wav, (0, 1), mode="reflect").view(17, 3)  # 51 samples
    for column, scores in enumerate(sub(wav).scores[0, 0].T):
        h: Any = x[:, column].view(1, 1, -1)
        for layer, stride in zip(sub.layers, (3, 3, 3, 3, 1), strict=True):
            h = F.leaky_relu(F.conv1d(h, layer.weight[..., 0], layer.bias, stride, padding=2), 0.1)
        expected = F.conv1d(h, sub.out.weight[..., 0], sub.out.bias, padding=1)[0, 0]
        torch.testing.assert_close(scores, expected, rtol=1e-4, atol=1e-6)


def test_published_sizes() -> None:
    """jik876's sizes: 41.1 and 29.6 million weights; UnivNet's has three spectrograms."""
    net = Discriminators({"mpd": {}, "msd": {}, "mrd": {}})
    counts = {n: sum(p.numel() for p in part.parameters()) for n, part in net.parts.items()}
    assert counts["mpd"] == pytest.approx(41.1e6, rel=0.01)
    assert counts["msd"] == pytest.approx(29.6e6, rel=0.01)
    assert len(net.parts["mrd"].subs) == 3


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"mpdd": {}}, r"discriminators.mpdd: no such discriminator; did you mean 'mpd'\?"),
        ({"mpd": {"period": [2]}}, "mpd.period: no such key; did you mean 'periods'"),
        ({"mpd": {"weight": 0}}, "mpd.weight: expected a number above 0, found 0"),
        ({"msd": {"channels": 20}}, "msd.channels: expected a multiple of 16, found 20"),
    ],
)
def test_a_wrong_part_is_one_line(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Discriminators(parts)
