"""Doses and sutures: "40 mg q.12h.", "5 mg BID", "3-0 Vicryl"."""

from __future__ import annotations

import re

from recital.processors.text.english.web import dotted

_THREAD = re.compile(
    r"\b(?:[Vv]icryl|[Pp]rolene|[Mm]onocryl|[Ee]thilon|[Ee]thibond|[Dd]exon|[Mm]ersilene|"
    r"[Nn]urolon|"
    r"[Nn]ylon|[Ss]ilk|[Cc]hromic|[Cc]atgut|PDS|[Mm]axon|[Bb]iosyn|[Pp]olysorb|[Pp]olypropylene|"
    r"[Ss]utur|[Ss]titch)"
)
_GAUGE = re.compile(r"(?<![\w.,/-])(#?)(\d{1,2})-0(?![\w.]|-\d)")
_EVERY = re.compile(r"\b[qQ]\. ?(\d{1,2})(?:-(\d{1,2}))? ?h(?:rs?)?\b(?:\.(?! *$))?")
_DOSE = re.compile(r"\d ?(?:mg|mcg|g|mL|ml|units?|tablets?|tabs?|capsules?|puffs?|drops?)\b")
_SMALL_LATIN = re.compile(r"(?<![\w.'-])(?:qd|qod|qhs|bid|tid|qid|prn)(?![\w'-]|\.\w)")
_TABLET = re.compile(r"(?<=\d )tab(s?)\b\.?(?= (?:[a-z]|PO|BID|TID|QID|qd)|[,;)])")
# a reading of 98.6F
_FEVER = re.compile(r"(?<![\w.])((?:9[4-9]|10[0-7])\.\d) ?F\b(?!['.]\w)")
# Twice a day, and no bid.
_TWICE = re.compile(r"(?<![\w.'-])BID(?![\w.'-])")


def expand(text: str) -> str:
    """ "3-0 Vicryl" -> "3 oh Vicryl"; before scores and units."""
    if "-0" in text and _THREAD.search(text):
        text = _GAUGE.sub(lambda m: f"{'number ' if m[1] else ''}{m[2]} oh", text)
    if "q." in text or "Q." in text:
        text = _EVERY.sub(_every, text)
    if "tab" in text:
        text = _TABLET.sub(r"tablet\1", text)
    if "F" in text:
        text = _FEVER.sub(r"\1 degrees Fahrenheit", text)
    if _DOSE.search(text):
        text = _SMALL_LATIN.sub(lambda m: dotted(m[0]), text)
    if "BID" in text and _DOSE.search(text):
        text = _TWICE.sub(lambda m: dotted(m[0]), text)
    return text


def _every(match: re.Match[str]) -> str:
    return f"every {match[1]}{f' to {match[2]}' if match[2] else ''} hours"
