"""Entries of a corpus that are read twice: in a file, since 5 million objects take 4 GB."""

from __future__ import annotations

import json
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import fields
from operator import attrgetter
from pathlib import Path
from types import TracebackType

from recital.processors.utterance import Rejected, Utterance
from recital.utils.storage import Folder, Local

Entry = Utterance | Rejected
_kinds = (Utterance, Rejected)
_values = [attrgetter(*(f.name for f in fields(kind))) for kind in _kinds]


class Spool:
    """Entries in a temporary file, which has no name and so is gone with the process."""

    def __init__(self, near: Folder | None = None) -> None:
        """The file is on the disk of the folder `near`, if that is on one."""
        directory: Path | None = None
        if isinstance(near, Local):
            directory = near.directory
            directory.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115  (closed by `__exit__`)
        self._begins = array("q")
        self._end = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._begins)

    def noted(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries, which are written as they pass."""
        for entry in entries:
            number = int(isinstance(entry, Rejected))
            line = json.dumps([number, *_values[number](entry)]).encode() + b"\n"
            self._begins.append(self._end)
            self._end += len(line)
            self._file.write(line)
            yield entry

    def __iter__(self) -> Iterator[Entry]:
        self._file.seek(0)
        return map(_parsed, self._file)

    def __getitem__(self, i: int) -> Entry:
        self._file.seek(self._begins[i])
        return _parsed(self._file.readline())


def _parsed(line: bytes) -> Entry:
    number, *values = json.loads(line)
    return _kinds[number](*values)
