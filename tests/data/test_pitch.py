"""Pitch is on the mel's frames: as many, and centered on the same samples, for every tracker, rate,
hop and padding.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from recital.modules.contract.audio import AudioConfig
from recital.processors.audio_files import load_wav
from recital.processors.features import PitchConfig
from recital.processors.pitch import METHODS, estimate_pitch
from recital.utils.errors import RecitalError

PACKAGES = {
    "praat": "torch",
    "parselmouth": "parselmouth",
    "dio": "pyworld",
    "harvest": "pyworld",
    "pyin": "librosa",
}
GRIDS = {  # sample rate, n_fft, hop
    "22k": (22050, 1024, 256),
    "24k": (24000, 1200, 300),
    "16k": (16000, 800, 200),
    "44k": (44100, 2048, 441),
    "odd": (22050, 1023, 221),
}
OCTAVES_PER_SECOND = 1.0


def audio_config(grid: str, padding: str) -> AudioConfig:
    rate, n_fft, hop = GRIDS[grid]
    return AudioConfig(rate, n_fft, n_fft, hop, 40, 0.0, None, padding=padding)  # type: ignore[arg-type]


def chirp(rate: int, seconds: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """A voice-like tone whose F0 rises an octave a second from 110 Hz: wav [S], and F0 at each
    sample [S].
    """
    times = np.arange(round(seconds * rate)) / rate
    f0 = 110.0 * 2.0 ** (OCTAVES_PER_SECOND * times)
    phase = 2 * np.pi * np.cumsum(f0) / rate
    wav = sum(np.sin(k * phase) / k for k in range(1, 11))
    return (0.2 * wav).astype(np.float32), f0


def installed(method: str) -> None:
    if importlib.util.find_spec(PACKAGES[method]) is None:
        pytest.skip(f"{PACKAGES[method]} is not installed")


CASES = [("praat", grid, p) for grid in GRIDS for p in ("center", "same")]
CASES += [("parselmouth", grid, p) for grid in ("22k", "odd") for p in ("center", "same")]
CASES += [("dio", grid, "same") for grid in GRIDS] + [("dio", "22k", "center")]
CASES += [(m, "22k", p) for m in ("harvest", "pyin") for p in ("center", "same")]
CASES += [("harvest", "odd", "same"), ("pyin", "odd", "same")]


@pytest.mark.parametrize(("method", "grid", "padding"), CASES)
def test_chirp_is_followed_on_the_mel_frames(method: str, grid: str, padding: str) -> None:
    installed(method)
    audio = audio_config(grid, padding)
    wav, f0 = chirp(audio.sample_rate)
    pitch = estimate_pitch(wav, audio, PitchConfig(method=method))  # type: ignore[arg-type]
    assert pitch.shape == (audio.n_frames(len(wav)),)
    assert pitch.dtype == np.float32
    centers = audio.first_center + np.arange(len(pitch)) * audio.hop_length  # samples
    inner = (centers > 0.1 * len(wav)) & (centers < 0.9 * len(wav))
    assert (pitch[inner] > 0).all()
    true = np.interp(centers[inner], np.arange(len(wav)), f0)
    assert np.abs(pitch[inner] / true - 1).max() < 0.01
    late = (
        np.median(np.log2(pitch[inner] / true)) / OCTAVES_PER_SECOND
    )  # s; the chirp turns time into pitch
    assert abs(late) < 0.5 * audio.hop_length / audio.sample_rate


@pytest.mark.parametrize("method", list(METHODS))
@pytest.mark.parametrize("extra", [0, 1, 128, 255])
def test_frame_count_is_the_mels_at_any_length(method: str, extra: int) -> None:
    installed(method)
    for padding in ("center", "same"):
        audio = audio_config("22k", padding)
        wav = chirp(22050, 0.2)[0][: 4096 + extra]
        config = PitchConfig(method=method, f_min=100.0)  # type: ignore[arg-type]
        assert len(estimate_pitch(wav, audio, config)) == audio.n_frames(len(wav))


def test_any_length_rate_and_floor_will_do() -> None:
    rng = np.random.default_rng(0)
    for _ in range(40):
        rate = int(rng.integers(8000, 48001))
        hop = int(rng.integers(rate // 400, rate // 50))
        n_fft = hop * int(rng.integers(2, 6))
        padding = str(rng.choice(["center", "same"]))
        audio = AudioConfig(rate, n_fft, n_fft, hop, 8, 0.0, None, padding=padding)  # type: ignore[arg-type]
        wav = rng.normal(0, 0.1, int(rng.integers(audio.pad + 1, rate))).astype(np.float32)
        config = PitchConfig(f_min=float(rng.uniform(40, 100)))
        pitch = estimate_pitch(wav, audio, config)
        assert len(pitch) == audio.n_frames(len(wav))
        assert ((pitch == 0) | (pitch > 0.95 * config.f_min)).all() and (pitch < config.f_max).all()


@pytest.mark.parametrize("padding", ["center", "same"])
@pytest.mark.parametrize(("f_min", "f_max"), [(65.0, 600.0), (75.0, 400.0)])
def test_autocorrelation_is_praats(
    recordings: Path, padding: str, f_min: float, f_max: float
) -> None:
    installed("parselmouth")
    audio, config = audio_config("22k", padding), PitchConfig("praat", f_min, f_max)
    praat = PitchConfig("parselmouth", f_min, f_max)
    paths = sorted((recordings / "ljspeech_mini/wavs").iterdir())[:5]
    paths += sorted((recordings / "kathleen/wavs").iterdir())[::400]
    ours, theirs = [], []
    for path in paths:
        wav = load_wav(path, audio.sample_rate)
        ours.append(estimate_pitch(wav, audio, config))
        theirs.append(estimate_pitch(wav, audio, praat))
        assert len(ours[-1]) == len(theirs[-1])
    found, expected = np.concatenate(ours), np.concatenate(theirs)
    assert np.mean((found > 0) == (expected > 0)) > 0.998
    voiced = (found > 0) & (expected > 0)
    error = np.abs(found[voiced] / expected[voiced] - 1)
    assert voiced.mean() > 0.4
    assert np.median(error) < 1e-4
    assert np.mean(error < 2e-3) > 0.998


@pytest.mark.parametrize("method", list(METHODS))
def test_silence_has_no_pitch(method: str) -> None:
    installed(method)
    audio = audio_config("22k", "center")
    pitch = estimate_pitch(np.zeros(8192, np.float32), audio, PitchConfig(method=method))  # type: ignore[arg-type]
    assert not pitch.any()


def test_pyin_is_nvidias(shared: Path) -> None:
    """NVIDIA's estimate_pitch: pYIN from C2 to C7 in frames of 1024; librosa 0.11 pads with zeros,
    as we do.
    """
    installed("pyin")
    expected = np.nan_to_num(np.load(shared / "vectors" / "pitch.npz")["pyin_f0_raw"])
    samples = np.load(shared / "vectors" / "mel_nvidia.npz")["wav_int16"][:30000]  # it is slow
    audio = AudioConfig(22050, 1024, 1024, 256, 80, 0.0, 8000.0)
    config = PitchConfig("pyin", 65.40639132514966, 2093.004522404789)
    pitch = estimate_pitch(samples.astype(np.float32) / 32768.0, audio, config)
    whole = audio.n_frames(len(samples)) - 20  # the path is decoded from the end
    assert (expected[:whole] > 0).sum() > 30
    np.testing.assert_allclose(pitch[:whole], expected[:whole], rtol=1e-4)


def test_missing_package_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyworld", None)
    wav = chirp(22050, 0.3)[0]
    with pytest.raises(RecitalError, match="harvest needs the package pyworld.*pip install"):
        estimate_pitch(wav, audio_config("22k", "center"), PitchConfig(method="harvest"))
    assert estimate_pitch(wav, audio_config("22k", "center"), PitchConfig()).any()
