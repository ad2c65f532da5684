"""BigVGAN checkpoints of two projects: the references' samples, their mels, and what is refused."""

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
    ("bigvgan", "bigvgan_nvidia/v1/g_05000000", "bigvgan_nvidia/v1/io.npz"),
    ("bigvgan", "bigvgan_nvidia/v2", "bigvgan_nvidia/v2/io.npz"),
    (
        "amphion_bigvgan",
        "bigvgan_amphion/tiny_snake_resblock2",
        "bigvgan_amphion/tiny_snake_resblock2_io.npz",
    ),
]


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bigvgan")
    with tarfile.open(FIXTURES / "bigvgan.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "vectors"


def imported(source: str, checkpoint: Path, out: Path, *flags: str) -> Any:
    main(["--source", source, "--checkpoint", str(checkpoint), "--output_dir", str(out), *flags])
    return load(out)[0]


@pytest.mark.parametrize(("source", "file", "io"), CASES)
def test_the_reference_s_wave(
    vectors: Path, tmp_path: Path, source: str, file: str, io: str
) -> None:
    """With weight norm and without; SnakeBeta in log scale and Snake; both kinds of block."""
    model = imported(source, vectors / file, tmp_path / "voice")
    expected = np.load(vectors / io)
    mel, wav = torch.from_numpy(expected["mel"]), expected["wav"][:, 0]
    for made in (model.infer(mel), model.generator(mel).detach()):
        np.testing.assert_allclose(made.numpy(), wav, rtol=1e-4, atol=1e-4 * np.abs(wav).max())


def test_the_audio_is_that_of_the_config(vectors: Path, tmp_path: Path) -> None:
    """Version 2 has no tanh and no last bias; mels up to half the rate where `fmax` is null."""
    folder = tmp_path / "v2"
    shutil.copytree(vectors / "bigvgan_nvidia/v2", folder)
    options = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**options, "fmax": None}))
    model = imported("bigvgan", folder, tmp_path / "voice")
    audio = model.audio
    assert (audio.sample_rate, audio.hop_length, audio.n_mels) == (22050, 256, 20)
    assert (audio.f_max, audio.padding, audio.power_floor) == (None, "same", 1e-9)
    assert not model.generator.final_tanh and model.generator.last.bias is None


def test_what_cannot_be_imported_says_why(vectors: Path, tmp_path: Path) -> None:
    folder = tmp_path / "v1"
    shutil.copytree(vectors / "bigvgan_nvidia/v1", folder)
    file, config = folder / "g_05000000", folder / "config.json"
    options = json.loads(config.read_text())
    state = torch.load(file, weights_only=True)["generator"]

    def refused(message: str, checkpoint: Path = file, *flags: str) -> None:
        with pytest.raises(CheckpointError, match=message):
            imported("bigvgan", checkpoint, tmp_path / "out", *flags)
        assert not (tmp_path / "out").exists()

    refused("keeps no averaged weights", file, "--averaged")
    refused("holds no BigVGAN: bigvgan_generator.pt, or g_", tmp_path)
    config.write_text(json.dumps({**options, "activation": "relu"}))
    refused("activation: expected 'snake' or 'snakebeta', found 'relu'")
    config.write_text(json.dumps({k: v for k, v in options.items() if k != "snake_logscale"}))
    refused("snake_logscale: is missing from the model's config")
    config.write_text(json.dumps({**options, "activation": "snake"}))
    refused("beta")
    config.write_text(json.dumps(options))
    torch.save({"generator": {**state, "fc.weight": torch.ones(2)}}, file)
    refused("has tensors unknown to this source: fc.weight")
    key = "activation_post.upsample.filter"
    torch.save({"generator": {**state, key: state[key].flip(2) * 1.1}}, file)
    refused(f"{key}: is another low-pass filter")
    torch.save({"generator": {k: v for k, v in state.items() if "conv_post" not in k}}, file)
    refused("last")
