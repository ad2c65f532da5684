"""A folder of long recordings with their texts, to a corpus in LJSpeech's layout.

`parts/` holds what each recording gave, so that an interrupted run goes on and a changed text is
aligned again alone. All else is written from these at the end.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from recital.preprocessors.entries import OTHER_SUFFIXES, SUFFIXES
from recital.preprocessors.segmentation.alignment import align_recording
from recital.preprocessors.segmentation.cutting import Left, Piece, find_utterances
from recital.preprocessors.segmentation.listening import WEIGHTS, Listener
from recital.preprocessors.segmentation.script import Script, read_script
from recital.processors.audio_files import UnusableAudio, decode, duration
from recital.processors.store import Rejected
from recital.utils.errors import DataError
from recital.utils.files import LIST_BYTES, read_text, replacing, sha256_of, write_text

PARTS = "parts"
_UNSAFE = re.compile(r"[^\w.-]+")

# code -> what to do
REMEDIES = {
    "not_in_text": "add what is said to the text, or leave it out",
    "not_read": "nothing, if it is a preface, a heading or a note; else look at the recording",
    "no_pause": "nothing: its neighbours have no silence at which to cut, or it is too long",
    "unsure": "listen to it: correct the text, or accept it with a lower --segment_confidence",
}


KEPT = {"id", "audio", "start", "end", "confidence", "text"}  # the keys of a row
REJECTED = KEPT | {"code", "reason", "remedy"}


@dataclass(frozen=True)
class Source:
    """A recording and its text."""

    name: str  # the beginning of the ids of its utterances
    audio: str  # relative to the folder
    text: str
    shared: bool  # the text is that of all recordings


@dataclass(frozen=True)
class Job:
    """What a worker needs to segment one recording."""

    folder: Path
    output: Path
    source: Source
    voice: str  # of espeak-ng
    least: float  # confidence


@dataclass
class Part:
    """What one recording gave: rows of `segments.jsonl` and `rejected.jsonl`."""

    key: str
    seconds: float
    kept: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)


def find_sources(folder: Path) -> tuple[list[Source], list[Rejected]]:
    """The recordings of a folder, with the texts next to them: `x.flac` and `x.txt`, or the only
    text of the folder. Raises `DataError` for a folder without any pair.
    """
    try:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
    except OSError as error:
        raise DataError(f"{folder}: cannot be read ({error.strerror})") from None
    if not folder.is_dir():
        raise DataError(f"{folder}: there is no such folder; expected one of recordings and texts")
    texts = {path.with_suffix(""): path for path in files if path.suffix.lower() == ".txt"}
    stems = {path.with_suffix("") for path in files if path.suffix.lower() in SUFFIXES}
    only = next(iter(texts.values())) if len(texts) == 1 and not stems & texts.keys() else None
    sources: list[Source] = []
    rejected: list[Rejected] = []
    names: dict[str, str] = {}
    for path in files:
        suffix, audio = path.suffix.lower(), path.relative_to(folder).as_posix()
        if suffix in OTHER_SUFFIXES:
            reason = f"{suffix} files cannot be decoded here"
            rejected.append(Rejected("", audio, "unreadable", reason, "encode it as FLAC"))
        if suffix not in SUFFIXES:
            continue
        text = texts.get(path.with_suffix(""), only)
        if text is None:
            reason = f"there is no text for it: expected {path.stem}.txt next to it"
            rejected.append(Rejected("", audio, "no_text", reason, "write it, or take it away"))
            continue
        name = _UNSAFE.sub("_", unicodedata.normalize("NFC", audio[: -len(path.suffix)]))
        if name in names:
            reason = f"its name gives the same ids as {names[name]}"
            rejected.append(Rejected("", audio, "same_name", reason, "rename one of the two"))
            continue
        names[name] = audio
        own = path.with_suffix("") in texts
        sources.append(Source(name, audio, text.relative_to(folder).as_posix(), not own))
    if not sources:
        raise DataError(
            f"{folder}: no recording with its text; expected pairs such as chapter01.flac and "
            f"chapter01.txt ({', '.join(SUFFIXES)})"
        )
    return sources, rejected


def segment(job: Job) -> Part:
    """Segment one recording, unless that was done before. Raises `DataError`, with one line, for
    what is wrong with it.
    """
    source = job.source
    recording = job.folder / source.audio
    text = _read(job.folder / source.text)
    key = _key(recording, text, job)
    path = job.output / PARTS / f"{source.name}.json"
    part = _read_part(path, key)
    if part is not None:
        return part
    seconds = duration(recording)
    script = _script(text, job.voice, f"{job.folder / source.text}")
    heard_path = path.with_name(f"{source.name}.{key[:12]}.heard")
    heard = _listener().listen(recording, seconds, heard_path)
    part = Part(key, seconds)
    found = align_recording(heard, script)
    for piece in find_utterances(heard, script, found):
        elsewhere = piece.first == 0 or piece.last == len(script.words)
        if not (
            source.shared and elsewhere and isinstance(piece, Left) and piece.code == "not_read"
        ):
            _add(part, piece, script, job)
    for row in part.kept:
        _write_clip(job.output / "wavs" / f"{row['id']}.flac", recording, row)
    write_text(path, json.dumps(asdict(part), ensure_ascii=False))
    del heard
    heard_path.unlink()
    return part


def _add(part: Part, piece: Piece | Left, script: Script, job: Job) -> None:
    source = job.source
    words = script.text(piece.first, piece.last)
    times = {"start": round(piece.start, 3), "end": round(piece.end, 3)}
    if isinstance(piece, Piece):
        sure = round(piece.confidence, 3)
        if sure >= job.least:
            id = f"{source.name}_{len(part.kept) + 1:04d}"
            row = {"id": id, "audio": source.audio, **times, "confidence": sure, "text": words}
            part.kept.append(row)
            return
        code, reason = "unsure", f"confidence {sure:.2f}: what is said may be something else"
    else:
        code, sure = piece.code, 0.0
        seconds = piece.end - piece.start
        reason = {
            "not_in_text": f"{seconds:.1f} s are not in the text",
            "not_read": f"{piece.last - piece.first} words of the text are not said",
            "no_pause": f"{seconds:.1f} s without a pause at their ends",
        }[code]
    id = f"{source.name}_rejected_{len(part.rejected) + 1:04d}"
    rejected = asdict(Rejected(id, source.audio, code, reason, REMEDIES[code]))
    part.rejected.append({**rejected, **times, "confidence": sure, "text": words})


def write_corpus(output: Path, parts: Sequence[Part], rejected: Sequence[Rejected]) -> None:
    """Write the lists from the parts, and remove clips that they no longer have."""
    kept = [row for part in parts for row in part.kept]
    left = [asdict(row) for row in rejected] + [row for part in parts for row in part.rejected]
    names = {f"{row['id']}.flac" for row in kept}
    for path in (output / "wavs").glob("*.flac"):
        if path.name not in names:
            path.unlink()
    write_text(
        output / "metadata.csv", "".join(f"{r['id']}|{r['text']}|{r['text']}\n" for r in kept)
    )
    for name, rows in (("segments.jsonl", kept), ("rejected.jsonl", left)):
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        write_text(output / name, "".join(lines))


def check_output(folder: Path, output: Path) -> None:
    """Raise `DataError` for an output that holds something else: clips are removed from it."""
    if output.resolve().is_relative_to(folder.resolve()):
        raise DataError(f"{output}: is inside of the recordings' folder; name another one")
    if output.exists() and not output.is_dir():
        raise DataError(f"{output}: is no folder; name another one")
    if output.is_dir() and any(output.iterdir()) and not (output / PARTS).is_dir():
        raise DataError(
            f"{output}: holds something else than an earlier run of --segment; name a new folder"
        )


def _read(path: Path) -> str:
    try:
        return read_text(path, LIST_BYTES, "utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not UTF-8 ({error.reason}); save it as UTF-8") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from None


def _key(recording: Path, text: str, job: Job) -> str:
    """A hash of everything that the result depends on."""
    try:
        status = os.stat(recording)
    except OSError as error:
        raise DataError(f"{recording}: cannot be read ({error.strerror})") from None
    facts = [status.st_size, status.st_mtime_ns, text, job.voice, job.least, _weights_hash()]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


@lru_cache(maxsize=1)
def _weights_hash() -> str:
    return sha256_of(WEIGHTS)


@lru_cache(maxsize=1)
def _listener() -> Listener:
    return Listener()


@lru_cache(maxsize=1)
def _script(text: str, voice: str, path: str) -> Script:
    """The script of a text; cached, since many recordings may share it."""
    try:
        return read_script(text, voice)
    except DataError as error:
        raise DataError(f"{path}: {error}; write what is read") from None


def _read_part(path: Path, key: str) -> Part | None:
    """What an earlier run made of the same recording and text."""
    wavs = path.parent.parent / "wavs"
    try:
        part = Part(**json.loads(path.read_text(encoding="utf-8")))
        rows = all(row.keys() >= KEPT for row in part.kept)
        rows = rows and all(row.keys() >= REJECTED for row in part.rejected)
        whole = rows and all((wavs / f"{row['id']}.flac").is_file() for row in part.kept)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    return part if part.key == key and whole else None


def _write_clip(path: Path, recording: Path, row: dict[str, Any]) -> None:
    import soundfile

    wav, rate = decode(recording, row["start"], row["end"])
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        try:
            soundfile.write(temporary, np.clip(wav, -1.0, 1.0), rate, "PCM_16", format="FLAC")
        except soundfile.SoundFileError as error:
            raise OSError(f"{error} Is there room on the disk?") from None


def run_job(job: Job) -> Part | Rejected:
    """`segment`, with what is wrong as a line of `rejected.jsonl`."""
    import torch

    torch.set_num_threads(1)
    try:
        return segment(job)
    except UnusableAudio as error:
        return Rejected("", job.source.audio, error.code, error.reason, error.remedy)
    except DataError as error:
        return Rejected(
            "", job.source.audio, "text", str(error), "correct it, and repeat the command"
        )


def lowest(parts: Sequence[Part], n: int) -> Iterator[dict[str, Any]]:
    """The n utterances that are least sure."""
    rows = [row for part in parts for row in part.kept]
    yield from sorted(rows, key=lambda row: row["confidence"])[:n]
