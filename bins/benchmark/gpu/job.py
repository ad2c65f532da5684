"""A part of `benchmark gpu` in its own process: what it may take, and its result in a file, which
is replaced after every figure, so that nothing is lost if the process is killed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch

from recital.bins.benchmark.gpu.parts import PARTS
from recital.utils.files import write_text

Row = dict[str, float | str]


@dataclass
class Job:
    """The work of one part: rows of a table, and longer texts (profiles, tracebacks) by title."""

    result: Path
    seconds: float
    rehearse: bool
    began: float = field(default_factory=time.monotonic)
    rows: list[Row] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def seconds_left(self) -> float:
        """Until the process is ended."""
        return self.seconds - (time.monotonic() - self.began)

    def row(self, **cells: float | str) -> None:
        """Add a row of figures."""
        shown = (f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in cells.items())
        print(", ".join(shown), flush=True)
        self.rows.append(cells)
        self._write()

    def better(self, **cells: float | str) -> None:
        """Replace the last row."""
        self.rows.pop()
        self.row(**cells)

    def text(self, title: str, text: str) -> None:
        """Add a longer text."""
        self.texts[title] = text
        self._write()

    @contextmanager
    def attempt(self, what: str) -> Iterator[None]:
        """In this context, an error is a row and a text; the part goes on after it."""
        try:
            yield
        except Exception as error:
            first = str(error).strip().partition("\n")[0]
            self.row(what=what, failed=f"{type(error).__name__}: {first}"[:300])
            self.text(f"{what}: traceback", traceback.format_exc()[-6000:])

    def _write(self) -> None:
        write_text(self.result, json.dumps({"rows": self.rows, "texts": self.texts}))


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmark.gpu", description=__doc__)
    parser.add_argument("part", choices=[part.name for part in PARTS])
    parser.add_argument("--result", type=Path, required=True, metavar="FILE")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S", help="it may take")
    parser.add_argument("--rehearse", action="store_true", help="tiny sizes, on any device")
    args = parser.parse_args(argv)
    (part,) = (part for part in PARTS if part.name == args.part)
    module, _, function = part.function.partition(":")
    if args.rehearse:
        torch.set_num_threads(1)
    job = Job(args.result, args.seconds, args.rehearse)
    getattr(importlib.import_module(module), function)(job)
