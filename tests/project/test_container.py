"""The Containerfile: linted, and its steps repeated in a bare folder, with the libraries of this
environment in place of downloads.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import ROOT

KEY = "a long random word"


class Step(NamedTuple):
    """An instruction of a stage."""

    name: str
    words: str

    @property
    def command(self) -> list[str]:
        """The command of the JSON form."""
        return json.loads(self.words[self.words.index("[") :])


@pytest.fixture(scope="module")
def stages() -> list[list[Step]]:
    lines = (ROOT / "Containerfile").read_text().replace("\\\n", " ").splitlines()
    steps = [Step(*line.split(maxsplit=1)) for line in lines if line and line[0] != "#"]
    starts = [i for i, step in enumerate(steps) if step.name == "FROM"] + [len(steps)]
    return [steps[a:b] for a, b in zip(starts, starts[1:], strict=False)]


def one(steps: list[Step], name: str) -> Step:
    (step,) = (step for step in steps if step.name == name)
    return step


def test_hadolint_finds_nothing() -> None:
    hadolint = shutil.which("hadolint") or shutil.which(str(ROOT / ".venv/bin/hadolint"))
    if hadolint is None:
        pytest.skip("no hadolint here (extra dev)")
    done = subprocess.run([hadolint, str(ROOT / "Containerfile")], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_it_runs_as_nobody_and_says_how_it_is(stages: list[list[Step]]) -> None:
    final = stages[-1]
    user, _, group = one(final, "USER").words.partition(":")
    assert int(user) > 0 and int(group) > 0  # numbers, so that a cluster can check them
    assert not any(step.name in ("RUN", "ADD", "VOLUME") for step in final)
    assert one(final, "EXPOSE").words in one(final, "HEALTHCHECK").words
    bases = {one(stage, "FROM").words.split()[0] for stage in stages}
    assert len(bases) == 1 and re.search(r":3\.1[0-3]-slim$", bases.pop())


@pytest.fixture(scope="module")
def built(stages: list[list[Step]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first stage builds: COPY and RUN, word for word. Its .venv exists with pip and torch
    in reach, so that env.sh keeps this torch and pip needs no index.
    """
    folder = tmp_path_factory.mktemp("container")
    assert one(stages[0], "COPY").words == ". ."
    # the libraries in reach below would hide it
    assert ".[serve]" in one(stages[0], "RUN").words, "the server's libraries are not installed"
    ignored = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] != "#"]
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    for name in listed.stdout.splitlines():
        if not any(fnmatch.fnmatch(name, f"{p}/*") or name == p for p in ignored):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    venv.create(folder / ".venv", symlinks=True)
    (site,) = folder.glob(".venv/lib/python3*/site-packages")
    libraries = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (site / "libraries.pth").write_text("\n".join(libraries) + "\n")
    for library in map(Path, libraries):
        for info in library.glob("torch-*.dist-info"):
            (site / info.name).symlink_to(info)
    env = {"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1", "HOME": str(folder / "home")}
    done = subprocess.run(
        ["sh", "-ec", one(stages[0], "RUN").words],
        cwd=folder,
        env={**env, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def serving(stages: list[list[Step]], built: Path) -> Iterator[tuple[Any, dict[str, Any]]]:
    """ENTRYPOINT and CMD of the last stage, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [*one(stages[-1], "ENTRYPOINT").command, *one(stages[-1], "CMD").command]
    command = [port if word == one(stages[-1], "EXPOSE").words else word for word in command]
    home = built / "tmp"
    home.mkdir()
    env = {"PATH": f"{built}/.venv/bin:/usr/bin:/bin", "HOME": str(home), "TMPDIR": str(home)}
    options = {"cwd": home, "env": {**env, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}}
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, **options)
    assert refused.returncode == 2 and "RECITAL_API_KEY" in refused.stderr
    options["env"]["RECITAL_API_KEY"] = KEY
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert port in line, line
    yield process, {"port": port, **options}
    process.kill()
    process.communicate()


def test_the_server_is_healthy_speaks_and_writes_nothing(
    stages: list[list[Step]], built: Path, serving: tuple[Any, dict[str, Any]]
) -> None:
    process, options = serving
    port = options.pop("port")
    before = files(built)
    health = [
        word.replace(one(stages[-1], "EXPOSE").words, port)
        for word in one(stages[-1], "HEALTHCHECK").command
    ]
    assert subprocess.run(health, timeout=30, **options).returncode == 0
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/audio/speech",
        json.dumps({"model": "tts-1", "input": "Hello.", "voice": "kathleen"}).encode(),
        {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    )
    assert len(urllib.request.urlopen(request, timeout=60).read()) > 2000
    assert files(built) == before  # a read-only root file system is enough
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    with pytest.raises(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5)


def files(folder: Path) -> dict[str, float]:
    found = {}
    for root, _, names in os.walk(folder):
        found |= {name: os.lstat(name).st_mtime for name in (f"{root}/{n}" for n in names)}
    return found
