"""Reading features: arrays by utterance, each at a place that a table knows.

The table of a feature (see `tables`) has, for line i of the manifest: the number of its file, its
first byte, its length (frames, samples or tokens) and its form, that is its type and the other
dimensions. It is made from the headers of the shards, once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recital.processors.manifest import Manifest
from recital.processors.shards import DTYPES, TYPES, find_header, shard_file, shard_files
from recital.processors.tables import Made, Table, from_blob, open_table, to_blob
from recital.utils.errors import DataError
from recital.utils.parallel import run_parallel
from recital.utils.storage import Folder, Local

CHUNK = 512  # shards whose headers one job reads
OF_EACH = ("seconds", "rejected", "hashes")  # notes on single utterances
HAS = ("file", "offset", "length", "form", "files", "files_ends", "forms", "notes")  # of a table


class BrokenShard(DataError):
    """A shard is missing, broken, or lacks an utterance."""


class FeatureReader:
    """The arrays of a feature. Nothing is held open or kept: memory does not grow with what was
    read.
    """

    def __init__(self, folder: Folder, name: str, manifest: Manifest, table: Table) -> None:
        self.folder, self.name, self.manifest, self.table = folder, name, manifest, table
        self.lengths = table["length"]  # [n_utterances], by place in the manifest
        forms = table.notes["forms"]
        self._forms = [(DTYPES[dtype], tuple(others)) for dtype, others in forms]

    def __reduce__(self) -> tuple[type, tuple[Folder, str, Manifest, Table]]:
        return FeatureReader, (self.folder, self.name, self.manifest, self.table)

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, id: str) -> np.ndarray:
        """The array of an utterance."""
        return self.read(int(self.manifest.rows([id])[0]))

    def read(self, row: int, start: int = 0, stop: int | None = None) -> np.ndarray:
        """The array of the utterance at a place in the manifest, or of one without other dimensions
        the part from `start` to `stop`. Raises `DataError` if the file is missing or cut off.
        """
        dtype, others = self._forms[int(self.table["form"][row])]
        length = int(self.lengths[row])
        start, stop, _ = slice(start, stop).indices(length)
        if others:
            start, stop = 0, length
        begin = int(self.table["offset"][row]) + start * dtype.itemsize
        count = max(stop - start, 0) * int(np.prod(others))
        table, number = self.table, int(self.table["file"][row])
        file = f"{self.name}/{from_blob(table['files'], table['files_ends'], number)}"
        try:
            data = self.folder.read(file, begin, begin + count * dtype.itemsize)
        except OSError as error:
            raise DataError(f"{self.folder.place(file)}: cannot be read: {error}") from None
        if len(data) < count * dtype.itemsize:
            raise DataError(f"{self.folder.place(file)}: is missing or broken; run stage 1")
        return np.frombuffer(data, dtype).reshape(*others, stop - start)

    def cut_off(self) -> list[str]:
        """The files on disk that are not as long as the table says; object stores have none."""
        if not isinstance(self.folder, Local):
            return []
        table, n_files = self.table, len(self.table["files_ends"])
        of_form = [d.itemsize * math.prod(others) for d, others in self._forms]
        ends = table["offset"] + table["length"] * np.array(of_form, np.int64)[table["form"]]
        sizes = np.zeros(n_files, np.int64)
        np.maximum.at(sizes, table["file"], ends)
        names = (from_blob(table["files"], table["files_ends"], i) for i in range(n_files))
        files = [f"{self.name}/{name}" for name in names]
        return [
            file
            for file, size in zip(files, sizes.tolist(), strict=True)
            if not self.folder.has(file) or self.folder.stamp(file)[0] != size
        ]

    def notes(self) -> list[dict[str, Any]]:
        """The different notes of the shards, without those on single utterances."""
        return self.table.notes["notes"]


@dataclass(frozen=True)
class Group:
    """Utterances that are in one shard."""

    shard: str
    rows: np.ndarray  # places in the manifest


def by_shard(manifest: Manifest) -> Iterator[Group]:
    """The utterances of each shard that the manifest names."""
    order = np.argsort(manifest.shard, kind="stable")
    ends = np.cumsum(np.bincount(manifest.shard, minlength=len(manifest.shard_names)))
    for i, name in enumerate(manifest.shard_names):
        yield Group(name, order[ends[i - 1] if i else 0 : ends[i]])


def open_reader(
    folder: Folder,
    name: str,
    index: Folder,
    manifest: Manifest,
    groups: Iterator[Group],
    *,
    of: str = "",
    jobs: int = 1,
    backend: str = "loky",
) -> FeatureReader:
    """The reader of the feature in the folder `name`. Its table is made if there is none of this
    manifest and of the key `of`, from shards that hold `groups`.

    Raises `BrokenShard`.
    """
    files = shard_files(folder, name)

    def make() -> Made:
        return _tabulate(folder, name, manifest, groups, files, jobs, backend)

    table = open_table(index, name, manifest.key + of, make, HAS)
    gone = table_files(table) - {file.removeprefix(f"{name}/") for file in files.values()}
    if gone:
        raise _missing(folder, f"{name}/{min(gone)}")
    return FeatureReader(folder, name, manifest, table)


def table_files(table: Table) -> set[str]:
    """The shards of a feature's table."""
    blob, ends = table["files"], table["files_ends"]
    return {from_blob(blob, ends, i) for i in range(len(ends))}


@dataclass(frozen=True)
class _Scan:
    """A job: the headers of some shards."""

    folder: Folder
    first: int  # the number of its first shard
    shards: list[tuple[str, list[str]]]  # file, ids


@dataclass(frozen=True)
class _Places:
    """The places of arrays in the shards, for all ids of a job in order."""

    first: int
    offsets: np.ndarray
    lengths: np.ndarray
    forms: list[tuple[str, tuple[int, ...]]]
    form: np.ndarray
    hashes: np.ndarray | None
    notes: list[dict[str, Any]]


def _scan(job: _Scan) -> _Places:
    offsets, lengths, form, hashes = [], [], [], []
    forms: dict[tuple[str, tuple[int, ...]], int] = {}
    notes: list[dict[str, Any]] = []
    for file, ids in job.shards:
        header = find_header(job.folder, file)
        if header is None:
            raise _missing(job.folder, file)
        for id in ids:
            found = header.arrays.get(id)
            if found is None:
                raise BrokenShard(f"{job.folder.place(file)}: holds no '{id}'; run stage 1")
            offsets.append(found.offset)
            lengths.append(found.shape[-1])
            kind = (TYPES[found.dtype], found.shape[:-1])
            form.append(forms.setdefault(kind, len(forms)))
        of_ids: Mapping[str, str] = header.notes.get("hashes", {})
        try:
            hashes += [int(of_ids[id], 16) for id in ids] if of_ids else []
        except (LookupError, ValueError, TypeError):
            raise _missing(job.folder, file) from None
        rest = {key: value for key, value in header.notes.items() if key not in OF_EACH}
        if rest and rest not in notes:
            notes.append(rest)
    return _Places(
        job.first,
        np.array(offsets, np.int64),
        np.array(lengths, np.int32),
        list(forms),
        np.array(form, np.uint8),
        np.array(hashes, np.uint64) if hashes else None,
        notes,
    )


def _tabulate(
    folder: Folder,
    name: str,
    manifest: Manifest,
    groups: Iterator[Group],
    files: Mapping[str, str],
    jobs: int,
    backend: str,
) -> Made:
    n = len(manifest)
    made: dict[str, np.ndarray] = {
        "file": np.zeros(n, np.int32),
        "offset": np.zeros(n, np.int64),
        "length": np.zeros(n, np.int32),
        "form": np.zeros(n, np.uint8),
    }
    kept = list(groups)
    for i, group in enumerate(kept):
        made["file"][group.rows] = i
        if group.shard not in files:
            raise _missing(folder, f"{name}/{shard_file(group.shard)}")
    work = (
        _Scan(folder, first, [(files[g.shard], list(map(manifest.id, g.rows))) for g in part])
        for first, part in _chunks(kept)
    )
    forms: dict[tuple[str, tuple[int, ...]], int] = {}
    notes: list[dict[str, Any]] = []
    found = run_parallel(_scan, work, jobs, backend, alone=len(kept) <= CHUNK)
    for places in sorted(found, key=lambda places: places.first):
        rows = np.concatenate([g.rows for g in kept[places.first : places.first + CHUNK]])
        numbers = [forms.setdefault(form, len(forms)) for form in places.forms]
        made["offset"][rows], made["length"][rows] = places.offsets, places.lengths
        made["form"][rows] = np.array(numbers, np.uint8)[places.form]
        if places.hashes is not None:
            made.setdefault("hash", np.zeros(n, np.uint64))[rows] = places.hashes
        notes += [note for note in places.notes if note not in notes]
    used = [files[group.shard].removeprefix(f"{name}/") for group in kept]
    made["files"], made["files_ends"] = to_blob(used)
    return made, {"forms": [list(form) for form in forms], "notes": notes}


def _chunks(groups: Sequence[Group]) -> Iterator[tuple[int, Sequence[Group]]]:
    for first in range(0, len(groups), CHUNK):
        yield first, groups[first : first + CHUNK]


def _missing(folder: Folder, file: str) -> BrokenShard:
    return BrokenShard(f"{folder.place(file)}: is missing or broken; run stage 1")
