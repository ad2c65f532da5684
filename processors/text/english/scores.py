"""Scores of games where the words next to them name the game: cricket's "318/8" and "4-66"."""

from __future__ import annotations

import re

_CRICKET = re.compile(
    r"\b(?:[Ww]ickets?|[Oo]vers|[Bb]atsm[ae]n|[Cc]ricket|[Ss]tumps|[Ss]eamers?|ODIs?|T20I?s?|IPL|"
    r"not out|all out)\b|\b\d{2,3} for \d\b|\d\*[ ,;)]|\b\d{2,3}/\d0? \([A-Z]"
)
_TOTAL = re.compile(
    r"(?<![\w/.,$-])(?!24/7|20/20)(\d{2,3})/(\d|10)(?![\w/-]|[.,]\d)"
)  # runs, wickets
# Wickets, runs: behind a name.
_FIGURES = re.compile(
    r"\b((?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|On\b|By\b)[A-Z][\w'’]+ )(\d|"
    r"10)[/-](\d{2,3})(?![\w/-]|[.,]\d)"
)
_PAIR = re.compile(r"\d[/-]\d")
_NOT_OUT = re.compile(r"(?<=\d)\*(?=[\s,.;)])")


_SETS = re.compile(r"(?<=\b[0-7]-[0-7]),(?=[0-7]-[0-7]\b)")  # 6-1,6-3
_THREE_POINT = re.compile(r"\b3-?PTs?\b")
_STATISTICS = {
    "PTS": "points",
    "REB": "rebounds",
    "AST": "assists",
    "STL": "steals",
    "BLK": "blocks",
}
_STATISTIC = re.compile(rf"(?<=\d )({'|'.join(_STATISTICS)})\b")


def expand(text: str) -> str:
    """ "England 318/8 (Henry 4-84, Root 50*)" -> "England 318 for 8 (Henry 4 for 84, Root 50 not
    out)", in a text of cricket; before dates and fractions.
    """
    if "," in text:
        text = _SETS.sub(", ", text)
    if "3PT" in text or "3-PT" in text:
        text = _THREE_POINT.sub("three-point", text)
    if " PTS" in text:
        text = _STATISTIC.sub(lambda m: _STATISTICS[m[1]], text)
    if _PAIR.search(text) is None:
        return text
    scored = _FIGURES.sub(r"\1\2 for \3", _TOTAL.sub(r"\1 for \2", text))
    if scored == text or _CRICKET.search(text) is None:
        return text
    return _NOT_OUT.sub(" not out", scored)
