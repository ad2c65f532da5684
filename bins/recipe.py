"""run.sh: runs the stages of a recipe, with the flags of their commands.

Called by egs/recipe.sh as `python -m recital.bins.recipe KIND FOLDER FLAGS...`. Every flag is
checked before anything runs, and before torch is imported.
"""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from recital.bins.common.command import run
from recital.bins.common.interpreter import can_run_stages
from recital.utils.errors import RecitalError, UsageError
from recital.utils.signals import STOP, blocked, exit_when_signalled

if TYPE_CHECKING:
    from recital.bins.common.plan import Plan

ROOT = Path(__file__).resolve().parent.parent
SET_UP = ROOT / "env.sh"  # an install has none
LAUNCH = "recital.bins.launch"


class Walk:
    """Several stages, each in its own process, up to the first failure."""

    def __init__(self, python: str) -> None:
        self.python = python
        self.child: subprocess.Popen[bytes] | None = None
        self.received = 0

    def run(self, commands: Sequence[Sequence[str]]) -> int:
        """The exit code of the failed stage, or 128 plus the number of a signal."""
        before = {number: signal.signal(number, self._forward) for number in STOP}
        try:
            return self._run(commands)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _run(self, commands: Sequence[Sequence[str]]) -> int:
        for command in commands:
            # a stage with signal handlers receives signals once these are set
            with blocked() if command[0] == LAUNCH else nullcontext():
                self.child = subprocess.Popen([self.python, "-m", *command])
            code = _wait(self.child)
            self.child = None
            if code:
                return code if code > 0 else 128 - code
            if self.received:
                return 128 + self.received
        return 0

    def _forward(self, number: int, frame: FrameType | None) -> None:
        self.received = number
        # a terminal sends Ctrl-C to the stage itself
        if self.child is not None and number != signal.SIGINT:
            self.child.send_signal(number)


def _wait(child: subprocess.Popen[bytes]) -> int:
    """The exit code of a process. With a timeout `wait` looks again and again, so a signal that
    comes in the instant before it looks is not left until the process ends.
    """
    while True:
        with suppress(subprocess.TimeoutExpired):
            return child.wait(timeout=60)


def main(argv: Sequence[str] | None = None) -> int | None:
    kind, folder, *words = sys.argv[1:] if argv is None else argv
    return run_recipe(kind, folder, words)


def run_recipe(
    kind: str, folder: str, words: Sequence[str], program: str = "sh run.sh"
) -> int | None:
    """Run the stages of a recipe; `program` is what the user typed, for messages."""
    name = program.removeprefix("sh ")
    with exit_when_signalled():
        # imports come after the handlers
        from recital.bins.common.plan import Recipe

        try:
            plan = Recipe(kind, folder, program).plan(words)
        except UsageError as error:
            message = str(error).replace("see --help", f"see {program} --help")
            print(f"{name}: {message}", file=sys.stderr)
            return error.exit_code
        if plan.note:
            print(f"{name}: {plan.note}", file=sys.stderr)
        python = _python(plan.demo)
        alone = plan.commands[0] if len(plan.commands) == 1 and not plan.demo else None
        if alone is not None and alone[0] == LAUNCH:
            return _here(alone)
    if alone is not None:
        return _here(alone)
    code = Walk(python).run(plan.commands)
    if plan.demo and code == 0:
        print(summary(kind, folder, plan), end="")
    return code


def _python(demo: bool) -> str:
    """The Python for the stages; a demo in a checkout first creates .venv unless $PYTHON is set."""
    if demo and SET_UP.is_file() and not (os.environ.get("PYTHON") and can_run_stages()):
        if subprocess.run(["sh", str(SET_UP)]).returncode:
            raise RecitalError("env.sh could not set up .venv; see above")
        return str(ROOT / ".venv/bin/python")
    if not can_run_stages():
        remedy = f"sh {SET_UP}" if SET_UP.is_file() else "pip install recital"
        raise RecitalError(f"{sys.executable} lacks what Recital needs; set it up with: {remedy}")
    return sys.executable


def _here(command: Sequence[str]) -> int | None:
    """Run a single stage in this process, so that signals and exit code are those of the stage."""
    stage: Callable[[Sequence[str]], int | None] = importlib.import_module(command[0]).main
    return stage(command[1:])


def summary(kind: str, folder: str, plan: Plan) -> str:
    """A summary of a demo's output; empty if it did not reach stage 3."""
    made = (ROOT if SET_UP.is_file() else Path.cwd()) / "ckpts" / kind / plan.name
    if not (made / "infer").is_dir():
        return ""
    program = f"sh {folder}/run.sh"
    if not Path(folder, "run.sh").is_file():
        program = f"recital train --recipe {Path(folder).name}"
    again = f"{program} -c {plan.config} -n {plan.name} --stage 3"
    losses = "loss.png            the losses; log.jsonl and tensorboard/ hold all numbers"
    if kind == "vocoder":
        return f"""
The vocoder is in {made}
  infer/infer_from_dataset/
                      recordings not used in training: pred/ generated from their
                      mels, gt/ the originals
  show/               mels and sound during training
  {losses}
Vocode other recordings: {again} --infer_audio_dir FOLDER
Use it with a voice: --vocoder_dir {made}
"""
    return f"""
The voice is in {made}
  infer/batch/        sentences not used in training: a wav, a plot of mel and
                      pitch, and a JSON each
  show/               mels, alignments, pitch contours and sound during training
  {losses}
Synthesize: {again} --infer_text "Hello."
"""


if __name__ == "__main__":
    run(main)
