"""Short-time Fourier transforms and their inverse, by hand and against torch's own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from recital.modules.signal.stft import InverseStft, Stft, hann_window, overlap_add, power
from recital.utils.config import ROOT


@pytest.mark.parametrize("win_length", [128, 96, 61])
@pytest.mark.parametrize("pad", [0, 48, 64])
def test_spectra_are_those_of_torch(win_length: int, pad: int) -> None:
    wav = torch.randn(2, 645)
    found = Stft(128, 32, win_length, pad)(wav)
    padded = F.pad(wav[:, None], (pad, pad), mode="reflect")[:, 0]
    window = torch.hann_window(win_length)
    expected = torch.stft(
        padded, 128, 32, win_length, window, center=False, return_complex=True
    ).transpose(1, 2)
    assert found.shape == (2, 1 + (645 + 2 * pad - 128) // 32, 65)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(power(found), expected.abs().square(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("size", [32, 48, 49])
def test_a_wave_may_be_shorter_than_its_padding(size: int) -> None:
    """As a training segment of one frame; the reflection goes back and forth."""
    wav, stft = torch.randn(2, size), Stft(128, 32, 128, 48)
    whole = stft(wav, lengths=torch.tensor([size, size]))
    torch.testing.assert_close(stft(wav), whole)


def test_frames_by_hand() -> None:
    """The module's diagram: 1 to 7, reflected by two samples, in frames of four."""
    stft = Stft(4, 2, 4, pad=2)
    stft.window.fill_(1.0)
    frames = torch.fft.irfft(stft(torch.arange(1.0, 8.0)[None]))
    expected = [[3, 2, 1, 2], [1, 2, 3, 4], [3, 4, 5, 6], [5, 6, 7, 6]]
    torch.testing.assert_close(frames[0], torch.tensor(expected).float())


def test_a_short_window_is_in_the_middle_of_its_frame() -> None:
    window = hann_window(8, 4)
    assert window.tolist() == [0, 0, *torch.hann_window(4).tolist(), 0, 0]


@pytest.mark.parametrize("pad", [48, 64])
@pytest.mark.parametrize("win_length", [128, 96])
def test_the_inverse_of_a_transform_is_the_wave(pad: int, win_length: int) -> None:
    wav = torch.randn(2, 32 * 20)
    spectrum = Stft(128, 32, win_length, pad)(wav)
    found = InverseStft(128, 32, win_length, pad)(spectrum)
    assert found.shape == (2, spectrum.shape[1] * 32)
    torch.testing.assert_close(found[:, :640], wav, rtol=1e-4, atol=1e-5)


def test_the_inverse_of_any_spectra_is_torch_s() -> None:
    spectrum = torch.randn(2, 21, 65, dtype=torch.complex64)
    expected = torch.istft(
        spectrum.transpose(1, 2), 128, 32, window=torch.hann_window(128), length=640
    )
    torch.testing.assert_close(InverseStft(128, 32, 128, pad=64)(spectrum)[:, :640], expected)


def test_overlap_add_by_hand() -> None:
    frames = torch.tensor([[[1.0, 2, 3], [10, 20, 30]]])
    assert overlap_add(frames, 2).tolist() == [[1, 2, 13, 20, 30]]
    assert overlap_add(frames, 1).tolist() == [[1, 12, 23, 30]]


@pytest.mark.parametrize("hop_length", [2, 3, 6])
def test_overlap_add_is_torch_s_fold_in_values_and_gradients(hop_length: int) -> None:
    frames = torch.randn(2, 5, 6, dtype=torch.float64, requires_grad=True)
    size = 6 + 4 * hop_length
    folded = F.fold(frames.transpose(1, 2), (1, size), (1, 6), stride=(1, hop_length))[:, 0, 0]
    added = overlap_add(frames, hop_length)
    torch.testing.assert_close(added, folded)
    pull = torch.randn_like(added)
    (mine,) = torch.autograd.grad(added, frames, pull)
    (theirs,) = torch.autograd.grad(folded, frames, pull)
    torch.testing.assert_close(mine, theirs)


def test_there_is_one_framing() -> None:
    """Only this module calls torch's STFT and inverse STFT."""
    callers = set()
    for folder in ("bins", "models", "modules", "processors", "preprocessors"):
        for path in Path(ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
                if named and ast.unparse(node) in ("torch.stft", "torch.istft", "librosa.stft"):
                    callers.add(path.relative_to(ROOT).as_posix())
    assert callers == {"modules/signal/stft.py"}
