"""States before a ZIP code: "Springfield, IL 62704"."""

from __future__ import annotations

import re

from recital.processors.text.english.words import digit_by_digit

_STATES = """
AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|
DC Washington D.C.|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|
KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|
MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|
NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|
PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|
VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming
"""
_NAMES: dict[str, str] = {
    state.strip()[:2]: state.strip()[3:] for state in _STATES.replace("\n", "").split("|")
}
_ZIP = re.compile(rf"\b({'|'.join(_NAMES)}),? (\d{{5}})(?:-(\d{{4}}))?(?![\w-])")


def expand(text: str) -> str:
    """ "IL 62704" -> "Illinois six two seven zero four"."""
    return _ZIP.sub(_zip, text)


def _zip(match: re.Match[str]) -> str:
    more = f", {digit_by_digit(match[3])}" if match[3] else ""
    return f"{_NAMES[match[1]]} {digit_by_digit(match[2])}{more}"
