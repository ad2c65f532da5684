"""Feet and inches: "6' 2\"", "a 27\" screen", "5 ft 10 in"."""

from __future__ import annotations

import re

from recital.processors.text.english.outline import holds, zeros
from recital.processors.text.english.sized import (
    KIND_OF_THING,
    NUMBER,
    THING,
    is_of_a_thing,
    is_part,
)
from recital.processors.text.english.unit_names import unit
from recital.processors.text.english.words import ordinal

_QUOTED = re.compile(r"(?:^|[\s(])['‘]\w")
_FEET_BY = re.compile(r"(?<![\w.,])(\d{1,4})' ?(?:x|by) ?(\d{1,4})'(?!\d)")
# 1/4-20 of a thread, M4x10
_THREAD = re.compile(
    r"(?<![\w/.,-])(\d{1,2}/\d{1,2})(\"?)-(\d\d)(?= (?:UN[CF]|x|by|threads?|threaded|bolts?|"
    r"screws?|nuts?|taps?|studs?|tripod|holes?|mount))"
)
_METRIC_SCREW = re.compile(r"\b(M[1-9]\d?) ?[x×] ?(\d{1,3}(?:\.\d+)?)(?![\w.]\d)")
_FEET_SPAN = re.compile(r"(?<![\w.,'])(\d{1,4})' ?- ?(?=\d{1,4}'(?!\d))")
_CEILINGS = re.compile(r"(?<![\w.,'])(\d{1,2})'(?= (?:(?:high|tall) )?ceilings?\b)")
_MANY_FEET = re.compile(r"(?<![\w.,'])(\d{3,5}|\d{1,2},\d{3})'(?=[ ,.;:)]|$)(?!'\w)")
_MARK_FEET = re.compile(
    r"(?<![\w'.])(\d{1,2})'(?=(?:-| )(?:tall|high|long|wide|deep|x|by|man|men|woman|guy|guard|"
    r"center|forward|fence|wall|ladder|board|ceiling|tree|snake|shark|boat)\b)|(?:(?<=[a-z]'m )|"
    r"(?<=I'm )|(?<=\bis )|(?<=\bwas )|(?<=\babout )|(?<=\bover )|(?<=\bto )|(?<=\bunder ))"
    r"(\d{1,2})'(?=[.,;!?)]|$| (?!\w+'))"
)
# "on 6' leash", "8' of rope", unless there are quotes or soccer's minutes
_SOME_FEET = re.compile(
    r"(?:(?<![\w.,'/-])(?<!for )(?<!in )(?<!degrees )|(?<=\d-))(\d{1,2}(?:\.\d)?)'(?=(?:-|"
    r" )[a-z]{2,}|[,;)]|\.?$)"
)
_SURE_FEET = re.compile(
    r"(?<![\w.,'/-])(\d{1,2})'(?= (?:wide|long|high|tall|deep|away|from|off|each|of [a-z]|boards?|"
    r"planks?|rolls?|drop|walls?|fences?|ladders?|poles?|ropes?|tables?|center|ceilings?)\b)"
)
_SOCCER = re.compile(
    r"(?i)\b(?:goals?|scored?|minutes?|sub(?:bed|stitut\w+)?|booked|penalty|half|brace|netted|"
    r"equali[sz]\w+|header)\b"
)
_MINUTE = re.compile(
    r"(?<![\w.,'/-])(\d{1,3})(?:\+(\d{1,2}))?'(?=[,;)]| \(| and \d|\.?$)"
)  # 67', 45+2'
_ONE_INCH = re.compile(r"(\d)\"(?= [A-Za-z]+| \()")
# "8" disks" are of that size; but "2" taller", "3" water"
_NO_SIZE = re.compile(
    r" (?:[a-z]+er|possible|expected|left|right|total|tall|back|forward|behind|along|near|inland|"
    r"during|overnight|north|south|east|west|rain\w*|snow\w*|water|soil|ice|more|plus|of|"
    r"[a-z]+ly)\b"
)
_ONE_THING = re.compile(
    r" (?!(?:long|wide|deep|high|tall|thick|apart|each|total|across|away|off|on|in)\b)"
    r"[a-z]+(?<!s)\)"
)
_INCH = re.compile(
    rf"(?<![\w.,]){NUMBER}((?: plus)?)(?: ?in\.(?= [a-z]|[,;:)]|$)|in\b| in(?=[.;)]|$| of\b|"
    r" per (?:hour|day)\b| (?:round|square|thick|wide|long|deep|tall|high|diameter|pieces|cubes|"
    r"slices|strips|rounds|cutter|pan|tin|dish|skillet|nails?|screws?)\b)|-in(?:\.(?=[ ),;])|"
    r"(?=[ ).,;]|$)))"
)
_FALLS = re.compile(
    r"\b(?:PWATs?|[Tt]otals|[Ss]now|[Rr]ain|[Aa]mounts?|[Aa]ccumulations?|[Ii]ce\b|QPF|[Pp]recip)"
)
_IN_ALONE = re.compile(
    r"(?<![\w.])(\d[\d.]*(?:(?: to |-)\d[\d.]*)?) in(?= (?:with|possible|expected|over|through|"
    r"across|per|likely|and(?! out)|by|are|is|was|were|fell|has|have|will|would|could|near|at|on|"
    r"since)\b)"
)
# "1'08\"" and "1'32\"" of a race: no inches
_MINUTES = re.compile(
    r"(?<![\w.,°])(?<!° )(\d{1,2})'"
    r"(?:(?:(?<=h \d')|(?<=h \d\d')) )?(0\d|1[2-9]|[2-5]\d)(\.\d+)?(?:\"|'')"
)
_FEET_INCHES = re.compile(r"(?<![\w.,])(\d+)' ?(\d+(?:\.\d+)?)(?:\"|''|(?!\d))")
_FT_IN = re.compile(
    r"(?<![\w.,])(\d+) ?ft\.? (\d+) ?in\b\.?|"
    r"(?<![\w.,])([4-7])(?: ?ft\.? |ft)(\d|1[01])(?=[,;)!?]| (?:plus|and|tall)\b|\.?$)"
)
_LAST_INCH = re.compile(r"(?<=\d) \"(?=[.,;)]?$)")  # 57 5/8 "
_INCHES_ALONE = re.compile(r"^[^\"]*\d\"(?:[^\"]*\d\")*[^\"]*$")  # no quotes but these
_MARK_APART = re.compile(
    r"(\d)(?: \"(?= \(?\d| (?:wide|long|high|tall|deep|thick|by|x)\b)|\"(?= (?:wide|long|high|tall|"
    r"deep|thick)\b(?! (?:of|ago|before|after|in|on)\b)))"
)  # 12 " (30 cm)
_SAID = re.compile(
    r"\d\",? (?:said|says|he|she|they|it|added|adds|according|told|wrote)\b"
)  # a quote's end
# "a 9\" x 13\" pan"
_INCH_BY = re.compile(
    r"((?<![\w.,/\"-])\d[\d./x ]*)\" ?[xX×] ?(?=\d[\d./]*\"(?: ?[xX×] ?[\d./]+\")? (?!(?:long|wide|"
    r"high|deep|tall|thick|by|x|and|or|in|of|at|to|for|is|was|with)\b)[a-z])"
)
# 72"L x 40"W
_SIDES = re.compile(r"(?<=\d)\" ?([LWHD])\b(?:,? ?[x×X] ?(?=\d)|(?=[,.;)]|$))")
_SIDE_NAMES = {"L": "long", "W": "wide", "H": "high", "D": "deep"}
# 3"-6", a range
_INCH_SPAN = re.compile(r"(\d)\" ?- ?(?=\d[\d./]*\")")
# 6"0, of a person
_FOOT_INCH = re.compile(r"(?<![\w.,$-])([4-7])\"(\d|1[01])(?![\w\"/.])")
_INCH_GLUED = re.compile(r"(?<=\d\") ?(?:[xX×]|(?<= )X(?= )) ?(?=\d)")  # 5"x9"
_INCH_LONG = re.compile(r"(?<=\d)\"(?=-(?:long|wide|thick|deep|tall|high|square|diameter)\b)")
_MARK_INCHES = re.compile(r"(?:(?<![\w.,/])(?<!\d )(\d{1,2}/\d{1,2}|1)|(\d))\"")


_PRIME = re.compile(
    r"(?<=\b[35])' ?(?=(?:end|UTR|cap|exon|flank(?:ing)?|untranslated|terminus|splice|overhang|"
    r"RACE|region)s?\b)"
)  # the 5' end


def expand(text: str) -> str:
    """Marks of feet and inches behind numbers."""
    if "-" in text and "/" in text:
        text = _THREAD.sub(r"\1\2 \3", text)
    if "M" in text:
        text = _METRIC_SCREW.sub(r"\1 by \2", text)
    if "0'" in zeros(text):
        text = _PRIME.sub(" prime ", text)
        text = _CEILINGS.sub(r"\1 foot", _FEET_SPAN.sub(r"\1 to ", text))
        text = _FEET_INCHES.sub(_feet_inches, _MINUTES.sub(_minutes, text))
        text = _FEET_BY.sub(_feet_by, text)
        if not _QUOTED.search(text):
            text = _MANY_FEET.sub(_many_feet, text)
            feet = _SOME_FEET
            if _SOCCER.search(text):
                text, feet = _MINUTE.sub(_minute, text), _SURE_FEET
            if feet.search(text):
                text = feet.sub(_some_feet, text)
        text = _MARK_FEET.sub(_feet, text)
    if (
        '"' in text
        and (text.count('"') == 1 or _INCHES_ALONE.search(text))
        and not _SAID.search(text)
    ):
        text = _FOOT_INCH.sub(
            lambda m: f"{m[1]} foot{' ' + m[2] if m[2] != '0' else ''}",
            _INCH_SPAN.sub(r"\1-", text),
        )
        text = _INCH_GLUED.sub(" x ", _LAST_INCH.sub('"', text))
        text = _SIDES.sub(_side, text)
        text = _INCH_LONG.sub("-inch", _INCH_BY.sub(r"\1 x ", _INCH_BY.sub(r"\1 x ", text)))
        text = _ONE_INCH.sub(_inch, text)
        text = _MARK_INCHES.sub(_mark_inches, text)
    if '"' in text:
        text = _MARK_APART.sub(r"\1 inches", text)
    if "0ft" in zeros(text) or "0 ft" in zeros(text):
        text = _FT_IN.sub(_feet_inches, text)
    return text


def expand_inches(text: str) -> str:
    """ "5 in." and the like, after other units."""
    if holds(zeros(text), ("0 in ", ". in ")) and _FALLS.search(text):
        text = _IN_ALONE.sub(r"\1 in.", text)
    if holds(zeros(text), ("0in", "0 in", "0-in", "0 plus")):
        text = _INCH.sub(_inches, text)
    return text


def _feet_by(match: re.Match[str]) -> str:
    name = "foot" if THING.match(match.string, match.end()) else "feet"
    return f"{match[1]} {name} by {match[2]} {name}"


def _side(match: re.Match[str]) -> str:
    return f'" {_SIDE_NAMES[match[1]]}' + (" by " if match[0][-1] not in "LWHD" else "")


def _minutes(match: re.Match[str]) -> str:
    many = "" if match[1] == "1" else "s"
    return f"{match[1]} minute{many} {match[2].lstrip('0') or 0}{match[3] or ''} seconds"


def _minute(match: re.Match[str]) -> str:
    if match[2]:
        return f"{match[1]} plus {match[2]}"
    return f"{ordinal(int(match[1]))} minute"


def _some_feet(match: re.Match[str]) -> str:
    one = (
        match[1] == "1"
        or is_of_a_thing(match, match.start())
        or KIND_OF_THING.match(match.string, match.end())
        or match.string.startswith("-", match.end())
    )
    return f"{match[1]} {'foot' if one else 'feet'}"


def _many_feet(match: re.Match[str]) -> str:
    level = match.string.startswith((" level", " mark", " peak"), match.end())
    one = level or is_of_a_thing(match, match.start())
    return f"{match[1]} {'foot' if one else 'feet'}"


def _feet(match: re.Match[str]) -> str:
    """ "a 6' man", "6' tall": foot; "he is 6'": feet."""
    return f"{match[1]} foot" if match[1] else f"{match[2]} feet"


def _mark_inches(match: re.Match[str]) -> str:
    return f"{match[1]} inch" if match[1] else f"{match[2]} inches"


def _inch(match: re.Match[str]) -> str:
    """ "a 27" screen" is of 27 inch, "4" of snow" are inches."""
    start = match.string.rfind(" ", max(0, match.start() - 12), match.start()) + 1
    number = match.string.rfind("/", start, match.start()) + 1 or start
    one = (
        is_of_a_thing(match, start)
        or match.string.startswith((" or larger ", " or bigger "), match.end())
        or (
            THING.match(match.string, match.end()) and not _NO_SIZE.match(match.string, match.end())
        )
        or (
            match.string.startswith("(", start) and _ONE_THING.match(match.string, match.end())
        )  # (5" cut)
        or is_part(match.string, number, match.string[number : match.end(1)])
    )
    quantity = match.string[start : match.end(1)].lstrip("\uf8ff~(<>")
    return f"{match[1]} {'inch' if one else unit('inch', quantity)}"


def _inches(match: re.Match[str]) -> str:
    one = (
        "-" in match[0]
        or match.string.startswith("-", match.end())
        or is_part(match.string, match.start(), match[1])
        or is_of_a_thing(match, match.start())
    )
    return f"{match[1]}{match[2]} {'inch' if one else unit('inch', match[1])}"


def _feet_inches(match: re.Match[str]) -> str:
    feet, last = filter(None, match.groups())
    inches = f" {last}" if last != "0" else ""
    return f"{feet} {'foot' if feet == '1' or inches else 'feet'}{inches}"
