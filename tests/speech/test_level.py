"""Loudness, and a voice made louder without clipping."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.model import Vocoder
from recital.modules.signal.gain import KNEE, TOP, Louder, louder
from recital.processors.loudness import loudness
from recital.processors.speech.level import SpeechConfig, at_level
from recital.utils.config import build_section
from recital.utils.errors import ConfigError

AUDIO = AudioConfig(
    sample_rate=22050, n_fft=64, win_length=64, hop_length=4, n_mels=2, f_min=0.0, f_max=8000.0
)


def sine(hz: float, seconds: float, sample_rate: int, peak: float = 1.0) -> np.ndarray:
    return peak * np.sin(2 * np.pi * hz * np.arange(round(seconds * sample_rate)) / sample_rate)


@pytest.mark.parametrize("sample_rate", [16000, 22050, 44100, 48000])
def test_a_sine_at_full_scale_is_at_the_norms_level(sample_rate: int) -> None:
    """BS.1770-4, annex 1: 997 Hz at full scale is -3.01 LUFS; half of it 6.02 less."""
    full = loudness(sine(997, 2, sample_rate), sample_rate)
    assert full == pytest.approx(-3.01, abs=0.05)
    half = loudness(sine(997, 2, sample_rate, 0.5), sample_rate)
    assert full - half == pytest.approx(20 * math.log10(2), abs=1e-3)


def test_low_tones_count_less_and_high_ones_more() -> None:
    """The norm's curve at 48 kHz: 4 dB at 10 kHz, 0.69 at 997 Hz, about -13.3 at 20 Hz."""
    middle = loudness(sine(997, 3, 48000), 48000)
    assert loudness(sine(20, 3, 48000), 48000) - middle == pytest.approx(-13.3 - 0.69, abs=0.2)
    assert loudness(sine(10000, 3, 48000), 48000) - middle == pytest.approx(4.0 - 0.69, abs=0.1)


def test_silence_is_gated() -> None:
    tone = sine(997, 6, 22050, 0.1)
    rests = np.concatenate([np.zeros(44100), tone, np.zeros(66150)])
    assert loudness(rests, 22050) == pytest.approx(loudness(tone, 22050), abs=0.25)
    assert loudness(np.zeros(22050), 22050) == -math.inf
    assert loudness(sine(997, 0.05, 22050), 22050) == pytest.approx(-3.0, abs=0.5)


def test_gain_is_exact_below_the_knee_and_bends_peaks_above() -> None:
    wav = torch.linspace(-3, 3, 2001)
    out = louder(wav, 6.0)
    gain = 10 ** (6.0 / 20)
    quiet = (wav * gain).abs() <= KNEE
    torch.testing.assert_close(out[quiet], wav[quiet] * gain)
    assert float(out.abs().max()) <= TOP + 1e-6
    assert bool((out.diff() >= 0).all()) and torch.equal(out, -louder(-wav, 6.0))
    # no corner at the knee: the slope is that of the gain on both sides
    edge = torch.tensor([KNEE - 1e-3, KNEE, KNEE + 1e-3])
    torch.testing.assert_close(louder(edge, 0.0), edge, rtol=0, atol=1e-5)


class Frames(Vocoder):
    """A wav that is the mel's first row, each value `hop_length` times."""

    audio = AUDIO
    context_frames = 0

    def infer(self, mel: Tensor) -> Tensor:
        return mel[:, 0].repeat_interleave(AUDIO.hop_length, dim=1)


def test_a_louder_voice_streams_as_the_whole() -> None:
    voice = Louder(Frames(), 12.0)
    mel = torch.randn(1, 2, 300)
    whole = voice.infer(mel)[0]
    pieces = torch.cat(list(voice.stream(mel[0].split(37, dim=1))))
    torch.testing.assert_close(pieces, whole, rtol=0, atol=0)
    torch.testing.assert_close(whole, louder(Frames().infer(mel)[0], 12.0))
    assert voice.name == "Frames"


def test_the_section_speech() -> None:
    vocoder = Frames()
    assert at_level(vocoder, SpeechConfig()) is vocoder
    assert isinstance(at_level(vocoder, SpeechConfig(gain_db=3.0)), Louder)
    with pytest.raises(ConfigError, match="speech.gain_db"):
        build_section(SpeechConfig, {"gain_db": 100}, "speech")
