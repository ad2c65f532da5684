"""Long texts in pieces that a voice speaks well: sentences, and parts of those that are too
long.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LIMIT = 240  # characters; some 16 seconds, the longest that voices are trained on
PAUSES = {"sentence": 0.25, "clause": 0.12, "word": 0.0}  # seconds after a piece

_SENTENCE_END = re.compile(r"""[.!?…]["'”’)\]]*$""")
_CLAUSE_END = re.compile(r"""[,;:—–]["'”’)\]]*$""")
_ABBREVIATION = re.compile(
    r"^[(\"'“‘]*(mr|mrs|ms|dr|prof|st|gen|col|lt|sgt|capt|rev|hon|sen|jr|sr|vs|no|e\.g|i\.e|[a-z])\.$",
    re.IGNORECASE,
)


class Piece(NamedTuple):
    """A part of a text, and the pause in seconds that belongs after it."""

    text: str
    pause: float


def split_text(text: str, limit: int = LIMIT) -> list[Piece]:
    """Sentences; a longer one than `limit` characters is cut after a clause, else between words,
    else anywhere.

    What stands in braces stays whole. "Dr." and "J." end no sentence, nor does a mark before a
    small letter.
    """
    words = re.findall(r"\{[^}]*\}\S*|\S+", text)
    pieces: list[Piece] = []
    sentence: list[str] = []
    for i, word in enumerate(words):
        sentence.append(word)
        following = words[i + 1] if i + 1 < len(words) else ""
        ends = _SENTENCE_END.search(word) and not _ABBREVIATION.match(word)
        if not following or (ends and not following[0].islower()):
            pieces += _cut(sentence, limit)
            sentence = []
    return pieces


def _cut(words: list[str], limit: int) -> list[Piece]:
    """One sentence in pieces of at most `limit` characters."""
    pieces = []
    while len(" ".join(words)) > limit:
        n_fit = 0
        while len(" ".join(words[: n_fit + 1])) <= limit:
            n_fit += 1
        if n_fit == 0:  # one word longer than the limit
            if words[0].startswith("{"):
                pieces.append(Piece(words.pop(0), PAUSES["word"]))
            else:
                pieces.append(Piece(words[0][:limit], PAUSES["word"]))
                words = [words[0][limit:], *words[1:]]
            continue
        clause = next(
            (n for n in range(n_fit, n_fit // 3, -1) if _CLAUSE_END.search(words[n - 1])), None
        )
        n_taken = clause or n_fit
        pieces.append(Piece(" ".join(words[:n_taken]), PAUSES["clause" if clause else "word"]))
        words = words[n_taken:]
    return [*pieces, Piece(" ".join(words), PAUSES["sentence"])] if words else pieces


def middle(names: list[str], least: int = 8) -> int | None:
    """Where to cut a row of symbols in two for a voice that failed at it: after the mark or blank
    nearest to the middle that leaves `least` symbols on either side; None where there is none.
    """
    ends = [i + 1 for i, name in enumerate(names) if name in (" ", "@sp", *",;:.!?")]
    ends = [end for end in ends if least <= end <= len(names) - least]
    return min(ends, key=lambda end: abs(2 * end - len(names)), default=None)
