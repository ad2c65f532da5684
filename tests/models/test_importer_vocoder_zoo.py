"""Vocoders of ParallelWaveGAN, NeMo and Coqui: the references' waves, mels, and refusals."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from conftest import FIXTURES

from recital.bins.import_checkpoint import main
from recital.models import load
from recital.models.importers.recognize import find_foreign, sources_of
from recital.utils.errors import CheckpointError

KINDS = {
    "hifigan": "HiFiGAN",
    "hifigan_odd": "HiFiGAN",
    "melgan": "MelGAN",
    "mb_melgan": "MelGAN",
    "parallel_wavegan": "ParallelWaveGAN",
}


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("h5py")
    folder = tmp_path_factory.mktemp("parallel_wavegan")
    with tarfile.open(FIXTURES / "parallel_wavegan.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "vectors/parallel_wavegan"


def imported(source: str, checkpoint: Path, out: Path) -> Any:
    main(["--source", source, "--checkpoint", str(checkpoint), "--output_dir", str(out)])
    return load(out)[0]


def assert_same(wav: torch.Tensor, expected: np.ndarray) -> None:
    atol = 1e-4 * np.abs(expected).max()
    np.testing.assert_allclose(wav.detach().numpy(), expected, rtol=1e-4, atol=atol)


@pytest.mark.parametrize("name", KINDS)
def test_parallel_wavegan_s_wave(vectors: Path, tmp_path: Path, name: str) -> None:
    """From the log10 mel, which the model normalises; odd rates, sub-bands, given noise."""
    model = imported("parallel_wavegan", vectors / name, tmp_path / "voice")
    assert type(model).__name__ == KINDS[name]
    assert [found.source for found in find_foreign(vectors / name)] == ["parallel_wavegan"]
    audio = model.audio
    assert (audio.log_base, audio.log_floor, audio.padding) == ("10", 1e-10, "center")
    assert (audio.f_min, audio.f_max, audio.win_length) == (80.0, 7600.0, audio.n_fft)
    expected = dict(np.load(vectors / f"{name}_io.npz"))
    mel = torch.from_numpy(expected["mel"])
    noise = {"z": torch.from_numpy(expected["z"])} if "z" in expected else {}
    assert_same(model.infer(mel, **noise), expected["wav"])


def test_statistics_may_be_a_numpy_file_and_may_not_be_missing(
    vectors: Path, tmp_path: Path
) -> None:
    import h5py

    folder = tmp_path / "melgan"
    shutil.copytree(vectors / "melgan", folder)
    with h5py.File(folder / "stats.h5") as file:
        rows = np.stack([file["mean"][()], file["scale"][()]])
    (folder / "stats.h5").unlink()
    with pytest.raises(CheckpointError, match=r"has no stats.h5 or stats.npy"):
        imported("parallel_wavegan", folder, tmp_path / "none")
    np.save(folder / "stats.npy", rows)
    model = imported("parallel_wavegan", folder, tmp_path / "voice")
    expected = np.load(vectors / "melgan_io.npz")
    assert_same(model.infer(torch.from_numpy(expected["mel"])), expected["wav"])
    np.save(folder / "stats.npy", rows[:, :4])
    with pytest.raises(CheckpointError, match="expected 10 numbers of mean, found 4"):
        imported("parallel_wavegan", folder, tmp_path / "short")


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("hifigan", {"use_causal_conv": True}, "use_causal_conv: is True; only False"),
        ("hifigan", {"use_weight_norms": True}, "use_weight_norms: no such option"),
        ("melgan", {"kernel_size": 5}, "kernel_size: is 5; only 7"),
        ("parallel_wavegan", {"upsample_net": "UpsampleNetwork"}, "upsample_net: is Upsample"),
    ],
)
def test_options_that_ours_has_not_are_refused(
    vectors: Path, tmp_path: Path, name: str, change: dict[str, Any], message: str
) -> None:
    folder = tmp_path / "foreign"
    shutil.copytree(vectors / name, folder)
    config = yaml.safe_load((folder / "config.yml").read_text())
    config["generator_params"] |= change
    (folder / "config.yml").write_text(yaml.dump(config))
    with pytest.raises(CheckpointError, match=message):
        imported("parallel_wavegan", folder, tmp_path / "voice")


@pytest.fixture
def published(shared: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any], Any]:
    """A generator of jik876's layout, which NeMo and Coqui have too: state, config, numbers."""
    folder = shared / "vectors/hifigan_jik876_v2"
    (file,) = folder.glob("g_*")
    state = torch.load(file, weights_only=True)["generator"]
    return state, json.loads((folder / "config.json").read_text()), np.load(folder / "io.npz")


NEMO_MEL = {
    "sample_rate": "${sample_rate}",
    "nfilt": 80,
    "lowfreq": 0,
    "highfreq": 8000,
    "n_fft": 1024,
    "n_window_size": 1024,
    "n_window_stride": 256,
    "normalize": None,
    "preemph": None,
    "log": True,
    "log_zero_guard_type": "clamp",
    "log_zero_guard_value": 1e-05,
    "mag_power": 1.0,
    "exact_pad": True,
}
SIZES = [
    "resblock",
    "upsample_rates",
    "upsample_kernel_sizes",
    "upsample_initial_channel",
    "resblock_kernel_sizes",
    "resblock_dilation_sizes",
]


def write_nemo(path: Path, state: dict[str, Any], config: dict[str, Any]) -> Path:
    weights = io.BytesIO()
    torch.save(state, weights)
    parts = {
        "./model_config.yaml": yaml.dump(config).encode(),
        "./model_weights.ckpt": weights.getvalue(),
    }
    with tarfile.open(path, "w") as archive:
        for name, data in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def test_nemo_s_file(published: Any, tmp_path: Path) -> None:
    state, config, expected = published
    sizes = {name: config[name] for name in SIZES}
    tree = {"sample_rate": 22050, "generator": {**sizes, "resblock": int(sizes["resblock"])}}
    tree["preprocessor"] = NEMO_MEL
    whole = {f"generator.{k}": v for k, v in state.items()}
    whole |= {
        "mpd.discriminators.0.conv_post.bias": torch.ones(1),
        "trg_melspec_fn.fb": torch.ones(1),
    }
    file = write_nemo(tmp_path / "voice.nemo", whole, tree)
    model = imported("nemo_hifigan", file, tmp_path / "voice")
    assert_same(model.infer(torch.from_numpy(expected["mel"])), expected["wav"][:, 0])
    audio = model.audio
    assert (audio.sample_rate, audio.padding, audio.power_floor) == (22050, "same", 0.0)
    tree["preprocessor"] = {**NEMO_MEL, "mag_power": 2.0}
    file = write_nemo(tmp_path / "power.nemo", whole, tree)
    with pytest.raises(CheckpointError, match="mag_power: is 2.0; only 1.0"):
        imported("nemo_hifigan", file, tmp_path / "refused")
    assert sources_of(file) == ["nemo_hifigan"]
    file.write_bytes(b"nothing of the kind")
    with pytest.raises(CheckpointError, match="is no .nemo file"):
        imported("nemo_hifigan", file, tmp_path / "refused")


COQUI_MEL = {
    "fft_size": 1024,
    "win_length": 1024,
    "hop_length": 256,
    "sample_rate": 22050,
    "num_mels": 80,
    "mel_fmin": 0,
    "mel_fmax": 8000,
    "signal_norm": False,
    "spec_gain": 1,
    "log_func": "np.log",
}


def test_coqui_s_checkpoint(published: Any, tmp_path: Path) -> None:
    """Of the whole GAN; with another factor of the logarithm, the input is divided by it."""
    state, config, expected = published
    params = {name: config[name] for name in SIZES if name not in ("resblock", "upsample_rates")}
    params |= {"upsample_factors": config["upsample_rates"], "resblock_type": config["resblock"]}
    options = {"generator_model": "hifigan_generator", "generator_model_params": params}
    folder = tmp_path / "coqui"
    folder.mkdir()
    whole = {f"model_g.{k}": v for k, v in state.items()} | {"model_d.x.bias": torch.ones(1)}
    torch.save({"model": whole, "step": 1}, folder / "model_file.pth")

    def voice(name: str, **changes: Any) -> Any:
        text = json.dumps({**options, "audio": {**COQUI_MEL, **changes}})
        (folder / "config.json").write_text(text)
        return imported("coqui", folder, tmp_path / name)

    mel = torch.from_numpy(expected["mel"])
    model = voice("voice")
    assert [found.source for found in find_foreign(folder)] == ["coqui"]
    assert_same(model.infer(mel), expected["wav"][:, 0])
    model = voice("decibels", spec_gain=20, log_func="np.log10")
    assert model.audio.log_base == "10"
    assert_same(model.infer(mel / 20), expected["wav"][:, 0])
    with pytest.raises(CheckpointError, match="signal_norm: is true"):
        voice("normed", signal_norm=True)
