"""Degrees, of heat and of the compass: "400F", "12°C", "26.7N, 82.2W"."""

from __future__ import annotations

import re

from recital.processors.text.english.sized import DIGITS, NUMBER, is_of_a_thing
from recital.processors.text.english.unit_names import below
from recital.processors.text.english.words import LABEL, ahead, around, cardinal, is_one, two_digits

_SCALED = re.compile(
    rf"(?<![\w.,$])(?<![A-Za-z]-)({DIGITS})-?[ºo]?([FC])(?![\w'#-]|\+[\w+]|/(?!\d|[Gg]as|[Ff]an))(?=\W|$)"
)
_WEATHER = re.compile(
    r"\b(?i:temperatures?|oven|degrees?|weather|cold|winter|freez\w+|snow\w*|wind\w*|temps?|"
    r"cloud\w*|sun\w*|rain\w*|showers|frost|cool\w*|[Ll]ows? of|below|warm\w*|"
    r"tonight|overnight|outside|morning|[Ll]ows?|[Hh]ighs? (?:of|near)|fell to|dropped to)\b"
)
_MARKED = re.compile(r"(?<![\w.,$])([1-5]\d\d)'([FC])\b(?!['’.]\w)")  # 450'F
_OR_GAS = re.compile(r"(?:(?<=\d[CF])|(?<=\d[CF] fan))/(?=[Gg]as\b|[Ff]an\b)")
_LETTERED = re.compile(r"\d-?[ºo]?[FCcf]")
_SMALL = re.compile(r"(?<![\w.,$-])(\d{3})([cf])(?=[\s).,;:]|$)")  # bake at 200c
# "up to 18c", "+5c": of the weather, and no cents
_SMALL_SCALE = re.compile(
    r"(?:(?<=[+(~])|(?<=\bto )|(?<=\bof )|(?<=around )|(?<=about )|(?<=near )|(?<=below )|"
    r"(?<=above )|(?<=\bhit )|(?<=reached )|(?<=like )|(?<=minus )|(?<=it's )|(?<=was )|(?<=high )|"
    r"(?<=low )|(?<=only ))(-?[1-4]?\d(?:\.\d)?)(c)(?! and [a-z]\b)(?=[\s).,;:]|$)"
)
_CENTS = re.compile(
    r"[$¢]|\b(?:cents?|price[sd]?|a lit(?:er|re)|per|coins?|costs?|paid|pay|tax|each|sp[ea]nd|"
    r"spent|stamps?|aisle|seats?|rows?|bras?|[Pp]hones?|milk|drinks?|bread|chapter|models?|gate|flat|"
    r"apartment|room|section|class)\b"
)
# 95F, "is -5C": below zero it needs no other word
_HOT = re.compile(
    r"(?:(?<![\w.,$-])(?=[2-9]\dF|1[0-2]\dF)|(?:(?<=[a-z] -)(?<!the -)|(?<=^-)))(\d{1,3})([FC])"
    r"(?![\w'#/-]|\+[\w+])"
)
_TEMPERATURES = re.compile(
    r"\b(?:[Tt]emp|[Bb]ak|[Rr]oast|[Oo]ven|(?:[Pp]re-?)?[Hh]eat|[Dd]egree|[Ff]ever|[Cc]old|[Hh]ot|"
    r"[Ww]arm|[Ff]ell|[Rr]ose|[Cc]ook|[Hh]igh|[Ll]ow|[Bb]oil|[Ff]reez|[Ww]ater|[Ww]eather|[Aa]bove|"
    r"[Bb]elow|[Ss]ummer|[Ww]inter|[Ff]rost)|°"
)
# 26.7N, 82.2W
_POSITION = re.compile(
    r"(?<![\w.,])(\d{1,2}(?:\.\d+)?) ?([NS])\b(,? ?(?:and |by )?)(\d{1,3}(?:\.\d+)?) ?([EW])\b"
)
# "latitude 15 53 S, and longitude 148 30 W"
_NAMED_POSITION = re.compile(
    r"\b((?:[Ll]at(?:itude)?|[Ll]ong(?:itude)?|[Ll]on)\b\.?,? (?:of |is |"
    r"was )?\d{1,3}(?:[ .]\d{1,3})?|LATITUDE:? \d{1,2}(?:[ .]\d\d?)?|"
    r"LONGITUDE:? \d{1,3}(?:[ .]\d\d?)?) ?([NSEW])\b"
)
# 95.7W, 22.4N
_POSITION_FROM_WEST = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:\.\d+)?) ?([EW])\b(,? ?(?:and |by )?)(\d{1,2}(?:\.\d+)?) ?([NS])\b"
)
_HIGH_LOW = re.compile(r"(?<![\w.,/])(-?\d{1,3}°?[CF]?)/(-?\d{1,3}(?: ?°|[CF]\b))")  # 10/2°C
_DEGREES = re.compile(
    rf"(?:(?<![\w.])(-))?(?<![\d.,]){NUMBER}(?:-{NUMBER})? ?°(?: ?([CFNSEWK])\b)?"
    r"(?: ?(\d+)'(?: ?(\d+(?:\.\d+)?)(?:\"|''))? ?(?:([NSEW])\b)?)?"
)
_BOTH_DEGREES = re.compile(r"(?<=\d) ?°[FC]? ?- ?(?=\d+(?:\.\d+)? ?°)")  # 75°-78°F
# an oven at 350 F
_SCALE_APART = re.compile(
    r"(?<![\w.,$/-])([1-9]\d\d(?:-\d{3})?) ([FC])(?=[.,;:)/]|$| \(| (?:and|or|for|until|in|with|if|"
    r"to|fan|on|oven|then|before|while)\b)(?!\.\w)"
)
_COOKED = re.compile(
    r"\b(?:[Oo]ven|[Pp]re-?heat|[Bb]ak(?:e[ds]?|ing)|[Rr]oast|[Gg]rill|[Ff]ryer|[Tt]emp)"
)
_BOTH_SCALED = re.compile(r"(?<![\w.,$-])(\d{2,3})([FC])-(?=-?\d{2,3}\2\b)")  # 28F-35F
# 80 degC, 25 deg. F, "4 degrees C", a 90 deg turn; but "3 degrees at C College"
_SHORT = re.compile(r"(?<=\d) ?(?:degs?\.?|degrees?)(?: ?([CFK])(?![\w'’-]|\.\w)|(?=[ .,;:)]|$))")
_DEG = re.compile(r"\d ?deg")
_SCALES = {"C": "Celsius", "F": "Fahrenheit", "K": "Kelvin"}
# 7-8 C/km
_LAPSE = re.compile(r"(?<=\d) ?°? ?([CF])/(km|min|hr|h|decade|century)\b(?!['’.]\w)")
# "110 F for a baby, 95 F for an adult"
_TWO_DIGITS_APART = re.compile(
    r"(?<![\w.,$/-])(\d{2,3}(?:-\d{2,3})?) ([FC])(?=[.,;:)/]|$| \(| [a-z])(?!\.\w)"
)
# "below 25 C", "it hit 95 F in Dallas"
_HOW_HOT = re.compile(
    r"(\b(?:at|below|above|of|is|was|hit|to|about|around|reach(?:es|ed)?|near|under|over|than|"
    r"between|from) \d{2,3}(?:-\d{2,3})?) ([FC])(?=[.,;:)]|$| (?:and|or|for|until|in|with|to|then|"
    r"before|while|at|by|during|when|on|today|tonight|outside|inside|here|there|but|so)\b)(?!\.\w)"
)
_SEATS = re.compile(
    r"\b(?:[Ss]eats?|[Gg]ates?|[Rr]ooms?|[Bb]us|[Ff]lights?|[Rr]ows?|[Aa]pt|[Aa]partments?|"
    r"[Ss]ections?|[Gg]rades?|[Cc]lass(?:es)?|[Ss]tudents?|[Ll]ens(?:es)?|[Kk]ey|[Cc]hords?|"
    r"[Ss]izes?)\b"
)
_OF_HEAT = re.compile(
    r"\b(?:[Tt]emps?|[Tt]emperatures?|[Bb]asking|[Tt]hermostat|[Hh]eat(?:er|ing|ed)?|[Ww]arm\w*|"
    r"[Cc]ool(?:er|ed|ing)?|[Hh]umidity|[Ww]ater|[Ff]reezer|[Ff]ridge|[Cc]ook(?:ed)?|[Pp]ools?|"
    r"[Ss]ummer|[Ww]inter|[Hh]ot|[Cc]old)\b"
)
# 11N136E, and 149E in the same text
_GLUED_POSITION = re.compile(r"(?<![\w.,])(\d{1,2}(?:\.\d+)?)([NS])(\d{1,3}(?:\.\d+)?)([EW])(?!\w)")
_ANY_GLUED = re.compile(r"\d[NS]\d")
_ANY_MERIDIAN = re.compile(r"[NSEW](?:(?<=\d\d.)|(?<=\.\d.))")
_ANY_APART = re.compile(r"[FC](?<=\d\d .)(?!\w)")
_MERIDIAN = re.compile(
    r"(\b(?:[Nn]ear|of|along|at|between|to|and|from|by|around) )(1[0-7]\d|180|"
    r"\d\d(?:\.\d)?)([NSEW])(?![\w/]|\.\d)"
)
_OF_OCEANS = re.compile(
    r"\b(?:[Tt]ropical|[Cc]onvection|[Tt]roughs?|[Rr]idges?|[Cc]yclon\w+|[Dd]isturbances?|"
    r"[Dd]ateline|[Ee]quator|[Mm]onsoon|[Ll]ongitudes?|[Ll]atitudes?|[Mm]eridians?|"
    r"[Ll]ows? (?:near|at))\b|\b\d{1,2}[NS]\b"
)
_ANY_PARALLEL = re.compile(r"\d[NS]\b")
# a trough near 11N
_PARALLEL = re.compile(
    r"(\b(?:[Nn]ear|of|along|at|between|to|and|from) )(\d{1,2}(?:\.\d)?)([NS])(?![\w/]|\.\d)"
)
_COMPASS = {"N": "north", "S": "south", "E": "east", "W": "west"}


# "180 C (350 F)", "20 C or 68 F"
_BOTH_APART = re.compile(
    r"(?<![\w.,$/-])(\d{2,3}(?:\.\d)?)[ °]?([FC])( ?[(/] ?|"
    r" or )(\d{2,3}(?:\.\d)?) ?(?!\2)([FC])(?![\w'’-]|\.\w)"
)
_BELOW_ZERO = re.compile(r"(?<![\w.,])(-\d{1,3}) ([FC])\b(?![\w'’-]|\.\w)")  # -25 F


def expand(text: str) -> str:
    """Degrees with their scales or directions, in words."""
    if "deg" in text and _DEG.search(text):
        text = _SHORT.sub(_sign, text)
    if " F" in text or " C" in text:
        text = _BELOW_ZERO.sub(r"\1°\2", text)
    if "C" in text and "F" in text:
        text = _BOTH_APART.sub(_both_apart, text)
    if "C/" in text or "F/" in text:
        text = _LAPSE.sub(_lapse, text)
    if " F" in text or " C" in text:
        if _COOKED.search(text):
            text = _SCALE_APART.sub(r"\1°\2", text)
        apart = list(_TWO_DIGITS_APART.finditer(text)) if _ANY_APART.search(text) else []
        if apart and ("°" in text or _OF_HEAT.search(text) or _are_of_heat(apart)):
            text = _TWO_DIGITS_APART.sub(_apart, text)
        elif apart and _SEATS.search(text) is None:
            text = _HOW_HOT.sub(r"\1°\2", text)
    if "/" in text and ("°" in text or _WEATHER.search(text)):
        text = _HIGH_LOW.sub(r"\1, \2", text)
    if "°" in text:
        text = _DEGREES.sub(_degrees, text).replace("°", " degrees ")
    if "/" in text:
        text = _OR_GAS.sub(", ", text)
    text = _degrees_of_letters(text)
    if "itude" in text or "ITUDE" in text or "Lat" in text or "Lon" in text:
        text = _NAMED_POSITION.sub(lambda m: f"{m[1]} {_COMPASS[m[2]]}", text)
    if "E" in text or "W" in text:
        text = _POSITION.sub(_position, text)
        text = _POSITION_FROM_WEST.sub(_position, text)
        if _ANY_MERIDIAN.search(text) and _OF_OCEANS.search(text):
            text = _MERIDIAN.sub(
                lambda m: f"{m[1]}{_around(m[2].lstrip('0'))} {_COMPASS[m[3]]}", text
            )
    if ("N" in text or "S" in text) and _ANY_PARALLEL.search(text) and _OF_OCEANS.search(text):
        text = _PARALLEL.sub(lambda m: f"{m[1]}{m[2]} {_COMPASS[m[3]]}", text)
    return text


def _both_apart(match: re.Match[str]) -> str:
    """Where both are the same heat, and no seats."""
    first, scale, between, second, other = match.groups()
    fahrenheit, celsius = (first, second) if scale == "F" else (second, first)
    same = abs(float(fahrenheit) - 32 - 1.8 * float(celsius)) < 12
    return f"{first}°{scale}{between}{second}°{other}" if same else match[0]


def expand_ranges(text: str) -> str:
    """ "75°F-78°F" -> "75-78°F", "11N136E" -> "11 north 136 east"; before "F-78" is a code."""
    if "'F" in text or "'C" in text:
        text = _MARKED.sub(r"\1°\2", text)
    if _ANY_GLUED.search(text):
        text = _GLUED_POSITION.sub(_glued_position, text)
    if "F-" in text or "C-" in text:
        text = _BOTH_SCALED.sub(r"\1-", text)
    return text if "°" not in text or "=" in text else _BOTH_DEGREES.sub("-", text)


def _lapse(match: re.Match[str]) -> str:
    return f" degrees {_SCALES[match[1]]} per {below(match[2])}"


def _are_of_heat(found: list[re.Match[str]]) -> bool:
    """Two in the same scale, and no seats or sections."""
    if all(match.string[match.start() - 1] == "(" for match in found):  # ages: my sister (31 F)
        return False
    scales = {match[2] for match in found}
    return len(found) > 1 and len(scales) == 1 and not any(map(_is_named, found))


def _is_named(match: re.Match[str]) -> bool:
    before = ahead(match, 14)
    return LABEL.search(before) is not None


def _apart(match: re.Match[str]) -> str:
    return match[0] if _is_named(match) else f"{match[1]}°{match[2]}"


def _around(longitude: str) -> str:
    """ "136" -> "one thirty-six", as forecasters say it."""
    if len(longitude) != 3 or not longitude.isdigit() or longitude[1:] == "00":
        return longitude
    return f"{cardinal(int(longitude[0]))} {two_digits(int(longitude[1:]))}"


def _glued_position(match: re.Match[str]) -> str:
    north, side, east, other = match.groups()
    return f"{north} {_COMPASS[side]} {_around(east)} {_COMPASS[other]}"


def _sign(match: re.Match[str]) -> str:
    if match[1]:
        return f"°{match[1]}"
    if "degree" in match[0]:
        return match[0]
    ends = (
        match[0][-1] == "." and re.match(r"$| [A-Z]", match.string[match.end() :][:2]) is not None
    )
    return "°" + "." * ends


def _position(match: re.Match[str]) -> str:
    first, north, between, second, east = match.groups()
    return f"{first} {_COMPASS[north]}{between or ', '}{second} {_COMPASS[east]}"


def _degrees_of_letters(text: str) -> str:
    """ "400F" -> "400 degrees Fahrenheit", where the text is of heat."""
    if _LETTERED.search(text) is None:
        return text
    if "c" in text and _WEATHER.search(text) and not _CENTS.search(text):
        text = _SMALL_SCALE.sub(_hot, text)
    if _SMALL.search(text) and _TEMPERATURES.search(text):
        text = _SMALL.sub(lambda m: f"{m[1]} degrees {_SCALES[m[2].upper()]}", text)
    if _SCALED.search(text) is None:
        return text
    two = len(_SCALED.findall(text)) > 1
    if not two and _TEMPERATURES.search(text) is None:
        return _HOT.sub(_hot, text)
    return _SCALED.sub(_hot, text)


def _hot(match: re.Match[str]) -> str:
    """ "90F out", but seat 12F."""
    below = match.string[match.start() - 1 : match.start()] == "-"
    if match[0] == "18F" and not below and _WEATHER.search(around(match)) is None:  # an agency
        return match[0]
    named = LABEL.search(ahead(match, 14))
    degrees = "degree" if is_one(match[1]) else "degrees"
    return match[0] if named else f"{match[1]} {degrees} {_SCALES[match[2].upper()]}"


def _degrees(match: re.Match[str]) -> str:
    minus, quantity, high, letter, minutes, seconds, side = match.groups()
    letter = letter or side
    quantity = f"{quantity} to {high}" if high else quantity
    one = is_one(quantity) or (not minutes and is_of_a_thing(match, match.start()))
    spoken = f"{'minus ' if minus else ''}{quantity} degree{'' if one else 's'}"
    if minutes:
        spoken += f" {minutes} minute{'' if is_one(minutes) else 's'}"
    if seconds:
        spoken += f" {seconds} second{'' if is_one(seconds) else 's'}"
    if letter:
        spoken += " " + (_SCALES.get(letter) or _COMPASS[letter])
    return spoken
