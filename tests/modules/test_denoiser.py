"""The denoiser compared with the reference's numbers; test_waveglow.py has the hand-worked test."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from reference import Vectors, imported, near

from recital.modules.signal.denoiser import Denoised, Denoiser


def test_the_reference_s_bias_and_waves(shared: Path, tmp_path: Path) -> None:
    source = shared / "vectors/hifigan_nvidia_old_layouts"
    model, _ = imported("nvidia_hifigan", tmp_path / "voice", source / "checkpoint_grouped.pt")
    io = Vectors(source / "io.npz")
    denoiser = Denoiser(model)
    near(denoiser.bias, io["bias_spec"])
    for strength in (0.005, 0.1):
        expected = io[f"wav_denoised_{strength}"]
        near(denoiser(io["wav"][:, 0], strength), expected)
        near(Denoised(model, strength).infer(io["mel"])[:, None], expected)


@pytest.mark.parametrize("n_frames", [1, 2, 5])
def test_a_wave_shorter_than_a_window_is_denoised(
    shared: Path, tmp_path: Path, n_frames: int
) -> None:
    source = shared / "vectors/hifigan_nvidia_old_layouts"
    model, _ = imported("nvidia_hifigan", tmp_path / "voice", source / "checkpoint_grouped.pt")
    mel = Vectors(source / "io.npz")["mel"][..., :n_frames]
    wav = Denoised(model, 0.1).infer(mel)
    assert wav.shape == (1, n_frames * 256) and torch.isfinite(wav).all()
    near(Denoised(model, 0.0).infer(mel), model.infer(mel))
