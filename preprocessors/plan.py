"""The plan of stage 1: the recordings of a corpus, and the shard of each.

To make it, the metadata is read and each recording is asked for its size and time. It is kept in
the store's `index`: `plan.jsonl` has a recording per line, and the table `plan` has what decides
whether the plan still holds. It does if it was made by the same code from the same config, if the
metadata files and the folders that its layout looked at have the same sizes and times, and if each
recording has, too. So a restart asks for 5 million recordings in seconds, and reads no metadata.
"""

from __future__ import annotations

import hashlib
import json
import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields, replace
from functools import cached_property
from operator import attrgetter
from pathlib import Path

import numpy as np

from recital.preprocessors.entries import Corpus
from recital.preprocessors.given_splits import join
from recital.preprocessors.sources import FoundRecording, find_recording, look_for, read_corpus
from recital.processors.shards import SUFFIX, pieces_of
from recital.processors.tables import Table, find_table, from_blob, hash_of_code, to_blob
from recital.processors.utterance import Rejected, Utterance, from_values
from recital.utils.errors import DataError
from recital.utils.parallel import run_parallel
from recital.utils.storage import Folder, Place, is_address, open_folder

SHARD_MEAN, SHARD_MAX = 24, 32  # recordings
LINES, TABLE = "plan.jsonl", "plan"
HAS = (
    *("begins", "size", "mtime_ns", "ends", "ids", "ids_ends", "audio", "audio_ends"),
    *("names", "names_ends", "bytes", "asked", "rejected", "excluded", "notes"),
)
FEW = 50_000  # recordings that are not worth starting processes for
# astuple copies each value, which takes longer than writing it
_values = attrgetter(*(f.name for f in fields(Utterance)))
ABSENT = ("missing", "unreadable")  # codes of recordings that may appear


class Shards(Mapping[str, list[FoundRecording]]):
    """The recordings of each shard, by its name, read from the plan as they are asked for."""

    def __init__(self, path: Path, table: Table) -> None:
        self.path, self.table = path, table
        self.ends = table["ends"]  # of each shard, in recordings
        names, ends = table["names"], table["names_ends"]
        self._numbers = {from_blob(names, ends, i): i for i in range(len(ends))}

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __contains__(self, name: object) -> bool:
        return name in self._numbers

    def __getitem__(self, name: str) -> list[FoundRecording]:
        rows = self.rows(name)
        with self.path.open("rb") as file:
            file.seek(int(self.table["begins"][rows.start]))
            return [_parsed(self.path, file.readline()) for _ in rows]

    @property
    def n_recordings(self) -> int:
        """The recordings of all shards."""
        return len(self.table["size"])

    def rows(self, name: str) -> range:
        """The places of a shard's recordings in the plan."""
        i = self._numbers[name]
        return range(int(self.ends[i - 1]) if i else 0, int(self.ends[i]))

    def ids(self, name: str) -> list[str]:
        """The ids of a shard, without reading the plan's lines."""
        ids, ends = self.table["ids"], self.table["ids_ends"]
        return [from_blob(ids, ends, row) for row in self.rows(name)]

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The bytes of the recordings of each shard."""
        if not len(self):
            return {}
        starts = np.concatenate([[0], self.ends[:-1]])
        return dict(zip(self, np.add.reduceat(self.table["size"], starts).tolist(), strict=True))


@dataclass(frozen=True)
class Plan:
    """The utterances of a corpus, found without opening a recording."""

    shards: Shards
    rejected: list[Rejected]
    excluded: list[Rejected]
    notes: list[str]


def open_plan(
    corpus: Corpus,
    layout: str,
    left_out: Mapping[str, str],
    index: Folder,
    *,
    jobs: int = 1,
    backend: str = "loky",
) -> Plan:
    """The plan of a corpus, made if that in `index` does not hold any more. `left_out` maps the ids
    that are left out on purpose to the reason.

    Raises `ConfigError` for an unknown layout, and `DataError` if the folder holds no such corpus.
    """
    key = _key(corpus, layout, left_out)
    table = find_table(index, TABLE, key, HAS)
    if table is None or not _holds(table, corpus.place, index, jobs, backend):
        _write(corpus, layout, left_out, index, key)
        table = find_table(index, TABLE, key, HAS)
    if table is None:
        raise DataError(f"{index.place(TABLE)}: vanished after it was written")
    found = {code: [Rejected(*r) for r in table.notes[code]] for code in ("rejected", "excluded")}
    shards = Shards(index.on_disk(LINES), table)
    return Plan(shards, found["rejected"], found["excluded"], table.notes["notes"])


def _key(corpus: Corpus, layout: str, left_out: Mapping[str, str]) -> str:
    splits = {name: [str(path) for path in paths] for name, paths in corpus.splits.items()}
    given = [
        str(corpus.folder),
        str(corpus.place),
        corpus.language,
        splits,
        sorted(left_out.items()),
    ]
    code = hash_of_code(Path(__file__).parent)
    return hashlib.sha256(json.dumps([layout, given, code]).encode()).hexdigest()


class Asked(dict[str, list[int] | None]):
    """The size and time of each metadata file and the time of each folder, when a layout first
    looked at it; None for what was not there.
    """

    def __call__(self, path: Path) -> None:
        if str(path) not in self:
            self[str(path)] = stamp(str(path))


def stamp(path: str) -> list[int] | None:
    """What changes with a file, or with the names in a folder; None if there is none."""
    try:
        info = os.stat(path)
    except OSError:
        return None
    return [0 if os.path.isdir(path) else info.st_size, info.st_mtime_ns]


def _holds(table: Table, place: Place, index: Folder, jobs: int, backend: str) -> bool:
    """Whether nothing has changed since a plan was made."""
    try:
        if index.stamp(LINES)[0] != table.notes["bytes"]:
            return False
    except OSError:
        return False
    if any(stamp(path) != before for path, before in table.notes["asked"].items()):
        return False
    folder = open_folder(place)
    for _, audio, code, *_ in table.notes["rejected"]:
        if code in ABSENT and _appeared(folder, audio):
            return False
    n = len(table["size"])
    # one listing serves all questions to an object store
    alone = is_address(place) or n <= FEW
    step = n if alone else -(-n // (4 * jobs))
    ranges = (_Range(table, place, i, min(i + step, n)) for i in range(0, n, max(step, 1)))
    return all(list(run_parallel(_unchanged, ranges, jobs, backend, alone=alone)))


def _appeared(folder: Folder, audio: str) -> bool:
    try:
        find_recording(folder, Utterance("", audio, ""))
    except OSError:
        return False
    return True


@dataclass(frozen=True)
class _Range:
    """A job: recordings of a plan, from `start` to `stop`."""

    table: Table
    place: Place
    start: int
    stop: int


def _unchanged(job: _Range) -> bool:
    """Whether all recordings have the size and time of the plan."""
    part, table, folder = slice(job.start, job.stop), job.table, open_folder(job.place)
    names, ends = table["audio"], table["audio_ends"][part].tolist()
    place = int(table["audio_ends"][job.start - 1]) if job.start else 0
    known = zip(ends, table["size"][part].tolist(), table["mtime_ns"][part].tolist(), strict=True)
    data = names[place : ends[-1]].tobytes() if ends else b""
    first = place
    try:
        for end, size, time in known:
            if folder.stamp(data[place - first : end - first].decode()) != (size, time):
                return False
            place = end
    except OSError:
        return False
    return True


@dataclass
class _Columns:
    """The columns of the table of a plan, filled line by line."""

    end: int = 0  # bytes of the lines
    begins: array = field(default_factory=lambda: array("q"))
    size: array = field(default_factory=lambda: array("q"))
    mtime_ns: array = field(default_factory=lambda: array("q"))
    ends: array = field(default_factory=lambda: array("q"))
    ids: bytearray = field(default_factory=bytearray)
    ids_ends: array = field(default_factory=lambda: array("q"))
    audio: bytearray = field(default_factory=bytearray)
    audio_ends: array = field(default_factory=lambda: array("q"))
    names: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    def lines(self, found: Iterator[FoundRecording | Rejected]) -> Iterator[bytes]:
        """The lines of the plan, in which each recording is followed by those of its shard."""
        for group in shard_groups(self._found(found)):
            for s in group:
                line = json.dumps([_values(s.utterance), s.size, s.mtime_ns], ensure_ascii=False)
                encoded = f"{line}\n".encode()
                self.begins.append(self.end)
                self.end += len(encoded)
                self.size.append(s.size)
                self.mtime_ns.append(s.mtime_ns)
                self.ids += s.utterance.id.encode()
                self.ids_ends.append(len(self.ids))
                self.audio += s.utterance.audio.encode()
                self.audio_ends.append(len(self.audio))
                yield encoded
            self.ends.append(len(self.begins))
            self.names.append(shard_name(group))

    def _found(self, found: Iterator[FoundRecording | Rejected]) -> Iterator[FoundRecording]:
        for item in found:
            if isinstance(item, Rejected):
                self.rejected.append(item)
            else:
                yield item

    def arrays(self) -> dict[str, np.ndarray]:
        names, names_ends = to_blob(self.names)
        return {
            "begins": np.array(self.begins, np.int64),
            "size": np.array(self.size, np.int64),
            "mtime_ns": np.array(self.mtime_ns, np.int64),
            "ends": np.array(self.ends, np.int64),
            "ids": np.frombuffer(bytes(self.ids), np.uint8),
            "ids_ends": np.array(self.ids_ends, np.int64),
            "audio": np.frombuffer(bytes(self.audio), np.uint8),
            "audio_ends": np.array(self.audio_ends, np.int64),
            "names": names,
            "names_ends": names_ends,
        }


def _write(
    corpus: Corpus, layout: str, left_out: Mapping[str, str], index: Folder, key: str
) -> None:
    """Read the metadata of a corpus, and find its recordings, line by line."""
    asked, notes, excluded = Asked(), list[str](), list[Rejected]()
    entries = join(read_corpus(replace(corpus, on_ask=asked), layout), notes, index)

    def kept() -> Iterator[Utterance | Rejected]:
        for e in entries:
            if e.id in left_out:
                remedy = "take it off the list"
                excluded.append(Rejected(e.id, e.audio, "excluded", left_out[e.id], remedy))
            else:
                yield e

    columns = _Columns()
    # first, so that a table never has the lines of another
    index.remove(TABLE + SUFFIX)
    index.write(LINES, columns.lines(look_for(open_folder(corpus.place), kept())))
    made = {
        "key": key,
        "bytes": columns.end,
        "asked": asked,
        "rejected": [astuple(r) for r in columns.rejected],
        "excluded": [astuple(r) for r in excluded],
        "notes": notes,
    }
    index.write(TABLE + SUFFIX, pieces_of(columns.arrays(), made))


def _parsed(path: Path, line: bytes) -> FoundRecording:
    try:
        utterance, size, time = json.loads(line)
        return FoundRecording(from_values(Utterance, utterance), int(size), int(time))
    except (ValueError, TypeError, RecursionError) as error:
        raise DataError(f"{path}: is not what stage 1 writes ({error}); remove it") from None


def shard_groups(sources: Iterator[FoundRecording]) -> Iterator[list[FoundRecording]]:
    """Split recordings into runs, cut after ids selected by their hash: adding or removing one
    recording only moves the cuts next to it.
    """
    group: list[FoundRecording] = []
    for source in sources:
        group.append(source)
        digest = hashlib.sha256(source.utterance.id.encode()).digest()
        if int.from_bytes(digest[:4], "big") % SHARD_MEAN == 0 or len(group) == SHARD_MAX:
            yield group
            group = []
    if group:
        yield group


def shard_name(group: Sequence[FoundRecording]) -> str:
    """A name that changes when a recording of the group does, but not when a text does."""
    stamps = [
        (s.utterance.id, s.utterance.audio, s.size, s.mtime_ns, *_segment(s.utterance))
        for s in group
    ]
    return hashlib.sha256(json.dumps(stamps).encode()).hexdigest()[:16]


def _segment(utterance: Utterance) -> tuple[float, float | None] | tuple[()]:
    """The part of a recording that is spoken; empty if it is the whole."""
    if utterance.start == 0.0 and utterance.end is None:
        return ()
    return utterance.start, utterance.end
