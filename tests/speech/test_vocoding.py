"""Mels in a batch give the same waves as each alone; long ones use bounded memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.mel import MelSpectrogram
from recital.modules.signal.denoiser import Denoised
from recital.processors.speech import vocoding
from recital.processors.speech.vocoding import LoadedVocoder, check_mel, mel_chunks, vocode
from recital.utils.errors import DataError
from tests.conftest import ROOT
from tests.streaming_helpers import AUDIO, NoisyToy, ToyVocoder, random_mel


@pytest.mark.parametrize("make", [ToyVocoder, NoisyToy, lambda: Denoised(NoisyToy(), 0.3)])
@pytest.mark.parametrize("batch_size", [None, 1, 3, 16])
def test_a_batch_gives_what_each_alone_gives(make, batch_size: int | None) -> None:
    vocoder = make()
    lengths = [40, 3, 64, 64, 9, 41, 1, 8, 17]
    mels = [random_mel(n, seed) for seed, n in enumerate(lengths)]
    waves = vocode(vocoder, mels, batch_size)
    for mel, wav in zip(mels, waves, strict=True):
        torch.testing.assert_close(wav, vocoder.infer(mel[None])[0], rtol=0, atol=1e-5)


def test_long_mels_are_vocoded_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    vocoder = ToyVocoder()
    seen: list[int] = []

    def infer(mel: torch.Tensor) -> torch.Tensor:
        seen.append(mel.shape[-1])
        return ToyVocoder.infer(vocoder, mel)

    mels = [random_mel(n) for n in (2000, 1500, 30)]
    expected = [vocoder.infer(mel[None])[0] for mel in mels]
    monkeypatch.setattr(vocoder, "infer", infer)
    for wav, whole in zip(vocode(vocoder, mels, 3), expected, strict=True):
        torch.testing.assert_close(wav, whole, rtol=0, atol=1e-5)
    assert max(seen) <= vocoding.CHUNK_FRAMES + 2 * vocoder.context_frames


def test_a_loaded_vocoder() -> None:
    model = NoisyToy()
    vocoder = LoadedVocoder(model, denoising_strength=0.3)
    mel = random_mel(50)
    wav, rate = vocoder(mel.numpy())
    assert rate == AUDIO.sample_rate and wav.dtype == np.float32 and wav.shape == (50 * 16,)
    np.testing.assert_allclose(wav, vocoder.infer(mel[None])[0].numpy(), atol=1e-5)
    assert np.abs(wav - model.infer(mel[None])[0].numpy()).max() > 1e-3  # the denoiser is there
    pieces = list(vocoder.stream(mel.numpy()[:, i : i + 7] for i in range(0, 50, 7)))
    np.testing.assert_allclose(np.concatenate(pieces), wav, atol=1e-5)
    same = LoadedVocoder(model)
    assert same.model is model


@pytest.mark.parametrize("padding", ["center", "same"])
@pytest.mark.parametrize("n_samples", [400, 1999, 5000])
@pytest.mark.parametrize("chunk_frames", [1, 7, 500])
def test_the_mel_of_a_recording_in_chunks(padding: str, n_samples: int, chunk_frames: int) -> None:
    audio = AudioConfig(16000, 256, 256, 60, 20, 0.0, None, padding=padding)  # type: ignore[arg-type]
    spectrogram = MelSpectrogram(audio)
    wav = np.random.default_rng(0).normal(0, 0.1, n_samples).astype(np.float32)
    chunks = list(mel_chunks(wav, spectrogram, chunk_frames))
    whole = spectrogram(torch.from_numpy(wav)[None])[0]
    torch.testing.assert_close(torch.cat(chunks, dim=1), whole, rtol=0, atol=1e-4)
    assert max(c.shape[1] for c in chunks) <= chunk_frames


@pytest.mark.parametrize(
    ("mel", "said"),
    [
        (np.zeros((80, 5)), r"found \[80, 5\]"),
        (np.zeros((5, 10)), r"found \[5, 10\]; it looks transposed"),
        (np.zeros((1, 10, 5)), r"found \[1, 10, 5\]"),
        (np.zeros((10, 0)), r"expected \[10, frames\]"),
        (np.full((10, 5), np.nan), "finite"),
        (np.zeros((10, 5), np.int64), "floats, found torch.int64"),
    ],
)
def test_mels_that_cannot_be_spoken(mel: np.ndarray, said: str) -> None:
    with pytest.raises(DataError, match=said):
        check_mel(mel, 10)
    with pytest.raises(DataError, match=said):
        LoadedVocoder(ToyVocoder())(mel)
    if said.startswith("found"):
        with pytest.raises(DataError, match=said):
            list(LoadedVocoder(ToyVocoder()).stream([np.zeros((10, 2)), mel]))


AN_HOUR = """
import re, sys
from pathlib import Path
import numpy as np
from recital.processors.audio_files import save_stream
from recital.processors.speech.vocoding import LoadedVocoder
from tests.streaming_helpers import ToyVocoder
vocoder = LoadedVocoder(ToyVocoder())
for n_frames in (2000, 310000):
    mel = np.zeros((10, n_frames), np.float32)
    seconds = save_stream(sys.argv[1], vocoder.stream([mel]), 16000)
    assert abs(seconds - n_frames * 16 / 16000) < 1e-6, seconds
    peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
    print(int(peak[1]) // 1024)
"""


def test_memory_is_bounded_by_the_chunk_and_not_by_the_length(tmp_path: Path) -> None:
    """An hour of frames, in MB: its mel is 12, its wave 19, and one hidden layer 14.

    The peak is from /proc on Linux; `getrusage` would start with that of this process.
    """
    if not Path("/proc/self/status").exists():
        pytest.skip("needs /proc")
    done = subprocess.run(
        [sys.executable, "-c", AN_HOUR, str(tmp_path / "out.wav")],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    short, hour = map(int, done.stdout.split())
    assert hour - short < 12 + 8 and hour < 2048
