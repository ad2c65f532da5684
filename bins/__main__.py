"""The command `recital`: every command of this folder under one name, with its own flags and exit
codes. `python -m recital.bins say "Hello." -o hello.wav` is the same without an install.

`--recipe NAME` runs a recipe's stages as its run.sh does, from an install without a checkout too.
Nothing is imported before the command is known.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import recital
from recital.bins.common.command import run
from recital.utils.errors import UsageError


class Command(NamedTuple):
    """A row of the help."""

    module: str
    summary: str
    stages: tuple[str, ...] = ()  # what `--recipe` adds, unless stages are given


COMMANDS: dict[str, dict[str, Command]] = {
    "Speak": {
        "say": Command("recital.bins.say", "speak a text, to a wav or the loudspeaker"),
        "serve": Command("recital.bins.serve", "serve voices over HTTP, with a page to try them"),
        "voices": Command(
            "recital.bins.voices", "list the voices here: language, speakers, licence"
        ),
    },
    "Make a voice": {
        "get_corpus": Command("recital.bins.get_corpus", "download a published corpus"),
        "doctor": Command(
            "recital.bins.doctor", "check config, corpora and machine", ("--doctor",)
        ),
        "segment": Command(
            "recital.bins.segment", "cut long recordings and their texts into a corpus"
        ),
        "preprocess": Command("recital.bins.preprocess", "stage 1: features", ("--stage=1",)),
        "train": Command(
            "recital.bins.train", "stage 2: training", ("--stage=1", "--stop_stage=2")
        ),
        "inference": Command("recital.bins.inference", "stage 3: texts to wavs", ("--stage=3",)),
        "vocode": Command("recital.bins.vocode", "stage 3 of a vocoder", ("--stage=3",)),
        "evaluate": Command(
            "recital.bins.evaluate", "stage 4: measure a voice or a vocoder", ("--stage=4",)
        ),
    },
    "Export and import": {
        "export": Command("recital.bins.export", "export a trained model for inference"),
        "import": Command(
            "recital.bins.import_checkpoint", "import a checkpoint of another project"
        ),
        "import_config": Command(
            "recital.bins.import_config", "convert a config of another project"
        ),
    },
    "Tools": {
        "launch": Command("recital.bins.launch", "run a stage on several GPUs or machines"),
        "extract_durations": Command(
            "recital.bins.extract_durations",
            "write the durations of a corpus, by a teacher or a forced aligner",
            ("--extract_durations",),
        ),
        "predict_mels": Command(
            "recital.bins.predict_mels",
            "write the mels of a voice, for its vocoder",
            ("--predict_mels",),
        ),
        "side_by_side": Command("recital.bins.side_by_side", "plot one text by several voices"),
        "unknown_words": Command("recital.bins.unknown_words", "list the words in no dictionary"),
        "benchmark": Command(
            "recital.bins.benchmark.runner", "measure the figures of docs/benchmarks.md"
        ),
    },
}


def main(argv: Sequence[str] | None = None) -> int | None:
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help", "help"):
        print(overview(), end="")
        return None if words else UsageError.exit_code
    if words[0] == "--version":
        print(f"recital {recital.__version__}")
        return None
    command = _find(words[0])
    recipe, rest = _without_recipe(words[1:])
    if recipe is not None:
        return _run_recipe(words[0], command, recipe, rest)
    code: int | None = importlib.import_module(command.module).main(rest)
    return code


def overview() -> str:
    """The text of `recital --help`."""
    lines = ["usage: recital COMMAND [flags]    (recital COMMAND --help explains its flags)", ""]
    for title, commands in COMMANDS.items():
        lines.append(f"{title}:")
        lines += [f"  {name:<18} {command.summary}" for name, command in commands.items()]
        lines.append("")
    lines += [
        "train, doctor and the stages take --recipe NAME: a recipe's config, and all flags of its",
        "run.sh. `recital train --recipe FastPitch -n mine --set …` is stages 1 and 2, with",
        "--infer_text stage 3, too.",
        "",
    ]
    return "\n".join(lines)


def _find(name: str) -> Command:
    known = {name: row for commands in COMMANDS.values() for name, row in commands.items()}
    if name not in known:
        from recital.utils.config import nearest

        raise UsageError(f"{name}: unknown command{nearest(name, known)}; see recital --help")
    return known[name]


def _without_recipe(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """The value of `--recipe`, if it is among the words, and the other words."""
    for i, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == "--recipe":
            if not equals and i + 1 == len(words):
                raise UsageError("--recipe: expected the name of a recipe after it")
            if equals:
                return value, [*words[:i], *words[i + 1 :]]
            return words[i + 1], [*words[:i], *words[i + 2 :]]
    return None, list(words)


def _run_recipe(name: str, command: Command, recipe: str, words: list[str]) -> int | None:
    from recital.bins.recipe import run_recipe
    from recital.utils.config import ROOT, nearest

    if not command.stages:
        raise UsageError(f"--recipe: is not for `recital {name}`, which is no stage of a recipe")
    folders = {path.parent.name: path.parent for path in ROOT.glob("egs/*/*/exp_config.json")}
    if recipe not in folders:
        known = nearest(recipe, folders) or f"; known: {', '.join(sorted(folders))}"
        raise UsageError(f"--recipe {recipe}: no such recipe{known}")
    given = {word.partition("=")[0] for word in words}
    stages = [] if given & {"-s", "--stage", "--stop_stage", "--demo"} else [*command.stages]
    if stages and name == "train" and "--infer_text" in given:
        stages = ["--stage=1", "--stop_stage=3"]  # as run.sh: the new voice says it
    folder = folders[recipe]
    return run_recipe(
        folder.parent.name, str(folder), [*stages, *words], f"recital {name} --recipe {recipe}"
    )


def entry() -> None:
    """The console script."""
    sys.argv[0] = str(Path(sys.argv[0]).name)
    run(main)


if __name__ == "__main__":
    run(main)
