"""Lhotse's manifests, read without its library: `*recordings*.jsonl(.gz)` with
`*supervisions*.jsonl(.gz)`, or `*cuts*.jsonl(.gz)` alone.

`dataset_path` is their folder, or a file of cuts. Paths are relative to, or absolute and below,
`dataset_recordings` (else the folder of the manifests). A recording that is a command, an address,
or has several channels is left out with that reason.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from recital.preprocessors.entries import Corpus, entry
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """The utterances, one for each supervision. Raises `DataError` where there is no manifest."""
    one = corpus.folder.is_file()
    cuts = [corpus.folder] if one else _manifests(corpus.folder, "cuts")
    supervisions = [] if one else _manifests(corpus.folder, "supervisions")
    if supervisions:
        recordings: dict[str, Any] = {}
        for _, told in _lines(corpus, _manifests(corpus.folder, "recordings")):
            recordings[str(told.get("id"))] = told
        for where, told in _lines(corpus, supervisions):
            yield _utterance(corpus, where, told, recordings.get(str(told.get("recording_id"))))
        return
    if not cuts:
        expected = "recordings and supervisions, or cuts, as .jsonl or .jsonl.gz"
        raise DataError(f"{corpus.folder}: expected manifests of {expected}")
    for where, cut in _lines(corpus, cuts):
        for told in cut.get("supervisions") or [{"id": cut.get("id", where)}]:
            # a supervision's times are relative to the cut's
            moved = {**told, "start": cut.get("start", 0.0) + told.get("start", 0.0)}
            yield _utterance(corpus, where, moved, cut.get("recording"))


def _utterance(
    corpus: Corpus, where: str, told: dict[str, Any], recording: dict[str, Any] | None
) -> Utterance | Rejected:
    id = str(told.get("id", where))
    if recording is None or not recording.get("sources"):
        reason = f"{where}: its recording {told.get('recording_id', '')} is not described"
        return Rejected(id, "", "missing", reason, "add it to the recordings, or remove this line")
    source = recording["sources"][0]
    audio = str(source.get("source", ""))
    if source.get("type") != "file":
        reason = f"its recording is a {source.get('type')}, which is not run or fetched"
        return Rejected(id, audio, "pipe", reason, "keep the recording as a file, and name that")
    if len(recording["sources"]) > 1 or len(source.get("channels", [0])) > 1:
        reason = "its recording has several channels"
        return Rejected(id, audio, "channels", reason, "write each channel into a file of its own")
    try:
        start = float(told.get("start", 0.0))
        end = start + float(told["duration"]) if "duration" in told else None
        if end is not None and end >= float(recording.get("duration", end + 1)) - 1e-3:
            end = None  # to its end, whatever rounding there was
    except (TypeError, ValueError) as error:
        reason = f"{where}: cannot be read ({error})"
        return Rejected(id, audio, "metadata", reason, "write start and duration in seconds")
    text, speaker = str(told.get("text") or ""), str(told.get("speaker") or "")
    language = str(told.get("language") or "")
    language = language.lower() if len(language) <= 5 else ""  # a code, and not "English"
    return entry(
        corpus, id, audio, text, speaker, language=language, start=max(start, 0.0), end=end
    )


def _manifests(folder: Path, kind: str) -> list[Path]:
    return sorted([*folder.glob(f"*{kind}*.jsonl"), *folder.glob(f"*{kind}*.jsonl.gz")])


def _lines(corpus: Corpus, paths: list[Path]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in paths:
        data = corpus.read(path, "a manifest")
        try:
            text = gzip.decompress(data) if path.suffix == ".gz" else data
            for number, line in enumerate(text.decode("utf-8").splitlines(), 1):
                told = json.loads(line)
                if not isinstance(told, dict):
                    raise ValueError("a line is no object")
                yield f"{path.name}:{number}", told
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise DataError(f"{path}: is no manifest of Lhotse ({error}); copy it again") from None
