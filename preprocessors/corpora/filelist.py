"""A plain list as in NVIDIA's recipes: lines `wav|text|speaker`, paths relative to the list's
folder or to `dataset_recordings`.

The list is `filelist.txt` in the corpus folder, or the file that `dataset_path` names; without one,
the lists are those of `dataset_splits`. The speaker may be omitted if there is only one; a pitch
file in the second column (`wav|pitch|text|…`) or a duration in the third (`wav|text|1.5`) is
ignored. An utterance's id is its path without the suffix, with `-` for `/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path, PurePosixPath

from recital.preprocessors.columns import CHECKED, require_texts
from recital.preprocessors.entries import Corpus, entry, numbered_fields
from recital.processors.store import Rejected, Utterance

FORM = "wav|text|speaker"
_UNUSUAL = re.compile(r"(^|/)[./]|\.$|^$|/$")  # parts that mean nothing, or hide a file
_DURATION = re.compile(r"\d+\.\d+")  # s; a speaker is a whole number or a name


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """Yield the utterances in the order of the list. Raises `DataError` if there is no such list
    or its columns are in another order.
    """
    path = corpus.folder if corpus.folder.is_file() else corpus.folder / "filelist.txt"
    if corpus.has(path) or not corpus.splits:
        yield from _read(corpus, path, "")
        return
    for split, paths in corpus.splits.items():
        for path in paths:
            yield from _read(corpus, path, split)


def _read(corpus: Corpus, path: Path, split: str) -> Iterator[Utterance | Rejected]:
    rows = (_without_pitch(row) for row in numbered_fields(corpus, path, (2, 3, 4), FORM))
    first = list(islice(rows, CHECKED))
    whole = [row for row in first if not isinstance(row, Rejected) and len(row) == 3]
    require_texts(path, [row[1] for row in whole], [row[2] for row in whole], FORM, "the speakers")
    for row in chain(first, rows):
        if isinstance(row, Rejected):
            yield row
        else:
            audio, text, speaker = [*row, ""][:3]
            yield entry(corpus, list_id(corpus, audio), audio, text, speaker, split=split)


def _without_pitch(row: list[str] | Rejected) -> list[str] | Rejected:
    """Drop the pitch column: wav, text and perhaps a speaker remain."""
    if isinstance(row, Rejected):
        return row
    if len(row) > 2 and row[1].endswith((".pt", ".npy")):
        row = [row[0], *row[2:]]
    if len(row) == 3 and _DURATION.fullmatch(row[2]):
        row = row[:2]
    if len(row) > 3:
        return Rejected(row[0], row[0], "metadata", "has 4 fields", f"write it as {FORM}")
    return row


def list_id(corpus: Corpus, audio: str) -> str:
    """`wavs/x.wav` -> `wavs-x`."""
    audio = corpus.relative(audio)
    folder, _, name = audio.rpartition("/")
    stem = name.rpartition(".")[0] or name
    if not _UNUSUAL.search(audio):
        return f"{folder}/{stem}".strip("/").replace("/", "-")
    path = PurePosixPath(audio)
    return str(path.with_suffix("")).strip("/").replace("/", "-") if path.name else ""
