"""The wrapper of every command: what it prints, and what happens if stdout cannot be written."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from recital.bins import recipe
from recital.bins.__main__ import COMMANDS, main
from tests.conftest import ROOT

# Modules that are no commands: run.sh's, and what makes the package's data.
NO_COMMANDS = {
    "__init__",
    "__main__",
    "recipe",
    "train_homographs",
    "train_letters",
    "train_numbers",
}
NO_COMMANDS |= {"train_phones", "train_questions"}
COMMAND = r"""
import os
from recital.bins.common.command import run

def main(argv):
    # a file must not take the place of a closed stream, or what is printed goes into it
    assert os.open(os.devnull, os.O_RDONLY) > 2
    print("written to \N{LATIN SMALL LETTER O WITH DIAERESIS}ut \udcff", flush=True)
    return 3

run(main)
"""


@pytest.mark.parametrize(
    ("redirection", "encoding", "code", "printed"),
    [
        ("", "utf-8", 3, "written to \u00f6ut \\udcff\n"),
        ("", "ascii", 3, "written to \\xf6ut \\udcff\n"),
        ("", "cp1252", 3, "written to \u00f6ut \\udcff\n"),
        (">&-", "utf-8", 3, ""),
        ("<&- >&- 2>&-", "utf-8", 3, ""),
        (">/dev/full", "utf-8", 1, ""),
    ],
)
def test_output_is_printed_or_one_line_says_why_not(
    redirection: str, encoding: str, code: int, printed: str
) -> None:
    if "full" in redirection and not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    env = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    shell = ["sh", "-c", f'"$0" -c "$1" {redirection}', sys.executable, COMMAND]
    done = subprocess.run(shell, env=env, cwd=ROOT, capture_output=True)
    assert (done.returncode, done.stdout.decode(encoding)) == (code, printed)
    errors = done.stderr.decode().splitlines()
    assert len(errors) == (code == 1) and all("No space left" in line for line in errors)


@pytest.mark.parametrize(
    ("raised", "line"),
    [
        ("OSError(errno.ENOSPC, 'No space left')", "error: a file: cannot be opened or written: "),
        ("OSError(errno.EFBIG, 'File too large', 'x.onnx')", "error: x.onnx: cannot be opened or "),
        ("OSError(errno.EROFS, 'Read-only', '/mine')", "error: /mine: cannot be opened or written"),
        ("OSError(errno.EACCES, 'Denied', '/mine')", "error: /mine: cannot be opened or written"),
    ],
)
def test_a_disk_that_takes_no_file_is_one_line(raised: str, line: str) -> None:
    command = "import errno\nfrom recital.bins.common.command import run\ndef main(argv):\n"
    command += f"    print('done so far')\n    raise {raised}\nrun(main)"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", command], env=env, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "done so far\n")
    assert done.stderr.startswith(line) and done.stderr.count("\n") == 1


def test_every_command_is_in_the_table() -> None:
    rows = {row.module for commands in COMMANDS.values() for row in commands.values()}
    modules = {path.stem for path in (ROOT / "bins").glob("*.py")} - NO_COMMANDS
    assert rows == {f"recital.bins.{name}" for name in modules} | {"recital.bins.benchmark.runner"}
    for module in rows:
        path = ROOT / (module.removeprefix("recital.").replace(".", "/") + ".py")
        assert "\ndef main(argv: Sequence[str] | None = None)" in path.read_text()


@pytest.mark.parametrize(
    ("words", "stages"),
    [
        (["train", "-n", "x"], ["--stage=1", "--stop_stage=2"]),
        (["train", "-n", "x", "--infer_text", "Hi."], ["--stage=1", "--stop_stage=3"]),
        (["train", "-n", "x", "--stage", "2"], []),
    ],
)
def test_the_stages_of_a_recipe_s_training(
    words: list[str], stages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(recipe, "run_recipe", lambda *given: ran.append(given[2]))
    main([words[0], "--recipe", "FastPitch", *words[1:]])
    assert ran == [[*stages, *words[1:]]]
