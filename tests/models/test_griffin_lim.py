"""Griffin-Lim returns a wave with the given mel, for every convention."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from recital.models.vocoder.griffin_lim import GriffinLim
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.mel import MelSpectrogram

TACOTRON = AudioConfig(22050, 1024, 1024, 256, 80, 0.0, 8000.0)
CONVENTIONS = {
    "tacotron": TACOTRON,
    "hifigan": AudioConfig(
        22050, 1024, 1024, 256, 80, 0.0, 8000.0, padding="same", power_floor=1e-9
    ),
    "base 10, htk": AudioConfig(
        16000, 512, 400, 160, 40, 0.0, None, log_base="10", mel_scale="htk", mel_norm="none"
    ),
    "hop that divides nothing": AudioConfig(24000, 1024, 1000, 300, 80, 0.0, 12000.0),
}


def vowel(audio: AudioConfig, seconds: float = 0.7) -> torch.Tensor:
    """Harmonics of a falling tone, [1, S]."""
    t = torch.arange(int(seconds * audio.sample_rate)) / audio.sample_rate
    f0 = 220 - 60 * t
    phase = 2 * torch.pi * torch.cumsum(f0, 0) / audio.sample_rate
    wav = sum(torch.sin(k * phase) / k for k in range(1, 20))
    return 0.2 * wav[None] * torch.sin(torch.pi * t / seconds)


@pytest.mark.parametrize("audio", CONVENTIONS.values(), ids=CONVENTIONS)
def test_the_mel_of_the_wave_is_the_mel(audio: AudioConfig) -> None:
    features = MelSpectrogram(audio)
    mel = features(vowel(audio))
    wav = GriffinLim(audio).infer(mel)
    assert wav.shape == (1, mel.shape[-1] * audio.hop_length)
    again = features(wav)[..., : mel.shape[-1]]
    n = again.shape[-1]
    natural = 1.0 if audio.log_base == "e" else np.log(10)
    loud = mel > mel.max() - 5 / natural
    error = (again - mel[..., :n]).abs()[loud[..., :n]].mean() * natural
    assert error < 0.25  # nepers; noise with the same band levels has 0.55


def test_iterations_make_it_more_consistent() -> None:
    mel = MelSpectrogram(TACOTRON)(vowel(TACOTRON))

    def error(n_iterations: int) -> float:
        vocoder = GriffinLim(TACOTRON, n_iterations=n_iterations)
        magnitude = vocoder.magnitude(mel)
        again = vocoder.mel.magnitude(vocoder.infer(mel))[..., : mel.shape[-1]]
        return float((again - magnitude).norm() / magnitude.norm())

    assert error(40) < 0.6 * error(1)


def test_magnitudes_are_non_negative_and_give_the_mel() -> None:
    vocoder = GriffinLim(TACOTRON)
    mel = MelSpectrogram(TACOTRON)(vowel(TACOTRON))
    magnitude = vocoder.magnitude(mel)
    assert magnitude.min() >= 0
    error = vocoder.mel.filters @ magnitude - mel.exp()
    assert error.norm() / mel.exp().norm() < 0.02


def test_silence_stays_silent() -> None:
    silence = torch.full((1, 80, 20), float(np.log(1e-5)))
    assert GriffinLim(TACOTRON).infer(silence).abs().max() < 1e-4


def test_the_same_mel_gives_the_same_wave_alone_or_in_a_batch() -> None:
    mel = MelSpectrogram(TACOTRON)(vowel(TACOTRON))
    vocoder = GriffinLim(TACOTRON, n_iterations=5)
    alone = vocoder.infer(mel)
    torch.manual_seed(7)  # nothing is drawn from the global state
    assert torch.equal(vocoder.infer(mel), alone)
    both = vocoder.infer(torch.cat([mel, mel - 1.0]))
    torch.testing.assert_close(both[:1], alone, rtol=0, atol=1e-5)


def test_a_single_frame_is_long_enough() -> None:
    assert GriffinLim(TACOTRON).infer(torch.zeros(1, 80, 1)).shape == (1, 256)
