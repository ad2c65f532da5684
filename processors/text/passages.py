"""Texts of any length in passages that fit into memory: paragraphs, or lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, TextIO

LIMIT = 4000  # characters of a passage; some five minutes
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*\s+")

Split = Literal["line", "paragraph"]


class Passage(NamedTuple):
    """A part of a text that is spoken at once."""

    unit: int  # number of its line or paragraph, blank ones left out, from 0
    line: int  # of the file, where it begins, from 1
    text: str


def passages(file: TextIO, split: Split, limit: int = LIMIT) -> Iterator[Passage]:
    """Read passages of at most `limit` characters, each as soon as it is whole: a line, or the
    lines up to a blank one outside of a block of code. A longer one is cut after a sentence, or
    between words, or anywhere.
    """
    unit, line = 0, 1
    text, begun = "", 1
    ended = True  # the last read part ended its line
    in_code = False
    while part := file.readline(limit):
        if ended and split == "paragraph" and part.lstrip().startswith(("```", "~~~")):
            in_code = not in_code
        blank = ended and not in_code and not part.strip()
        ended = part.endswith("\n")
        if not text:
            begun = line
        if not blank:
            text += part
        whole = blank or (split == "line" and ended)
        while len(text) > limit:
            cut = _last_end(text, limit)
            yield Passage(unit, begun, text[:cut].strip())
            text, begun = text[cut:], line
        if whole and text.strip():
            yield Passage(unit, begun, text.strip())
        if whole:
            unit += bool(text.strip())
            text = ""
        line += ended
    if text.strip():
        yield Passage(unit, begun, text.strip())


def _last_end(text: str, limit: int) -> int:
    """Where to cut at the latest."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text, limit // 2, limit)]
    if ends:
        return ends[-1]
    blanks = [match.end() for match in re.finditer(r"\s", text[limit // 2 : limit])]
    return limit // 2 + blanks[-1] if blanks else limit
