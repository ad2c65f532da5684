"""run.sh: the stages of a recipe, by the flags of the commands that they run.

Called by egs/recipe.sh as `python -m recital.bins.recipe KIND FOLDER FLAGS...`. Every flag is
checked before anything runs, and before torch is imported.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from recital.bins import launch
from recital.bins.common.command import run
from recital.bins.common.flag_checks import check
from recital.bins.common.flags import FLAGS, Flag, command_parser
from recital.bins.common.interpreter import can_run_stages
from recital.bins.common.parser import Parser
from recital.utils.errors import RecitalError, UsageError
from recital.utils.signals import STOP, blocked, exit_when_signalled

ROOT = Path(__file__).resolve().parent.parent
STAGES = {
    "tts": ("preprocess", "train", "inference", "evaluate"),
    "vocoder": ("preprocess", "train", "vocode", "evaluate"),
}
INSTEAD = ("doctor", "extract_durations", "predict_mels")  # of a stage
LAUNCHED = ("gpu", "num_processes", "num_machines")  # more than one process, or a chosen GPU

EPILOG = """\
Stages: 1 features, 2 training, 3 inference, 4 evaluation. Without --stage, 1 to
3; with flags of stage 3 or 4 alone, those stages alone. A flag of a stage that
does not run is left aside.

Python is $PYTHON, else .venv (made by: sh env.sh), else the python3 in use."""


class Plan(NamedTuple):
    """What a command line asks for."""

    commands: list[list[str]]  # module and words of each stage, in turn
    config: str
    name: str
    demo: bool
    note: str = ""  # what a user might not expect


class Recipe:
    """The command line of one recipe folder."""

    def __init__(self, kind: str, folder: str) -> None:
        self.kind, self.folder = kind, Path(folder)
        self.stages = STAGES[kind]
        self.commands = {"recipe", "launch", "doctor", *self.stages}
        if kind == "tts":
            self.commands |= {"tts_recipe", *INSTEAD}
        self.flags: dict[str, Flag] = {}
        self.parser = Parser("run.sh", None, epilog=EPILOG, usage="sh run.sh [flags]")
        for title, rows in FLAGS.items():
            group = self.parser.add_argument_group(title)
            for row in rows:
                if row.commands & self.commands:
                    row.add_to(group)
                    self.flags |= dict.fromkeys(row.names, row)

    def plan(self, argv: Sequence[str]) -> Plan:
        """Raises `UsageError` for what any of the commands would refuse."""
        words = self._words(argv)
        args = self.parser.parse_args([word for _, word in words])
        given = [self.flags[name] for name, _ in words]
        default = "demo" if args.demo else "exp_config"
        config = str(args.config or self.folder / f"{default}.json")
        name = args.name or ("demo" if args.demo else self.folder.name.lower())
        chosen, note = self._chosen(args, given)
        commands = [self._command(c, args, words, config, name) for c in chosen]
        return Plan(commands, config, name, args.demo, note)

    def _words(self, argv: Sequence[str]) -> list[tuple[str, str]]:
        try:
            return self.parser.words(argv)
        except UsageError as error:
            flag = str(error).partition(":")[0]
            for rows in FLAGS.values():
                if flag not in self.flags and any(flag in row.names for row in rows):
                    other = "vocoder" if self.kind == "tts" else "tts"
                    raise UsageError(f"{flag}: is for recipes of egs/{other}; see --help") from None
            raise

    def _chosen(self, args: argparse.Namespace, given: Sequence[Flag]) -> tuple[Sequence[str], str]:
        """The commands to run, and why where it is not said."""
        for command in INSTEAD:
            if command in self.commands and vars(args)[command]:
                return [command], ""
        first, last, note = args.stage, args.stop_stage, ""
        if first is None and last is None and not args.demo:
            first, last = self._implied(given)
            if first is not None:
                which = f"--stage {first}" + f" --stop_stage {last}" * (last != first)
                note = f"only flags of inference or evaluation: as with {which}"
        last = last or first or 3
        first = first or 1
        if last < first:
            raise UsageError(
                f"--stop_stage {last}: expected {first} or more, since --stage is {first}"
            )
        return self.stages[first - 1 : last], note

    def _implied(self, given: Sequence[Flag]) -> tuple[int | None, int | None]:
        """The stages whose flags are given, where none of them are flags of stages 1 and 2: nobody
        wants a training of days for a sentence.
        """
        takers = [
            {i for i, command in enumerate(self.stages, 1) if command in row.commands}
            for row in given
            if not row.commands & {"recipe", "tts_recipe", "launch"}
        ]
        takers = [numbers for numbers in takers if len(numbers) < len(self.stages)]
        if not takers or any(min(numbers) < 3 for numbers in takers):
            return None, None
        speaks, compares = {3} in takers, {4} in takers
        return (3 if speaks or not compares else 4), (4 if compares else 3)

    def _command(
        self,
        command: str,
        args: argparse.Namespace,
        words: Sequence[tuple[str, str]],
        config: str,
        name: str,
    ) -> list[str]:
        """Module and words, with those of the flags that the command takes."""
        own = [f"--config={config}"]
        # the doctor asks a model only where one is named
        if command != "preprocess" and (command != "doctor" or args.name is not None):
            own.append(f"--name={name}")
        if args.demo and command == "train":
            own.append("--resume")
        own += self._taken(command, words)
        check(command, command_parser(command).parse(own))
        if command == "inference" and not (args.config or args.name or args.demo):
            # while nothing is trained, Recital's own voice speaks
            own.insert(2, "--or_shipped")
        own.insert(0, f"recital.bins.{command}")
        launched = any(f"--{flag}" in dict(words) for flag in LAUNCHED)
        if command == "train" or (launched and command in ("inference", "vocode")):
            own = [*self._taken("launch", words), *own]
            launch.arguments(own)
            own.insert(0, launch.__name__)
        return own

    def _taken(self, command: str, words: Sequence[tuple[str, str]]) -> list[str]:
        """The words of the flags that a command takes; config and name come from the recipe."""
        rows = [(self.flags[flag].commands, word) for flag, word in words]
        return [word for takers, word in rows if command in takers and "recipe" not in takers]


class Walk:
    """Several stages, each a process of its own; the first that fails ends the walk."""

    def __init__(self, python: str) -> None:
        self.python = python
        self.child: subprocess.Popen[bytes] | None = None
        self.received = 0

    def run(self, commands: Sequence[Sequence[str]]) -> int:
        """The exit code of the stage that failed, or 128 and the number of a signal."""
        before = {number: signal.signal(number, self._forward) for number in STOP}
        try:
            return self._run(commands)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _run(self, commands: Sequence[Sequence[str]]) -> int:
        for command in commands:
            # a stage that answers to signals gets them once its handlers are there
            with blocked() if command[0] == launch.__name__ else nullcontext():
                self.child = subprocess.Popen([self.python, "-m", *command])
            code = self.child.wait()
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


def main(argv: Sequence[str] | None = None) -> int | None:
    kind, folder, *words = sys.argv[1:] if argv is None else argv
    with exit_when_signalled():
        try:
            plan = Recipe(kind, folder).plan(words)
        except UsageError as error:
            message = str(error).replace("see --help", "see sh run.sh --help")
            print(f"run.sh: {message}", file=sys.stderr)
            return error.exit_code
        if plan.note:
            print(f"run.sh: {plan.note}", file=sys.stderr)
        python = _python(plan.demo)
        alone = plan.commands[0] if len(plan.commands) == 1 and not plan.demo else None
        if alone is not None and alone[0] == launch.__name__:
            return _here(alone)
    if alone is not None:
        return _here(alone)
    code = Walk(python).run(plan.commands)
    if plan.demo and code == 0:
        print(summary(kind, folder, plan), end="")
    return code


def _python(demo: bool) -> str:
    """What runs the stages; for a demo, .venv is made first where that is not $PYTHON."""
    if demo and not (os.environ.get("PYTHON") and can_run_stages()):
        if subprocess.run(["sh", str(ROOT / "env.sh")]).returncode:
            raise RecitalError("env.sh could not set up .venv; see above")
        return str(ROOT / ".venv/bin/python")
    if not can_run_stages():
        raise RecitalError(
            f"{sys.executable} lacks what Recital needs; set it up with: sh {ROOT}/env.sh"
        )
    return sys.executable


def _here(command: Sequence[str]) -> int | None:
    """One stage alone is this process: a scheduler's signal and the exit code are those of the
    stage.
    """
    stage: Callable[[Sequence[str]], int | None] = importlib.import_module(command[0]).main
    return stage(command[1:])


def summary(kind: str, folder: str, plan: Plan) -> str:
    """What a demo left; nothing where it did not get as far as speaking."""
    made = ROOT / "ckpts" / kind / plan.name
    if not (made / "infer").is_dir():
        return ""
    again = f"sh {folder}/run.sh -c {plan.config} -n {plan.name} --stage 3"
    losses = "loss.png            the losses; log.jsonl and tensorboard/ hold all numbers"
    if kind == "vocoder":
        return f"""
The vocoder is in {made}
  infer/infer_from_dataset/
                      recordings that it never heard: pred/ as it makes them of
                      their mels, gt/ as they are
  show/               mels and sound, as training went on
  {losses}
Copy other recordings: {again} --infer_audio_dir FOLDER
Let a voice speak through it: --vocoder_dir {made}
"""
    return f"""
The voice is in {made}
  infer/batch/        sentences that it never heard: a wav, a plot of mel and
                      pitch, and a JSON each
  show/               mels, alignments, pitch contours and sound, as training went on
  {losses}
Let it speak: {again} --infer_text "Hello."
"""


if __name__ == "__main__":
    run(main)
