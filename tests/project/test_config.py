"""Configs: the chain of bases, overrides, and the error that each mistake gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import pytest

from recital.utils import config as config_module
from recital.utils.config import build_section, construct, load_config, merge, parse_override
from recital.utils.errors import ConfigError


@dataclass(frozen=True)
class Inner:
    lr: float = 0.1
    name: Literal["adam", "lamb"] = "adam"


@dataclass(frozen=True)
class Section:
    batch_size: int
    betas: tuple[float, float] = (0.9, 0.98)
    clip: float | None = None
    inner: Inner = field(default_factory=Inner)
    rates: list[int] = field(default_factory=list)


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr(config_module, "ROOT", tmp_path)
    return tmp_path


def test_bases_merge_dicts_and_replace_the_rest(root):
    (root / "a.json").write_text("{train: {lr: 1, betas: [1, 2]}, audio: {n_mels: 80}}")
    (root / "b.json").write_text("{audio: {n_mels: 100}}")
    (root / "exp.json").write_text(
        "// mine\n{base_config: ['a.json', 'b.json'], train: {betas: [3]},}"
    )
    tree = load_config(root / "exp.json", ["train.lr=0.5", "name=kathleen", "audio.f_max=null"])
    assert tree == {
        "train": {"lr": 0.5, "betas": [3]},
        "audio": {"n_mels": 100, "f_max": None},
        "name": "kathleen",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{a: 1, a: 2}", "'a' stands twice"),
        ("{a: 1", "is not JSON5"),
        ("[1]", "expected an object"),
        ("{base_config: 'none.json'}", "no file 'none.json'"),
        ("{base_config: 'exp.json'}", "goes in a circle"),
    ],
)
def test_a_broken_file_names_itself_and_the_fault(root, text, message):
    path = root / "exp.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message) as caught:
        load_config(path)
    assert "exp.json" in str(caught.value)


def test_a_missing_file_is_one_line(root):
    with pytest.raises(ConfigError, match="no such config file"):
        load_config(root / "nothing.json")


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        (
            {"batch_size": 8, "batchsize": 2},
            r"train.batchsize: no such key; did you mean 'batch_size'\?",
        ),
        ({}, "train.batch_size: is missing; expected a whole number"),
        ({"batch_size": "8"}, "train.batch_size: expected a whole number, found text '8'"),
        ({"batch_size": True}, "train.batch_size: expected a whole number, found a boolean"),
        ({"batch_size": 8, "betas": [1.0]}, "train.betas: expected 2 values, found 1"),
        (
            {"batch_size": 8, "inner": {"name": "adamm"}},
            r"train.inner.name: 'adamm' .* did you mean 'adam'\?",
        ),
        ({"batch_size": 8, "rates": [1, "x"]}, r"train.rates\[1\]: expected a whole number"),
    ],
)
def test_a_wrong_section_names_the_key(tree, message):
    with pytest.raises(ConfigError, match=message):
        build_section(Section, tree, "train")


def test_a_section_becomes_its_dataclass():
    tree = {"batch_size": 8, "betas": [1, 2], "clip": 3, "inner": {"lr": 2}, "rates": [1]}
    assert build_section(Section, tree, "train") == Section(8, (1.0, 2.0), 3.0, Inner(2.0), [1])


def test_construct_takes_the_signature_as_schema():
    def network(n_mels: int, channels: int, dropout: float = 0.1) -> tuple[int, int, float]:
        return n_mels, channels, dropout

    assert construct(network, {"channels": 4}, "model", n_mels=80) == (80, 4, 0.1)
    with pytest.raises(ConfigError, match="model.n_mels: no such key"):
        construct(network, {"channels": 4, "n_mels": 2}, "model", n_mels=80)
    with pytest.raises(ConfigError, match="model.channels: is missing"):
        construct(network, {}, "model", n_mels=80)


def test_overrides_and_merge_leave_their_arguments_alone():
    base = {"a": {"b": 1}}
    assert merge(base, parse_override("a.c=[1, 2]")) == {"a": {"b": 1, "c": [1, 2]}}
    assert base == {"a": {"b": 1}}
    for wrong in ("a", "=1", "a..b=1"):
        with pytest.raises(ConfigError, match="expected key.path=value"):
            parse_override(wrong)
