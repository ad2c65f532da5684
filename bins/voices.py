"""List the voices that come with Recital and those in a folder: language, speakers, licence."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from recital import models
from recital.bins.common.command import run
from recital.bins.common.parser import OneLineParser
from recital.processors.speech.onnx_files import OnnxGraph
from recital.utils.config import project_path
from recital.utils.errors import DataError, RecitalError
from recital.utils.json_files import read_object
from recital.utils.model_card import read_card
from recital.voices import SHIPPED

TRAINED = "ckpts/tts"  # where recipes put them
CONFIG, GRAPH = "config.json", "acoustic.onnx"
SHOWN_SPEAKERS = 3


class Row(NamedTuple):
    """One voice in the list: its name, language, speakers and licence."""

    name: str
    language: str
    speakers: str
    licence: str
    model: str
    folder: str


TITLES = Row("voice", "language", "speakers", "licence", "model", "folder")


def main(argv: Sequence[str] | None = None) -> int:
    args = _arguments(argv)
    if args.folder is not None and not args.folder.is_dir():
        raise DataError(f"{args.folder}: is no folder")
    rows, failed = [TITLES], False
    for folder in (SHIPPED, args.folder or project_path(TRAINED)):
        for voice, source in _sources(folder):
            try:
                row = describe(voice, source)
            except RecitalError as error:
                print(f"error: {error}", file=sys.stderr)
                failed = True
            else:
                rows += [row] if row is not None else []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(f"{cell:<{n}}" for cell, n in zip(row, widths, strict=True)).rstrip())
    return 1 if failed else 0


def describe(voice: Path, source: Path) -> Row | None:
    """The row of the voice with this config or graph of an acoustic model; None for a vocoder.
    Raises `RecitalError` for a file that cannot be read.
    """
    tree = read_object(source) if source.name == CONFIG else _read_graph(source)
    if models.entry(tree.get("model_type")).kind != "acoustic":
        return None
    card, _ = read_card(voice)
    return Row(
        voice.name,
        _language(tree.get("text", {})),
        _speakers(tree.get("speakers", [])),
        str(card.get("license", "not stated")),
        tree["model_type"],
        str(voice),
    )


def _read_graph(path: Path) -> dict[str, Any]:
    """The description in the metadata of a graph."""
    about = OnnxGraph(path).about
    return {**about.get("voice", {}), "model_type": about.get("model_type")}


def _language(text: Mapping[str, Any]) -> str:
    """The language of a `text` section: that of espeak's voice, or of the symbols."""
    phonemizer = text.get("phonemizer")
    if phonemizer == "espeak":
        return str(text.get("voice", "en-us"))
    return "zh" if phonemizer == "pinyin" else "en"


def _speakers(names: Sequence[str]) -> str:
    if len(names) <= 1:
        return "1"
    shown = ", ".join(names[:SHOWN_SPEAKERS])
    return f"{len(names)}: {shown}{', …' * (len(names) > SHOWN_SPEAKERS)}"


def _sources(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Each folder in `folder`, and itself, with the config of a model: of a voice's folder, a
    checkpoint, or the newest checkpoint of an experiment; or with a graph, where there are graphs
    alone.
    """
    inside = [path for path in folder.glob("*") if path.is_dir()]
    for voice in [folder, *sorted(inside)]:
        newest = sorted(voice.glob(f"checkpoint/epoch-*/{CONFIG}"))[-1:]
        found = [voice / "acoustic" / CONFIG, voice / CONFIG, *newest]
        for source in (*found, voice / "acoustic" / GRAPH, voice / GRAPH):
            if source.is_file():
                yield voice, source
                break


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = OneLineParser(prog="recital voices", description=__doc__)
    parser.add_argument(
        "folder", nargs="?", type=Path, help=f"with trained voices in it (default: {TRAINED})"
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    run(main)
