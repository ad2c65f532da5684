"""Doses and sutures: "40 mg q.12h.", "5 mg BID", "3-0 Vicryl"."""

from __future__ import annotations

import re

from recital.processors.text.english.web import dotted

_THREAD = re.compile(
    r"\b(?:[Vv]icryl|[Pp]rolene|[Mm]onocryl|[Ee]thilon|[Ee]thibond|[Dd]exon|[Mm]ersilene|"
    r"[Nn]urolon|"
    r"[Nn]ylon|[Ss]ilk|[Cc]hromic|[Cc]atgut|PDS|[Mm]axon|[Bb]iosyn|[Pp]olysorb|[Pp]olypropylene|"
    r"[Ss]utur|[Ss]titch)"
)
_GAUGE = re.compile(r"(?<![\w.,/-])(#?)(\d{1,2})-0(?![\w.]|-\d)")
_EVERY = re.compile(
    r"\b[qQ]\.? ?(\d{1,2})(?:-(\d{1,2}))? ?(h|hrs?|hours?|d|days?|wks?|weeks?|mins?|months?)\b"
    r"(?:\.(?= [a-z\d]))?"
)
_PERIODS = {"h": "hours", "d": "days", "w": "weeks", "mi": "minutes", "mo": "months"}
# murmurs and reflexes: "a 2/6 murmur"
_OF_SIX = re.compile(r"(?<![\w/.,])([1-6](?:-[1-6])?)/6(?= (?:[\w,-]+ ){0,3}murmurs?\b)")
_ACUITY = re.compile(r"(?<![\w/.,])20/(1[05]|20|25|30|40|50|60|70|80|100|200|400)(?![\w/]|[.,]\d)")
_OF_EYES = re.compile(
    r"\b(?:[Vv]i(?:sion|sual)|[Aa]cuity|[Ee]yes?|O[DSU]|[Ss]nellen|[Rr]efract\w+|lens)\b"
)
# alert and oriented x3, CABG x 4, counts were correct x 2
_SO_OFTEN = re.compile(
    r"(?:(?<=[a-z]{3})|(?<=[A-Z]{2})|(?<=&O)|(?<=[a-z]\)))[, ] ?x ?(\d|one|two|three|"
    r"four)(?=[.,;:)]|$| (?:and|or|with|in|to|"
    r"on|for|per|then|but|who|daily|a)\b)(?![.,]\d| ?(?:cm|mm|x|m|in|days?|weeks?|months?|hours?|"
    r"years?|ft|nights?|doses?)\b)"
)
_TIMES = re.compile(r"x ?(?:\d|one|two|three|four)\b")
# c.38T>C, p.Gly12Asp, 1691G>A
_VARIANT = re.compile(
    r"(?<![\w.])([cgmnpr])\.(?=\(?[\d*+_-]+[ACGTacgtdi_]|[A-Z][a-z]{2}\d|[A-Z]\d+[A-Z*])"
)
_ANY_VARIANT = re.compile(r"\.[\d(*A-Z+-](?<=\b[cgmnpr]..)")
_CHANGED = re.compile(r"(?<=\d)([ACGTU]{1,12}) ?(?:>|→|->) ?([ACGTU]{1,12})\b")
_DOSE = re.compile(r"\d ?(?:mg|mcg|g|mL|ml|units?|tablets?|tabs?|capsules?|puffs?|drops?)\b")
_SMALL_LATIN = re.compile(r"(?<![\w.'-])(?:qd|qod|qhs|bid|tid|qid|prn)(?![\w'-]|\.\w)")
_TABLET = re.compile(r"(?<=\d )tab(s?)\b\.?(?= (?:[a-z]|PO|BID|TID|QID|qd)|[,;)])")
# a reading of 98.6F
_FEVER = re.compile(r"(?<![\w.])((?:9[4-9]|10[0-7])\.\d) ?F\b(?!['.]\w)")
# Twice a day, and no bid.
_TWICE = re.compile(r"(?<![\w.'-])BID(?![\w.'-])")


def expand_variants(text: str) -> str:
    """ "c.38T>C" -> "c dot 38T>C"; before "c." is taken for circa."""
    return _VARIANT.sub(lambda m: f"{m[1]} dot ", text) if _ANY_VARIANT.search(text) else text


def expand(text: str) -> str:
    """ "3-0 Vicryl" -> "3 oh Vicryl"; before scores and units."""
    if "-0" in text and _THREAD.search(text):
        text = _GAUGE.sub(lambda m: f"{'number ' if m[1] else ''}{m[2]} oh", text)
    if "q" in text or "Q" in text:
        text = _EVERY.sub(_every, text)
    if "/6" in text:
        text = _OF_SIX.sub(r"\1 over 6", text)
    if "20/" in text and _OF_EYES.search(text):
        text = _ACUITY.sub(r"20 \1", text)
    if "x" in text and _TIMES.search(text):
        text = _SO_OFTEN.sub(r" times \1", text)
    if ">" in text:
        text = _CHANGED.sub(r" \1 to \2", text)
    if "tab" in text:
        text = _TABLET.sub(r"tablet\1", text)
    if "F" in text:
        text = _FEVER.sub(r"\1 degrees Fahrenheit", text)
    if _DOSE.search(text):
        text = _SMALL_LATIN.sub(lambda m: dotted(m[0]), text)
    if "BID" in text and _DOSE.search(text):
        text = _TWICE.sub(lambda m: dotted(m[0]), text)
    return text


def _every(match: re.Match[str]) -> str:
    first, last, period = match.groups()
    name = _PERIODS.get(period[:2]) or _PERIODS[period[0]]
    return f"every {first}{f' to {last}' if last else ''} {name}"
