"""MelGAN, iSTFTNet, MB-iSTFT and NSF-HiFiGAN: sizes, filter bank, short mels, and the F0 heard."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from vocoder_helpers import AUDIO, GENERATOR, WEIGHTS

from recital.models import build
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.batch import Batch
from recital.modules.contract.mel import MelSpectrogram
from recital.modules.layers.reflection import reflect
from recital.modules.signal.pqmf import PqmfSynthesis, pqmf_filters
from recital.utils.config import load_config
from recital.utils.errors import ConfigError

STEPS = 120  # of training on tones; at 60 it depends on the rounding of the machine
# millions of parameters of the generators; MelGAN's and MB-MelGAN's as published
MILLIONS = {"melgan": 4.26, "melgan_multi_band": 2.53, "istftnet": 13.25, "mb_istft": 3.4}


@pytest.mark.parametrize("name", MILLIONS)
def test_the_presets_have_the_published_sizes(name: str) -> None:
    with torch.device("meta"):
        model = build(load_config(f"config/vocoder/{name}.json"), training=False)
    n_weights = sum(
        p.numel() for n, p in model.named_parameters() if not n.endswith("weight.original0")
    )
    assert n_weights / 1e6 == pytest.approx(MILLIONS[name], abs=0.01 + 0.02 * MILLIONS[name])


@pytest.mark.parametrize("n", [1, 2, 3, 8])
def test_reflection_continues_where_torch_s_ends(n: int) -> None:
    hidden = torch.arange(float(n))[None, None]
    expected = np.pad(hidden[0].numpy(), ((0, 0), (5, 3)), mode="reflect" if n > 1 else "edge")
    np.testing.assert_array_equal(reflect(hidden, 5, 3)[0].numpy(), expected)
    np.testing.assert_array_equal(reflect(hidden[:, :, None], 5, 3)[0, 0].numpy(), expected)


def test_sub_bands_join_to_the_wave_they_came_from() -> None:
    """Analysis and synthesis together are a delay of 0, nearly exactly."""
    wav = torch.randn(1, 1, 4000)
    filters = pqmf_filters(4, 62, 0.142, 9.0, "analysis")[:, None]
    bands = torch.nn.functional.conv1d(wav, filters, padding=31, stride=4)
    error = (PqmfSynthesis(4)(bands) - wav)[..., 100:-100].square().mean()
    assert 10 * (error / wav.square().mean()).log10() < -40  # dB


def tiny(name: str, **model: Any) -> Any:
    torch.manual_seed(0)
    return build({"model_type": name, "audio": AUDIO, "model": model}).eval()


@pytest.mark.parametrize(
    ("name", "generator", "message"),
    [
        ("MelGAN", {"upsample_rates": [8, 2], "n_bands": 4}, "times n_bands 4 multiply to 64"),
        ("ISTFTNet", {**GENERATOR, "n_fft": 4}, "samples a frame, multiply to 128"),
        ("ISTFTNet", {**GENERATOR, "upsample_rates": [4, 2], "n_fft": 7}, "n_fft: expected"),
    ],
)
def test_values_that_do_not_match_are_refused(
    name: str, generator: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        tiny(name, generator=generator)


def test_the_input_is_normalised_by_band() -> None:
    mean, std = [float(i) for i in range(10)], [1.0 + i for i in range(10)]
    plain = tiny("MelGAN", generator={"channels": 16, "upsample_rates": [8, 4]})
    normal = tiny(
        "MelGAN",
        generator={"channels": 16, "upsample_rates": [8, 4]},
        mel_mean=mean,
        mel_std=std,
    )
    mel = torch.randn(1, 10, 9)
    columns = torch.tensor(std)[:, None], torch.tensor(mean)[:, None]
    torch.testing.assert_close(normal.infer(mel * columns[0] + columns[1]), plain.infer(mel))
    with pytest.raises(ConfigError, match="mel_mean: expected 10 numbers"):
        tiny("MelGAN", generator={"channels": 16, "upsample_rates": [8, 4]}, mel_mean=[0.0])


def share_at_harmonics(wav: torch.Tensor, f0: float, sample_rate: int) -> float:
    """The share of the power above 100 Hz within 15 Hz of multiples of F0."""
    power = torch.fft.rfft(wav * torch.hann_window(len(wav))).abs().square()
    hertz = torch.fft.rfftfreq(len(wav), 1 / sample_rate)
    off = (hertz - f0 * (hertz / f0).round()).abs()
    heard = hertz > 100
    return float(power[heard & (off < 15)].sum() / power[heard].sum())


SUNG = {**AUDIO, "n_fft": 512, "win_length": 512, "hop_length": 128, "n_mels": 4}


def tones(f0: torch.Tensor, n_frames: int) -> Batch:
    """Waves of eight harmonics of F0 [B] (Hz), and mels of so few bands that they hide it."""
    samples = torch.arange(n_frames * SUNG["hop_length"]) / SUNG["sample_rate"]
    turns = f0[:, None] * samples + torch.rand(len(f0), 1)
    wav = sum(0.1 * torch.sin(2 * torch.pi * k * turns) for k in range(1, 9))
    mel = MelSpectrogram(AudioConfig(**SUNG))(wav)[..., :n_frames]
    return Batch(ids=[""] * len(f0), mel=mel, wav=wav, pitch=f0[:, None].expand(-1, n_frames))


def test_the_f0_given_is_the_f0_heard() -> None:
    """After some training on tones: at F0s of the training, and half an octave beyond."""
    torch.manual_seed(0)
    stages = {"upsample_rates": [8, 4, 4], "upsample_kernel_sizes": [16, 8, 8]}
    section = {**GENERATOR, **stages, "channels": 32, "tracker_channels": 16, "f_max": 800.0}
    parts = {"generator": section, "stft_resolutions": [[512, 128, 512], [1024, 256, 1024]]}
    model = build({"model_type": "NSFHiFiGAN", "audio": SUNG, "model": parts})
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    weights = {**WEIGHTS, "stft": 20.0, "pitch": 1.0, "voicing": 1.0}
    for _ in range(STEPS):
        ((_, terms),) = model.step(tones(150 + 250 * torch.rand(4), 16))
        optimizer.zero_grad()
        sum(weights[name] * term for name, term in terms.items()).backward()
        optimizer.step()
    model.eval()
    mel = tones(torch.tensor([250.0]), 40).mel
    for given in (160.0, 230.0, 390.0, 600.0):
        wav = model.infer(mel, f0=torch.full((1, 40), given))[0]
        assert share_at_harmonics(wav, given, 16000) > 0.8
        assert share_at_harmonics(wav, 1.3 * given, 16000) < 0.4
    unvoiced = model.infer(mel, f0=torch.zeros(1, 40))[0]
    assert unvoiced.std() < 0.7 * wav.std()
