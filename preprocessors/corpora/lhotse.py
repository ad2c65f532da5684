"""Lhotse's manifests, read without Lhotse: `*recordings*.jsonl(.gz)` with
`*supervisions*.jsonl(.gz)`, or `*cuts*.jsonl(.gz)` alone.

`dataset_path` is their folder, or a file of cuts. Paths are relative to `dataset_recordings`
(default: the folder of the manifests), or absolute and inside it. A recording that is a command,
a URL, or has several channels is rejected with that reason.
"""

from __future__ import annotations

import gzip
import io
import json
import math
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from recital.preprocessors.entries import MAX_LIST, Corpus, entry
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError
from recital.utils.files import lines_of


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """Yield an utterance per supervision. Raises `DataError` if there is no manifest."""
    one = corpus.folder.is_file()
    cuts = [corpus.folder] if one else _manifests(corpus, "cuts")
    supervisions = [] if one else _manifests(corpus, "supervisions")
    if supervisions:
        recordings: dict[str, Any] = {}
        for line in _lines(corpus, _manifests(corpus, "recordings")):
            if isinstance(line, Rejected):
                yield line
            else:
                recordings[str(line[1].get("id"))] = line[1]
        for line in _lines(corpus, supervisions):
            if isinstance(line, Rejected):
                yield line
            else:
                where, record = line
                yield _utterance(
                    corpus, where, record, recordings.get(str(record.get("recording_id")))
                )
        return
    if not cuts:
        expected = "recordings and supervisions, or cuts, as .jsonl or .jsonl.gz"
        raise DataError(f"{corpus.folder}: expected manifests of {expected}")
    for line in _lines(corpus, cuts):
        if isinstance(line, Rejected):
            yield line
            continue
        where, cut = line
        for record in cut.get("supervisions") or [{"id": cut.get("id", where)}]:
            if not isinstance(record, dict):
                yield _unreadable(where, where, "a supervision is no object")
                continue
            yield _utterance(corpus, where, record, cut.get("recording"), cut.get("start", 0.0))


def _utterance(
    corpus: Corpus, where: str, record: dict[str, Any], recording: object, offset: object = 0.0
) -> Utterance | Rejected:
    """The utterance of `record`, a supervision whose times are relative to `offset`, the start of
    its cut.
    """
    id = str(record.get("id", where))
    sources = recording.get("sources") if isinstance(recording, dict) else None
    if not isinstance(recording, dict) or not isinstance(sources, list) or not sources:
        reason = f"{where}: its recording {record.get('recording_id', '')} is not described"
        return Rejected(id, "", "missing", reason, "add it to the recordings, or remove this line")
    source = sources[0] if isinstance(sources[0], dict) else {}
    audio = str(source.get("source", ""))
    if source.get("type") != "file":
        reason = f"its recording is a {source.get('type')}, which is not run or fetched"
        return Rejected(id, audio, "pipe", reason, "keep the recording as a file, and name that")
    channels = source.get("channels", [0])
    if len(sources) > 1 or not isinstance(channels, list) or len(channels) > 1:
        reason = "its recording has several channels"
        return Rejected(id, audio, "channels", reason, "write each channel into a file of its own")
    try:
        start = _seconds(offset) + _seconds(record.get("start", 0.0))
        end = start + _seconds(record["duration"]) if "duration" in record else None
        if end is not None and end >= _seconds(recording.get("duration", end + 1)) - 1e-3:
            end = None  # to the end of the file, whatever the rounding
    except (TypeError, ValueError) as error:
        return _unreadable(id, where, f"start and duration are not seconds: {error}", audio)
    text, speaker = str(record.get("text") or ""), str(record.get("speaker") or "")
    language = str(record.get("language") or "")
    language = language.lower() if len(language) <= 5 else ""  # a code, not "English"
    return entry(
        corpus, id, audio, text, speaker, language=language, start=max(start, 0.0), end=end
    )


def _seconds(value: object) -> float:
    """A finite number of seconds. Raises `ValueError` or `TypeError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError(f"found {value!r}")
    seconds = float(value)
    if not math.isfinite(seconds):
        raise ValueError(f"found {value!r}")
    return seconds


def _unreadable(id: str, where: str, why: str, audio: str = "") -> Rejected:
    return Rejected(id, audio, "metadata", f"{where}: {why}", "write the line as Lhotse does")


def _manifests(corpus: Corpus, kind: str) -> list[Path]:
    return sorted([*corpus.find(f"*{kind}*.jsonl"), *corpus.find(f"*{kind}*.jsonl.gz")])


def _unpacked(data: bytes) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        text = file.read(MAX_LIST + 1)
    if len(text) > MAX_LIST:
        raise ValueError(f"unpacks to more than {MAX_LIST // 2**20} MiB")
    return text


def _lines(corpus: Corpus, paths: list[Path]) -> Iterator[tuple[str, dict[str, Any]] | Rejected]:
    for path in paths:
        data = corpus.read(path, "a manifest")
        try:
            text = (_unpacked(data) if path.suffix == ".gz" else data).decode("utf-8")
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise DataError(f"{path}: is not a Lhotse manifest ({error}); copy it again") from None
        for number, line in enumerate(lines_of(text), 1):
            where = f"{path.name}:{number}"
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield _unreadable(where, where, f"is not JSON ({error})")
                continue
            if isinstance(record, dict):
                yield where, record
            else:
                yield _unreadable(where, where, "is no object")
