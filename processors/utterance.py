"""The lines of a manifest: utterances, and what stage 1 rejected."""

from __future__ import annotations

import json
import re
import typing
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class Utterance:
    """A line of the manifest."""

    id: str
    audio: str  # relative to the folder of the recordings, with forward slashes
    text: str
    speaker: str = ""  # "": the corpus has one speaker
    seconds: float | None = None  # after trimming; None until the features are computed
    shard: str = ""  # name of the shard with its features
    language: str = ""  # such as "en" or "en-us"; "": unknown
    start: float = 0.0  # s; start of the segment in a longer recording
    end: float | None = None  # s; None: the end of the recording
    split: str = ""  # as the corpus or a list gives it: one of `SPLITS`; "": none


@dataclass(frozen=True, slots=True)
class Rejected:
    """A recording, or a line of the corpus's metadata, that stage 1 left out."""

    id: str
    audio: str
    code: str  # one word, for counting
    reason: str
    remedy: str


LineT = TypeVar("LineT", Utterance, Rejected)
# of each kind of line, its fields and their types
_values = {kind: attrgetter(*(f.name for f in fields(kind))) for kind in (Utterance, Rejected)}
_types = {kind: tuple(typing.get_type_hints(kind).values()) for kind in _values}


def to_json(line: Utterance | Rejected) -> str:
    """Format a line of `manifest.jsonl` or `rejected.jsonl`."""
    return json.dumps({f.name: getattr(line, f.name) for f in fields(line)}, ensure_ascii=False)


def from_json(kind: type[LineT], line: bytes | str) -> LineT:
    """Parse a line of `to_json`. Raises `ValueError` for any other."""
    try:
        return from_values(kind, json.loads(line))
    except RecursionError as error:
        raise ValueError(str(error)) from None


def from_values(kind: type[LineT], values: dict[str, Any] | list[Any]) -> LineT:
    """A line from its fields, by name or in order. Raises `ValueError` for a wrong one."""
    try:
        found = kind(**values) if isinstance(values, dict) else kind(*values)
    except TypeError as error:
        raise ValueError(str(error)) from None
    if not all(map(isinstance, _values[kind](found), _types[kind])):
        raise ValueError(f"a field of {values} is of another type")
    return found


def speaker_name(dataset: str, speaker: str) -> str:
    """`Dataset_Speaker`: unique across corpora."""
    return f"{dataset}_{speaker}" if speaker else dataset


def normal_text(text: str) -> str:
    """The text's letters and digits in lower case, equal for all takes of a sentence."""
    return " ".join(re.findall(r"\w+", text.casefold())) or text
