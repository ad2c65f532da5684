"""Mistakes that users coming from other toolkits make: one line that says what to do instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from recital.bins import say
from recital.bins.common.experiment import load_experiment
from recital.bins.common.foreign_flags import OF_SAY
from recital.bins.common.plan import Recipe
from recital.bins.common.training import _chosen_otherwise
from recital.places import require_kind
from recital.preprocessors.entries import Corpus
from recital.preprocessors.sources import read_corpus
from recital.utils.config import ROOT
from recital.utils.errors import (
    CheckpointError,
    ConfigError,
    DataError,
    RecitalError,
    UsageError,
)
from recital.utils.files import locked, replacing
from recital.voices import VOICE

CONFIG = ROOT / "egs/tts/FastPitch/exp_config.json"


def line_of(error: pytest.ExceptionInfo[RecitalError]) -> str:
    """The message, which is one line."""
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("override", "ours"),
    [
        ("preprocess.sample_rate=16000", "audio.sample_rate"),
        ("preprocess.hop_size=256", "audio.hop_length"),
        ("train.grad_clip_thresh=1.0", "train.clip_norm"),
    ],
)
def test_a_key_of_amphion_names_ours(override: str, ours: str) -> None:
    with pytest.raises(ConfigError, match="no such key") as error:
        load_experiment(CONFIG, [override])
    assert f"is {ours} here" in line_of(error)


def test_a_key_that_nobody_has_names_what_there_is() -> None:
    with pytest.raises(ConfigError, match=r"train\.batchsize: no such key.*'batch_size'") as error:
        load_experiment(CONFIG, ["train.batchsize=8"])
    assert "Amphion" not in line_of(error)


def test_the_folder_of_a_config_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder; expected a file") as error:
        load_experiment(tmp_path)
    assert str(tmp_path) in line_of(error)


def test_a_list_in_place_of_the_folder_of_recordings(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("a|A sentence.\n")
    for layout in ("folder", "ljspeech"):
        with pytest.raises(DataError, match="is a file, and the layout") as error:
            read_corpus(Corpus(tmp_path / "metadata.csv"), layout)
        assert "name the folder of your recordings" in line_of(error)


@pytest.mark.parametrize("name", ["a/b", "..", "./a", ""])
def test_a_name_with_a_path_blames_the_flag(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--name .*expected a plain folder name") as error:
        Recipe("tts", "egs/tts/FastPitch").plan(
            ["--stage", "1", "--name", name, "--dataset_path", str(tmp_path)]
        )
    line_of(error)


@pytest.mark.parametrize(("flag", "instead"), OF_SAY.items())
def test_say_answers_flags_of_others_with_its_own(flag: str, instead: str) -> None:
    with pytest.raises(UsageError, match="is a flag of another project") as error:
        say.main([flag, "x", "Hello."])
    assert f"here: {instead}" in line_of(error)
    assert {word for word in re.findall(r"--[a-z_]+", instead)} <= {"--voice", "--output", "--file"}


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    inner = tmp_path / "file" / "inner"
    refused = "no folder can be made there: Not a directory"
    with pytest.raises(RecitalError, match=refused) as error, locked(inner, "a test"):
        pass
    assert "choose another one" in line_of(error)
    with pytest.raises(RecitalError, match=refused), replacing(inner / "list.txt"):
        pass


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.json", "{train: [1}", r"is not JSON5: line 1 Unexpected"),
        ("a.yaml", "train:\n  batch_size: 1\n", "YAML is not read here, write it as JSON5"),
    ],
)
def test_a_config_that_is_not_json5(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError, match=said) as error:
        load_experiment(tmp_path / name)
    assert "<string>" not in line_of(error)


def test_a_voice_does_not_begin_from_a_vocoder() -> None:
    vocoder = VOICE / "vocoder"
    with pytest.raises(CheckpointError, match="is a SourceFilter; expected an acoustic") as error:
        require_kind(vocoder, "acoustic")
    line_of(error)
    require_kind(vocoder, "vocoder")


def test_a_training_does_not_need_the_lists_of_stage_1(tmp_path: Path) -> None:
    """A corpus and its lists may be on another machine."""
    gone = [f"{key}.LJSpeech={tmp_path}/gone" for key in ("dataset_path", "dataset_exclude")]
    experiment, _ = load_experiment(
        CONFIG, [*gone, f"preprocess.processed_dir={tmp_path}", 'dataset=["LJSpeech"]']
    )
    assert _chosen_otherwise(experiment, "LJSpeech") == ""
