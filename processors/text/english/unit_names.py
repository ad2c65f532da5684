"""Units as they are written after a number."""

from __future__ import annotations

from recital.processors.text.english.words import TABLES, is_one, pairs

_PLURALS = {"foot": "feet", "inch": "inches"}
# The same for one and many, with their prefixes: "megahertz", "nanomolar".
_ONE_FORM = (
    *("dozen", "count", "stone", "horsepower", "hundredweight", "lux", "hertz", "tesla", "kelvin"),
    *("centipoise", "molar", "A.M.U.", "B.T.U.", "R P M", "S.C.C.M."),
)


def _by_spelling(table: str) -> dict[str, str]:
    units: dict[str, str] = {}
    for line in filter(None, table.splitlines()):
        for entry in line.split(" | "):
            name, spellings = entry.split(": ")
            units |= dict.fromkeys(spellings.split(", "), name)
    return units


# A unit: how it is written | the next one. `compounds` writes those of genes.
UNITS = _by_spelling(TABLES["units"])
# What is below a slash and no unit: "$3/ea", "5/d".
_BELOW = pairs("""
b barrel|bx box|cs case|btl bottle|hd head|pc piece|pcs piece|pr pair|
d day|dz dozen|ea each|pp person|mnth month|msg message|nt night|sf square foot|sh share|
t ton|txn transaction
""")


def below(short: str) -> str:
    """What there is so much per: "mo" -> "month", "MWh" -> "megawatt hour", "share" -> "share"."""
    return _BELOW.get(short) or UNITS.get(short, short)


def unit(name: str, quantity: str) -> str:
    """The unit after this number: ("mile per hour", "60") -> "miles per hour"."""
    if is_one(quantity):
        return name
    first, per, rest = name.partition(" per ")
    first, of, matter = first.partition(" of ")
    *words, last = first.split(" ")
    return " ".join([*words, _plural(last)]) + of + matter + per + rest


def _plural(name: str) -> str:
    if name in _PLURALS:
        return _PLURALS[name]
    return name if name.endswith(_ONE_FORM) else name + "s"
