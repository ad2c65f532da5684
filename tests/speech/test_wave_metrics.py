"""Distances of waves, compared with hand-worked values."""

from __future__ import annotations

import importlib.util
import logging
import math

import numpy as np
import pytest

from recital.modules.contract.audio import AudioConfig
from recital.processors.evaluation import waves as metrics
from recital.processors.evaluation.waves import (
    compare_pitch,
    pesq_score,
    stft_distance,
    wave_metrics,
)

AUDIO = AudioConfig(22050, 1024, 1024, 256, 80, 0.0, 8000.0)
RNG = np.random.default_rng(0)


def tone(f0: float, seconds: float = 0.6, rate: int = 22050) -> np.ndarray:
    """A voice-like wave of ten harmonics."""
    t = np.arange(int(seconds * rate)) / rate
    return sum(0.2 / k * np.sin(2 * np.pi * k * f0 * t) for k in range(1, 11)).astype(np.float32)


def test_visqol_of_a_copy_and_of_noise() -> None:
    pytest.importorskip("visqol")
    from recital.processors.evaluation.waves import visqol_score

    time = np.arange(2 * 16000) / 16000
    wav = 0.3 * np.sin(2 * np.pi * 200 * time) * (np.sin(2 * np.pi * 3 * time) > 0)
    wav = (wav + 0.1 * np.sin(2 * np.pi * 1700 * time)).astype(np.float32)
    noise = np.random.default_rng(0).normal(0, 0.05, len(wav)).astype(np.float32)
    assert visqol_score(wav, wav, 16000) == pytest.approx(5.0, abs=0.01)
    assert visqol_score(wav + noise, wav, 16000) < 4.0
    assert math.isnan(visqol_score(wav[:100], wav[:100], 16000))
    assert math.isnan(visqol_score(0 * wav, wav, 16000))


def test_a_recording_is_at_no_distance_from_itself() -> None:
    found = wave_metrics(tone(150.0), tone(150.0), AUDIO)
    assert found["mel_l1"] == 0.0 and found["stft_distance"] == 0.0
    assert found["log_f0_rmse"] == 0.0 and found["voicing_f1"] == 1.0


def test_half_as_loud_is_ln_2_away() -> None:
    """Every bin above the floor of the logarithm changes by ln 2, and convergence is 1/2."""
    noise = (0.3 * RNG.standard_normal(22050)).astype(np.float32)
    assert wave_metrics(noise / 2, noise, AUDIO)["mel_l1"] == pytest.approx(math.log(2), rel=1e-5)
    assert stft_distance(noise / 2, noise) == pytest.approx(0.5 + math.log(2), rel=1e-4)


def test_a_semitone_is_ln_2_over_12_of_log_f0() -> None:
    found = wave_metrics(tone(150.0 * 2 ** (1 / 12)), tone(150.0), AUDIO)
    assert found["log_f0_rmse"] == pytest.approx(math.log(2) / 12, rel=0.02)


def test_pitch_by_hand() -> None:
    recorded = np.array([100, 100, 200, 0, 0, 150], np.float32)
    made = np.array([110, 100, 0, 0, 90, 150], np.float32)
    found = compare_pitch(recorded, made)
    # voiced in both: 3 frames, of which one is off by ln 1.1; 3 hits, 1 missed, 1 too many
    assert found["log_f0_rmse"] == pytest.approx(math.log(1.1) / math.sqrt(3), rel=1e-6)
    assert found["voicing_f1"] == pytest.approx(2 * 3 / (2 * 3 + 1 + 1))
    expected = np.corrcoef(np.log([100.0, 100.0, 150.0]), np.log([110.0, 100.0, 150.0]))[0, 1]
    assert found["log_f0_correlation"] == pytest.approx(expected, rel=1e-6)


def test_what_cannot_be_measured_is_left_out() -> None:
    silence = np.zeros(22050, np.float32)
    assert set(wave_metrics(silence, silence, AUDIO)) == {"mel_l1"}
    noise = (0.1 * RNG.standard_normal(400)).astype(np.float32)
    assert wave_metrics(noise, noise, AUDIO) == {}  # too short for a frame
    assert math.isnan(stft_distance(noise, noise))


def test_the_longer_wave_is_cut() -> None:
    wav = tone(150.0)
    assert wave_metrics(np.pad(wav, (0, 3000), constant_values=0.5), wav, AUDIO)["mel_l1"] == 0.0


def test_a_missing_library_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    metrics._say_without_pesq.cache_clear()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert math.isnan(pesq_score(tone(150.0), tone(150.0), 22050))
        assert not caplog.records  # stage 4 lists what is missing
        for _ in range(3):
            assert "pesq" not in wave_metrics(tone(150.0), tone(150.0), AUDIO)
    assert len(caplog.records) == 1
    metrics._say_without_pesq.cache_clear()


def test_pesq_of_a_perfect_copy_is_its_greatest() -> None:
    pytest.importorskip("pesq")
    wav = tone(150.0, 2.0) * np.repeat(np.r_[0.1, 1.0, 0.3, 1.0], 11025).astype(np.float32)
    noisy = wav + (0.05 * RNG.standard_normal(len(wav))).astype(np.float32)
    assert pesq_score(wav, wav, 22050) == pytest.approx(4.644, abs=0.01)
    assert 1.0 <= pesq_score(noisy, wav, 22050) < 4.0
    assert pesq_score(wav, wav, 8000) == pytest.approx(4.549, abs=0.01)  # narrow band
    assert math.isnan(pesq_score(np.zeros_like(wav), np.zeros_like(wav), 22050))
