"""Checkpoint directories: complete or refused, read without unpickling, with clear errors."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError
from torch import nn

import recital.models
from recital.models import load
from recital.utils import checkpoint
from recital.utils.errors import CheckpointError

CONFIG = {"model_type": "Toy", "model": {"width": 3}, "symbols": ["_", "ä"]}


@pytest.fixture(autouse=True)
def _toy_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        recital.models, "build", lambda config, training: nn.Linear(2, config["model"]["width"])
    )


def saved(directory: Path, **changes: torch.Tensor) -> Path:
    torch.manual_seed(1)
    checkpoint.save_model(directory, {**nn.Linear(2, 3).state_dict(), **changes}, CONFIG)
    return directory


def experiment(
    directory: Path, steps: tuple[int, ...], losses: tuple[float | None, ...]
) -> list[Path]:
    paths = []
    for step, loss in zip(steps, losses, strict=True):
        path = directory / "checkpoint" / checkpoint.checkpoint_name(1, step, loss or 9.0)
        weights = {key: torch.full_like(v, step) for key, v in nn.Linear(2, 3).state_dict().items()}
        state = {"step": step, "valid_loss": loss}
        checkpoint.write(
            path, {"config.json": CONFIG, "model.safetensors": weights, checkpoint.STATE: state}
        )
        paths.append(path)
    return paths


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    torch.manual_seed(1)
    expected = nn.Linear(2, 3)
    model, config = load(saved(tmp_path / "voice"))
    assert config == CONFIG
    assert not model.training
    assert all(
        torch.equal(a, b) for a, b in zip(model.parameters(), expected.parameters(), strict=True)
    )
    assert {p.name for p in tmp_path.iterdir()} == {"voice"}  # no other files left


def test_tied_weights_are_stored_each(tmp_path: Path) -> None:
    shared = torch.arange(6.0).view(3, 2)
    checkpoint.save_model(
        tmp_path / "voice", {"weight": shared, "bias": shared[:, 0], "tied": shared}, CONFIG
    )
    tensors = checkpoint.read_tensors(tmp_path / "voice" / "model.safetensors")
    assert torch.equal(tensors["tied"], shared)
    assert torch.equal(tensors["bias"], shared[:, 0])


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"odd": torch.zeros(1)}, r"extra odd \[1\]"),
        ({"bias": torch.zeros(4)}, r"bias is \[4\], expected \[3\]"),
    ],
)
def test_weights_of_another_model_are_named(
    tmp_path: Path, changes: dict[str, torch.Tensor], problem: str
) -> None:
    with pytest.raises(CheckpointError, match=problem):
        load(saved(tmp_path / "voice", **changes))


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    checkpoint.save_model(tmp_path / "voice", {"weight": torch.zeros(3, 2)}, CONFIG)
    with pytest.raises(CheckpointError, match=r"missing bias \[3\]"):
        load(tmp_path / "voice")


@pytest.mark.parametrize("damage", ["truncated", "flipped", "missing", "manifest"])
def test_a_broken_checkpoint_is_refused(tmp_path: Path, damage: str) -> None:
    path = saved(tmp_path / "voice")
    weights = path / "model.safetensors"
    data = bytearray(weights.read_bytes())
    if damage == "truncated":
        weights.write_bytes(data[:-1])
    elif damage == "flipped":
        data[-1] ^= 1
        weights.write_bytes(data)
    elif damage == "missing":
        weights.unlink()
    else:
        (path / "sha256.json").write_text('{"model.saf')
    with pytest.raises(CheckpointError, match="broken|cannot be read"):
        load(path)


def test_the_newest_whole_one_of_an_experiment_is_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second, third = experiment(tmp_path, (5, 10, 100), (None, None, None))
    assert load(tmp_path)[0].bias[0] == 100
    (third / "config.json").write_text("{")
    assert load(tmp_path)[0].bias[0] == 10
    assert "step-0000100" in caplog.text
    shutil.rmtree(second / "train")
    (first / "model.safetensors").write_bytes(b"")
    with pytest.raises(CheckpointError, match="none of its checkpoints"):
        checkpoint.find(tmp_path)
    assert load(second)[0].bias[0] == 10  # inference needs no train/


def test_best_is_the_lowest_validation_loss(tmp_path: Path) -> None:
    experiment(tmp_path, (1, 2, 3, 4), (0.5, 0.2, None, 0.3))
    assert load(tmp_path, which="best")[0].bias[0] == 2
    checkpoint.prune(tmp_path, keep_last=1)
    assert [checkpoint.step_of(p) for p in checkpoint.find_checkpoints(tmp_path)] == [4, 2]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = saved(tmp_path / "voice")
    with pytest.raises(CheckpointError, match="exists already"):
        saved(path)
    with pytest.raises(CheckpointError, match="holds no checkpoint"):
        load(tmp_path / "nowhere")


def test_a_full_disk_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10, 9, 1024))
    with pytest.raises(CheckpointError, match="no room for a checkpoint: 64 MiB are needed, 0 MiB"):
        saved(tmp_path / "voice")
    assert not list(tmp_path.iterdir())


def test_what_a_kill_left_is_swept_away(tmp_path: Path) -> None:
    (path,) = experiment(tmp_path, (5,), (None,))
    (path.parent / ".writing-epoch-0001_step-0000009_loss-1.0").mkdir()
    checkpoint.sweep(tmp_path)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("left_out", ["config.json", "model.safetensors", "all", "extra"])
def test_what_the_manifest_does_not_name_is_not_trusted(tmp_path: Path, left_out: str) -> None:
    (path,) = experiment(tmp_path, (5,), (None,))
    manifest = json.loads((path / "sha256.json").read_text())
    if left_out == "extra":
        shutil.copy(path / "model.safetensors", path / "train/optimizer-network.safetensors")
    else:
        manifest = {} if left_out == "all" else {k: v for k, v in manifest.items() if k != left_out}
        (path / "sha256.json").write_text(json.dumps(manifest))
    with pytest.raises(CheckpointError, match="does not list|none of its checkpoints"):
        load(tmp_path)


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_weights_that_are_not_finite_are_refused(tmp_path: Path, value: float) -> None:
    with pytest.raises(CheckpointError, match="NaN or infinity in bias"):
        load(saved(tmp_path / "voice", bias=torch.full((3,), value)))


def test_a_disk_that_fills_up_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(tensors: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise SafetensorError("No space left on device (os error 28)")

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(CheckpointError, match="cannot be written: No space left"):
        saved(tmp_path / "voice")
    assert not list(tmp_path.iterdir())
