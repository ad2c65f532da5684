"""Export of a trained model: half the bytes, the same voice, no paths."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from tts_helpers import tiny_config, tiny_model

from recital.bins.export import main
from recital.models import load
from recital.utils import checkpoint
from recital.utils.errors import CheckpointError, ConfigError, UsageError


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    config = tiny_config() | {
        "dataset_path": {"mine": "/home/me"},
        "preprocess": {"processed_dir": "/data", "seed": 1},
    }
    checkpoint.save_model(tmp_path / "trained", tiny_model().state_dict(), config)
    return tmp_path / "trained"


def test_half_the_bytes_and_the_same_voice(trained: Path, tmp_path: Path) -> None:
    main(["--infer_expt_dir", str(trained), "--output_dir", str(tmp_path / "out")])
    sizes = [(folder / checkpoint.MODEL).stat().st_size for folder in (trained, tmp_path / "out")]
    assert sizes[1] < 0.6 * sizes[0]
    ours: Any = load(tmp_path / "out")[0]
    theirs: Any = load(trained)[0]
    assert next(ours.parameters()).dtype == torch.float32
    assert torch.equal(ours.pitch_mean, theirs.pitch_mean)
    tokens = torch.arange(1, 13)[None]
    given = {"durations": torch.full((1, 12), 3.0)}
    mels = [m.infer(tokens, torch.tensor([12]), **given).mel for m in (ours, theirs)]
    torch.testing.assert_close(*mels, rtol=0.01, atol=0.01)
    assert not torch.equal(*mels)


def test_no_path_of_the_machine_is_handed_on(trained: Path, tmp_path: Path) -> None:
    main(["--infer_expt_dir", str(trained), "--output_dir", str(tmp_path / "out")])
    config = json.loads((tmp_path / "out" / checkpoint.CONFIG).read_text())
    assert config["preprocess"] == {"seed": 1}
    assert "/home/me" not in json.dumps(config)


def test_keys_that_weights_do_not_know_can_be_set(trained: Path, tmp_path: Path) -> None:
    command = ["--infer_expt_dir", str(trained), "--output_dir"]
    main([*command, str(tmp_path / "out"), "--set", "model.max_duration=30"])
    assert load(tmp_path / "out")[1]["model"]["max_duration"] == 30
    with pytest.raises(ConfigError, match=r"^model.max_dration: no such key"):
        main([*command, str(tmp_path / "2"), "--set", "model.max_dration=30"])
    assert not (tmp_path / "2").exists()


def test_what_does_not_fit_into_half_precision_is_refused(trained: Path, tmp_path: Path) -> None:
    weights = checkpoint.read_tensors(trained / checkpoint.MODEL)
    weights["network.embedding.weight"][0, 0] = 1e6
    checkpoint.save_model(tmp_path / "large", weights, tiny_config())
    arguments = ["--infer_expt_dir", str(tmp_path / "large"), "--output_dir", str(tmp_path / "out")]
    with pytest.raises(CheckpointError, match=r"network.embedding.weight: does not fit"):
        main(arguments)
    main([*arguments, "--precision", "bf16"])


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--denoising_strength=0.1"], "--denoising_strength: is for --format onnx and piper"),
        (["--part=pair", "--format=hf"], "--part: is for --format onnx"),
        (["--set=model.d_model=3", "--format=onnx"], "--set: is for --format checkpoint and hf"),
        (["--vocoder_dir=v"], "--vocoder_dir: is for --format hf"),
        (["--license=mit", "--format=zip"], "--license: is for --format hf"),
    ],
)
def test_no_flag_is_passed_over(
    trained: Path, tmp_path: Path, flags: list[str], message: str
) -> None:
    command = ["--infer_expt_dir", str(trained), "--output_dir", str(tmp_path / "out")]
    with pytest.raises(UsageError, match=message):
        main([*command, *flags])
    assert not (tmp_path / "out").exists()


def test_the_best_checkpoint_is_exported_where_it_is_asked_for(
    trained: Path, tmp_path: Path
) -> None:
    """Also as graphs."""
    pytest.importorskip("onnx")
    for step, loss in ((1, 0.5), (2, 0.7)):
        name = checkpoint.checkpoint_name(1, step, loss)
        model = tiny_model(seed=step).state_dict()
        state = {"step": step, "valid_loss": loss}
        content = {checkpoint.MODEL: model, checkpoint.CONFIG: tiny_config()}
        checkpoint.write(
            tmp_path / "run" / "checkpoint" / name, content | {checkpoint.STATE: state}
        )
    command = ["--infer_expt_dir", str(tmp_path / "run"), "--format", "onnx", "--precision=fp32"]
    files = []
    for which in ("last", "best"):
        main([*command, "--output_dir", str(tmp_path / which), "--which", which])
        files.append((tmp_path / which / "acoustic" / "acoustic.onnx").read_bytes())
    weight = tiny_model(seed=1).network.embedding.weight.detach().numpy().tobytes()
    assert [weight in file for file in files] == [False, True]
