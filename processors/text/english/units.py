"""Measures: units after a number, percent, degrees, feet and inches, dimensions."""

from __future__ import annotations

import re

from recital.processors.text.english.unit_names import PLURALS, UNITS
from recital.processors.text.english.words import LABEL, is_one

_BARE = UNITS.keys() - {"in"}  # "3 in" is more often "3 in ten"
_NAMES = "|".join(sorted(map(re.escape, _BARE), key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_NUMBER = rf"({_DIGITS})"
_POWERS = {"2": "square", "3": "cubic"}
_PER_TIME = {"h": "hour", "hr": "hour", "s": "second", "sec": "second", "min": "minute"}

_PART = re.compile(r"\d/$")
_MIXED = re.compile(r"\d \d+/$")
_WITH_DAY = "|".join(
    sorted([*map(re.escape, UNITS), "day", "days", "week", "month", "year"], key=len, reverse=True)
)
_RANGE_OF = re.compile(rf"(?<![\w.,])({_DIGITS}) ?({_NAMES})-(?={_DIGITS} ?\2(?![\w]))")
_STONE = re.compile(r"(?<![\w.,])(\d{1,2}) ?st,? (\d{1,2}) ?lbs?\b\.?")
_ONE_STONE = re.compile(r"(?<=[a-z] )([5-9]|[12]\d) st\b(?=[.,;)]|$)(?!\. [A-Z])")
_OLD = re.compile(r"(?<![\w.,])(\d{1,3})[- ]?(?:y[./]?o\.?|yrs?\.? old)(?=[\W]|$)(?! \w+ago)")
_SCALED = re.compile(rf"(?<![\w.,$])({_DIGITS})-?[ºo]?([FC])(?![\w'#+-]|/(?!\d))(?=\W|$)")
_HOT = re.compile(r"(?<![\w.,$-])([2-9]\d|1[0-2]\d)(F)(?![\w'#+/-])")
_TEMPERATURES = re.compile(
    r"\b(?:[Tt]emp|[Bb]ak|[Rr]oast|[Oo]ven|[Hh]eat|[Dd]egree|[Ff]ever|[Cc]old|[Hh]ot|[Ww]arm|[Ff]ell|[Rr]ose|"
    r"[Cc]ook|[Hh]igh|[Ll]ow|[Bb]oil|[Ff]reez|[Ww]ater|[Ww]eather|[Aa]bove|[Bb]elow|[Ss]ummer|[Ww]inter)|°"
)
_CARAT = re.compile(
    r"(?<=\d)[ -]?ct\b\.?(?= (?:\w+ )?(?:gold|diamond|ring|ruby|sapphire|emerald|stone|solitaire))"
    r"|(?<=\d\.\d)[ -]?ct\b|(?<=\d\.\d\d)[ -]?ct\b"
)
_BY_OF = re.compile(r"(?<![\d.,])(\d+(?:\.\d+)? [a-z]+) [x×] (?=\d)")  # 10 reps x 3 sets
_FOOT = re.compile(r"\d'")
# 26.7N, 82.2W
_POSITION = re.compile(
    r"(?<![\w.,])(\d{1,2}(?:\.\d+)?) ?([NS])\b(,? ?(?:and |by )?)(\d{1,3}(?:\.\d+)?) ?([EW])\b"
)
_QUOTED = re.compile(r"(?:^|[\s(])'\w")
_FEET_BY = re.compile(r"(?<![\w.,])(\d{1,4})' ?(?:x|by) ?(\d{1,4})'(?!\d)")
_MANY_FEET = re.compile(r"(?<![\w.,'])(\d{3,5})'(?=[ ,.;)]|$)(?!'\w)")
_MARK_FEET = re.compile(
    r"(?<![\w'.])(\d{1,2})'(?=(?:-| )(?:tall|high|long|wide|deep|x|by|man|men|woman|guy|guard|"
    r"center|"
    r"forward|fence|wall|ladder|board|ceiling|tree|snake|shark|boat)\b)"
    r"|(?:(?<=[a-z]'m )|(?<=I'm )|(?<=\bis )|(?<=\bwas )|(?<=\babout )|(?<=\bover )|"
    r"(?<=\bto )|(?<=\bunder ))"
    r"(\d{1,2})'(?=[.,;!?)]|$| (?!\w+'))"
)
_ONE_INCH = re.compile(r"(\d)\"(?= [A-Za-z]+| \()")
# "a 750 mL bottle", "the phone's 48MP camera": a thing of that size.
_ONE_BEFORE = re.compile(
    r"(?:\b(?:an?|the|this|that|his|her|its|my|your|our|their|every|each|one)|'s) $", re.I
)
_THING = re.compile(
    r" (?!(?:of|in|and|or|to|x|by|per|at|on|from|for|with|is|are|was|were|has|have|had|will|would|"
    r"can|than|more|less|the|a|an|each|every|away|ago|long|wide|tall|high|deep|thick|above|below|"
    r"over|under|as|so|if|when|while|but|that|which|later|after|before|until|since|north|south|"
    r"east|west|off|apart|across|up|down|out|into|through|lost|he|she|it|we|they|you|i)\b)[A-Za-z]"
)
_SIZED = re.compile(
    r" (?:[A-Z]|screens?|monitors?|displays?|laptops?|pans?|skillets?|pipes?|nails?|tires?|tyres?|"
    r"wheels?|rims?|pizzas?|cakes?|round|square|baking|ruler|heels?|blades?|bike|gun|barrel|model|"
    r"tv|tablet)"
)
# "two 512MB sticks"
_BYTES_OF = re.compile(r" (?!as\b|is\b|was\b|has\b|plus\b|less\b|uses\b|does\b)[a-z]{2,}s\b")
_AREA = re.compile(r"(?<=\d)( ?(?:k|c|m)?m|ft)([23])\b(?!-)")
_MILLIONS = re.compile(rf"(?<=\d )(million|billion|thousand|trillion) ({_NAMES})\b(?![\w.'])")
_CUPS = re.compile(r"(?<![\w.,])(\d+(?: ?\d?/\d)?|\d+\.\d+) ?c\. (?=[a-z]{3})")
_BARE_UNIT = re.compile(r"(?<![\w/])(km|mi|m|ft)/(h|hr|s|sec)\b")
_ANY_PER = re.compile(r"(?<=\d )([a-z]{3,}s)/([a-z]{3,})\b")
_PER_AREA = re.compile(r"\b([a-z]{3,})/(km|m|mi|cm|ft|in|yd)\^?([23])\b")  # people/km²
_PER_DAY = re.compile(
    r"(?<=[a-z]{2})/(day|days|week|wk|month|mo|year|yr|hr|hour|min|sec|night|person|share|serving|"
    r"gal|bbl|kg|lb|MWh|kWh|capita|d|h|s)\b"
)
# 1,204/day
_COUNT_PER = re.compile(
    r"(?<=\d)/(day|week|month|year|hour|night|person|wk|mo|yr|hr)\b(?:\.(?= [a-z]))?"
)
_PER_NAMES = {"wk": "week", "mo": "month", "yr": "year", "hr": "hour", "min": "minute"} | {
    "sec": "second",
    "gal": "gallon",
    "bbl": "barrel",
    "d": "day",
    "h": "hour",
    "s": "second",
    "kg": "kilogram",
    "lb": "pound",
    "MWh": "megawatt hour",
    "kWh": "kilowatt hour",
}
_MEASURE = re.compile(
    rf"(?<![\w,])(-?){_NUMBER}([- ]?)(?:(sq|cu)\.? ?)?({_NAMES})(\^[23])?(\.(?= ?[a-z,;:)]))?"
    rf"(?:/({_WITH_DAY})(\^[23])?)?(?![\w'°]|\.\w)"
)
_INCH = re.compile(
    rf"(?<![\w.,]){_NUMBER}((?: plus)?)"
    r"(?: ?in\.(?= [a-z]|,|$)|in\b| in(?=[.;)]|$| of\b)|-in\.?(?=[ )]))"
)
_FEET_INCHES = re.compile(r"(?<![\w.,])(\d+)' ?(\d+(?:\.\d+)?)(?:\"|''|(?!\d))")
_FT_IN = re.compile(r"(?<![\w.,])(\d+) ?ft\.? (\d+) ?in\b\.?")
_OR_DEGREES = re.compile(r"(?<=Celsius|renheit) ?/ ?")
_PER_HUNDRED = re.compile(r"(?<=[a-z]s)/(?=10+\b)")  # 8 liters/100 km
_TWO_SCALES = re.compile(r"(?<=[a-z])(?<!\bf)/(?=\d)")  # 23kg/50lb
_INCHES_ALONE = re.compile(r"^[^\"]*\d\"(?:[^\"]*\d\")*[^\"]*$")  # no quotes but these
_MARK_INCHES = re.compile(r"(\d)\"")
_HIGH_LOW = re.compile(r"(?<![\w.,/])(-?\d{1,3}°?[CF]?)/(-?\d{1,3} ?°)")  # 10/2°C
_DEGREES = re.compile(
    rf"(?:(?<![\w.])(-))?(?<![\d.,]){_NUMBER}(?:-{_NUMBER})? ?°(?: ?([CFNSEWK])\b)?"
    r"(?:(\d+)' ?(?:([NSEW])\b)?)?"
)
_POUNDS = re.compile(r"(?<=\d)#(?=[ ,.;)]|$)")
_BRITISH_PERCENT = re.compile(r"(?<=\d)pc\b(?!-)")
_TINS = re.compile(rf"(?:^|(?<=[,;(] ))(\d) ?x (?={_DIGITS} ?(?:g|ml|kg|oz|cm|lb)\b)")  # 1 x 400g
_PERCENTS = re.compile(r"(?<=\d)%-(?=\d[\d.]*%)")
_CITY_HIGHWAY = re.compile(r"(?<![\w/.,])(\d\d)/(\d\d) mpg\b")
_PERCENT = re.compile(rf"(?<!\w){_NUMBER}(?:-{_NUMBER})? ?%")
_TIMES = re.compile(rf"(?:(?<![\w.,])|(?<=\d[xX]))({_DIGITS})( ?)(?:[xX]|times|by) ?(?={_DIGITS})")
_SQUARE = re.compile(
    r"(?<=\d) ?sq\.? ?(?=(?:foot|feet|met(?:er|re)s?|miles?|yards?|inch|inches)\b)"
)
_WATTS = re.compile(
    r"(?<=\d)w(?= (?:fast|charg|wireless|power|LED|bulb|speaker|solar|adapter|USB))"
)
_TIMES_AS = re.compile(r"\b(\d+(?:\.\d+)?)[xX]\b(?! ?[-+=*/^<>])")
_NAME = re.compile(r"\b[A-Z][a-z]+ $")
_UNKNOWN = re.compile(r"(?<![\w.])(\d+)([xyzn])\b(?= ?[-+=*/^<>])")  # 2x + 5
_SCALES = {"C": "Celsius", "F": "Fahrenheit", "K": "Kelvin"}
_COMPASS = {"N": "north", "S": "south", "E": "east", "W": "west"}


def expand(text: str) -> str:
    """ "5 km/h" -> "5 kilometers per hour"; the number itself is left to `numbers`."""
    if "°" in text:
        text = _HIGH_LOW.sub(r"\1, \2", text)
        text = _DEGREES.sub(_degrees, text).replace("°", " degrees ")
    text = _degrees_of_letters(text)
    if "E" in text or "W" in text:
        text = _POSITION.sub(_position, text)
    if "'" in text:
        text = _FEET_INCHES.sub(_feet_inches, text)
        text = _FEET_BY.sub(r"\1 feet by \2 feet", text)
        if not _QUOTED.search(text):
            text = _MANY_FEET.sub(_many_feet, text)
        text = _MARK_FEET.sub(_feet, text) if _FOOT.search(text) else text
    if '"' in text and (text.count('"') == 1 or _INCHES_ALONE.search(text)):
        text = _ONE_INCH.sub(_inch, text)
        text = _MARK_INCHES.sub(r"\1 inches", text)
    text = _rarer(text)
    text = _MEASURE.sub(_measure, text)
    if "/" in text:
        text = _PER_AREA.sub(lambda m: f"{m[1]} per {_POWERS[m[3]]} {UNITS[m[2]]}", text)
        text = _ANY_PER.sub(r"\1 per \2", text)
        text = _BARE_UNIT.sub(lambda m: f"{unit(UNITS[m[1]], '2')} per {_PER_TIME[m[2]]}", text)
        text = _PER_DAY.sub(lambda m: f" per {_PER_NAMES.get(m[1], m[1])}", text)
        text = _OR_DEGREES.sub(", ", text)
        text = _TWO_SCALES.sub(", ", _PER_HUNDRED.sub(" per ", text))
        text = _COUNT_PER.sub(lambda m: f" per {_PER_NAMES.get(m[1], m[1])}", text)
    text = _INCH.sub(_inches, text)
    return _PERCENT.sub(_percent, text) if "%" in text else text


def _rarer(text: str) -> str:
    """Rules that wait for a sign of theirs."""
    if "x " in text:
        text = _TINS.sub(r"\1 ", text)
    if "st" in text:
        text = _STONE.sub(r"\1 stone \2 pounds", text)
        text = _ONE_STONE.sub(r"\1 stone", text)
    if "y" in text and "o" in text:
        text = _OLD.sub(r"\1-year-old", text)
    if "ct" in text:
        text = _CARAT.sub(" carat", text)
    if " x " in text or "×" in text:
        text = _BY_OF.sub(r"\1 by ", text)
    if "-" in text:
        text = _RANGE_OF.sub(r"\1 to ", text)
    text = _AREA.sub(r"\1^\2", text)
    if "illion" in text or "thousand" in text:
        text = _MILLIONS.sub(lambda m: f"{m[1]} {unit(UNITS[m[2]], '2')}", text)
    if "x" in text or "X" in text or "by" in text or "times" in text:
        text = _TIMES.sub(lambda m: f"{m[1]} by ", text)
        text = _TIMES_AS.sub(_times, text)
    if "sq" in text:
        text = _SQUARE.sub(" square ", text)
    if "w " in text:
        text = _WATTS.sub("W", text)
    if "=" in text:
        text = _UNKNOWN.sub(r"\1 \2", text)
    if "ft" in text:
        text = _FT_IN.sub(_feet_inches, text)
    if "c. " in text:
        text = _CUPS.sub(_cups, text)
    if "pc" in text:
        text = _BRITISH_PERCENT.sub(" percent", text)
    if "#" in text and "eigh" in text:
        text = _POUNDS.sub(" pounds", text)
    if "mpg" in text:
        text = _CITY_HIGHWAY.sub(r"\1, \2 mpg", text)
    if "%-" in text:
        text = _PERCENTS.sub("% to ", text)
    return text


def _times(match: re.Match[str]) -> str:
    """ "10x better"; but the Nexus 5X is a name."""
    named = match[0][-1] == "X" and _NAME.search(match.string[: match.start()][-20:])
    return match[0] if named else f"{match[1]} times"


def _cups(match: re.Match[str]) -> str:
    one = match[1] == "1" or "/" in match[1][:3]
    return f"{match[1]} cup{'' if one else 's'} "


def _position(match: re.Match[str]) -> str:
    first, north, between, second, east = match.groups()
    return f"{first} {_COMPASS[north]}{between or ', '}{second} {_COMPASS[east]}"


def _degrees_of_letters(text: str) -> str:
    """ "400F" -> "400 degrees Fahrenheit", where the text is of heat."""
    if _SCALED.search(text) is None:
        return text
    two = len(_SCALED.findall(text)) > 1
    if not two and _TEMPERATURES.search(text) is None:
        return _HOT.sub(_hot, text)
    return _SCALED.sub(_hot, text)


def _hot(match: re.Match[str]) -> str:
    """ "90F out", but seat 12F."""
    named = LABEL.search(match.string[max(0, match.start() - 14) : match.start()])
    return match[0] if named else f"{match[1]} degrees {_SCALES[match[2]]}"


def _many_feet(match: re.Match[str]) -> str:
    one = _is_of_a_thing(match, match.start())
    return f"{match[1]} {'foot' if one else 'feet'}"


def _feet(match: re.Match[str]) -> str:
    """ "a 6' man", "6' tall": foot; "he is 6'": feet."""
    return f"{match[1]} foot" if match[1] else f"{match[2]} feet"


def _inch(match: re.Match[str]) -> str:
    """ "a 27" screen" is of 27 inch, "4" of snow" are inches."""
    start = match.string.rfind(" ", 0, match.start()) + 1
    one = _is_of_a_thing(match, start) or _SIZED.match(match.string, match.end())
    quantity = match.string[start : match.end(1)].lstrip("\uf8ff")
    return f"{match[1]} {'inch' if one else unit('inch', quantity)}"


def _is_of_a_thing(match: re.Match[str], start: int) -> bool:
    """Whether the measure that begins there says how large one thing is."""
    before = match.string[max(0, start - 8) : start]
    return (
        _ONE_BEFORE.search(before) is not None
        and _THING.match(match.string, match.end()) is not None
    )


def unit(name: str, quantity: str) -> str:
    """The unit after this number: ("mile per hour", "60") -> "miles per hour"."""
    if is_one(quantity):
        return name
    first, per, rest = name.partition(" per ")
    first, of, matter = first.partition(" of ")
    *words, last = first.split(" ")
    many = " ".join([*words, PLURALS.get(last, last if last.endswith("hertz") else last + "s")])
    return many + of + matter + per + rest


def _measure(match: re.Match[str]) -> str:
    minus, quantity, gap, area, short, power, stop, per, per_power = match.groups()
    if short in ("m", "s", "h", "g", "l") and gap == "-":
        return match[0]
    if short == "s" and not gap and "." not in quantity:  # a decade or a plural
        return match[0]
    before = match.string[max(0, match.start() - 14) : match.start()]
    if len(short) == 1 and short.isupper() and not gap and LABEL.search(before):  # route 9W
        return f"{quantity} {short}"
    before = before[-6:]
    # "1/4 lb", less than one
    part = _PART.search(before) and not _MIXED.search(before) and len(quantity) < 2
    name = UNITS[short]
    exponent = power[1] if power else {"sq": "2", "cu": "3"}.get(area or "", "")
    if exponent:
        name = f"{_POWERS[exponent]} {name}"
    # "a 5-km run", "a 10 kg bag": as an adjective the unit stays in the singular
    bytes_of = not gap and short[-1] in "Bb" and _BYTES_OF.match(match.string, match.end())
    one = (
        gap == "-"
        or part
        or bytes_of
        or (short[-1] != "s" and _is_of_a_thing(match, match.start()))
    )
    spoken = name if one else unit(name, quantity)
    if per:
        below = _PER_TIME.get(per) or UNITS.get(per) or per.removesuffix("s")
        spoken += f" per {_POWERS[per_power[1]] + ' ' if per_power else ''}{below}"
    return f"{minus}{quantity}{'-' if gap == '-' else ' '}{spoken}"


def _inches(match: re.Match[str]) -> str:
    one = "-" in match[0] or _is_of_a_thing(match, match.start())
    return f"{match[1]}{match[2]} {'inch' if one else unit('inch', match[1])}"


def _feet_inches(match: re.Match[str]) -> str:
    inches = f" {match[2]}" if match[2] != "0" else ""
    return f"{match[1]} {'foot' if match[1] == '1' or inches else 'feet'}{inches}"


def _degrees(match: re.Match[str]) -> str:
    minus, quantity, high, letter, minutes, side = match.groups()
    letter = letter or side
    quantity = f"{quantity} to {high}" if high else quantity
    spoken = f"{'minus ' if minus else ''}{quantity} degree{'' if is_one(quantity) else 's'}"
    if minutes:
        spoken += f" {minutes} minutes "
    if letter:
        spoken += " " + (_SCALES.get(letter) or _COMPASS[letter])
    return spoken


def _percent(match: re.Match[str]) -> str:
    return (f"{match[1]} to {match[2]}" if match[2] else match[1]) + " percent"
