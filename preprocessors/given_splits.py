"""Splits of your own: lists of train, valid, test and golden_test that are kept as given.

They come with the corpus (the layouts `amphion` and `kaldi`), or from `dataset_splits`. A list
names utterances, one a line, by the first field: an id, or `wavs/x.wav` (NVIDIA's file lists); or
it is one of Amphion's JSON lists, or a Kaldi folder.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path, PurePosixPath

import numpy as np

from recital.preprocessors.entries import MAX_LIST, json_items
from recital.preprocessors.splits import Candidates
from recital.preprocessors.spool import Spool
from recital.processors.manifest import hash_of, hashes
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError
from recital.utils.files import open_text, read_text
from recital.utils.storage import Folder

HELD_OUT = ("golden_test", "test", "valid", "train")  # an id in two lists is in the first of these
SHOWN = 5
BLOCK = 1 << 16  # names of a list that are in memory at once
NONE = -1  # in place of a row
Lists = Mapping[str, Sequence[Path]]  # split -> files


def join(
    entries: Iterable[Utterance | Rejected], notes: list[str], near: Folder | None = None
) -> Iterator[Utterance | Rejected]:
    """Yield one utterance of each id that a corpus lists in several splits; what was done is added
    to `notes`. Entries from the first with a split on are kept in a file until all are known, on
    the disk of the folder `near`.
    """
    rest = iter(entries)
    for entry in rest:
        if isinstance(entry, Utterance) and entry.split:
            with Spool(near) as spool:
                yield from _joined(spool.noted(chain([entry], rest)), spool, notes)
        else:
            yield entry


def _joined(
    entries: Iterable[Utterance | Rejected], spool: Spool, notes: list[str]
) -> Iterator[Utterance | Rejected]:
    keys, splits = array("Q"), array("b")  # of each entry; an entry without a split has none
    for entry in entries:
        split = entry.split if isinstance(entry, Utterance) else ""
        keys.append(hash_of(f"{entry.id}\n{entry.audio}"))
        splits.append(HELD_OUT.index(split) if split else NONE)
    rows, firsts = _repeated(np.array(keys, np.uint64), np.array(splits, np.int8))
    twice: dict[str, list[int]] = {}
    # in the order of the lists, so that each is compared with what came before it
    for row, first in zip(rows.tolist(), firsts.tolist(), strict=True):
        before, now = sorted((splits[first], splits[row]))
        splits[first] = before
        kept, other = HELD_OUT[before], HELD_OUT[now]
        if before != now and (kept, other) != ("golden_test", "test"):
            twice.setdefault(f"in {other} and {kept}, kept in {kept} alone", []).append(row)
    notes += [
        _note(len(found), (spool[row].id for row in found), what) for what, found in twice.items()
    ]
    left_out = set(rows.tolist())
    for row, entry in enumerate(spool):
        if isinstance(entry, Utterance) and entry.split and row not in left_out:
            yield replace(entry, split=HELD_OUT[splits[row]])
        elif row not in left_out:
            yield entry


def _repeated(keys: np.ndarray, splits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows whose key an earlier row has, in order, and the first row of each of these keys; of
    the rows that have a split.
    """
    listed = np.flatnonzero(splits != NONE)
    _, first, group = np.unique(keys[listed], return_index=True, return_inverse=True)
    firsts = listed[first[group]]
    again = firsts != listed
    return listed[again], firsts[again]


def assign(
    utterances: Iterable[Utterance], lists: Lists, near: Folder | None = None
) -> tuple[Iterator[Utterance], list[str]]:
    """Set the split of the utterances that `lists` name, over the corpus's own. With a list of
    train, the others are in no split. The utterances are kept in a file until all are known, on the
    disk of the folder `near`.

    Raises `DataError` for a list that cannot be read, or that names no utterance of the corpus.
    """
    spool = Spool(near)
    known = _Known(spool.noted(utterances))
    if not len(spool):
        return iter(()), []
    chosen = np.full(len(spool), NONE, np.int8)  # a number in `HELD_OUT`
    notes: list[str] = []
    for number, split in enumerate(HELD_OUT):
        rows, missing = _found(chain.from_iterable(map(read_names, lists.get(split, ()))), known)
        if split in lists and not missing and not len(rows):
            raise DataError(
                f"{lists[split][0]}: is empty; leave {split} out of dataset_splits to have it drawn"
            )
        if missing and not len(rows):
            raise DataError(
                f"{lists[split][0]}: names no usable utterance of the corpus, as in "
                f"{next(iter(missing))!r}; expected ids, or paths of recordings, as in its manifest"
            )
        if missing:
            notes.append(
                _note(len(missing), missing, f"of the {split} list, not in the corpus or rejected")
            )
        for before, other in enumerate(HELD_OUT[:number]):
            taken = rows[chosen[rows] == before]
            if len(taken) and (other, split) != ("golden_test", "test"):
                ids = (spool[row].id for row in taken.tolist())
                notes.append(
                    _note(len(taken), ids, f"in {split} and {other}, kept in {other} alone")
                )
        chosen[rows[chosen[rows] == NONE]] = number
    return _assigned(spool, chosen), notes


def _assigned(spool: Spool, chosen: np.ndarray) -> Iterator[Utterance]:
    with spool:
        for entry, number in zip(spool, chosen.tolist(), strict=True):
            assert isinstance(entry, Utterance)
            yield entry if number == NONE else replace(entry, split=HELD_OUT[number])


class _Known:
    """What each utterance may be called: its id, its recording if it is the whole of it, and the
    recording's name without folder and suffix if no other has that. As hashes: 12 bytes a name.
    """

    def __init__(self, utterances: Iterable[Utterance | Rejected]) -> None:
        ids, audio, stems, whole = array("Q"), array("Q"), array("Q"), array("b")
        for u in utterances:
            assert isinstance(u, Utterance)
            ids.append(hash_of(u.id))
            audio.append(hash_of(u.audio))
            stems.append(hash_of(PurePosixPath(u.audio).stem))
            whole.append(u.start == 0.0 and u.end is None)
        of_id, of_audio, of_stem = (np.array(column, np.uint64) for column in (ids, audio, stems))
        heard = np.array(whole, bool)
        rows = np.arange(len(ids), dtype=np.int32)
        self._tables = [
            _by_hash(of_id, rows),
            _by_hash(of_audio[heard], rows[heard]),
            _by_hash(*_unique(of_stem)),
        ]

    def rows(self, names: Sequence[str]) -> np.ndarray:
        """The utterances of names, [n]; `NONE` for one that nothing is called."""
        wanted = hashes(names)
        found = np.full(len(names), NONE, np.int32)
        for known, rows in self._tables:
            places = np.searchsorted(known, wanted, "right") - 1
            same = (found == NONE) & (places >= 0)
            same[same] = known[places[same]] == wanted[same]
            found[same] = rows[places[same]]
        return found


def _by_hash(keys: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(keys, kind="stable")
    return keys[order], rows[order]


def _unique(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The keys that one row alone has, and that row."""
    found, first, counts = np.unique(keys, return_index=True, return_counts=True)
    return found[counts == 1], first[counts == 1].astype(np.int32)


def _found(names: Iterable[str], known: _Known) -> tuple[np.ndarray, dict[str, None]]:
    """The utterances that a list names, in its order, and the names that nothing has, each once."""
    rows = [np.zeros(0, np.int32)]
    missing: dict[str, None] = {}
    remaining = iter(names)
    while block := list(islice(remaining, BLOCK)):
        paths = [name.replace("\\", "/") for name in block]
        found = known.rows(paths)
        other = np.flatnonzero(found == NONE)
        found[other] = known.rows([_stem(paths[i]) for i in other])
        rows.append(found[found != NONE])
        missing |= dict.fromkeys(block[i] for i in np.flatnonzero(found == NONE))
    named = np.concatenate(rows)
    _, first = np.unique(named, return_index=True)
    return named[np.sort(first)], missing


def _stem(path: str) -> str:
    name = PurePosixPath(path).name
    return name.rpartition(".")[0] if "." in name else name


def overlaps(chosen: Mapping[str, np.ndarray], candidates: Candidates) -> list[str]:
    """Notes on texts of given lists that are in two of them: they are kept."""
    rank = candidates.rank
    notes = []
    for one, other in (("train", "valid"), ("train", "test"), ("valid", "test")):
        shared = chosen[one][np.isin(rank[chosen[one]], rank[chosen[other]])]
        if len(shared):
            ids = candidates.ids(shared)
            notes.append(
                _note(len(shared), ids, f"of {one} have a text of {other}; the lists are kept")
            )
    return notes


def list_file(path: Path) -> Path:
    """The file of a list: itself, or that of a Kaldi folder."""
    return path / "text" if path.is_dir() else path


def read_names(path: Path) -> Iterator[str]:
    """The names in a list, line by line. Raises `DataError` if it cannot be read."""
    file, expected = list_file(path), "a list of ids or recordings, one a line"
    try:
        if file.suffix == ".json":
            expected = 'a list of objects with "Uid", as Amphion writes it'
            for item in json_items(read_text(file, MAX_LIST, "utf-8-sig")):
                if not isinstance(item, dict):
                    raise ValueError("it is something else")
                yield str(item["Uid"])
            return
        with open_text(file, "utf-8-sig") as lines:
            for line in lines:
                if line.strip():
                    yield _name(line.strip())
    except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        why = f"an object without {error}" if isinstance(error, KeyError) else why
        raise DataError(f"{file}: cannot be read ({why}); expected {expected}") from None


def _name(line: str) -> str:
    return line.partition("|")[0].strip() if "|" in line else line.split()[0]


def _note(count: int, ids: Iterable[str], what: str) -> str:
    more = ", …" if count > SHOWN else ""
    return f"{count} {what}: {', '.join(islice(ids, SHOWN))}{more}"
