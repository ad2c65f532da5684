"""What a rule needs, looked for before the rule. Most rules have nothing to do in most sentences,
and to find "0:00" in one takes a thirtieth of the time of the pattern of a time of day.

Rules whose text may have changed since ask again; the outline of the same text is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

_CAPITALS, _SMALL = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz"
_ZEROS = bytes.maketrans(b"123456789" + _CAPITALS, b"000000000" + _SMALL)
_SHAPE = bytes.maketrans(
    b"123456789" + _CAPITALS + _SMALL, b"000000000" + b"A" * len(_CAPITALS) + b"a" * len(_SMALL)
)


def holds(text: str, pieces: Iterable[str]) -> bool:
    """Whether one of the pieces is in the text."""
    for piece in pieces:  # noqa: SIM110 (a generator takes twice the time)
        if piece in text:
            return True
    return False


@lru_cache(maxsize=16)
def zeros(text: str) -> str:
    """The text in small letters with 0 for each digit: "At 5:30 PM" -> "at 0:00 pm"; "?" for what
    is not in ASCII.
    """
    if not text.isascii():  # where case is ignored, ſ is an s and ı an i
        text = text.casefold().replace("ı", "i")
    return text.encode("ascii", "replace").translate(_ZEROS).decode("ascii")


@lru_cache(maxsize=16)
def shape(text: str) -> str:
    """The text with A for each capital, a for each small letter and 0 for each digit: "At 5:30 PM"
    -> "Aa 0:00 AA"; "?" for what is not in ASCII.
    """
    return text.encode("ascii", "replace").translate(_SHAPE).decode("ascii")
