"""The wheel contains only `recital`, with the configs and the voice; installed into a fresh
environment, it speaks and trains without the checkout.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import soundfile

from tests.conftest import ROOT

ENDINGS = ("py", "json", "txt", "html", "css", "js", "svg", "safetensors", "onnx")
MOST_MB = 30
TINY = [
    "model.d_model=16",
    "model.encoder={n_layers: 1, n_heads: 1, d_head: 8, d_inner: 16}",
    "model.decoder={n_layers: 1, n_heads: 1, d_head: 8, d_inner: 16}",
    "preprocess.valid=1",
    "preprocess.test=1",
    "preprocess.golden_test=1",
    "train.max_steps=1",
    "train.batch_size=2",
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build it from the checkout into a separate folder."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "setup.py", "-q", "egg_info", "-e", str(folder), "build", "-b"]
    command += [str(folder / "build"), "bdist_wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_wheel_holds_recital_alone(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert {re.sub(r"-.*", "", name.split("/")[0]) for name in names} == {"recital"}
    folders = [path.parent for path in ROOT.glob("*/__init__.py")]
    folders += [ROOT / "config", ROOT / "egs", ROOT / "pretrained"]
    for folder in folders:
        inside = "recital" if folder.name == "recital" else f"recital/{folder.name}"
        wanted = [path for ending in ENDINGS for path in folder.rglob(f"*.{ending}")]
        assert wanted
        assert {f"{inside}/{path.relative_to(folder)}" for path in wanted} <= set(names)


def test_wheel_is_small(wheel: zipfile.ZipFile) -> None:
    assert wheel.filename is not None
    assert Path(wheel.filename).stat().st_size < MOST_MB * 2**20


class Installed(NamedTuple):
    """A fresh environment with the wheel, and an empty folder to work in."""

    bin: Path
    folder: Path

    def run(self, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
        env = {"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "HOME": str(self.folder)}
        command = [str(self.bin / words[0]), *words[1:]]
        options = {"cwd": self.folder, "env": env, "timeout": 110, **options}
        return subprocess.run(command, capture_output=True, text=True, **options)


@pytest.fixture(scope="module")
def installed(
    wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installed]:
    """`pip install --no-deps`; the libraries are those of this environment."""
    home = tmp_path_factory.mktemp("installed")
    environment, folder = home / "venv", home / "elsewhere"
    folder.mkdir()
    venv.create(environment, symlinks=True)
    assert wheel.filename is not None
    pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin/python"), "-q"]
    done = subprocess.run(
        [*pip, "install", "--no-deps", "--no-index", "--no-compile", wheel.filename],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    (site,) = environment.glob("lib/python3*/site-packages")
    # a line of a .pth adds a folder, whose own .pth files (of an editable install) are not read
    libraries = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (site / "libraries.pth").write_text("\n".join(libraries) + "\n")
    yield Installed(environment / "bin", folder)


def test_an_install_lists_its_commands_and_voices(installed: Installed) -> None:
    done = installed.run("python", "-c", "import recital; print(recital.__file__)")
    assert str(installed.bin.parent) in done.stdout
    done = installed.run("recital", "--help")
    assert done.returncode == 0 and "say" in done.stdout
    script = (
        "import sys, recital.bins.__main__ as m; m.main(['--help'])\n"
        "print(*{'torch', 'numpy', 'argparse'} & set(sys.modules), file=sys.stderr)"
    )
    assert installed.run("python", "-c", script).stderr.strip() == ""
    done = installed.run("recital", "voices")
    assert re.search(r"^kathleen +en-us +1 +cc0-1\.0 +FastPitch", done.stdout, re.M), done.stderr
    done = installed.run("recital", "sya")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: sya: unknown command; did you mean 'say'?; see recital --help\n"


def test_an_install_speaks(installed: Installed) -> None:
    done = installed.run("recital", "say", "Hello there.", "-o", "hello.wav")
    assert done.returncode == 0, done.stderr
    wav, rate = soundfile.read(installed.folder / "hello.wav")
    assert rate == 22050 and 0.5 < len(wav) / rate < 2.5 and 0.1 < abs(wav).max() < 1


def test_an_install_trains_a_recipe(installed: Installed) -> None:
    """The configs are in the package; what is written, and a base of the user's own, in the working
    folder.
    """
    corpus = installed.folder / "corpus"
    (corpus / "wavs").mkdir(parents=True)
    generator = np.random.default_rng(0)
    lines = []
    for i in range(5):
        wav = np.sin(np.arange(11000) * 0.06) * 0.3 + generator.normal(size=11000) * 0.01
        soundfile.write(corpus / f"wavs/u{i}.wav", wav, 22050)
        lines.append(f"u{i}|Number {'abcde'[i]}.|Number {'abcde'[i]}.\n")
    (corpus / "metadata.csv").write_text("".join(lines))
    settings = {"dataset": ["tiny"], "dataset_path": {"tiny": "corpus"}}
    settings |= {"dataset_layout": {"tiny": "ljspeech"}}
    (installed.folder / "mine.json").write_text(
        json.dumps({"base_config": "own/base.json", **settings})
    )
    (installed.folder / "own").mkdir()
    (installed.folder / "own/base.json").write_text(
        json.dumps({"base_config": "egs/tts/FastPitch/exp_config.json"})
    )
    flags = ["-c", "mine.json", "--jobs=1", *(f"--set={setting}" for setting in TINY)]
    done = installed.run("recital", "train", "--recipe", "FastPitch", "--name=mine", *flags)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(installed.folder.glob("ckpts/tts/mine/checkpoint/*/model.safetensors"))
    done = installed.run("recital", "voices")
    assert re.search(r"^mine +en +1 +not stated", done.stdout, re.M), done.stdout
    done = installed.run("recital", "train", "--recipe", "FastPich")
    assert done.returncode == 2 and "did you mean 'FastPitch'" in done.stderr


def test_wheel_works_without_the_checkout(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    site, empty = tmp_path / "site", tmp_path / "empty"
    wheel.extractall(site)
    empty.mkdir()
    script = (
        "from recital.utils.config import ROOT, load_config\n"
        "from recital.preprocessors.corpora import find_layout, layouts\n"
        "print(ROOT, load_config(ROOT / 'config/tts/fastpitch.json')['model_type'])\n"
        "print(*[name for name in layouts() if find_layout(name)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=empty,
        env={"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    layouts = sorted(path.stem for path in (ROOT / "preprocessors/corpora").glob("[!_]*.py"))
    assert done.stdout.split() == [str(site / "recital"), "FastPitch", *layouts], done.stderr


def test_every_dependency_is_pinned(wheel: zipfile.ZipFile) -> None:
    """env.sh installs what the wheel requires; a name without a pin would float."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line.split(";")[0].strip() for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)
    metadata = wheel.read(next(n for n in wheel.namelist() if n.endswith("METADATA"))).decode()
    asked = {normal(name) for name in re.findall(r"^Requires-Dist: ([\w.-]+)", metadata, re.M)}
    assert {"torch", "librosa", "espeakng-loader", "pytest"} <= asked
    assert asked <= {normal(pin.split("==")[0]) for pin in pins}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
