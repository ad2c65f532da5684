"""Checks of the metadata files, and of the files on disk against them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from recital.preprocessors.doctor.findings import Finding, find
from recital.preprocessors.entries import BOM, Corpus, find_recordings
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError

MOST = 20  # files with one fault that are listed individually
OVERLAP = 0.1  # s


class Lists:
    """Checks each metadata file that a layout reads (`Corpus.on_read`)."""

    def __init__(self) -> None:
        self.found: dict[str, list[tuple[str, str]]] = defaultdict(list)  # code -> (file, reason)

    def __call__(self, path: Path, data: bytes) -> None:
        if data.startswith(BOM):
            self.found["bom"].append((str(path), "begins with a byte order mark"))
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            self.found["metadata"].append((str(path), "is UTF-16: expected UTF-8"))
        elif (n := data.count(b"\r\n")) or b"\r" in data:
            kind = f"{n} lines end with CR LF" if n else "its lines end with CR alone"
            self.found["crlf"].append((str(path), kind))

    def findings(self, dataset: str) -> Iterator[Finding]:
        """List the first `MOST` files individually and count the rest."""
        for code, files in self.found.items():
            for file, reason in files[:MOST]:
                yield find(code, reason, dataset=dataset, file=file)
            if len(files) > MOST:
                reason = f"{len(files) - MOST} more files: {files[MOST][1]}"
                yield find(code, reason, dataset=dataset)


def against_disk(
    dataset: str, corpus: Corpus, entries: Sequence[Utterance | Rejected], findings: list[Finding]
) -> list[Finding]:
    """Add to `findings` the recordings that no line names, and mark missing ones whose file exists
    with different upper and lower case.
    """
    try:
        there = find_recordings(corpus)
    except DataError:
        return findings
    by_case = {name.casefold().rpartition(".")[0]: name for name in there}
    named = {e.audio for e in entries}
    changed = []
    for f in findings:
        stem = f.file.casefold().rpartition(".")[0]
        near = by_case.get(stem) if f.code == "missing" else None
        if near is not None and near != f.file:
            named.add(near)
            f = find("other_case", f"there is {near}", dataset=dataset, id=f.id, file=f.file)
        changed.append(f)
    stems = {name.rpartition(".")[0] for name in named}
    unlisted = [name for name in there if name.rpartition(".")[0] not in stems]
    for name in unlisted[:MOST]:
        changed.append(find("unlisted", "no line names it", dataset=dataset, file=name))
    if len(unlisted) > MOST:
        reason = f"no line names {len(unlisted) - MOST} more recordings"
        changed.append(find("unlisted", reason, dataset=dataset))
    return changed


def overlaps(dataset: str, utterances: Iterable[Utterance]) -> Iterator[Finding]:
    """Segments of one recording that overlap."""
    by_audio: dict[str, list[Utterance]] = defaultdict(list)
    for u in utterances:
        if u.end is not None or u.start > 0:
            by_audio[u.audio].append(u)
    for same in by_audio.values():
        same.sort(key=lambda u: u.start)
        for before, after in zip(same, same[1:], strict=False):
            if before.end is None or before.end > after.start + OVERLAP:
                reason = f"begins at {after.start:g} s, before {before.id} ends"
                yield find("overlap", reason, dataset=dataset, id=after.id, file=after.audio)
