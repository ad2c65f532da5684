"""Amphion's MelGAN, NSF-HiFiGAN, APNet and DiffWave: the references' waves, and what is refused."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import FIXTURES

from recital.bins.import_checkpoint import main
from recital.models import load
from recital.utils.errors import CheckpointError

CASES = [
    ("amphion_melgan", "melgan_amphion/even"),
    ("amphion_melgan", "melgan_amphion/odd"),
    ("amphion_nsfhifigan", "nsfhifigan_amphion/small"),
]


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("amphion_vocoders")
    with tarfile.open(FIXTURES / "amphion_vocoders.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "vectors"


def imported(source: str, checkpoint: Path, out: Path) -> Any:
    main(["--source", source, "--checkpoint", str(checkpoint), "--output_dir", str(out)])
    return load(out)[0]


@pytest.mark.parametrize(("source", "folder"), CASES)
def test_the_reference_s_wave(vectors: Path, tmp_path: Path, source: str, folder: str) -> None:
    """Of the network in training and in its form for inference, in a batch and alone."""
    model = imported(source, vectors / folder, tmp_path / "voice")
    expected = np.load(vectors / f"{folder}_io.npz")
    mel, wav = torch.from_numpy(expected["mel"]), expected["wav"][:, 0]
    tolerance = {"rtol": 1e-4, "atol": 1e-4 * np.abs(wav).max()}
    np.testing.assert_allclose(model.infer(mel).numpy(), wav, **tolerance)
    np.testing.assert_allclose(model.generator(mel).detach().numpy(), wav, **tolerance)
    np.testing.assert_allclose(model.infer(mel[1:])[0].numpy(), wav[1], **tolerance)


def test_a_source_that_is_not_heard_becomes_a_hifigan(vectors: Path, tmp_path: Path) -> None:
    model = imported("amphion_nsfhifigan", vectors / "nsfhifigan_amphion/small", tmp_path / "voice")
    assert type(model).__name__ == "HiFiGAN"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"upsample_rates": [4, 16, 1], "upsample_kernel_sizes": [7, 32, 1]}, "cut frames"),
        ({"resblock": "2"}, "only 1 can be built"),
    ],
)
def test_what_cannot_be_the_same_is_refused(
    vectors: Path, tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    folder = tmp_path / "foreign"
    shutil.copytree(vectors / "nsfhifigan_amphion/small", folder)
    args = json.loads((folder / "args.json").read_text())
    args["model"]["nsfhifigan"].update(change)
    (folder / "args.json").write_text(json.dumps(args))
    with pytest.raises(CheckpointError, match=message):
        imported("amphion_nsfhifigan", folder, tmp_path / "voice")


def test_another_generator_is_named(vectors: Path, tmp_path: Path) -> None:
    with pytest.raises(
        CheckpointError, match="model.generator: is 'nsfhifigan'; expected 'melgan'"
    ):
        imported("amphion_melgan", vectors / "nsfhifigan_amphion/small", tmp_path / "voice")


def test_apnet_s_spectrum_and_wave(vectors: Path, tmp_path: Path) -> None:
    """Phases are compared as angles, and both ends of the wave with the rest."""
    model = imported("amphion_apnet", vectors / "apnet_amphion/small", tmp_path / "voice")
    expected = np.load(vectors / "apnet_amphion/small_io.npz")
    mel = torch.from_numpy(expected["mel"])
    wav, log_amplitude, phase = (part.detach().numpy() for part in model.generator(mel))
    np.testing.assert_allclose(log_amplitude, expected["logamp"], rtol=1e-4, atol=1e-4)
    off = np.abs(np.angle(np.exp(1j * (phase - expected["pha"]))))
    assert off.max() < 1e-3
    largest = np.abs(expected["wav"]).max()
    for made in (wav, model.infer(mel).numpy()):
        np.testing.assert_allclose(made, expected["wav"][:, 0], rtol=1e-4, atol=1e-4 * largest)


def test_diffwave_s_noise_and_its_six_steps(vectors: Path, tmp_path: Path) -> None:
    model = imported("amphion_diffwave", vectors / "diffwave_amphion/small", tmp_path / "voice")
    expected = {
        name: torch.from_numpy(array)
        for name, array in np.load(vectors / "diffwave_amphion/small_io.npz").items()
    }
    step = expected["step"].expand(2)
    noise = model.network(expected["audio_in"], step, expected["mel"])
    torch.testing.assert_close(noise, expected["eps"][:, 0], rtol=1e-4, atol=1e-4)
    z = expected["noise"].transpose(0, 1)  # [step, B, S] -> [B, step, S]
    wav = model.infer(expected["mel"], z=z)
    torch.testing.assert_close(wav, expected["sampled"], rtol=1e-4, atol=1e-4)
