"""Calculations, as answers to questions write them: "2 * $50 = $100", "900 miles/24 hours = 37.5".
Their signs mean other things elsewhere, so all of it hangs on a sign of equality.
"""

from __future__ import annotations

import re

_EQUAL = re.compile(r"[=≈] ?-?[$£€]?[\d.(√]|[\d)] ?[=≈]")
_OF_NUMBERS = re.compile(r"(?<=\d) ?\* ?(?=\d)")
# between plain numbers other rules read an x
_PRODUCT = re.compile(r"(?<=[\w)²³]) ?\* ?(?=[$£€])|(?<=[a-z)²³]) ?\* ?(?=[\d(√])")
_LETTERS_OVER = re.compile(r"(?<![\w./:=?&-])(?![nw]/)([a-z])/(?=[a-z](?: ?[=+*<>)]| -))")
_BY = re.compile(r"(?<=[a-z\d)]) [x×] (?=[$£€])|(?<=[a-z)]) [x×] (?=\d)")
# not the rest of an address
_DIVIDED = re.compile(r"(?<![\w./:=?&-])([a-z]{1,12})/(?=\d[\d.,]*(?:[\s)]|$))")


def expand(text: str) -> str:
    """ "2 * $5 = $10" -> "2 times $5 = $10"; before money and units."""
    if _EQUAL.search(text) is None:
        return text
    if "*" in text:
        text = _PRODUCT.sub(" times ", _OF_NUMBERS.sub(" x ", text))
    if " x " in text or " × " in text:
        text = _BY.sub(" times ", text)
    if "/" in text:
        text = _DIVIDED.sub(_divided, _LETTERS_OVER.sub(r"\1 over ", text))
    return text


def _divided(match: re.Match[str]) -> str:
    return f"{match[1]} {'over' if len(match[1]) < 3 else 'divided by'} "
