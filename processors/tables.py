"""Tables: arrays that are made from other files, mapped, and shared by all processes of a machine.

They are in the folder `index` of a store, or in a cache of this user if the store cannot be written
to, and may be removed at any time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from recital.processors.shards import SUFFIX, ShardHeader, map_arrays, pieces_of, read_header
from recital.utils.errors import RecitalError
from recital.utils.files import waiting
from recital.utils.storage import Folder, Local, cache_of

BLOCK = 1 << 24  # bytes of a file that are hashed at once
Made = tuple[dict[str, np.ndarray], dict[str, Any]]  # arrays, and notes as JSON has them


class Table:
    """Arrays by name, and notes. Its copies in other processes map the same file."""

    def __init__(self, path: Path, header: ShardHeader) -> None:
        self.path, self.notes = path, header.notes
        self._header = header
        self._arrays = map_arrays(path, header)

    def __getitem__(self, name: str) -> np.ndarray:
        return self._arrays[name]

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path, "header": self._header}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Table.__init__(self, state["path"], state["header"])


def open_table(
    folder: Folder, name: str, key: str, make: Callable[[], Made], has: Collection[str]
) -> Table:
    """The table `name` of a folder, made if it is missing, was made for another `key`, or lacks an
    array or a note that it `has`.
    """
    table = find_table(folder, name, key, has)
    if table is None:
        with waiting(lock_of(folder)):
            # another process may have made it meanwhile
            table = find_table(folder, name, key, has)
            if table is None:
                arrays, notes = make()
                folder.write(name + SUFFIX, pieces_of(arrays, {**notes, "key": key}))
                table = find_table(folder, name, key, has)
    if table is None:
        raise RecitalError(f"{folder.place(name + SUFFIX)}: vanished after it was written")
    return table


def lock_of(folder: Folder) -> Path:
    """The folder whose lock is held while a table of `folder` is made."""
    return (folder if isinstance(folder, Local) else cache_of(folder.place())).directory


def find_table(folder: Folder, name: str, key: str, has: Collection[str]) -> Table | None:
    """The table `name` of a folder, if it was made for `key` and has these arrays and notes:
    another version's may not.
    """
    try:
        path = folder.on_disk(name + SUFFIX)
        header = read_header(path)
        if header is None or header.notes.get("key") != key:
            return None
        return Table(path, header) if {*has} <= header.arrays.keys() | header.notes.keys() else None
    except (OSError, ValueError):
        return None


def open_table_of(
    folder: Folder,
    name: str,
    source: Path,
    make: Callable[[], Made],
    has: Collection[str],
    of: str = "",
) -> Table:
    """The table `name` that is made from the file `source`, and from what has the key `of`."""
    found = digest(source, folder, name)

    def made() -> Made:
        arrays, notes = make()
        return arrays, {**notes, "bytes": source.stat().st_size, "source": found}

    table = open_table(folder, name, f"{of}{found}", made, has)
    time = source.stat().st_mtime_ns
    # the next start need not hash the source
    if table.path.stat().st_mtime_ns != time and os.access(table.path, os.W_OK):
        os.utime(table.path, ns=(time, time))
    return table


def digest(source: Path, folder: Folder, name: str) -> str:
    """The hash of a file. If its table has its size and time, from there: to read a manifest of 5
    million lines takes seconds.
    """
    info = source.stat()
    try:
        table = folder.on_disk(name + SUFFIX)
        same_time = table.stat().st_mtime_ns == info.st_mtime_ns
    except OSError:
        same_time = False
    if same_time:
        header = read_header(table)
        known = {} if header is None else header.notes
        if known.get("bytes") == info.st_size and "source" in known:
            return str(known["source"])
    found = hashlib.sha256()
    with source.open("rb") as file:
        while block := file.read(BLOCK):
            found.update(block)
    return found.hexdigest()


@lru_cache
def hash_of_code(root: Path) -> str:
    """A hash of the code and data of a package, by which what it makes is known."""
    found = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".txt", ".npz"):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            found.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return found.hexdigest()


def to_blob(texts: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """Texts as one array of bytes, and where each ends."""
    blob, ends = bytearray(), []
    for text in texts:
        blob += text.encode()
        ends.append(len(blob))
    return np.frombuffer(bytes(blob), np.uint8), np.array(ends, np.int64)


def from_blob(blob: np.ndarray, ends: np.ndarray, i: int) -> str:
    """Text i of `to_blob`."""
    return blob[ends[i - 1] if i else 0 : ends[i]].tobytes().decode()
