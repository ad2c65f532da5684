"""Long texts in pieces that a voice speaks well: sentences, and parts of those that are too
long.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from recital.processors.text.word_tables import word_set

LIMIT = 240  # characters; some 16 seconds, the longest that voices are trained on
# seconds after a piece
PAUSES = {"sentence": 0.25, "trailing": 0.4, "clause": 0.12, "word": 0.0}

_CLOSING = "\"'”’»」』）)\\]"
_STOPS = "。？！｡"
_UNSPACED = f"{_STOPS}，、；："  # of scripts that put no blank behind them
_SENTENCE_END = re.compile(rf"[.!?…।॥؟۔։՜՞።፧።។။{_STOPS}][{_CLOSING}]*$")
_TRAILING_OFF = re.compile(rf"(?:…|\.\.\.)[{_CLOSING}]*$")
_TIGHT_TRAILING = re.compile(r"(?<=\w)(…|\.\.\.)(?=\w)")
CLAUSE_END = re.compile(rf"[,;:—–،؛、，；：՝፣፤፥၊][{_CLOSING}]*$")
_WORDS = re.compile(
    rf"\{{[^}}]*\}}\S*|\n|[^\s{_UNSPACED}]*[{_UNSPACED}]+[{_CLOSING}]*|[^\s{_UNSPACED}]+"
)
_GLUED = re.compile(rf"[{_UNSPACED}][{_CLOSING}]*$")
_SHORT = re.compile(r"^[(\"'“‘«„¿¡]*(\w+|(?:\w\.)+\w)\.$")
# Abbreviations of other languages that precede what belongs to them.
_FOREIGN = word_set(
    "z.b d.h u.a bzw nr str abb bd hr fr hl evtl ggf inkl zzgl vgl sog mio mrd "  # German
    "bijv dhr mevr mej ing drs blz m.a.w o.a d.w.z "  # Dutch
    "mm mme mlle p.ex env av janv févr juil "  # French
    "sra srta pág ee.uu núm avda "  # Spanish
    "sig dott pag "  # Italian
    "т.е т.д т.п стр им ул проф руб тыс млн млрд"  # Russian
)
# Before which a number with a stop is an ordinal.
_MONTH = re.compile(
    r"(?:jan|feb|mär|mar|apr|mai|maj|jun|jul|aug|sep|okt|oct|nov|dez|dec|kvě|lis|sty|lut|mrt|mei)\w*"
)
_BEFORE_ORDINAL = word_set(
    "am im der die das dem den des vom zum zur bis ab seit jeder jedes dieser ihr sein d til"
)


class Piece(NamedTuple):
    """A part of a text, and the pause in seconds that belongs after it."""

    text: str
    pause: float


def split_text(text: str, limit: int = LIMIT) -> list[Piece]:
    """Sentences; a longer one than `limit` characters is cut after a clause, else between words,
    else anywhere.

    A line break ends a sentence, as `written.unmark` leaves it only where one does. What is in
    braces stays whole. "Dr.", "J." and the "3." of "am 3. Oktober" end no sentence, nor does a mark
    before a small letter.
    """
    words = _WORDS.findall(_TIGHT_TRAILING.sub(r"\1 ", text))
    pieces: list[Piece] = []
    sentence: list[str] = []
    for i, word in enumerate(words):
        if word != "\n":
            sentence.append(word)
        following = words[i + 1] if i + 1 < len(words) else ""
        if sentence and (word == "\n" or not following or ends_sentence(words, i)):
            pieces += _cut(sentence, limit)
            sentence = []
    return pieces


def ends_sentence(words: list[str], i: int) -> bool:
    """Whether a sentence ends with the i-th word, which is not the last."""
    word, following = words[i], words[i + 1]
    if _SENTENCE_END.search(word) is None or following[0].islower():
        return False
    short = _SHORT.match(word)
    if short is None:
        return True
    from recital.processors.text.english.abbreviations import ENDS_SENTENCES, SHORT
    from recital.processors.text.english.words import STARTERS

    name = short[1].lower()
    if name.isdigit():
        before = words[i - 1].lower() if i else ""
        ordinal = len(name) < 3 and (before in _BEFORE_ORDINAL or _MONTH.match(following.lower()))
        return not ordinal
    if "." in name and len(name) > 1:  # initials: "the U.S. Army", "in the U.S. He left."
        return name not in _FOREIGN and following in STARTERS
    if len(name) == 1:
        return name != "i" and following in STARTERS and not (i and words[i - 1][:1].isupper())
    if name in _FOREIGN:
        return False
    return name not in SHORT or (name in ENDS_SENTENCES and not following[0].isdigit())


def _joined(words: list[str]) -> str:
    """Words with blanks, but for scripts that write none."""
    text = words[0]
    for before, word in zip(words, words[1:], strict=False):
        text += word if _GLUED.search(before) else " " + word
    return text


def _cut(words: list[str], limit: int) -> list[Piece]:
    """One sentence in pieces of at most `limit` characters."""
    pieces = []
    start, length = 0, 0  # of the words that are not yet in a piece
    i = 0
    while i < len(words):
        grown = length + len(words[i]) + (i > start)
        if grown <= limit:
            length, i = grown, i + 1
            continue
        if i == start:  # one word longer than the limit
            if words[i].startswith("{"):
                pieces.append(Piece(words[i], PAUSES["word"]))
                start, length, i = i + 1, 0, i + 1
            else:
                pieces.append(Piece(words[i][:limit], PAUSES["word"]))
                words[i] = words[i][limit:]
            continue
        least = start + (i - start) // 3
        clause = next((n for n in range(i, least, -1) if CLAUSE_END.search(words[n - 1])), None)
        end = clause or i
        pieces.append(Piece(_joined(words[start:end]), PAUSES["clause" if clause else "word"]))
        start, length, i = end, 0, end
    if start < len(words):
        last = "trailing" if _TRAILING_OFF.search(words[-1]) else "sentence"
        pieces.append(Piece(_joined(words[start:]), PAUSES[last]))
    return pieces


def middle(names: list[str], least: int = 8) -> int | None:
    """Where to cut a row of symbols in two for a voice that failed at it: after the mark or blank
    nearest to the middle that leaves `least` symbols on either side; None where there is none.
    """
    ends = [i + 1 for i, name in enumerate(names) if name in (" ", "@sp", *",;:.!?")]
    ends = [end for end in ends if least <= end <= len(names) - least]
    return min(ends, key=lambda end: abs(2 * end - len(names)), default=None)
