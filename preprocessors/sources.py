"""The recordings of a corpus: what its metadata names, and whether it is there."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from recital.preprocessors.corpora import find_layout, missing_corpus
from recital.preprocessors.entries import Corpus
from recital.processors.manifest import hash_of
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError
from recital.utils.storage import Folder, open_folder

LIST_LAYOUTS = ("filelist", "amphion", "lhotse")  # whose corpus may be the list itself


@dataclass(frozen=True, slots=True)
class FoundRecording:
    """An existing recording, with the size and time that show whether it changed."""

    utterance: Utterance
    size: int  # bytes
    mtime_ns: int


def read_corpus(corpus: Corpus, layout: str) -> Iterator[Utterance | Rejected]:
    """Read a corpus. Raises `ConfigError` for an unknown layout, and `DataError` if the folder
    holds no such corpus.
    """
    read = find_layout(layout)
    if not corpus.folder.exists() and (hint := missing_corpus(corpus.folder, layout)):
        raise DataError(hint)
    if corpus.folder.is_file() and layout not in LIST_LAYOUTS:
        raise DataError(
            f"{corpus.folder}: is a file, and the layout {layout} needs a folder; name the folder "
            f"of your recordings (a list alone is read by {', '.join(LIST_LAYOUTS)})"
        )
    return read(corpus)


def find_sources(
    corpus: Corpus, entries: Iterable[Utterance | Rejected]
) -> tuple[list[FoundRecording], list[Rejected]]:
    """The recordings to extract, and those known to be unusable without opening them."""
    sources: list[FoundRecording] = []
    rejected: list[Rejected] = []
    for item in look_for(open_folder(corpus.place), entries):
        if isinstance(item, Rejected):
            rejected.append(item)
        else:
            sources.append(item)
    return sources, rejected


def look_for(
    folder: Folder, entries: Iterable[Utterance | Rejected]
) -> Iterator[FoundRecording | Rejected]:
    """Find the recording of each entry in the folder of the recordings."""
    # hashes take a third of the memory of the ids
    seen: set[int] = set()
    for item in entries:
        if isinstance(item, Rejected):
            yield item
            continue
        number = hash_of(item.id)
        if number in seen:
            reason, remedy = "its id is already taken", "keep one of them, or give it another id"
            yield Rejected(item.id, item.audio, "duplicate", reason, remedy)
            continue
        seen.add(number)
        try:
            yield find_recording(folder, item)
        except IsADirectoryError:
            reason, remedy = "is not a file", "put a recording there"
            yield Rejected(item.id, item.audio, "unreadable", reason, remedy)
        except OSError as error:
            reason, remedy = f"cannot be opened: {error.strerror}", "restore it, or remove its line"
            if near := _same_but_case(Path(folder.place(item.audio))):
                reason, remedy = f"there is {near}", "write the file name as it is on disk"
            yield Rejected(item.id, item.audio, "missing", reason, remedy)


def find_recording(folder: Folder, item: Utterance) -> FoundRecording:
    """The utterance with the name of its recording as it is on disk, where accents may be written
    as one character or as two (macOS has two). Raises `OSError`.
    """
    try:
        return FoundRecording(item, *folder.stamp(item.audio))
    except FileNotFoundError:
        for form in ("NFC", "NFD"):
            name = unicodedata.normalize(form, item.audio)
            if name != item.audio:
                with suppress(FileNotFoundError):
                    return FoundRecording(replace(item, audio=name), *folder.stamp(name))
        raise


def _same_but_case(path: Path) -> str:
    """The name of a file in the same folder that differs in upper and lower case alone."""
    names = _names(str(path.parent))
    return names.get(path.name.casefold(), "")


@lru_cache(maxsize=64)
def _names(folder: str) -> dict[str, str]:
    try:
        return {name.casefold(): name for name in os.listdir(folder)}
    except OSError:
        return {}
