"""The plan of a recipe: from its flags to the commands of the stages."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from recital.bins import launch
from recital.bins.common.flag_checks import check
from recital.bins.common.flags import FLAGS, Flag, command_parser
from recital.bins.common.parser import Parser
from recital.utils.config import Tree, load_config
from recital.utils.errors import RecitalError, UsageError

STAGES = {
    "tts": ("preprocess", "train", "inference", "evaluate"),
    "vocoder": ("preprocess", "train", "vocode", "evaluate"),
}
INSTEAD = ("doctor", "segment", "extract_durations", "predict_mels")  # of a stage
# flags of these, which mean nothing without them
PARTS = {
    "--segment_output": "segment",
    "--segment_confidence": "segment",
    "--aligner": "extract_durations",
}
# more than one process, or a chosen GPU
LAUNCHED = ("gpu", "num_processes", "num_machines", "config_file")

STAGES_EPILOG = """\
Stages: 1 features, 2 training, 3 inference, 4 evaluation. Without --stage, 1 to
3; with flags of stage 3 or 4 alone, those stages alone. A flag of a stage that
does not run is left aside."""
PYTHON_EPILOG = """

Python is $PYTHON, else .venv (made by: sh env.sh), else the python3 in use."""
RUN_SH = "sh run.sh"


class Plan(NamedTuple):
    """The commands of a command line."""

    commands: list[list[str]]  # module and words of each stage, in turn
    config: str
    name: str
    demo: bool
    note: str = ""  # a choice that a user might not expect


def usual_layout(folder: Path) -> str:
    """The layout of a folder of recordings: with a list LJSpeech's, else texts next to them."""
    return "ljspeech" if (folder / "metadata.csv").is_file() else "folder"


def vocoder_of(voice: str | None) -> list[str]:
    """The flag for the vocoder of a voice to fine-tune from, if that is a whole one."""
    if voice is None or not (voice == "shipped" or Path(voice, "vocoder").is_dir()):
        return []
    return [f"--vocoder_dir={voice}"]


class Recipe:
    """The command line of one recipe folder, as run.sh or as `recital … --recipe NAME`."""

    def __init__(self, kind: str, folder: str, program: str = RUN_SH) -> None:
        self.kind, self.folder = kind, Path(folder)
        self.stages = STAGES[kind]
        self.commands = {"recipe", "launch", "doctor", *self.stages}
        if kind == "tts":
            self.commands |= {"tts_recipe", *INSTEAD}
        self.flags: dict[str, Flag] = {}
        epilog = STAGES_EPILOG + PYTHON_EPILOG * (program == RUN_SH)
        self.parser = Parser(program, None, epilog=epilog, usage=f"{program} [flags]")
        for title, rows in FLAGS.items():
            group = self.parser.add_argument_group(title)
            for row in rows:
                if row.commands & self.commands:
                    row.add_to(group)
                    self.flags |= dict.fromkeys(row.names, row)

    def plan(self, argv: Sequence[str]) -> Plan:
        """Plan the stages. Raises `UsageError` for anything that a command would refuse."""
        words = self._words(argv)
        args = self.parser.parse_args([word for _, word in words])
        given = [self.flags[name] for name, _ in words]
        config = str(args.config or self.folder / f"{self._default(args)}.json")
        if args.config is not None:
            self._check_model(config)
        name = args.name
        if name is None:
            name = "demo" if args.demo else self.folder.name.lower()
        if Path(name).name != name or name in ("", ".", ".."):
            raise UsageError(f"--name {name!r}: expected a plain folder name, without a path")
        words = [*self._sets(args, name), *words]
        chosen, note = self._chosen(args, given)
        commands = [self._command(c, args, words, config, name) for c in chosen]
        return Plan(commands, config, name, args.demo, note)

    def _check_model(self, config: str) -> None:
        """Raise `UsageError` for a config of another model than this recipe's. One that cannot be
        read is left to the stages, which say why.
        """
        try:
            own = load_config(self.folder / "exp_config.json").get("model_type")
            found = load_config(config).get("model_type")
        except RecitalError:
            return
        if isinstance(found, str) and None is not own != found:
            raise UsageError(
                f"--config {config}: is of {found}, and this recipe trains {own}; give a config of "
                f"{own}, or run the recipe of {found}"
            )

    def _default(self, args: argparse.Namespace) -> str:
        """The name of the recipe's config to use. Raises `UsageError` if there is none."""
        if args.finetune_from is None:
            return "demo" if args.demo else "exp_config"
        if args.demo:
            raise UsageError("--finetune_from: --demo trains from nothing; give one of them")
        if args.config is None and not (self.folder / "finetune.json").is_file():
            found = sorted(path.parent.name for path in self.folder.parent.glob("*/finetune.json"))
            raise UsageError(
                f"--finetune_from: {self.folder.name} has no finetune.json, as "
                f"{' and '.join(found)} have; give a --config, or start from the weights with "
                "--resume_from_ckpt_path VOICE --resume_type finetune"
            )
        return "finetune"

    def _sets(self, args: argparse.Namespace, name: str) -> list[tuple[str, str]]:
        """What --finetune_from and --dataset_path set in the config, under the user's own --set."""
        sets: Tree = {}
        if args.finetune_from is not None:
            path = Path(args.finetune_from)
            # paths of a config are relative to the project
            sets["finetune_from"] = str(path.resolve()) if path.exists() else args.finetune_from
        if args.dataset_path is not None:
            folder = args.dataset_path.resolve()
            sets["dataset"] = [name]
            sets["dataset_path"] = {name: str(folder)}
            sets["dataset_layout"] = {name: usual_layout(folder)}
        return [("--set", f"--set={key}={json.dumps(value)}") for key, value in sets.items()]

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
        """The commands to run, and a note if they are implied."""
        for name in (name for row in given for name in row.names if name in PARTS):
            if not vars(args)[PARTS[name]]:
                raise UsageError(f"{name}: is of --{PARTS[name]}; give that, too, or leave it out")
        for command in INSTEAD:
            if command in self.commands and vars(args)[command]:
                return [command], ""
        first, last, note = args.stage, args.stop_stage, ""
        if first is None and last is None and not (args.demo or args.finetune_from):
            first, last = self._implied(given)
            if first is not None:
                which = f"--stage {first}" + f" --stop_stage {last}" * (last != first)
                note = f"without --stage, these flags alone mean {which}"
        last = last or first or 3
        first = first or 1
        if last < first:
            raise UsageError(
                f"--stop_stage {last}: expected {first} or more, since --stage is {first}"
            )
        return self.stages[first - 1 : last], note

    def _implied(self, given: Sequence[Flag]) -> tuple[int | None, int | None]:
        """The stages of the given flags, unless these include flags of stages 1 or 2: a sentence
        should not start a training of days.
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
        """Module and words of a command, with the flags that it accepts."""
        own = [f"--config={config}"]
        # the doctor uses a model only if one is named
        if command not in ("preprocess", "segment") and (
            command != "doctor" or args.name is not None
        ):
            own.append(f"--name={name}")
        if args.demo and command == "train":
            own.append("--resume")
        own += self._taken(command, words)
        speaks = self.kind == "tts" and command in ("inference", "evaluate")
        if speaks and args.vocoder_dir is None:
            own += vocoder_of(args.finetune_from)
        check(command, command_parser(command).parse(own))
        if command == "inference" and not (
            args.config or args.name or args.demo or args.finetune_from
        ):
            # until something is trained, Recital's own voice is used
            own.insert(2, "--or_shipped")
        own.insert(0, f"recital.bins.{command}")
        launched = any(f"--{flag}" in dict(words) for flag in LAUNCHED)
        if command == "train" or (launched and command in ("inference", "vocode")):
            own = [*self._taken("launch", words), *own]
            launch.arguments(own)
            own.insert(0, launch.__name__)
        return own

    def _taken(self, command: str, words: Sequence[tuple[str, str]]) -> list[str]:
        """The words of the flags that a command accepts; config and name are the recipe's."""
        rows = [(self.flags[flag].commands, word) for flag, word in words]
        return [word for takers, word in rows if command in takers and "recipe" not in takers]
