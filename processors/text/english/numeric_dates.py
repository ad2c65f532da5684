"""Dates of digits alone: "2020-01-02", "12/25/2021", "due 5/14"."""

from __future__ import annotations

import re
from math import gcd

from recital.processors.text.english.calendar_names import (
    DAY_NUMBER,
    DAYS,
    MONTH_NUMBER,
    MONTHS,
    date,
)
from recital.processors.text.english.outline import zeros
from recital.processors.text.english.words import ahead, around, ordinal

_ISO = re.compile(r"(?<![\d-])(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\d-])")
# 2024-01-02T03:04:05.678+01:00
_ISO_TIME = re.compile(
    r"(?<=\d{4}-\d\d-\d\d)(?:T| (?=\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d)))(\d\d:\d\d(?::\d\d)?)"
    r"(?:[.,]\d+)?(?:(Z)\b|([+-])(\d\d):?(\d\d))?(?![\w:])"
)
_YEAR_FIRST = re.compile(
    rf"(?<![\w/.])([12]\d{{3}})(?P<sign>[/.])({MONTH_NUMBER})(?P=sign)({DAY_NUMBER})(?![\w/]|\.\d)"
)
_SLASHES = re.compile(
    r"(?<!Windows )(?<!Win )(?<!Office )(?<!iOS )(?<!ersions )"
    r"(?<![\d/.])(?<!(?<!day)-)(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/]|-(?! )|\.\d)"
)
_SLASH = rf"({MONTH_NUMBER})/({DAY_NUMBER})"
_NO_DATE = (  # behind a fraction
    r" ?(?:inch|in\.|in (?=head|deep|thick|long|wide|pieces|cubes|slices)|cups?\b|mile|tea|table|"
    r"tsp|tbsp|lb|oz|mm\b|cm\b|ft\b|feet|foot|mpg|yard|pint|quart|pound|gallon|of (?:an?|the)\b|"
    r"head ?space|head ?room|[\"”″%])"
)
_MONTH_SLASH_DAY = rf"{_SLASH}(?![\w/]|\.\d|{_NO_DATE})"
_ON_SLASH = re.compile(
    r"\b([Oo]n|[Ss]ince|[Bb]y|[Dd]ue|[Uu]ntil|[Tt]ill?|[Bb]efore|[Aa]fter|[Ee]nds|[Dd]ated?|"
    r"[Tt]hru|[Tt]hrough|[Ee]xpires|[Aa]vail(?:able|\.)?|[Ss]tarting|[Bb]eginning|[Ee]nding|"
    r"[Ee]ff(?:ective|\.)|[Pp]ayable|[Dd]eadline:?|[Qq]uiz|[Mm]idterm|[Ee]xam|[Tt]est|[Gg]ame|[Pp]arty|[Mm]eeting|"
    r"[Rr]eleased|[Ll]aunche[ds]|[Bb]orn|[Dd]ied|[Ss]hipped|[Dd]elivered|[Aa]rrived|[Oo]rdered|"
    r"[Ss]ent|[Rr]eturn(?:s|ed)?|[Ll]eav(?:es|ing)|ETA:?|EDD:?|LMP:?|DOB:?|[Mm]ove[- ]in:?|"
    r"[Uu]pdated|[Ff]inals?|[Ss]emifinals?|[Pp]remieres?|[Pp]osted|[Ss]igned|[Rr]eopens?|"
    r"[Rr]esumes?|[Bb]egins|[Cc]loses|[Mm]oved to|[Rr]escheduled (?:to|for)|[Pp]ostponed (?:to|"
    r"until)|[Pp]ushed (?:back )?to|(?:[Ww]eek|[Ww]k\.?|[Ww]eekend|[Mm]orning|[Nn]ight|[Aa]s) of|"
    r"[Tt]o(?:day|night|morrow),?|[Yy]esterday,?|(?:last|next|this) [a-z]+(?= \()|"
    rf"(?:{'|'.join(DAYS.values())}),?) (\(?)(?!(?:24/7|9/11)\b){_MONTH_SLASH_DAY}"
)
# "your 11/3 email"
_OF_A_DAY = re.compile(
    rf"(?<![\w/.-]){_SLASH}(?= (?:e-?mails?|letter|call|meeting|memo|message|invoice|visit|game|"
    rf"deadline|statement)\b)"
)
_AWAY_SPAN = re.compile(
    r"\b((?:[Oo]ut|[Aa]way|[Oo]ff|[Oo]pen|[Cc]losed|[Gg]one|[Hh]ere|[Bb]ack|[Vv]acation|[Ll]eave|"
    rf"[Rr]uns?) from) {_MONTH_SLASH_DAY} (to|through|until) {_MONTH_SLASH_DAY}"
)
_PART_LESS = re.compile(
    r"\b(?:reduc|increas|decreas|cut|fell|fall|rose|rise|ris|grew|grow|drop|shr|down|up|lower|rais|"
    r"expand|short|multipl|scale|slash|trim|divid|declin)\w*(?: \w+){0,3}$"
)
# 12/23-1/2, and a list: 4/1, 6/15 and 9/15. One of them is no fraction that people write.
_SLASH_SPAN = re.compile(
    rf"(?<![\w/.-]){_MONTH_SLASH_DAY}(?: ?- ?| (to|through|thru|until) ){_MONTH_SLASH_DAY}"
)
_ONE_SLASH = rf"{MONTH_NUMBER}/{DAY_NUMBER}"
_SLASH_LIST = re.compile(
    rf"(?<![\w/.-]){_ONE_SLASH}(?:(?:, (?:and |or )?| and | or | & |; ){_ONE_SLASH})+(?![\w/]|\.\d)"
)
_SLASH_DAYS = re.compile(
    rf"(?<![\w/.-]){_SLASH} ?- ?(3[01]|[12]\d|[1-9])(?![\w/-]|\.\d)"
)  # 6/29-30
# 9/27-28/01
_OF_RATIO = re.compile(r"\b(?:[Mm]ultipl|[Dd]ivid|[Ss]cal(?:e|ed|ing)\b|ratio\b|factor\b|odds\b)")
_SLASH_DAYS_YEAR = re.compile(
    rf"(?<![\w/.-]){_SLASH}-(3[01]|[12]\d|[1-9])/((?:20)?\d\d)(?![\w/-]|\.\d)"
)
_SLASH_DAY = re.compile(rf"(?<![\w/.-])(?<!\d ){_MONTH_SLASH_DAY}(?! of\b)")
# "11/2 8:30 a.m."
_TIMED = re.compile(rf"(?<![\w/.-]){_MONTH_SLASH_DAY}(?= (?:at |@ ?)?\d{{1,2}}:\d\d)")
_MONTH_YEAR = re.compile(rf"(?<![\w/.-])({MONTH_NUMBER})/((?:19|20)\d\d)(?![\w/-]|\.\d)")  # 7/2008
# 27/03, "on 23/5"
_DAY_FIRST = re.compile(
    r"(?<![\w/.-])(1[3-9]|2\d|3[01])/(0[1-9]|(?:(?<=\b[Oo]n ...)|(?<=\bby ...)|(?<=until ...))"
    r"(?:1[0-2]|[1-9])(?! of| \w+ of))(?![\w/-]|[.,]\d)"
)
# "in 08/07": August 2007
_SHORT_YEAR = re.compile(
    r"\b(?:([Ii]n|[Ss]ince|[Uu]ntil) (?=\d?\d/(?:0|3[2-9]|[4-9]\d)|0)|(EXP|[Ee]xpiry|[Uu]se by):? )"
    r"(0?[1-9]|1[0-2])/(\d\d)(?![\w/-]|\.\d)"
)
# "on 01-05", if it has a zero
_PADDED = re.compile(
    r"(?<=\b[Oo]n )(?=0|\d\d-0)(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"(?=[,.;)]|$| (?:at|and|or|we|I)\b)"
)
_BEFORE_DATE = re.compile(
    r"(?:^|[(\[]|\b(?:dated?:?|on|by|from|until|till|since|before|after|expires?:?|expiry:?|due|to|"
    r"ends|updated|posted|born|died)) ?$",
    re.I,
)
_AIRED = re.compile(
    r" (?:on [A-Z]|at \d|@|from \d|through|thru|w/|with)|,? \d{1,2}(?::\d\d)? ?[ap]m"
)
_BRITISH = re.compile(r"£|(?<![\w.,-])0[1-9]\d{2,4}[ -]?\d{3}|\d{1,3}p(?:/|pm| per | a )")
_DATED = re.compile(
    r"(?:^|\b(?:on|dated|updated|posted|due|since|effective|announcements|bulletin|minutes of|"
    r"as of|born|died|(?:sun|mon|tues|wednes|thurs|fri|satur)day,?):? )$",
    re.I,
)
_RELEASE = re.compile(
    r"\b(?:[Vv]ersions?|[Rr]eleases?|[Uu]pdated?(?: to)?|[Uu]pgraded?(?: to)?|back to|(?!Date|On|"
    r"Posted|Since|From|Until|Dated|In|At|By)[A-Z]\w+) $"
)
_PARTS = frozenset((2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 24, 25))  # of fractions


def expand(text: str) -> str:
    """Dates of digits alone."""
    if ":" in text:
        text = _ISO_TIME.sub(_iso_time, text)
    text = _ISO.sub(lambda m: date(int(m[2]), int(m[3]), m[1]), text)
    text = _YEAR_FIRST.sub(_year_first, text)
    text = _SLASHES.sub(_slashes, text)
    if "-" in text:
        text = _PADDED.sub(lambda m: date(int(m[1]), int(m[2]), ""), text)
    if "0/0" not in zeros(text):
        return text
    if "/" in text and _OF_RATIO.search(text) is None:
        text = _DAY_FIRST.sub(lambda m: date(int(m[2]), int(m[1]), ""), text)
    text = _SHORT_YEAR.sub(_short_year, text)
    before = text
    text = _MONTH_YEAR.sub(lambda m: f"{MONTHS[int(m[1]) - 1]} {m[2]}", text)
    if ":" in text:
        text = _TIMED.sub(lambda m: date(int(m[1]), int(m[2]), ""), text)
    text = _OF_A_DAY.sub(lambda m: date(int(m[1]), int(m[2]), ""), text)
    text = _AWAY_SPAN.sub(_away_span, text)
    if "-" in text:
        text = _SLASH_DAYS_YEAR.sub(_slash_days_year, text)
    text = _SLASH_SPAN.sub(_slash_span, text)
    text = _SLASH_DAYS.sub(_slash_days, text)
    text = _ON_SLASH.sub(_on_slash, text)
    text = _SLASH_LIST.sub(_slash_list, text)
    if text != before:  # where one is a date, so are the others
        return _SLASH_DAY.sub(_other_slash_day, text)
    return _SLASH_DAY.sub(_slash_day, text)


def _year_first(match: re.Match[str]) -> str:
    """ "2012/10/20"; but "version 2024.4.1", "Home Assistant 2024.5.0"."""
    year, sign, month, day = match.groups()
    before = ahead(match, 16)
    padded = len(month) == 2 and month[0] == "0" or len(day) == 2 and day[0] == "0"
    if sign == "." and not padded and _RELEASE.search(before):
        return match[0]
    return date(int(month), int(day), year)


def _iso_time(match: re.Match[str]) -> str:
    time, utc, sign, hours, minutes = match.groups()
    if not utc and not sign:
        return f" at {time}"
    if utc or hours + minutes == "0000":
        return f" at {time} UTC"
    return f" at {time} UTC{sign}{int(hours)}{f':{minutes}' if minutes != '00' else ''}"


def _short_year(match: re.Match[str]) -> str:
    before, expiry, month, short = match.groups()
    century = 1900 if int(short) > 40 else 2000
    before = before or ("expiry" if expiry == "EXP" else expiry)
    return f"{before} {MONTHS[int(month) - 1]} {century + int(short)}"


def _on_slash(match: re.Match[str]) -> str:
    before = ahead(match, 40).rstrip()
    part = match[1].lower() == "by" and int(match[3]) < int(match[4]) in _PARTS
    if part and _PART_LESS.search(before):
        return match[0]
    return f"{match[1]} {match[2]}{date(int(match[3]), int(match[4]), '')}"


def _away_span(match: re.Match[str]) -> str:
    first, last = date(int(match[2]), int(match[3]), ""), date(int(match[5]), int(match[6]), "")
    return f"{match[1]} {first} {match[4]} {last}"


def _slash_span(match: re.Match[str]) -> str:
    first, last = (int(match[1]), int(match[2])), (int(match[4]), int(match[5]))
    if all(top < bottom in _PARTS and gcd(top, bottom) == 1 for top, bottom in (first, last)):
        return match[0]
    join = (match[3] or "to").replace("thru", "through")
    return f"{date(*first, '')} {join} {date(*last, '')}"


def _slash_days(match: re.Match[str]) -> str:
    month, first, last = int(match[1]), int(match[2]), int(match[3])
    if first >= last or first in _PARTS:
        return match[0]
    return f"{date(month, first, '')} to {ordinal(last)}"


def _slash_days_year(match: re.Match[str]) -> str:
    month, first, last = int(match[1]), int(match[2]), int(match[3])
    if first >= last:
        return match[0]
    in_year = match[4] if len(match[4]) == 4 else f"20{match[4]}"
    return f"{date(month, first, '')} to {ordinal(last)}, {in_year}"


def _other_slash_day(match: re.Match[str]) -> str:
    common = match[0] in ("1/2", "1/3", "2/3", "1/4", "3/4")
    return match[0] if common else date(int(match[1]), int(match[2]), "")


def _slash_list(match: re.Match[str]) -> str:
    found = (pair.split("/") for pair in re.findall(_ONE_SLASH, match[0]))
    pairs = [(int(month), int(day)) for month, day in found]
    if all(top <= bottom and bottom in _PARTS for top, bottom in pairs):
        return match[0]
    dates = iter(pairs)
    return re.sub(_ONE_SLASH, lambda m: date(*next(dates), ""), match[0])


def _slash_day(match: re.Match[str]) -> str:
    """ "12/25" is no fraction that people write; "5/8" is one."""
    month, day = int(match[1]), int(match[2])
    padded = match[0][0] == "0" or "/0" in match[0]
    if month > day and _AIRED.match(match.string, match.end()):  # 11/4 on HBO
        return date(month, day, "")
    if not padded and (day in (*_PARTS, 11) or day <= 12 or month == 1):
        return match[0]
    return date(month, day, "")


def _slashes(match: re.Match[str]) -> str:
    first, second = int(match[1]), int(match[3])
    in_year = match[4]
    if len(in_year) == 2:
        two_digits = len(match[1]) == len(match[3]) == 2  # dated 06.05.05, but version 06.05.05
        before = ahead(match, 16)
        if (match[2] == "-" and not _DATED.search(before)) or (
            match[2] == "." and not ((two_digits or second > 12) and _BEFORE_DATE.search(before))
        ):
            return match[0]
        in_year = ("19" if int(in_year) > 40 else "20") + in_year
    day_first = first > 12 or (match[2] == "." and second <= 12)
    if match[2] == "/" and second <= 12 and not day_first:  # "call 0871 471 9523 by 1/08/03"
        near = around(match)
        day_first = _BRITISH.search(near) is not None and "$" not in near
    month, day = (second, first) if day_first else (first, second)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return match[0]
    return date(month, day, in_year)
