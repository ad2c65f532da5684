"""Imports go only to the right: egs -> bins -> preprocessors -> processors -> modules -> utils."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Folder -> the folders that it may import; models and processors do not import each other.
MAY_IMPORT = {
    "utils": {"utils"},
    "modules": {"modules", "utils"},
    "models": {"models", "modules", "utils"},
    "processors": {"processors", "modules", "utils"},
    "preprocessors": {"preprocessors", "processors", "modules", "utils"},
    "bins": {"bins", "preprocessors", "processors", "models", "modules", "utils"},
    "recital": {"hub", "models", "processors", "modules", "utils"},
}
for _folder in ("bins", "recital"):
    MAY_IMPORT[_folder] |= {"voices", "places"}  # files of recital/
FILES = sorted(path for folder in MAY_IMPORT for path in (ROOT / folder).rglob("*.py"))

# Packages that a GPU node for training need not have.
NOT_FOR_TRAINING = (
    "librosa soundfile soxr parselmouth pyworld numba matplotlib joblib inflect scipy sklearn"
)


# Arguments of `importlib.import_module`, directly or through a table such as models.MODELS; an
# f-string counts by its part before the first brace.
DOTTED = re.compile(r"(recital\.[\w.]*)(?::\w+)?")


NOT_FOR_SPEAKING = (
    "torch._dynamo accelerate matplotlib librosa numba scipy tensorboard joblib jinja2 soundfile"
)


def imported(source: str) -> Iterator[str]:
    """The full names of all imports in a file; a relative import begins with a dot."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if found := DOTTED.fullmatch(node.value):
                yield found[1]
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            if module == "recital":  # `from recital import utils`
                yield from (f"recital.{alias.name}" for alias in node.names)
            else:
                yield module


def violations(folder: str, source: str) -> list[str]:
    found = []
    for name in imported(source):
        first, *rest = name.split(".")
        if first == "" or first in {*MAY_IMPORT, "config", "tests", "egs"} - {"recital"}:
            found.append(f"{name}: expected recital.…")
        elif first == "recital" and rest and rest[0] not in MAY_IMPORT[folder]:
            found.append(f"{name}: {folder} must not know it")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_to_the_right(path: Path) -> None:
    folder = path.relative_to(ROOT).parts[0]
    assert violations(folder, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("folder", "source"),
    [
        ("utils", "from recital.modules.contract.audio import AudioConfig"),
        ("models", "def f():\n    import recital.processors.text"),
        ("processors", "if TYPE_CHECKING:\n    from recital import models"),
        ("modules", "from ..utils import config"),
        ("bins", "import utils.config"),
        ("preprocessors", "from recital.bins.train import main"),
        ("modules", "importlib.import_module('recital.models.tts.fastpitch')"),
        ("processors", "importlib.import_module(f'recital.models.{name}').load"),
        ("bins", "importlib.import_module(f'recital.{name}')"),
        ("utils", "TABLE = {'HiFiGAN': Entry('recital.models.vocoder.hifigan', 'vocoder')}"),
        ("models", "BENCHMARKS = {'text': 'recital.processors.text:encode'}"),
    ],
)
def test_the_rule_finds(folder: str, source: str) -> None:
    assert len(violations(folder, source)) == 1


def test_the_rule_leaves_prose_alone() -> None:
    assert violations("utils", '"""Run `python -m recital.bins.train`."""') == []
    assert violations("utils", "log.info('recital.bins is elsewhere')") == []


def test_every_folder_of_code_is_under_the_rule() -> None:
    tracked = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert tracked == set(MAY_IMPORT)


def test_recipes_hold_no_python() -> None:
    assert list((ROOT / "egs").rglob("*.py")) == []


@pytest.mark.parametrize("model", ["fastpitch", "fastspeech2", "tacotron2"])
def test_speaking_imports_no_compiler_and_no_training(model: str) -> None:
    """`torch._dynamo` takes seconds; the others are for training or plots."""
    script = (
        f"import sys, recital.voices, recital.models.tts.{model}, recital.models.vocoder.hifigan\n"
        "import recital.models.vocoder.source_filter, recital.models.vocoder.waveglow\n"
        f"print(*[name for name in {NOT_FOR_SPEAKING.split()} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_commands_import_the_rules_of_a_language_with_the_first_text() -> None:
    """Their patterns take a third of a second, which `--help` and training need not."""
    script = (
        "import importlib, sys\n"
        "from recital.bins.__main__ import COMMANDS\n"
        "def rules():\n"
        "    return [name for name in sys.modules if name.startswith((\n"
        "        'recital.processors.text.english', 'recital.processors.text.languages.'))]\n"
        "for rows in COMMANDS.values():\n"
        "    for row in rows.values():\n"
        "        importlib.import_module(row.module)\n"
        "import recital.bins.common.training, recital.voices, recital.processors.serving.app\n"
        "print(rules())\n"
        "from recital.processors.text import normalize\n"
        "normalize('one')\n"
        "print('recital.processors.text.english' in rules())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert done.stdout.split("\n")[:2] == ["[]", "True"], done.stderr


def test_training_imports_little() -> None:
    script = (
        "import sys, recital.bins.common.training, recital.models.tts.fastpitch.model\n"
        f"print(*[name for name in {NOT_FOR_TRAINING.split()} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
