"""Provinces of Canada, states of Australia, counties of England: "Barrie, ON", "Ely, Cambs"."""

from __future__ import annotations

import re

from recital.processors.text.english.outline import holds
from recital.processors.text.english.words import TABLES, digit_by_digit, one_of, pairs

# "ON Ontario: Toronto Ottawa": the towns show that the letters behind them are a province.
_PROVINCES: dict[str, list[str]] = {}
_OF_TOWNS: dict[tuple[str, str], str] = {}
for _line in TABLES["provinces"].splitlines():
    _name, _towns = _line.split(": ")
    _codes, _province_name = _name.split(" ", 1)
    for _code in _codes.split("/"):
        _PROVINCES.setdefault(_code, []).append(_province_name)
        _OF_TOWNS |= {(_code, _town): _province_name for _town in _towns.split()}
# How the codes begin that mail needs
_FIRST_DIGITS = {"NSW": "2", "VIC": "3", "QLD": "4", "SA": "5", "WA": "6", "TAS": "7"}
_FIRST_DIGITS |= {"NT": "0", "ACT": "2"}
_PROVINCE = re.compile(
    rf"\b([A-Z][a-z']+)(,? )({one_of(_PROVINCES)})\b(?:\.(?=,| [a-z]))?"
    r"(?:(,? )(?:([A-Z]\d[A-Z]) ?(\d[A-Z]\d)|(\d{4}))(?![\w.,-]\d))?(?![\w'&/-])"
)
_ALSO_PERSONS = ("Man", "Vic", "PE", "NL")  # without a comma
_SURE = re.compile(r"(?<! dot )\b(?:Qld|QLD)\b(?! dot )(?:\.(?! *$))?")  # qld.gov.au
_COUNTIES = pairs(TABLES["counties"])
# These are also what offers, teams and verses are about: only where a town is said to be in them.
_ALSO_WORDS = "Glam|Beds|Bucks|Ches|Som|Wilts|Cards|Berks"
_COUNTY = re.compile(
    rf"(?:(?<=[a-z], )(?!{_ALSO_WORDS})|(?P<place>\b(?i:in|of|at|near|from|to|around|outside) "
    rf"(?:[A-Z][a-z'-]+ ){{0,3}}[A-Z][a-z'-]+, ))({one_of(_COUNTIES)})\b"
    rf"(?:\.(?=,| [a-z])|(?=[,.;:)?!]|$)|(?= [a-z(])(?<!{')(?<!'.join(_ALSO_WORDS.split('|'))}))|"
    # not sayable
    r"\b(Cambs|Leics|Worcs|Warks|Middx|(?<=\bin )(?:Lincs|Lancs|Herts|Hants|Northants)(?=\.))\b"
    r"(?:\.(?=,| [a-z]))?"
)
_COUNTY_HINT = tuple(sorted({short[:4] for short in _COUNTIES}))
_SIDE_OF_COUNTY = re.compile(
    r"(?:(?<=, )|(?<=\b[Ii]n )|(?<=\bof )|(?<=from )|(?<=near )|(?<=across )|(?<=the )|(?<=and )|"
    r"(?<=or )|^)([NSEW])\.? (Sussex|Yorks(?:hire)?|Midlands|Glos|Lincs|Devon|Somerset|Glamorgan)\b"
)
_SHIRES = (" Sussex", " Yorks", " Midlands", " Glos", " Lincs", " Devon", " Somer", " Glam")
_SIDES = {"N": "North", "S": "South", "E": "East", "W": "West"}


def expand(text: str) -> str:
    """ "Barrie, ON" -> "Barrie, Ontario", "Perth WA 6000" -> "Perth Western Australia six zero
    zero zero", "W. Sussex" -> "West Sussex".
    """
    if "Q" in text:
        text = _SURE.sub("Queensland", text)
    if holds(text, _PROVINCES):
        text = _PROVINCE.sub(_province, text)
    if holds(text, _SHIRES):
        text = _SIDE_OF_COUNTY.sub(lambda m: f"{_SIDES[m[1]]} {_COUNTIES.get(m[2], m[2])}", text)
    if holds(text, _COUNTY_HINT):
        text = _COUNTY.sub(_county, text)
    return text


def _province(match: re.Match[str]) -> str:
    town, comma, code, between, first, last, digits = match.groups()
    mail = " ".join(map(_letter_or_digit, first + last)) if first else digits
    if digits and digits[0] == _FIRST_DIGITS.get(code.upper()):
        name, mail = _PROVINCES[code][-1], digit_by_digit(digits)
    elif first and code.upper() not in _FIRST_DIGITS:
        name = _PROVINCES[code][0]
    elif code == "ON" and comma != " " and not mail and _ends(match):  # not the word
        name = "Ontario"
    elif comma == " " and code in _ALSO_PERSONS or (code == "ON" and not _ends(match, " ")):
        name = ""  # "Winnipeg Man Charged", "in London, ON Monday"
    else:
        name = _OF_TOWNS.get((code, town), "")
    return f"{town}{comma}{name}{between or ''}{mail or ''}" if name else match[0]


def _letter_or_digit(character: str) -> str:
    return digit_by_digit(character) if character.isdigit() else character


def _ends(match: re.Match[str], more: str = "") -> bool:
    behind = match.string[match.end() : match.end() + 2]
    # a small letter goes on with the sentence
    going_on = more and behind[:1] == more and behind[1:].islower()
    return behind[:1] in ("", ",", ".", ";", ")", ":") or bool(going_on)


def _county(match: re.Match[str]) -> str:
    return (match["place"] or "") + _COUNTIES[match[2] or match[3]]
