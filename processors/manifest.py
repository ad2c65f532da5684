"""The manifest: `manifest.jsonl`, and a table of what a training asks of each line.

The table (see `tables`) has, for line i of N: where it begins, the end of its id in `ids`, hashes
of id, text and normal text, the numbers of its speaker and of its shard, and its seconds. A line is
parsed only when its utterance is asked for.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import overload

import numpy as np

from recital.processors.tables import Made, Table, from_blob, open_table_of, to_blob
from recital.processors.utterance import Utterance, from_json, normal_text
from recital.utils.errors import DataError
from recital.utils.storage import Folder

NAME = "manifest.jsonl"
COLUMNS = (
    *("begins", "ids", "id_ends", "id_hash", "text_hash", "normal_hash"),
    *("sorted_hash", "sorted_row", "speaker", "shard", "seconds"),
    *("speakers", "speakers_ends", "shards", "shards_ends"),
)
BLOCK = 1 << 16  # ids of a list that are in memory at once


class Manifest(Sequence[Utterance]):
    """The utterances of a store, in the order of the corpus; `i` and `rows` are places in it. Those
    of which the corpus says no language are in `language`.
    """

    def __init__(self, path: Path, table: Table, language: str = "") -> None:
        self.path, self.table, self.language = path, table, language
        self.key = str(table.notes["key"])
        self.begins, self.seconds = table["begins"], table["seconds"]
        # numbers in `speaker_names` and `shard_names`
        self.speaker, self.shard = table["speaker"], table["shard"]
        # of each id, text and normal text
        self.id_hash, self.text_hash = table["id_hash"], table["text_hash"]
        self.normal_hash = table["normal_hash"]

    def __reduce__(self) -> tuple[type, tuple[Path, Table, str]]:
        return Manifest, (self.path, self.table, self.language)

    def __len__(self) -> int:
        return len(self.seconds)

    @overload
    def __getitem__(self, index: int) -> Utterance: ...
    @overload
    def __getitem__(self, index: slice) -> list[Utterance]: ...
    def __getitem__(self, index: int | slice) -> Utterance | list[Utterance]:
        if isinstance(index, slice):
            return [self[i] for i in range(len(self))[index]]
        i = range(len(self))[index]
        return next(self._lines(i, i + 1))

    def _lines(self, start: int, stop: int) -> Iterator[Utterance]:
        """The utterances of lines `start` to `stop`, which the table knows."""
        with self.path.open("rb") as file:
            file.seek(int(self.begins[start]) if stop > start else 0)
            for _ in range(start, stop):
                found = _parse(self.path, file.readline())
                known = found.language or not self.language
                yield found if known else replace(found, language=self.language)

    def texts(self, start: int, stop: int) -> list[str]:
        """The texts of lines `start` to `stop`."""
        return [u.text for u in self._lines(start, stop)]

    def languages(self, start: int, stop: int) -> list[str]:
        """The languages of lines `start` to `stop`, "" where none is known."""
        return [u.language for u in self._lines(start, stop)]

    def id(self, i: int) -> str:
        """The id of line i, without reading it."""
        return from_blob(self.table["ids"], self.table["id_ends"], i)

    def rows(self, ids: Sequence[str]) -> np.ndarray:
        """The places of ids, [n] int32. Raises `DataError` for one that is not in the manifest."""
        wanted = hashes(ids)
        known, rows = self.table["sorted_hash"], self.table["sorted_row"]
        places = np.searchsorted(known, wanted)
        places[places == len(known)] = 0
        wrong = np.flatnonzero(known[places] != wanted) if len(known) else np.arange(len(ids))
        if len(wrong):
            raise DataError(
                f"{self.path}: has no utterance {ids[int(wrong[0])]!r}, which a list of a split "
                "names; run stage 1 again"
            )
        return rows[places]

    @property
    def speaker_names(self) -> list[str]:
        """The speakers, "" for that of a corpus without names, by first utterance."""
        return self._names("speakers")

    @property
    def shard_names(self) -> list[str]:
        """The shards, by first utterance."""
        return self._names("shards")

    def _names(self, kind: str) -> list[str]:
        blob, ends = self.table[kind], self.table[f"{kind}_ends"]
        return [from_blob(blob, ends, i) for i in range(len(ends))]


def open_manifest(folder: Folder, index: Folder, language: str = "") -> Manifest:
    """The manifest of a store, with its table in the folder `index`; `language` is that of
    utterances of which the corpus says none. Raises `DataError` if stage 1 has not run, or for a
    line that it did not write.
    """
    path = source_of(folder, NAME)
    table = open_table_of(index, "manifest", path, lambda: _tabulate(path), COLUMNS)
    return Manifest(path, table, language)


def open_rows(folder: Folder, index: Folder, manifest: Manifest, split: str) -> np.ndarray:
    """The places of a split's utterances in the manifest, [n] int32, in the order of its list."""
    path = source_of(folder, f"{split}.txt")
    made_from = manifest.key
    table = open_table_of(index, split, path, lambda: _find(path, manifest), ["rows"], made_from)
    return table["rows"]


def open_languages(index: Folder, manifest: Manifest) -> np.ndarray:
    """A hash of each line's language, [N] uint64: only voices of several languages ask for it."""

    def made() -> Made:
        with manifest.path.open("rb") as file:
            found = hashes(_parse(manifest.path, line).language for line in file)
        return {"language_hash": found}, {}

    has = ["language_hash"]
    found = open_table_of(index, "languages", manifest.path, made, has)["language_hash"]
    unknown, known = hashes(["", manifest.language])
    return np.where(found == unknown, known, found) if manifest.language else found


def source_of(folder: Folder, name: str) -> Path:
    """A file that stage 1 writes, on disk. Raises `DataError`."""
    try:
        path = folder.on_disk(name)
        with path.open("rb"):
            return path
    except FileNotFoundError:
        raise DataError(f"{folder.place(name)}: is missing; run stage 1") from None
    except OSError as error:
        raise DataError(f"{folder.place(name)}: cannot be read: {error}") from None


def hashes(texts: Iterable[str]) -> np.ndarray:
    """64 bits of each text, [n]."""
    found = b"".join(hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(found, "<u8")


def _parse(path: Path, line: bytes) -> Utterance:
    try:
        return from_json(Utterance, line)
    except ValueError as error:
        reason = f"{path}: is not what stage 1 writes ({error}); run stage 1 again"
        raise DataError(reason) from None


def _find(path: Path, manifest: Manifest) -> Made:
    rows = [np.zeros(0, np.int32)]
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            while ids := [line.removesuffix("\n") for line in islice(file, BLOCK)]:
                rows.append(manifest.rows([id.removesuffix("\r") for id in ids]))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from None
    return {"rows": np.concatenate(rows)}, {}


def _tabulate(path: Path) -> Made:
    """Read each line once; memory grows by about 70 bytes a line."""
    begins, id_ends, id_hash = array("q"), array("q"), array("Q")
    text_hash, normal_hash = array("Q"), array("Q")
    speaker, shard, seconds = array("i"), array("i"), array("d")
    ids = bytearray()
    speakers: dict[str, int] = {}
    shards: dict[str, int] = {}
    place = 0
    with path.open("rb") as file:
        for line in file:
            u = _parse(path, line)
            begins.append(place)
            place += len(line)
            ids += u.id.encode()
            id_ends.append(len(ids))
            id_hash.append(hash_of(u.id))
            text_hash.append(hash_of(u.text))
            normal_hash.append(hash_of(normal_text(u.text)))
            speaker.append(speakers.setdefault(u.speaker, len(speakers)))
            shard.append(shards.setdefault(u.shard, len(shards)))
            seconds.append(np.nan if u.seconds is None else u.seconds)
    hashed = _array(id_hash, "<u8")
    order = np.argsort(hashed, kind="stable").astype("<i4")
    known = hashed[order]
    twice = np.flatnonzero(known[1:] == known[:-1])
    if len(twice):
        raise DataError(f"{path}: has an id twice, in line {order[twice[0] + 1] + 1}; run stage 1")
    made = {
        "begins": _array(begins, "<i8"),
        "ids": np.frombuffer(bytes(ids), np.uint8),
        "id_ends": _array(id_ends, "<i8"),
        "id_hash": hashed,
        "text_hash": _array(text_hash, "<u8"),
        "normal_hash": _array(normal_hash, "<u8"),
        "sorted_hash": known,
        "sorted_row": order,
        "speaker": _array(speaker, "<i4"),
        "shard": _array(shard, "<i4"),
        "seconds": _array(seconds, "<f8"),
    }
    for kind, names in (("speakers", speakers), ("shards", shards)):
        made[kind], made[f"{kind}_ends"] = to_blob(names)
    return made, {}


def hash_of(text: str) -> int:
    """64 bits of a text."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _array(numbers: array, dtype: str) -> np.ndarray:
    return np.frombuffer(numbers, dtype) if len(numbers) else np.zeros(0, dtype)
