"""Dates, years and decades."""

from __future__ import annotations

import re

from recital.processors.text.english.words import STARTERS, cardinal, ordinal, plural, year

_DIGIT = re.compile(r"\d")
_MONTHS = "January February March April May June July August September October November December"
MONTHS = _MONTHS.split()
SHORT_MONTHS = {m[:3]: m for m in MONTHS} | {"Sept": "September"}
DAYS = {
    "Mon": "Monday",
    "Tue": "Tuesday",
    "Tues": "Tuesday",
    "Wed": "Wednesday",
    "Thu": "Thursday",
    "Thur": "Thursday",
    "Thurs": "Thursday",
    "Fri": "Friday",
    "Sat": "Saturday",
    "Sun": "Sunday",
}
_MONTH = "|".join(MONTHS)
_DAY = r"(3[01]|[12]\d|0?[1-9])"
_ABBREVIATED = re.compile(
    r"(?:\b|(?<=\d))(?<!\w\.)(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)"
    r"(?:\.(?=[ ,;:)?!-]|$)|(?=,? \d)|(?<=\d (?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec))\b)"
)
_MONTH_LIKE = re.compile(
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|(?:t?em)?ber)?\b",
    re.I,
)
_BEFORE_DAY = re.compile(r"\.? \d{1,2}\b|-\d{1,2}\b(?!:)|,? \d{4}\b")
_WITH_YEAR = re.compile(r" \d{1,2},? \d{4}\b|,? \d{4}\b")
# Jan-15-2020.
_MONTH_DASH = re.compile(
    rf"\b({_MONTH}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)-{_DAY}(?:-(\d{{4}}))?(?![\w-])"
)
_DAY_ABBREVIATED = re.compile(r"\b(Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b(\.?)")
_DAY_NEAR = re.compile(rf"(?:(?<=\.),| [a-z\d]|,? (?:{_MONTH}|\d)(?!\d*,\d))(?!, [a-z])")
_DAY_ENDS = re.compile(r"[ ,;:)?!]|$")
_DAY_AFTER = re.compile(
    r"\b(?:[Oo]n|[Bb]y|until|till?|[Tt]his|[Nn]ext|[Ll]ast|[Ee]very|since|and|or|to) $"
)
_NAMES = "|".join(sorted(DAYS, key=len, reverse=True))
_DAY_SPAN = re.compile(rf"\b({_NAMES})\.? ?-+ ?({_NAMES})\b(?:\.(?=[ ,]))?")
_MONTH_DAY = re.compile(
    rf"\b({_MONTH}) {_DAY}(?:st|nd|rd|th)?\b(?!:\d|[.,]?\d)(?:(,)? ?(\d{{4}})\b)?"
)
_TWO_DAYS = re.compile(
    rf"\b({_MONTH}) {_DAY}(?:st|nd|rd|th)? (?:&|and(?= \d+(?:st|nd|rd|th|[.,;)]|$))) {_DAY}"
    r"(?:st|nd|rd|th)?\b(?!:|[.,]\d)"
)
# July 9-11, Dec. 24 to 26.
_DAY_RANGE = re.compile(
    rf"\b({_MONTH}) {_DAY}(?:st|nd|rd|th)?(?: ?-{{1,2}} ?| to ){_DAY}(?:st|nd|rd|th)?\b"
    r"(?!:|-?\d|,\d|[ap]\.?m\b| [ap]\.?m\b)(?:(,)? (\d{4})\b)?"
)
_RANGE_MONTH = re.compile(
    rf"\b(the )?{_DAY}(?:st|nd|rd|th)?(?: ?-{{1,2}} ?| to ){_DAY}(?:st|nd|rd|"
    rf"th)?(?: of)? ({_MONTH})\b(?: (\d{{4}})\b)?"
)
_MONTH_SPAN = re.compile(
    rf"(?<=\d) ?- ?(?=(?:{_MONTH}) \d)|(?<=[a-z]) ?-{{1,2}} ?(?=(?:{_MONTH})\b)"
)
_DAY_MONTH = re.compile(
    rf"\b(the )?{_DAY}(?:st|nd|rd|th)?(?: of)? ({_MONTH})\b(?:(,)? (\d{{4}})\b)?", re.I
)
_MONTH_YEAR = re.compile(rf"\b({_MONTH}),? (\d{{4}})\b")
_ISO = re.compile(r"(?<![\d-])(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\d-])")
_ISO_TIME = re.compile(r"(?<=\d{4}-\d\d-\d\d)T(?=\d\d:)")
_YEAR_FIRST = re.compile(
    r"(?<![\w/.])([12]\d{3})(?P<sign>[/.])(0?[1-9]|1[0-2])(?P=sign)(3[01]|[12]\d|0?[1-9])(?![\w/]|\.\d)"
)
_NUMERIC = re.compile(r"\d[/.-]\d")
_QUARTER = re.compile(r"\b([1-4])Q(\d\d)\b|\bQ([1-4])'(\d\d)\b")
_SLASHES = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/-]|\.\d)")
_MONTH_SLASH_DAY = r"(1[0-2]|0?[1-9])/(3[01]|[12]\d|0?[1-9])(?![\w/]|\.\d)"
_ON_SLASH = re.compile(
    r"\b([Oo]n|[Ss]ince|[Bb]y|[Dd]ue|[Uu]ntil|[Tt]ill?|[Bb]efore|[Aa]fter|[Ee]nds|[Dd]ated?|[Tt]hru|"
    r"[Tt]hrough|[Ee]xpires|[Ss]tarting|[Bb]eginning|[Ee]nding|[Ee]ffective|[Dd]eadline:?|"
    r"(?:[Ww]eek|[Ww]k\.?|[Ww]eekend|[Mm]orning|[Nn]ight|[Aa]s) of|"
    rf"(?:{'|'.join(DAYS.values())}),?) (?!(?:24/7|9/11)\b){_MONTH_SLASH_DAY}"
)
_PART_LESS = re.compile(
    r"\b(?:reduc|increas|decreas|cut|fell|fall|rose|rise|ris|grew|grow|drop|shr|down|up|lower|rais|expand|"
    r"short|multipl|scale|slash|trim|divid|declin)\w*(?: \w+){0,3}$"
)
# 12/23-1/2, and a list: 4/1, 6/15 and 9/15. One of them is no fraction that people write.
_SLASH_SPAN = re.compile(rf"(?<![\w/.-]){_MONTH_SLASH_DAY} ?- ?{_MONTH_SLASH_DAY}")
_ONE_SLASH = r"(?:1[0-2]|0?[1-9])/(?:3[01]|[12]\d|0?[1-9])"
_SLASH_LIST = re.compile(
    rf"(?<![\w/.-]){_ONE_SLASH}(?:(?:, (?:and |or )?| and | or | & |; ){_ONE_SLASH})+(?![\w/]|\.\d)"
)
_SLASH_DAY = re.compile(rf"(?<![\w/.-]){_MONTH_SLASH_DAY}(?! of\b)")
_PARTS = frozenset((2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 24, 25))  # of fractions
_AGED = re.compile(
    r"(?:(?<=[(,;\w] )|(?<=\())(c|ca|b|d|r|fl)\. ?(?=(?:c\. ?)?\d{3,4}\b)"
)  # "(b. 1530, d. c. 1584)"
_AGED_WORDS = {
    "c": "circa",
    "ca": "circa",
    "b": "born",
    "d": "died",
    "r": "reigned",
    "fl": "flourished",
}
_DECADE = re.compile(
    r"(?<![\w.,$£€])(?<!\dm )(?<!\dmin )(?<!\d min )(?<!mins )(?<!min\. )('?)(\d{2}|[12]\d{3})"
    r"(?:(?<=0)'|(?<='\d\d)')?s\b"
)
_DECADE_SPAN = re.compile(r"(?<=\d0s)-(?='?\d{1,3}0s\b)")
_SHORT_YEAR = re.compile(r"(?<!\w)'(\d{2})\b(?!['\"])")
_ERA = re.compile(r"\b(\d{1,4}) ?(BCE|BC|CE|AD|B\.C\.E?\.?|A\.D\.)(?!\w)")
_ERA_FIRST = re.compile(r"\b(AD|A\.D\.) ?(\d{1,4})\b")
_SPAN = re.compile(r"(?<![\w-])(1[1-9]\d\d|20\d\d)-((?:1[1-9]|20)?\d\d)(?![\w-])")
_YEAR = re.compile(r"(?<![\w.,$£€#-])(1\d{3}|20\d\d)(?![\d,]\d|\.\d|[\w%°]| ?[%°])")
_STRONG = re.compile(r"\b(?:in|since|until|till|year|early|late|circa|during|copyright) $", re.I)
_COUNTED = re.compile(r" (?!was\b|is\b|his\b|has\b|as\b|its\b|this\b|does\b|\w+ss\b)[a-z]{2,}s\b")
_PEOPLE = re.compile(
    r" (?:people|men|women|children|percent|more|square|sheep|fish|of|per|or so)\b"
)


def expand(text: str) -> str:
    """Every date in words; what may be a year or a count is settled by its neighbours."""
    if has_digits := _DIGIT.search(text) is not None:
        text = _MONTH_LIKE.sub(_month_case, text)
        text = _MONTH_DASH.sub(lambda m: f"{m[1]} {m[2]}" + (f", {m[3]}" if m[3] else ""), text)
    text = _DAY_SPAN.sub(lambda m: f"{DAYS[m[1]]} to {DAYS[m[2]]}", text)
    has_month = _MONTH_LIKE.search(text) is not None
    if has_month:
        text = _ABBREVIATED.sub(_long_month, text)
    text = _DAY_ABBREVIATED.sub(_long_day, text)
    if not has_digits:
        return text
    text = _AGED.sub(lambda m: f"{_AGED_WORDS[m[1]]} ", text)
    if _NUMERIC.search(text):
        text = _numeric(text)
    text = _QUARTER.sub(_quarter, text)
    if has_month:
        text = _TWO_DAYS.sub(
            lambda m: f"{m[1]} {ordinal(int(m[2]))} and {ordinal(int(m[3]))}", text
        )
        text = _DAY_RANGE.sub(_day_range, text)
        text = _RANGE_MONTH.sub(_range_month, text)
        text = _MONTH_SPAN.sub(" to ", text)
        text = _DAY_MONTH.sub(_day_month, text)
        text = _MONTH_DAY.sub(_month_day, text)
        text = _MONTH_YEAR.sub(lambda m: f"{m[1]} {year(int(m[2]))}", text)
    text = _ERA.sub(lambda m: f"{year(int(m[1]))} {_letters(m[2])}", text)
    text = _ERA_FIRST.sub(lambda m: f"a.d. {year(int(m[2]))}", text)
    text = _DECADE_SPAN.sub(" to ", text)
    text = _DECADE.sub(_decade, text)
    return _SHORT_YEAR.sub(lambda m: f"{_two_digit_year(m[1])}", text)


def _numeric(text: str) -> str:
    """Dates of digits alone."""
    text = _ISO_TIME.sub(" at ", text)
    text = _ISO.sub(lambda m: _date(int(m[2]), int(m[3]), m[1]), text)
    text = _YEAR_FIRST.sub(lambda m: _date(int(m[3]), int(m[4]), m[1]), text)
    text = _SLASHES.sub(_slashes, text)
    text = _SLASH_SPAN.sub(_slash_span, text)
    text = _ON_SLASH.sub(_on_slash, text)
    text = _SLASH_LIST.sub(_slash_list, text)
    return _SLASH_DAY.sub(_slash_day, text)


def _on_slash(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 40) : match.start()].rstrip()
    part = match[1].lower() == "by" and int(match[2]) < int(match[3]) in _PARTS
    if part and _PART_LESS.search(before):
        return match[0]
    return f"{match[1]} {_date(int(match[2]), int(match[3]), '')}"


def _slash_span(match: re.Match[str]) -> str:
    first, last = (int(match[1]), int(match[2])), (int(match[3]), int(match[4]))
    if first[1] in _PARTS and last[1] in _PARTS and first[0] < first[1] and last[0] < last[1]:
        return match[0]
    return f"{_date(*first, '')} to {_date(*last, '')}"


def _slash_list(match: re.Match[str]) -> str:
    pairs = [tuple(map(int, pair.split("/"))) for pair in re.findall(_ONE_SLASH, match[0])]
    if all(top <= bottom and bottom in _PARTS for top, bottom in pairs):
        return match[0]
    return re.sub(_ONE_SLASH, lambda m: _date(*map(int, m[0].split("/")), ""), match[0])


def _slash_day(match: re.Match[str]) -> str:
    """ "12/25" is no fraction that people write; "5/8" is one."""
    month, day = int(match[1]), int(match[2])
    if day in (*_PARTS, 11) or day <= 12 or month == 1:
        return match[0]
    return _date(month, day, "")


def expand_years(text: str) -> str:
    """What is left of numbers from 1100 to 2099 that read as years; after money and units."""
    text = _SPAN.sub(_span, text)
    return _YEAR.sub(_year, text)


def _long_month(match: re.Match[str]) -> str:
    return SHORT_MONTHS[match[1]] + _stop(match)


def _month_case(match: re.Match[str]) -> str:
    """Next to a day or a year a month is one, however it is written."""
    text, month = match.string, match[0]
    if month[0].isupper() and month[1:].islower():
        return month
    near = _WITH_YEAR if month.lower() in ("may", "march") else _BEFORE_DAY
    before = text[max(0, match.start() - 2) : match.start()]
    behind = len(before) == 2 and before[0].isdigit() and before[1] == " "
    if near.match(text, match.end()) or (behind and near is _BEFORE_DAY):
        return month.capitalize()
    return month


def _long_day(match: re.Match[str]) -> str:
    """ "Sat." and "Sun" may be words; the others are days wherever they have a stop."""
    short, stop = match.groups()
    text, end = match.string, match.end()
    named = stop and short not in ("Sat", "Sun") and _DAY_ENDS.match(text, end)
    after = _DAY_AFTER.search(text[max(0, match.start() - 9) : match.start()])
    if named or (after and (stop or short != "Sun")):
        return DAYS[short] + _stop(match)
    near = _DAY_NEAR.match(text, end)
    if near and (stop or not near[0].startswith(" ") or not near[0][1:2].islower()):
        return DAYS[short]
    return match[0]


def _stop(match: re.Match[str]) -> str:
    """The stop of an abbreviation that ends a sentence is the same one."""
    if match[0][-1] != ".":
        return ""
    after = match.string[match.end() : match.end() + 12].lstrip("\"')")
    return "." if not after.strip() or after.split(maxsplit=1)[0] in STARTERS else ""


def _day_range(match: re.Match[str]) -> str:
    month, first, last, comma, in_year = match.groups()
    spoken = f"{month} {ordinal(int(first))} to {ordinal(int(last))}"
    return f"{spoken}{comma or ''} {year(int(in_year))}" if in_year else spoken


def _range_month(match: re.Match[str]) -> str:
    the, first, last, month, in_year = match.groups()
    spoken = f"{the or 'the '}{ordinal(int(first))} to the {ordinal(int(last))} of {month}"
    return f"{spoken} {year(int(in_year))}" if in_year else spoken


def _quarter(match: re.Match[str]) -> str:
    number, in_year = match[1] or match[3], match[2] or match[4]
    return f"the {ordinal(int(number))} quarter of {_two_digit_year(in_year)}"


def _letters(era: str) -> str:
    return "".join(f"{c}." for c in era.lower() if c.isalpha())


def _date(month: int, day: int, in_year: str) -> str:
    spoken = f"{MONTHS[month - 1]} {ordinal(day)}"
    return f"{spoken}, {year(int(in_year))}" if in_year else spoken


def _slashes(match: re.Match[str]) -> str:
    first, second = int(match[1]), int(match[3])
    in_year = match[4]
    if len(in_year) == 2:
        if match[2] != "/":
            return match[0]
        in_year = ("19" if int(in_year) > 50 else "20") + in_year
    day_first = first > 12 or match[2] == "."
    month, day = (second, first) if day_first else (first, second)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return match[0]
    return _date(month, day, in_year)


def _month_day(match: re.Match[str]) -> str:
    spoken = f"{match[1]} {ordinal(int(match[2]))}"
    return f"{spoken}, {year(int(match[4]))}" if match[4] else spoken


def _day_month(match: re.Match[str]) -> str:
    the, day, month, comma, in_year = match.groups()
    if month == "may" or month == "march":  # verbs: "the 5 may go"
        return match[0]
    spoken = f"{the or 'the '}{ordinal(int(day))} of {month}"
    return f"{spoken}{comma or ''} {year(int(in_year))}" if in_year else spoken


def _decade(match: re.Match[str]) -> str:
    quote, digits = match[1], match[2]
    if len(digits) == 4:
        return plural(year(int(digits)))
    if digits[1] != "0" and not quote:
        return f"{plural(cardinal(int(digits)))}"
    return plural(cardinal(int(digits)))


def _two_digit_year(digits: str) -> str:
    return "oh " + cardinal(int(digits)) if digits[0] == "0" else cardinal(int(digits))


def _span(match: re.Match[str]) -> str:
    end = match[2]
    spoken = _two_digit_year(end) if len(end) == 2 else year(int(end))
    return f"{year(int(match[1]))} to {spoken}"


def _year(match: re.Match[str]) -> str:
    before, after = match.string[: match.start()], match.string[match.end() :]
    early = match[1] < "1100"
    counted = early or _COUNTED.match(after) or _PEOPLE.match(after)
    if counted and not _STRONG.search(before[-12:]):
        return match[0]
    return year(int(match[1]))
