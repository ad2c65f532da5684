"""Months and days of the week, and how a date is said."""

from __future__ import annotations

import re

from recital.processors.text.english.words import STARTERS, ordinal, pairs, year

_MONTHS = "January February March April May June July August September October November December"
MONTHS = _MONTHS.split()
SHORT_MONTHS = {m[:3]: m for m in MONTHS} | {"Sept": "September"}
# Patterns of any month: in full, short, and short but May.
MONTH = "|".join(MONTHS)
SHORT_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
CUT_MONTH = SHORT_MONTH.replace("May|", "")
# In digits
MONTH_NUMBER = r"(?:1[0-2]|0?[1-9])"
DAY_NUMBER = r"(?:3[01]|[12]\d|0?[1-9])"
DAYS = pairs("""
Mon Monday|Tue Tuesday|Tues Tuesday|Wed Wednesday|Weds Wednesday|Thu Thursday|Thur Thursday|
Thurs Thursday|Fri Friday|Sat Saturday|Sun Sunday
""")


def date(month: int, day: int, in_year: str) -> str:
    spoken = f"{MONTHS[month - 1]} {ordinal(day)}"
    return f"{spoken}, {year(int(in_year))}" if in_year else spoken


def stop_at_end(match: re.Match[str]) -> str:
    """The stop of an abbreviation that ends a sentence is the same one."""
    if match[0][-1] != ".":
        return ""
    after = match.string[match.end() : match.end() + 12].lstrip("\"')")
    return "." if not after.strip() or after.split(maxsplit=1)[0] in STARTERS else ""
