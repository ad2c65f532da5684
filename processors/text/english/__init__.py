"""`english`: a text in the words that are spoken.

It works on the whole text, rule after rule, each kind of thing before those whose signs it shares:
an address before its dots are read, a date before its slashes, money before plain numbers. What
stands in braces stays as it is, and rules see a word there. The result holds letters, apostrophes
and `,.:;?!()-` only; letters that are said one by one have their stops: "f.b.i.".
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter

from recital.processors.text.english import (
    abbreviations,
    acronyms,
    characters,
    dates,
    money,
    numbers,
    phones,
    places,
    roman,
    symbols,
    times,
    units,
    web,
)

log = logging.getLogger(__name__)

_BRACES = re.compile(r"(\{[^{}]*\})")
_PLACES = re.compile("[\ue000-\uf8ff]")
_DIGIT = re.compile(r"\d")
_FIRST_PLACE = 0xE000  # private characters stand for what is in braces
_N_PLACES = 0xF8FF - 0xE000 + 1


def english(text: str) -> str:
    """Numbers, dates, times, money, units, abbreviations, initialisms, addresses, signs, emoji and
    other alphabets as words, in lower case.

    Characters that cannot be spoken are left out with a warning that names them.
    """
    pieces = _BRACES.split(text) if "{" in text else [text]
    held = pieces[1::2][:_N_PLACES]
    unspoken: list[str] = []
    plain = []
    for piece in pieces[::2]:
        ascii_piece, missing = characters.plain(piece)
        plain.append(ascii_piece)
        unspoken += missing
    if unspoken:
        _warn(unspoken, text)
    text = plain[0] + "".join(
        f"{chr(_FIRST_PLACE + i)}{after}" for i, after in enumerate(plain[1:])
    )
    text = symbols.tidy(_words(text).lower())
    return _PLACES.sub(lambda m: held[ord(m[0]) - _FIRST_PLACE], text) if held else text


def _words(text: str) -> str:
    if "@" in text or "." in text or "/" in text or "#" in text:
        text = web.expand(text)
    text = dates.expand(text)
    has_digits = _DIGIT.search(text) is not None
    if has_digits:
        text = phones.expand(places.expand(text))
        text = times.expand(text)
        text = money.expand(text)
        text = units.expand(text)
    text = roman.expand(text)
    text = abbreviations.expand(text)
    text = acronyms.expand(text)
    if has_digits:
        text = numbers.expand(dates.expand_years(text))
    return symbols.expand(text)


def _warn(unspoken: list[str], text: str) -> None:
    named = ", ".join(
        f"{c!r} ({unicodedata.name(c, f'U+{ord(c):04X}').lower()}, {n} times)"
        for c, n in Counter(unspoken).most_common(10)
    )
    log.warning("left out what english cannot speak: %s in %r", named, text[:60])
