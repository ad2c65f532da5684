"""Kaldi's and ESPnet's data directories: `wav.scp`, `text`, and optionally `segments`, `utt2spk`
and `utt2lang`.

Nothing is ever run: a `wav.scp` entry that is a command (`sox … |`) or an offset in an archive
(`x.ark:123`) is rejected with that reason. Paths are relative to `dataset_recordings` (default:
the data directory), or absolute and inside it.

A folder of data directories is read as a whole. If one of them is called `train…` (or `tr_…`), they
are the splits: `dev…` and `val…` are valid, `test…` and `eval…` are test. Relative paths are then
relative to that folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from recital.preprocessors.entries import Corpus, entry, numbered_lines
from recital.processors.store import Rejected, Utterance

NAMES = {"train": r"train|tr_", "valid": r"dev|val|cv_", "test": r"test|eval|tt_"}
PIPE = "run the command once, keep the file that it makes, and name that file in wav.scp"


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """Yield the utterances in the order of `segments`, or of `wav.scp` without one. Raises
    `DataError` if `wav.scp` or `text` is missing.
    """
    parts = {} if corpus.has(corpus.folder / "wav.scp") else _parts(corpus)
    if not parts:
        yield from _read(corpus, "")
    for folder, split in parts.items():
        inner = replace(corpus, folder=folder, recordings=corpus.recordings or corpus.folder)
        yield from _read(inner, split)


def _parts(corpus: Corpus) -> dict[Path, str]:
    """The data directories of a folder -> their splits, by their names; "" is no split."""
    found = [path.parent for path in corpus.find("*/wav.scp")]
    splits = {
        path: next((split for split, form in NAMES.items() if re.match(form, path.name)), "")
        for path in found
    }
    return splits if "train" in splits.values() else dict.fromkeys(found, "")


def _read(corpus: Corpus, split: str) -> Iterator[Utterance | Rejected]:
    recordings, bad = _table(corpus, "wav.scp")
    texts, more = _table(corpus, "text")
    speakers, worse = _optional(corpus, "utt2spk")
    languages, worst = _optional(corpus, "utt2lang")
    yield from (*bad, *more, *worse, *worst)
    for item in _segments(corpus, recordings):
        if isinstance(item, Rejected):
            yield item
            continue
        id, recording, start, end = item
        where = recordings.get(recording)
        if where is None:
            reason = f"{recording}: no such recording in wav.scp"
            yield Rejected(id, recording, "missing", reason, "add it there, or remove the segment")
        elif where.endswith("|") or where.startswith("|") or re.search(r"\.ark:\d+$", where):
            reason = "its recording is a command or a place in an archive, which is not run or read"
            yield Rejected(id, where, "pipe", reason, PIPE)
        elif id not in texts:
            reason = "there is no text for it: expected a line in `text`"
            yield Rejected(id, where, "no_text", reason, "write what is said in it")
        else:
            speaker, language = speakers.get(id, ""), languages.get(id, "")
            yield entry(
                corpus,
                id,
                where,
                texts[id],
                speaker,
                language=language,
                start=start,
                end=end,
                split=split,
            )


def _segments(
    corpus: Corpus, recordings: dict[str, str]
) -> Iterator[tuple[str, str, float, float | None] | Rejected]:
    """(utterance, recording, start, end) in seconds; an end of -1 is the end of the recording."""
    path = corpus.folder / "segments"
    if not corpus.has(path):
        yield from ((id, id, 0.0, None) for id in recordings)
        return
    for line in numbered_lines(corpus, path, "lines `utterance recording start end`"):
        if isinstance(line, Rejected):
            yield line
            continue
        try:
            id, recording, start, end = line[1].split()
            last = float(end)
            yield id, recording, float(start), None if last == -1 else last
        except ValueError:
            reason, form = f"{line[0]}: cannot be read", "utterance recording start end"
            yield Rejected(line[0], "", "metadata", reason, f"write it as {form}")


def _table(corpus: Corpus, name: str) -> tuple[dict[str, str], list[Rejected]]:
    """Map the first word of each line to the rest."""
    table: dict[str, str] = {}
    bad: list[Rejected] = []
    path = corpus.folder / name
    for line in numbered_lines(corpus, path, f"`{name}` of a Kaldi data directory"):
        if isinstance(line, Rejected):
            bad.append(line)
            continue
        key, *rest = line[1].split(maxsplit=1)  # space or tab
        if key in table:
            remedy = "keep one of the two lines"
            bad.append(Rejected(key, "", "duplicate", f"{line[0]}: its id is taken", remedy))
        table.setdefault(key, rest[0].strip() if rest else "")
    return table, bad


def _optional(corpus: Corpus, name: str) -> tuple[dict[str, str], list[Rejected]]:
    return _table(corpus, name) if corpus.has(corpus.folder / name) else ({}, [])
