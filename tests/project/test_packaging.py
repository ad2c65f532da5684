"""The wheel contains only `recital`, with the configs, and works without the checkout."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

ENDINGS = ("py", "json", "txt", "html", "css", "js", "svg")


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
    folders = [path.parent for path in ROOT.glob("*/__init__.py")] + [ROOT / "config"]
    for folder in folders:
        inside = "recital" if folder.name == "recital" else f"recital/{folder.name}"
        wanted = [path for ending in ENDINGS for path in folder.rglob(f"*.{ending}")]
        assert wanted
        assert {f"{inside}/{path.relative_to(folder)}" for path in wanted} <= set(names)


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
