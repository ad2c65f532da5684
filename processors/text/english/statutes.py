"""Laws and what they are named by: "Rev. Stat. § 46-104", "Pub. L. No. 111-148",
"Fed. R. Civ. P. 12(b)(6)", "(Ord. No. 321, 9-15-08)".
"""

from __future__ import annotations

import re

from recital.processors.text.english.calendar_names import DAY_NUMBER, MONTH_NUMBER
from recital.processors.text.english.outline import zeros
from recital.processors.text.english.place_names import OLD_STATES
from recital.processors.text.english.words import (
    TABLES,
    around,
    cardinal,
    glossary,
    in_hundreds,
    pairs,
    two_digits,
    year,
)

_NAMES = glossary(TABLES["laws"])
_ALL_NAMES = re.compile(
    rf"(?<![\w.])(?:{'|'.join(sorted(map(re.escape, _NAMES), key=len, reverse=True))})"
)
_GLUED_RULE = re.compile(r"\b(?:Fed\.? ?|F\. ?)R\. ?(Civ|Crim|App)\. ?P\.|\bF(?:ed)?\.R\.(Evid)\.")
_ANY_NAME = re.compile(
    r"\. (?:R\.|Reg\.|L\.|Rec\.|Stat|Code|Bus\.|Oblig\.|&|Penal|Civ|Lab|Gov|Fam|Veh|Proc|Rul|Laws|"
    r"Ann|Rev\.|Order|Rep\.)"
)
_STATES = {"Cal": "California"} | OLD_STATES
# Cal. Penal Code
_CODE_OF = re.compile(
    r"\b(Cal|Tex|Fla|Ill|Mass|Wash|Ariz|Colo|Conn|Mich|Minn|Wis)\.(?= (?:Penal|Civil|Business|Gov|"
    r"General|Revised|Code|Stat|Compiled|Labor|Vehicle|Education|Health|Family|Probate|"
    r"Administrative|Penal)\b)"
)
# With a number, or what is cited, behind them.
_SHORT = pairs(TABLES["parts of laws"])
# 15 U.S.C. § 78l, no liters
_LETTERED = re.compile(
    r"((?:U\.S\.C\.(?: +(?:§+|sections?))?|§|"
    r"[Ss]ections?) *)(\d{1,4})([a-z])(?:-(\d{1,2}))?(?![\w(])"
)
SHORT = frozenset(short.lower() for short in (*_SHORT, "Stat"))
_SHORT_NAME = re.compile(
    rf"\b(?!Reg\. No\.)({'|'.join(_SHORT)})\. (?=(?:No|Nos)\. ?\d|(?!of\b)[\[(]?\d|\([a-z\d]\))"
)
_ANY_SHORT = re.compile(r"\. [\[(\dN]")
# Section 46-104: a name, where "sections 12-14" and "sections 98-104" are spans.
_LABEL = re.compile(
    r"\b((?:[Ss]ections?|[Ss]ecs?\.|Code|[Ss]tatutes?|[Rr]egulations?|[Oo]rdinances?|G\.S\.|R\.S\.|"
    r"C\.G\.S\.) )(\d{1,3}[A-Z]?-\d{1,4}(?:(?:, and|,| and| or| to| through) "
    r"\d{1,3}[A-Z]?-\d{3,4})*)(?![\w-]|\.\d)(?! (?:feet|foot|ft|miles?|inches|meters|metres|years?|"
    r"months?|weeks?|days?|hours?|minutes?|people|digits|characters|pages|percent|times)\b)"
)
# §§ 22-401, -4502
_MORE_SECTIONS = re.compile(r"(?<=\d, )-(\d{2,4})\b")
# § 1-204.01, in a code whose sections are numbered so
_POINTED = re.compile(
    r"(?<![\w.,$/-])([1-9]\d?[A-Z]?)-(\d{3,4})([a-z]?)\.(\d{1,2}[a-z]?)(?![\w-]|\.\d)"
)
# "sections 47-902(19), 47-1002(27)"
_OF_POINTS = re.compile(r"(?<![\w.,$/-])(\d{1,3})-(\d{3,4})(?=\(\w{1,3}\))")
_PAIR = re.compile(r"(\d{1,3})([A-Z]?)-(\d{1,4})")
# Notice 2000-44
_OF_YEAR = re.compile(
    r"\b((?:Notice|Decree|Ruling|Procedure|Bulletin|Circular|Directive|Resolution|Ordinance|ASU|"
    r"Update|Order|Opinion|Memorandum|Release)(?: [Nn]o\.| number)?) (19\d\d|"
    r"20\d\d)-(\d{1,3})([A-Za-z])?(?![\w-]|\.\d)"
)
# Docket No. 02-1181P
_DOCKET = re.compile(r"\b([Nn]o\.|[Nn]umber) (\d\d)-(\d{3,4})([A-Z])(?![\w-]|\.\d)")
_AT_LARGE = re.compile(r"(?<=\d )(?:Stat\.|STAT) (?=\d)")
_PATENT = re.compile(r"(?<![\w])'(\d{3})(?= patents?\b)")
# Directive 95/46/EC, Regulation (EU) 2016/679
_DIRECTIVE = re.compile(
    r"\b((?:Directive|Regulation|Decision)(?: \(E[CU]\))?(?: No\.?)? )(\d{2}|(?:19|"
    r"20)\d\d)/(\d{1,4})(?:/(E[CU]|EEC))?(?!\w)"
)
_LAW = re.compile(
    r"\b(Public Law(?: number)?|P\.L\.|PL(?= \d{3})|D\.C\. (?:Law|Act)|Resolution(?= 0?\d)) "
    r"(\d{1,3})- ?(\d{1,4})(?![\w-]|\.\d)"
)
_PASSED = (
    r"(?:[Aa]dopted|[Aa]mended|[Ee]nacted|[Aa]pproved|[Pp]assed|[Ee]ffective|[Ee]ff\.?|[Dd]ated?:?|"
    r"[Ff]iled|[Ss]igned|[Ii]ssued|[Rr]evised|[Rr]epealed|[Rr]atified|[Uu]pdated|[Ee]xpires?|"
    r"[Bb]orn|[Dd]ied|[Oo]n|[Ss]ince|[Uu]ntil|[Ss]een|[Aa]dmitted|DOB:?|(?:Ord|Res|Code|"
    r"No)[\w .-]{0,24},)"
)
# 9-15-08, where something was done on a day, or 09-15-08, which nothing is opened with
_DAY = re.compile(
    rf"(\b{_PASSED} )({MONTH_NUMBER})-({DAY_NUMBER})-(\d\d)(?![\w-]|\.\d)"
    r"(?! (?:votes?|formations?|records?|marks?|runs?|splits?|stretch|loss|wins?|season|start)\b)"
    r"|()(?<![\w.,$-])(0[1-9])-(3[01]|[12]\d|0[1-9])-(\d\d)(?![\w-]|\.\d)"
)
_OPENED = re.compile(
    r"\b(?:combination|exit|[Cc]all|between|lock(?:er)?|codes?|safe|PIN|serial|part|model|"
    r"fertili[sz]er|kit|lottery|numbers)\b"
)
_DASHES = re.compile(r"\d-\d\d?-\d\d")
_LAST_DAY = 31
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_RANGE = 30  # sections further apart are no span


def expand(text: str) -> str:
    """ "Rev. Stat. section 46-104" -> "Revised Statutes section forty-six one oh four"."""
    if "STAT " in text:
        text = _AT_LARGE.sub("Statutes at Large ", text)
    if "." in text:
        if "R.Civ" in text or "R.Crim" in text or "R.App" in text or "R.Ev" in text:
            text = _GLUED_RULE.sub(_glued_rule, text)
        if _ANY_NAME.search(text) or " Ann." in text or "L.J." in text:
            text = _ALL_NAMES.sub(lambda m: _NAMES[m[0]], text)
            text = _CODE_OF.sub(lambda m: _STATES[m[1]], text)
        if _ANY_SHORT.search(text):
            text = _SHORT_NAME.sub(lambda m: f"{_SHORT[m[1]]} ", text)
        if "Stat." in text:
            text = _AT_LARGE.sub("Statutes at Large ", text)
    if "U.S.C." in text or "§" in text or "ection" in text:
        text = _LETTERED.sub(_lettered, text)
        if ", -" in text:
            text = _MORE_SECTIONS.sub(lambda m: _hundreds(m[1]), text)
    if "'" in text and "patent" in text:
        text = _PATENT.sub(lambda m: f"{_hundreds(m[1])}", text)
    if "/" in text:
        text = _DIRECTIVE.sub(_directive, text)
    if "-0" not in zeros(text):
        return text
    if "ection" in text or "§" in text:
        text = _POINTED.sub(_pointed, text)
        text = _OF_POINTS.sub(lambda m: f"{cardinal(int(m[1]))} {_hundreds(m[2])}", text)
    text = _LABEL.sub(_section, text)
    text = _OF_YEAR.sub(_of_year, text)
    text = _DOCKET.sub(
        lambda m: f"{m[1][0]}umber {two_digits(int(m[2]))} {_hundreds(m[3])} {m[4]}", text
    )
    text = _LAW.sub(lambda m: f"{m[1]} {_hundreds(m[2])} {_hundreds(m[3])}", text)
    return _DAY.sub(_day, text) if _DASHES.search(text) else text


def _glued_rule(match: re.Match[str]) -> str:
    return f"Fed. R. {match[1]}. P." if match[1] else "Fed. R. Evid."


def _lettered(match: re.Match[str]) -> str:
    """ "section 78l" -> "section seventy-eight L", no liters."""
    before, number, letter, more = match.groups()
    said = _hundreds(number)
    return f"{before}{said} {letter.upper()}{' ' + more if more else ''}"


def _hundreds(digits: str) -> str:
    """ "104" -> "one oh four", "1204" -> "twelve oh four", "12" -> "twelve"."""
    if len(digits) < 3 or digits[0] == "0":
        return cardinal(int(digits))
    return in_hundreds(digits)


def _directive(match: re.Match[str]) -> str:
    kind, first, second, union = match.groups()
    if not union and int(first) <= _LAST_DAY and int(second) <= _LAST_DAY:  # decision 12/20
        return match[0]
    said = year(int(first)) if len(first) == 4 else two_digits(int(first))
    return f"{kind}{said} {_hundreds(second)}{' ' + union if union else ''}"


def _of_year(match: re.Match[str]) -> str:
    kind = re.sub(r"[Nn]o\.$", "number", match[1])
    letter = f" {match[4].upper()}" if match[4] else ""
    said = two_digits(int(match[3])) if len(match[3]) == 2 else _hundreds(match[3])
    return f"{kind} {year(int(match[2]))} {said}{letter}"


def _section(match: re.Match[str]) -> str:
    many = match[1].rstrip(". ").endswith("s")

    def said(pair: re.Match[str]) -> str:
        first, letter, second = pair.groups()
        span = int(first) < int(second) <= int(first) + _RANGE
        if (many and span) or (len(second) < 3 and not letter and many):
            return pair[0]
        return f"{cardinal(int(first))}{' ' + letter if letter else ''} {_hundreds(second)}"

    return match[1] + _PAIR.sub(said, match[2])


def _pointed(match: re.Match[str]) -> str:
    """ "1-204.01" -> "one two oh four point zero one"."""
    first, second, letter, rest = match.groups()
    said = cardinal(int(first.rstrip(_CAPITALS))) + (f" {first[-1]}" if first[-1].isalpha() else "")
    digits = " ".join(cardinal(int(c)) if c.isdigit() else c for c in rest)
    return f"{said} {_hundreds(second)}{' ' + letter if letter else ''} point {digits}"


def _day(match: re.Match[str]) -> str:
    if not match[2] and _OPENED.search(around(match)):
        return match[0]
    before, month, day, in_year = (
        match[1] or "",
        *((match[2], match[3], match[4]) if match[2] else (match[6], match[7], match[8])),
    )
    return f"{before}{month}/{day}/{in_year}"
