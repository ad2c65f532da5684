"""The lines of a manifest: utterances, and what stage 1 rejected."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields


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


def to_json(line: Utterance | Rejected) -> str:
    """Format a line of `manifest.jsonl` or `rejected.jsonl`."""
    return json.dumps({f.name: getattr(line, f.name) for f in fields(line)}, ensure_ascii=False)


def speaker_name(dataset: str, speaker: str) -> str:
    """`Dataset_Speaker`: unique across corpora."""
    return f"{dataset}_{speaker}" if speaker else dataset


def normal_text(text: str) -> str:
    """The text's letters and digits in lower case, equal for all takes of a sentence."""
    return " ".join(re.findall(r"\w+", text.casefold())) or text
