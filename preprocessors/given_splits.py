"""Splits of one's own: lists of train, valid, test and golden_test that are kept as given.

They come with the corpus (the layouts `amphion` and `kaldi`), or from `dataset_splits`. A list
names utterances, one a line, by the first field: an id, or `wavs/x.wav` (NVIDIA's file lists); or
it is one of Amphion's JSON lists, or a Kaldi folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path, PurePosixPath

import numpy as np

from recital.preprocessors.entries import MAX_LIST
from recital.preprocessors.splits import Candidates
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError
from recital.utils.files import lines_of, read_text

HELD_OUT = ("golden_test", "test", "valid", "train")  # an id in two lists is in the first of these
SHOWN = 5
Lists = Mapping[str, Sequence[Path]]  # split -> files


def join(
    entries: Iterable[Utterance | Rejected], notes: list[str]
) -> Iterator[Utterance | Rejected]:
    """Yield one utterance of each id that a corpus lists in several splits; what was done is added
    to `notes`. Only entries from the first with a split on are held in memory.
    """
    rest = iter(entries)
    for entry in rest:
        if isinstance(entry, Utterance) and entry.split:
            joined, found = _joined(chain([entry], rest))
            notes += found
            yield from joined
        else:
            yield entry


def _joined(
    entries: Iterable[Utterance | Rejected],
) -> tuple[list[Utterance | Rejected], list[str]]:
    place: dict[tuple[str, str], int] = {}
    kept: list[Utterance | Rejected] = []
    twice: dict[str, list[str]] = {}
    for entry in entries:
        if not isinstance(entry, Utterance) or not entry.split:
            kept.append(entry)
            continue
        i = place.setdefault((entry.id, entry.audio), len(kept))
        if i == len(kept):
            kept.append(entry)
            continue
        before = kept[i]
        assert isinstance(before, Utterance)
        first, second = sorted((before.split, entry.split), key=HELD_OUT.index)
        if first != second:
            kept[i] = replace(before, split=first)
        if first != second and (first, second) != ("golden_test", "test"):
            twice.setdefault(f"in {second} and {first}, kept in {first} alone", []).append(entry.id)
    return kept, [_note(ids, what) for what, ids in twice.items()]


def assign(utterances: Sequence[Utterance], lists: Lists) -> tuple[list[Utterance], list[str]]:
    """Set the split of the utterances that `lists` name, over the corpus's own. With a list of
    train, the others are in no split.

    Raises `DataError` for a list that cannot be read, or that names no utterance of the corpus.
    """
    known = _names_of(utterances)
    chosen: dict[str, str] = {}
    notes: list[str] = []
    for split in HELD_OUT:
        names = [name for path in lists.get(split, ()) for name in read_names(path)]
        found = {name: known.get(_find(name, known)) for name in names}
        ids = list(dict.fromkeys(id for id in found.values() if id is not None))
        if names and not ids:
            raise DataError(
                f"{lists[split][0]}: names no usable utterance of the corpus, as in {names[0]!r}; "
                "expected ids, or paths of recordings, as in its manifest"
            )
        if missing := [name for name, id in found.items() if id is None]:
            notes.append(_note(missing, f"of the {split} list, not in the corpus or rejected"))
        for other in HELD_OUT[: HELD_OUT.index(split)]:
            taken = [id for id in ids if chosen.get(id) == other]
            if taken and (other, split) != ("golden_test", "test"):
                notes.append(_note(taken, f"in {split} and {other}, kept in {other} alone"))
        chosen |= {id: split for id in ids if id not in chosen}
    return [replace(u, split=chosen.get(u.id, u.split)) for u in utterances], notes


def overlaps(chosen: Mapping[str, np.ndarray], candidates: Candidates) -> list[str]:
    """Notes on texts of given lists that are in two of them: they are kept."""
    rank = candidates.rank
    notes = []
    for one, other in (("train", "valid"), ("train", "test"), ("valid", "test")):
        shared = chosen[one][np.isin(rank[chosen[one]], rank[chosen[other]])]
        if len(shared):
            ids = list(candidates.ids(shared))
            notes.append(_note(ids, f"of {one} have a text of {other}; the lists are kept"))
    return notes


def list_file(path: Path) -> Path:
    """The file of a list: itself, or that of a Kaldi folder."""
    return path / "text" if path.is_dir() else path


def read_names(path: Path) -> list[str]:
    """The names in a list. Raises `DataError` if it cannot be read."""
    file = list_file(path)
    try:
        text = read_text(file, MAX_LIST, "utf-8-sig")
        if file.suffix == ".json":
            return [str(item["Uid"]) for item in json.loads(text)]
    except (OSError, ValueError, TypeError, LookupError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise DataError(
            f"{file}: cannot be read ({why}); expected a list of ids or recordings, one a line"
        ) from None
    lines = [line.strip() for line in lines_of(text) if line.strip()]
    return [line.partition("|")[0].strip() if "|" in line else line.split()[0] for line in lines]


def _names_of(utterances: Sequence[Utterance]) -> dict[str, str]:
    """What an utterance may be called -> its id: its id, its recording, and the recording's name
    without folder and suffix if no other has that.
    """
    stems: dict[str, set[str]] = {}
    for u in utterances:
        stems.setdefault(PurePosixPath(u.audio).stem, set()).add(u.id)
    known = {stem: min(ids) for stem, ids in stems.items() if len(ids) == 1}
    whole = [u for u in utterances if u.start == 0.0 and u.end is None]
    return known | {u.audio: u.id for u in whole} | {u.id: u.id for u in utterances}


def _find(name: str, known: Mapping[str, str]) -> str:
    """A name as the corpus has it: the id, the path, or the path's last part without suffix."""
    name = name.replace("\\", "/")
    stem = PurePosixPath(name).name
    stem = stem.rpartition(".")[0] if "." in stem else stem
    return next((form for form in (name, stem) if form in known), name)


def _note(ids: Sequence[str], what: str) -> str:
    more = ", …" if len(ids) > SHOWN else ""
    return f"{len(ids)} {what}: {', '.join(ids[:SHOWN])}{more}"
