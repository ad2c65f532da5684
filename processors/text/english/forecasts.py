"""What forecasters write short in their bulletins, which are all in capitals: "SLGT CHC OF TSTMS"
-> "SLIGHT CHANCE OF THUNDERSTORMS", "26/12Z", "TUESDAY/S HIGH".
"""

from __future__ import annotations

import re

from recital.processors.text.english.calendar_names import DAYS
from recital.processors.text.english.place_names import STATES
from recital.processors.text.english.web import dotted
from recital.processors.text.english.words import TABLES, pairs

_WORDS = pairs(TABLES["forecasts"])
_WORD = re.compile(
    rf"(?<![\w'])(?<!(?<!MID)-)(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?![\w'-])"
)
_OF_WEATHER = re.compile(
    r"\b(?:RAIN|SNOW|WINDS?|STORMS?|FRONTS?|LOWS?|HIGHS?|TEMPS?|PRES|PRECIP|POPS|COLD|WARM|COAST|"
    r"TONIGHT|CLOUDS?|MODELS?|GUIDANCE|PATTERN|RIDGE|TROUGH|UPPER|VALLEYS?|COUNT(?:Y|IES)|"
    r"DISTURBANCES?|CONDITIONS|SYSTEMS?|AREAS?|MVFR|IFR|VFR|[A-Z]+DAY)\b|\.\.\."
)
# In texts of both cases, where the sky or a flight is meant
_SKY = pairs(TABLES["sky"])
_SKIES = re.compile(
    rf"\b(?:(FEW)[ -](?=SCT|BKN|\d)|AO([AB])(?= ?\d)|(?:{'|'.join(_SKY)})\b(?!['’.]\w| [A-Z][a-z]))"
)
_OF_SKY = re.compile(
    r"\b(?:skies|sky|clouds?|decks?|ceilings?|cigs|feet|ft|kft|showers?|storms?|thunderstorms|"
    r"visibilit\w+|[MV]FR|MVFR|VFR|IFR|winds?|kts?|knots|rain|snow|fog)\b"
)
_CAPE = re.compile(r"\b(MU|ML|SB|DC)CAPE\b")
_NO_DATA = (
    r"(?![ -](?:of |free |low-|high-)?(?:files?|plans?|maps?|data|storage|downloads?|free|low-|"
    r"high-|drives?|limits?|disks?|RAM|memory|images?|videos?|attachments?|internet|usage|uploads?|"
    r"cap|updates?|cold storage|cards?|patch|apps?)\b)"
)
_PRESSURE = re.compile(rf"(?<![\w.,])([2-9]\d\d|10[0-8]\d(?:\.\d)?)[ -]?mb\b{_NO_DATA}")
_ALOFT = re.compile(
    r"(?<![\w.,])(200|250|300|500|700|850|900|925|950|"
    r"1000)[ -]?(?i:mb)\b(?![ -]\w+-)(?=[ -](?:\w+ )?(?:flow|winds?|levels?(?= (?:winds?|flow|"
    r"trough|ridge|low)|[.,;]|$)|temp\w*|heights?|troughs?|ridges?|ridging|lows?|analys[ie]s|"
    r"charts?|jet|vort\w*|moisture|theta|layer|inversion|front|circulation|pattern|(?:warm|"
    r"cold) (?:air|core|front|pool|advection)|shortwave|anomal\w*)\b)"
)
_OF_AIR = re.compile(
    r"(?i:pressure|gusts|easter|typhoon|hurricane|cyclone|storm|baromet|depression|knots|winds?\b|"
    r"shear|aloft|showers|sea area|moist|inversion|isobar|jet stream)|"
    r"\b[Jj]et (?=at \d|max\b)|"
    r"\d ?-?mb (?:surface )?(?:lows?|highs?|ridges?|troughs?|cent(?:er|re)s?|eye)\b"
    r"(?!-| (?:res|qual|def|speed|end|cost|im|vid|file))|"
    r"\b(?:low|high)s? (?:is|was|of|at|near|over|"
    r"will|deepen\w*|moves?|center\w*|north|south|east|west)\b|\b(?:low|high) (?=\d{3,4} ?mb)"
)
_LIGHT = re.compile(r"(?<![\w-])-(?=(?:SHRA|SHSN|TSRA|RA|SN|DZ|FZRA|FZDZ)\b)")
_POINTS = {"N": "NORTH", "S": "SOUTH", "E": "EAST", "W": "WEST"}
_OWNER = re.compile(r"(?<=[A-Z]{3})/S\b")
# "55 W BUF", "10 NNW SEP": miles from a station, which has three letters
_STATION = re.compile(
    r"(?<![\w.,/])(\d{1,3}) ([NSEW])(?= [A-Z]{3}\b(?! (?:OF|AND)\b)|$)|"
    r"(?<=\d [NSEW]{2} )(SEP|JAN|MAR|JUN|DEC|OCT|NOV|APR|AUG)(?= \d)|"
    r"(?<=\d [NSEW]{3} )(SEP|JAN|MAR|JUN|DEC|OCT|NOV|APR|AUG)(?= \d)"
)
_LINES = re.compile(
    r"\d [NS]?[NSEW]{1,2} [A-Z]{3} \d|\b(?:LINE FROM|TSTMS|SVR)\b|^(?:[A-Z]{3} )+\d+ [NSEW] "
)
_DAY = re.compile(
    r"\b(MON|TUE|WED|THU|FRI|SAT|SUN)(?= (?:MORNING|AFTERNOON|EVENING|NIGHT|AFTN|AND|THRU|THROUGH|"
    r"INTO|AM|PM)\b)"
)
# "NATIONAL WEATHER SERVICE TAUNTON MA"
_OFFICE = re.compile(
    r"(\b(?:NWS|WEATHER SERVICE|PREDICTION CENTER)(?: [A-Z/.-]+){1,4} )"
    rf"({'|'.join(STATES)})(?= *$|/[A-Z]{{4}}| HAS\b)"
)
_RUN_OF = re.compile(r"(?<![\w/])([0-3]?\d)/([0-2]\d)Z\b")


def expand_sky(text: str) -> str:
    """ "SCT to BKN decks AOA 20k feet" -> "scattered to broken decks at or above 20k feet"."""
    text = _CAPE.sub(lambda m: f"{dotted(m[1])} CAPE", text)
    found = _SKIES.search(text)
    if found is None or _OF_SKY.search(text) is None:
        return text
    return _SKIES.sub(_sky, text)


def expand_pressure(text: str) -> str:
    """ "976 mb low", "500 mb flow" -> "976 mbar low", "500-mbar flow"; else megabytes."""
    text = _ALOFT.sub(r"\1-mbar", text)
    return _PRESSURE.sub(r"\1 mbar", text) if _OF_AIR.search(text) else text


def _sky(match: re.Match[str]) -> str:
    if match[2]:
        return f"at or {'above' if match[2] == 'A' else 'below'}"
    return "few " if match[1] else _SKY[match[0]]


def _station(match: re.Match[str]) -> str:
    return f"{match[1]} {_POINTS[match[2]]}" if match[1] else dotted(match[3] or match[4])


def expand(text: str) -> str:
    """Of a text in capitals only."""
    if "/S" in text:
        text = _OWNER.sub("'S", text)
    if "-" in text:
        text = _LIGHT.sub("LIGHT ", text)
    if "NWS" in text or "WEATHER" in text:
        text = _OFFICE.sub(
            lambda m: m[1] + ("D.C." if m[2] == "DC" else STATES[m[2]].upper()), text
        )
    if _LINES.search(text):
        text = _STATION.sub(_station, text)
    if _OF_WEATHER.search(text):
        text = _DAY.sub(lambda m: DAYS[m[1].capitalize()].upper(), text)
    if "Z" in text:
        text = _RUN_OF.sub(r"\1 \2Z", text)
    found = _WORD.findall(text)
    if not found or (len(found) == 1 and not _OF_WEATHER.search(text)):
        return text
    return _WORD.sub(lambda m: _WORDS[m[0]], text)
