"""Checks that the columns of a list are those of its layout. Swapped columns would otherwise pass
silently: every text becomes a speaker and every speaker a text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from recital.utils.errors import DataError

CHECKED = 10_000  # lines of a list whose columns are compared


def usual_count(found: Mapping[int, int]) -> int:
    """The most frequent number of fields, of how many lines have each; the smaller on a tie, as a
    text may contain a `|`. 0 without lines.
    """
    return max(sorted(found), key=found.__getitem__, default=0)


def require_texts(
    path: Path, texts: Sequence[str], others: Sequence[str], form: str, other: str
) -> None:
    """Raise `DataError` if the column `others` (named `other` in the error) looks more like text
    than the column `texts`: longer, and at least as varied.
    """
    if not texts or len(texts) != len(others):
        return
    longer = _words(others) >= 2 and _words(others) > _words(texts)
    if longer and len(set(others)) >= len(set(texts)):
        raise DataError(
            f"{path}: its columns are not {form}: a text would be {texts[0][:40]!r}, and "
            f"{other} {others[0][:40]!r}; put the columns in that order"
        )


def two_texts(raw: str, normalised: str) -> bool:
    """Whether two columns can be a text and its normalised form: they share a word, or the first
    has digits or is too short to decide.
    """
    first, second = (set(re.findall(r"\w+", text.casefold())) for text in (raw, normalised))
    if len(first) < 2 or not second or re.search(r"\d", raw):
        return True
    return bool(first & second)


def _words(values: Sequence[str]) -> float:
    """The mean number of words; numbers are not counted."""
    return fmean(len(re.findall(r"[^\W\d_]+", value)) for value in values)
