"""The mel spectrogram compared with NVIDIA's and HiFi-GAN's numbers, and the rules of its
definition.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.mel import MelSpectrogram, mel_filters
from recital.utils.config import ROOT, build_section, load_config
from recital.utils.errors import ConfigError

PRESETS = sorted(p.stem for p in (ROOT / "config" / "audio").glob("*.json"))


def preset(name: str) -> AudioConfig:
    tree = load_config(ROOT / "config" / "audio" / f"{name}.json")
    return build_section(AudioConfig, tree["audio"], "audio")


def mel_of(samples: np.ndarray, audio: AudioConfig) -> np.ndarray:
    wav = torch.from_numpy(samples.astype(np.float32) / 32768.0)
    return MelSpectrogram(audio)(wav[None])[0].numpy()


def assert_near(found: np.ndarray, expected: np.ndarray) -> None:
    """Within 1e-4, relative; in the log domain relative to the range of values."""
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() < 1e-4 * np.abs(expected).max()


@pytest.mark.parametrize(
    ("name", "f_max", "key"),
    [
        ("tacotron_22k", 8000.0, "nvidia_tacotron_mel"),
        ("hifigan_22k", 8000.0, "nvidia_hifigan_mel"),
        ("hifigan_22k", None, "nvidia_hifigan_mel_fmax_none"),
        ("hifigan_22k", 8000.0, "jik876_mel"),
        ("hifigan_22k", None, "jik876_mel_fmax_none"),
    ],
)
def test_presets_are_the_references(shared: Path, name: str, f_max: float | None, key: str) -> None:
    vectors = np.load(shared / "vectors" / "mel_nvidia.npz")
    assert_near(mel_of(vectors["wav_int16"], replace(preset(name), f_max=f_max)), vectors[key])


def test_magnitude_and_energy_are_nvidias(shared: Path) -> None:
    vectors = np.load(shared / "vectors" / "mel_nvidia.npz")
    audio = preset("tacotron_22k")
    wav = torch.from_numpy(vectors["wav_int16"].astype(np.float32) / 32768.0)
    magnitude = MelSpectrogram(audio).magnitude(wav[None])[0, :, :20].numpy()
    assert_near(magnitude, vectors["nvidia_tacotron_magnitude_first20"])
    energy = np.linalg.norm(mel_of(vectors["wav_int16"], audio), axis=0)
    assert_near(energy, vectors["energy"])


@pytest.mark.parametrize("f_max", [8000, 7000])
def test_front_end_of_tacotron(shared: Path, f_max: int) -> None:
    vectors = np.load(shared / "vectors" / "frontend_tacotron.npz")
    audio = replace(preset("tacotron_22k"), f_max=float(f_max))
    assert_near(mel_of(vectors["audio_int16"], audio), vectors[f"mel_fmax{f_max}"])
    wav = torch.from_numpy(vectors["audio_int16"].astype(np.float32) / 32768.0)
    assert_near(MelSpectrogram(audio).magnitude(wav[None])[0].numpy(), vectors["stft_mag"])


def test_filter_bank_is_librosas(shared: Path) -> None:
    expected = np.load(shared / "vectors" / "mel_nvidia.npz")["mel_basis_80_513_fmax8000"]
    np.testing.assert_allclose(mel_filters(preset("tacotron_22k")), expected, rtol=1e-4, atol=1e-9)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_counts_and_centres_its_frames(name: str) -> None:
    """A click is loudest in the frame centered on it."""
    audio = preset(name)
    for extra in (0, 1, audio.hop_length - 1):
        n_samples = 20 * audio.hop_length + extra
        frame = 10
        wav = torch.zeros(1, n_samples)
        wav[0, round(audio.first_center) + frame * audio.hop_length] = 1.0
        mel = MelSpectrogram(audio)(wav)
        assert mel.shape == (1, audio.n_mels, audio.n_frames(n_samples))
        assert int(mel.mean(1).argmax()) == frame


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hop_length", 0),
        ("hop_length", 2048),
        ("win_length", 2048),
        ("f_max", 12000.0),
        ("f_max", -1.0),
        ("f_min", 11025.0),
        ("n_mels", 0),
        ("n_mels", 600),
        ("log_floor", 0.0),
        ("power_floor", -1.0),
    ],
)
def test_impossible_settings_are_refused(field: str, value: float) -> None:
    named = (
        "f_max: 8000.0" if field == "f_min" else f"{field}: {value}"
    )  # the combination is invalid
    with pytest.raises(ConfigError, match=rf"^audio\.{named} is invalid"):
        replace(preset("tacotron_22k"), **{field: value})


def test_mismatch_is_a_table_of_the_differing_fields() -> None:
    tacotron, hifigan = preset("tacotron_22k"), preset("hifigan_22k")
    with pytest.raises(ConfigError) as caught:
        tacotron.require_same(replace(hifigan, hop_length=300), "voice", "vocoder")
    lines = str(caught.value).splitlines()
    assert lines[1].split() == ["field", "voice", "vocoder"]
    rows = {tuple(line.split()) for line in lines[2:]}
    assert rows == {
        ("hop_length", "256", "300"),
        ("padding", "center", "same"),
        ("power_floor", "0.0", "1e-09"),
    }
    tacotron.require_same(tacotron, "voice", "vocoder")
    full = replace(tacotron, f_max=None)
    full.require_same(replace(full, f_max=11025.0), "voice", "vocoder")
