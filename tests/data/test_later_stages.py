"""What a later stage would refuse, stage 1 refuses before it works on a recording."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from recital.bins import preprocess
from recital.bins.common.experiment import load_experiment
from recital.bins.common.later_stages import build_to_train, resolve
from recital.utils.errors import (
    CheckpointError,
    ConfigError,
    ContractError,
    DataError,
    RecitalError,
)
from recital.utils.training.checks import check_trainable
from recital.utils.work import Unfilled
from tests import toys
from tests.conftest import ROOT
from tests.data.test_preprocess import corpus

ROWS = "by_minutes=[{below: 10, train: {max_steps: 5}}, {train: {loss_weights: {mle: 1.0}}}]"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return written(tmp_path, "config/tts/fastpitch.json", "config/audio/tacotron_22k.json")


def written(tmp_path: Path, *bases: str) -> Path:
    """A config of two corpora of three recordings each."""
    tree = {
        "base_config": bases,
        "dataset": ["one", "other"],
        "dataset_layout": {"one": "ljspeech", "other": "ljspeech"},
        "dataset_path": {n: str(corpus(tmp_path / n, 3)) for n in ("one", "other")},
        "preprocess": {"processed_dir": str(tmp_path / "data")},
    }
    path = tmp_path / "exp_config.json"
    path.write_text(json.dumps(tree))
    return path


def refused(config: Path, *sets: str) -> RecitalError:
    """The error of stage 1, which has made no feature."""
    with pytest.raises(RecitalError) as error:
        preprocess.main(["-c", str(config), "--jobs=1", *(f"--set={s}" for s in sets)])
    assert not list(config.parent.glob("data/*/mel-*/**/*.safetensors"))
    assert "\n" not in str(error.value)
    return error.value


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("train.loss_weights={$replace: true, mel: 1}", "no weight for the loss 'alignment'"),
        ("train.loss_weights.mle=1.0", "train.loss_weights.mle: the model yields no such loss"),
        ("model.prosody={text: {}, flow: {}}", "model.prosody.text.n_layers: is missing"),
        ("model.encoder.d_model=8", "model.encoder.d_model: expected 384, which model.d_model is"),
        ("model.d_model=31", "model.d_model: expected an even number, found 31"),
        ("train.best_by=mell", "train.best_by: a validation has no figure 'mell'; did you mean"),
        ("train.freeze=['netwrk.*']", "train.freeze: no parameter is named like 'netwrk.*'"),
        ("train.freeze=['network.*']", "train.freeze: leaves nothing to train in 'network'"),
        ("train.segment_frames=32", "train.segment_frames: a model of texts is trained on whole"),
        ("text=null", "text: is missing; a model that needs tokens"),
        ("text.lexicon_path=/gone.txt", "text.lexicon_path: /gone.txt: cannot be read"),
        (ROWS, "train.loss_weights.mle: the model yields no such loss"),
        ("by_minutes=[{train: {max_stepss: 1}}]", "train.max_stepss: no such key"),
    ],
)
def test_a_wrong_value_is_refused_with_its_file(config: Path, change: str, message: str) -> None:
    error = refused(config, change)
    assert isinstance(error, ConfigError)
    assert str(error).startswith(f"{config}: ") and message in str(error)


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ("dataset_layout.other=ljspech", ConfigError, "dataset_layout.other: no corpus layout"),
        ("dataset_path.other=/gone", DataError, "/gone: there is no such folder"),
        ("dataset_exclude.other=/gone.txt", DataError, "/gone.txt: cannot be read as a list"),
        ("dataset_splits.other={test: '/gone.txt'}", DataError, "/gone.txt: cannot be read"),
        ("preprocess.textgrid=grids", DataError, "grids: no such folder; preprocess.textgrid"),
    ],
)
def test_all_datasets_are_opened_before_the_first_is_worked_on(
    config: Path, change: str, kind: type[RecitalError], message: str
) -> None:
    error = refused(config, change, "preprocess.trim=null")
    assert isinstance(error, kind) and message in str(error)


def test_weights_of_another_size_are_refused(tmp_path: Path) -> None:
    """Of a voice to begin from."""
    config = written(tmp_path, "egs/tts/FastPitch/finetune.json")
    for other in ([], ["text.symbol_set=espeak_en"]):
        error = refused(config, "finetune_from=shipped", "model.d_model=128", *other)
        assert isinstance(error, CheckpointError)
        assert str(error).startswith(f"{config}: ") and "is from another model" in str(error)


def test_a_right_one_is_worked_on(config: Path) -> None:
    """Patterns of a table that only several speakers have are right: these may be in the corpus."""
    frozen = "train.freeze=['network.speaker_embedding.*']"
    preprocess.main(["-c", str(config), "--jobs=1", "--set", frozen])
    assert len(list(config.parent.glob("data/*/mel-*/**/*.safetensors"))) >= 2


def test_another_process_refuses_with_the_same_line(config: Path) -> None:
    with pytest.raises(ConfigError, match="no weight for the loss 'alignment'") as error:
        weights = "train.loss_weights={$replace: true, mel: 1}"
        preprocess.main(["-c", str(config), "--jobs=2", "--set", weights])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("recipe", ["tts/FastPitch", "tts/VITS", "vocoder/HiFiGAN"])
def test_a_model_to_look_at_is_the_model(recipe: str) -> None:
    """The names and shapes of what is built without filling it."""
    experiment, tree = load_experiment(ROOT / "egs" / recipe / "demo.json")
    _, resolved = resolve(experiment, tree, ["a"])
    whole = build_to_train(resolved, experiment.train).state_dict()
    with Unfilled():
        other = build_to_train(resolved, experiment.train).state_dict()
    assert {n: w.shape for n, w in whole.items()} == {n: w.shape for n, w in other.items()}
    filled = torch.nn.Linear(2, 300)
    assert bool(filled.weight.any())  # the context has ended


class Quiet(toys.Regressor):
    losses = {}


class Wrong(toys.Regressor):
    losses = {"network": frozenset({"square"})}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Quiet, r"Quiet.losses: expected the losses of each of network, found \{\}"),
        (Wrong, "Wrong.losses: lacks 'absolute', which a turn of 'network' has"),
    ],
)
def test_a_model_names_its_losses(
    make: Callable[[], toys.Regressor], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ContractError, match=message):
        toys.trainer(tmp_path, make(), max_steps=1).fit()
    check_trainable(toys.Gan(), toys.config(toys.Gan))
