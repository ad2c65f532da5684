"""docs/coming-from.md: what it names here exists, and the table of Amphion's keys is that of
import_config.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import re
from collections.abc import Iterator
from typing import Any

from recital.bins.common.amphion_keys import markdown
from recital.bins.common.experiment import Experiment
from recital.bins.common.flags import FLAGS
from recital.modules.contract.audio import AudioConfig
from recital.processors.features import PreprocessConfig
from recital.processors.text import TextConfig
from recital.utils.config import load_config
from recital.utils.training.schedules import SchedulerConfig
from recital.utils.training.train_config import OptimizerConfig, TrainConfig
from tests.conftest import ROOT

PAGE = (ROOT / "docs/coming-from.md").read_text(encoding="utf-8")
SECTIONS = {
    "": Experiment,
    "audio": AudioConfig,
    "preprocess": PreprocessConfig,
    "text": TextConfig,
    "train": TrainConfig,
    "train.optimizer": OptimizerConfig,
    "train.scheduler": SchedulerConfig,
}
FLAG_NAMES = {name for rows in FLAGS.values() for row in rows for name in row.names}
NOT_IN_THE_TABLE = {"--which": "recital.bins.export"}  # flags of other commands


def rows() -> Iterator[tuple[str, list[str]]]:
    """(line, what is in backticks in its last column) of each row."""
    for line in PAGE.splitlines():
        if line.startswith("| ") and "---" not in line:
            last = re.split(r"(?<!\\)\|", line)[-2]
            yield line, re.findall(r"`([^`]+)`", last)


def keys() -> set[str]:
    """All keys of the sections, and of the models' default configs."""
    found: set[str] = set()
    for section, cls in SECTIONS.items():
        names = (field.name for field in dataclasses.fields(cls))
        found |= {f"{section}.{name}" if section else name for name in names}

    def walk(tree: dict[str, Any], prefix: str) -> None:
        for name, value in tree.items():
            found.add(f"{prefix}{name}")
            if isinstance(value, dict):
                walk(value, f"{prefix}{name}.")

    for path in ROOT.glob("config/*/*.json"):
        walk(load_config(path), "")
    return found | {"model.discriminators.cqt.dilations"}


KEYS = keys()


def unknown(name: str, line: str) -> Iterator[str]:
    """What a name in a last column says that does not exist."""
    for flag in re.findall(r"(?<![\w-])--[a-z][\w-]*", name):
        other = NOT_IN_THE_TABLE.get(flag)
        if flag not in FLAG_NAMES and not (other and other in line):
            yield flag
    for module in re.findall(r"recital\.bins\.\w+", name):
        if not importlib.util.find_spec(module):
            yield module
    for path in re.findall(r"(?:egs|config|docs|bins)/[\w./-]+|hubconf\.py", name):
        if not (ROOT / path).exists():
            yield path
    settings = re.findall(r"--set ([\w.]+)=", name)
    root = name.partition("[")[0]
    is_key = re.fullmatch(r"(audio|preprocess|text|train|model|dataset_\w+)(\.\w+)*", root)
    if is_key and root not in ("model.safetensors", "model.yaml", "preprocess.yaml"):
        settings.append(root)
    yield from (setting for setting in settings if setting not in KEYS)


def test_what_the_rows_name_exists() -> None:
    named = [(line, name) for line, names in rows() for name in names]
    assert len(named) > 250
    assert [(found, line) for line, name in named for found in unknown(name, line)] == []


def test_the_check_finds_what_is_not_there() -> None:
    wrong = ["--infer_txt", "recital.bins.synthesize", "egs/tts/VALL-E/run.sh", "train.batchsize"]
    assert [list(unknown(name, "")) for name in wrong] == [[name] for name in wrong]
    assert list(unknown("--set train.max_epochs=1", "")) == ["train.max_epochs"]


def test_the_keys_of_amphion_are_those_of_import_config() -> None:
    assert markdown() in PAGE, "put the output of amphion_keys.markdown() into docs/coming-from.md"


def test_every_project_has_its_part() -> None:
    for name in ("Amphion", "ESPnet", "NVIDIA", "ming024", "Coqui", "Piper"):
        part = re.search(rf"^## {name}.*?(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
        assert part and part[0].count("\n| ") > 5
    links = re.findall(r"\]\(([^)#]+)", PAGE)
    assert links and all((ROOT / "docs" / link).exists() for link in links)


def test_the_documents_call_python_by_its_place() -> None:
    """A bare `python` does not find Recital. The left columns of this page are others' commands."""
    bare = re.compile(r"(?<![\w./-])python3? -m recital")
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"]
    pages += [*ROOT.glob("docs/*.md"), *ROOT.glob("egs/**/README.md")]
    found = [
        f"{page.name}: {line}"
        for page in pages
        for line in page.read_text(encoding="utf-8").splitlines()
        if bare.search(line)
    ]
    assert found == []
