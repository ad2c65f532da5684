"""Points of the compass: "45 W. 34th St", "winds NW 5-10 mph", "S of the front", "NE NJ"."""

from __future__ import annotations

import re

from recital.processors.text.english.outline import zeros
from recital.processors.text.english.place_names import OLD_STATES, STATES, STREET, STREETS
from recital.processors.text.english.words import (
    FREEWAYS,
    LABEL,
    TABLES,
    ahead,
    around,
    behind,
    digit_by_digit,
    in_hundreds,
    one_of,
    pairs,
    word_set,
)

# Without one of these no rule here has anything to do.
HINT = re.compile(r"\b(?:[NSEW]{1,3}|[NSEW]B|[LR])\b")
_COMPASS = pairs(TABLES["points of the compass"])
_POINT = r"(N\.?[EW]\.?|S\.?[EW]\.?|[NSEW]\.?)"
# "Head E on Hwy 40"
_HEAD = re.compile(
    r"\b((?:[Hh]ead(?:ing)?|[Gg]o(?:ing)?|[Tt]urn(?:ing)?|[Dd]riv(?:e|ing)|[Tt]ravel(?:ing)?|"
    r"[Cc]ontinue|[Pp]roceed|[Ww]alk(?:ing)?) )([NSEW]|[NS][EW])(?=[,;.]?$|[,;] | (?:on|to|for|"
    r"towards?|from|along|onto|past|until|at|and|approximately|about)\b)"
)
# 3941 N Bell
# "Linsen W. Road"
_INSIDE_OF_STREET = re.compile(rf"(?<=[a-z] )([NSEW])\. (?=(?:{STREET})\b)")
_HOUSE = re.compile(
    r"(?<![\w.,$-])(?<!\bin )(\d{1,2})(\d\d) ([NS][EW]|[NSEW])\.? (?=[A-Z][a-z]+|\d+(?:st|nd|rd|"
    r"th)\b)"
)
_ALONG = re.compile(r"(?<= along )([NSEW]) (?=[A-Z][a-z]+)")  # along S Buckeye
# I-80 W
_ROAD_TO = re.compile(
    r"(\b(?:[Ee]xit|I|US|U\.S\.|SR|CR|FM|Hwy\.?|Highway|Route|Rte\.?|Interstate|(?:State|County|"
    r"Township) (?:Road|Route|Highway)|[Aa]long)[- ]\d{1,4}|"
    rf"\b(?:[Tt]he|[Oo]n|[Tt]ake) (?:{FREEWAYS})(?= [NSEW](?:/?B\b|[.,;:!?)]|$| (?:at|to|near|and|"
    r"or|was|is|in|from|toward|until|before|past|again|today)\b))) ([NSEW])(/?B)?\b(?!\.\w)"
)
# "turn L onto Elm", "on the R"
_SIDE = re.compile(
    r"\b((?:[Tt]urn|[Bb]ear|[Kk]eep|[Vv]eer|[Ss]tay|[Oo]n (?:your|"
    r"the(?= R\b))|(?:[Tt]hen|(?:[Tt]ak|[Mm]ak)(?:e|ing) a|[Hh]ang a)(?= [LR] (?:onto\b|on [A-Z]|"
    r"at (?:the|[A-Z])))) )([LR])\b(?![.'’]\w|-| (?:slash|trains?|lines?|rated|into)\b|\. \w+ over)"
)
# Before a name or ordinal that ends in a street; behind a number, a street or "miles".
_BEFORE_STREET = re.compile(
    rf"(?<=\d ){_POINT} (?=(?:\d+(?:st|nd|rd|th)|[A-Z][a-z]+)\b(?: [A-Z][a-z]+){{0,2}},? ?"
    rf"(?:{STREET}|st)\b)"
)
# "E. 12th St.", "on W Main St."
_POINT_OF_STREET = re.compile(
    r"(?:(?<![\w.])([NSEW]|[NS][EW])\. ?|(?<=[a-z] )([NSEW]|[NS][EW]) )(?=(?:\d+(?:st|nd|rd|th)|"
    rf"[A-Z][a-z]+)(?: [A-Z][a-z]+)?,? (?:{STREET})\b)|(?<![\w.])([NSEW])\. (?=\d+(?:st|nd|rd|"
    r"th)\b)"
)
_OF_BLOCK = re.compile(r"(?:(?<=block of )|(?<=blk of )|(?<=blk\. of ))([NSEW])\.? (?=[A-Z])")
_AFTER_STREET = re.compile(rf"(?<=[a-z] )({STREET})\.? {_POINT}(?![\w'])")
_MILES = re.compile(rf"\b(mi|miles?|km|kilometers?)\.? {_POINT}(?![\w'])")
_FINE_POINT = r"(NN?[EW]|SS?[EW]|[EW][NS][EW]|[NSEW])"
_WIND = re.compile(
    rf"(\b[Ww]inds?:?(?: from the| out of the| from| is| are)? ){_FINE_POINT}(?:( to |"
    rf" ?[-/] ?){_FINE_POINT})?(?![\w'])|\b{_FINE_POINT}(?= winds?\b)"
)
# "N of town", "sinking S through", "from the NW", "W swell", "N/NE flow", "W OR 265 DEGREES"
_LONG_POINT = r"(?:NN?[EW]|SS?[EW]|[EW][NS][EW])"
_COMPASS_POINT = re.compile(
    rf"(?<![\w&'-])(?<!\w\.)({_LONG_POINT}|[NSEW])(?=(?: (?:of|OF) (?:[A-Z]|the\b|a\b|an\b)| (?:OR|"
    r"or) \d+ (?i:degrees)| (?i:swells?|winds?|coasts?|flow|gales?|breezes?|gusts?|monsoon|airflow|"
    r"quadrant|portions?|corner|facing|aspects?|slopes?|moving|sector|half|gully|ridge|face|"
    r"buttress|couloir|ar[eê]te|chute|spur|force \d)\b|-facing\b))|(?:(?<=[Ff]rom the )|"
    r"(?<=\b[Dd]ue )|(?<=\bas far )|(?<=urther )|(?<=arther )|(?<=\bbecoming )|"
    r"(?<=[Oo]ut of the )|(?<=[Ii]n the )|(?:(?<=\bover the )|(?<=cross the ))(?=[NS][EW])|"
    rf"(?<=[Tt]o the )|(?<=[Tt]oward the ))({_LONG_POINT}|[NSEW])(?=[\s.,;)]|$)(?!\.\w| [A-Z]\b)"
)
_POINT_AND_STATE = re.compile(
    rf"(?<![\w.&'-])({_LONG_POINT}|[NSEW](?! (?:OR|IN|ME|HI|OH|"
    rf"OK)\b)) ({'|'.join(STATES)})\b(?![.']\w)"
)
_MOVES = re.compile(
    r"\b((?:[Pp]ush|[Mm]ov|[Ss]ink|[Dd]rift|[Ll]ift|[Ss]hift|[Ss]pread|[Tt]rack|[Bb]uild|[Ff]ac|"
    rf"[Rr]un|[Bb]ack|[Vv]eer)(?:e|es|s|ing)? )({_LONG_POINT}|[NSEW])(?=[\s.,;)]|$)(?!\.\w)"
)
# "in SW this evening", "on W & SW coasts"
_IN_POINT = re.compile(
    rf"(?<=\b[Ii]n )({_LONG_POINT}|[NS][EW])(?= (?:this|today|tonight|tomorrow|later|overnight|at|"
    rf"by|"
    r"with|from|then|early)\b|[.,;](?: [a-z]|$))"
)
_AND_POINT = re.compile(
    rf"(?<![\w&'-])({_LONG_POINT}|[NS][EW]|[NSEW]) ?(?:&|and) (?=[NSEW]{{1,2}} of |"
    rf"{_LONG_POINT} (?:coasts?|winds?|parts?|areas?|slopes?|aspects?|sides?|facing|flow|"
    r"swells?|corners?)\b)"
)
# SSE alone is also a standard and a company
_LONG_ALONE = re.compile(r"(?<![\w.&/'-])(NN[EW]|ENE|ESE|SSW|W[NS]W|(?<=\d )SSE)(?![\w'’&/-]|\.\w)")
# "NW/N/E facing", "on N-E-S aspects"
_POINTS_LISTED = re.compile(
    rf"(?<![\w./-])(?:{_LONG_POINT}|[NSEW])(?:[/-](?:{_LONG_POINT}|[NSEW]))+"
    r"(?=(?:-| )(?:facing|oriented|(?i:aspects?|slopes?|faces|winds?|flow|swells?))\b)"
)
_COURSE = re.compile(r"(?<![\w/.,])([0-3]\d[05])/(\d\d)(?![\w/]|[.,]\d)")  # motion is 280/10 kt
# "Sole NW 4/5, increasing 6": a wind's force
_OF_FORCE = re.compile(
    rf"(?<![\w.&'-])({_LONG_POINT}|[NS][EW]|[NSEW]) (\d)(?:(?:/| or )(\d)|( to \d))?(?=,? "
    rf"(?:[a-z]+ing|perhaps|gale|occasionally)\b)"
)
_OF_FORCES = re.compile(r"\b(?:[Vv]eering|[Bb]acking|[Gg]ale \d|[Pp]erhaps \d)\b")
# What is also done to a letter: "push N to the stack", "run E"
_COMMAND = re.compile(r"(?:[Pp]ush|[Mm]ov|[Ss]hift|[Bb]uild|[Rr]un|[Ll]ift|[Bb]ack)")
# "W'ly", "a NW'ly wind"
_WINDWARD = re.compile(r"(?<![\w.])([NS]?[EW]|[NS])['’]ly\b")
# "in E. Texas", "N. Carolina", "S. Korea"; but "George S. Washington"
_LAND = (
    rf"(?:(?:{one_of({*STATES.values(), *word_set(TABLES['lands'])} - {'Washington'})})\b|"
    rf"(?:{'|'.join(map(re.escape, OLD_STATES))})\.)"
)
_POINT_OF_LAND = re.compile(
    rf"(?<![\w.])(?<!\b[A-Z]\. )([NSEW]|"
    rf"[NS][EW])()\. (?={_LAND}|(?:Coast|Side|Bank)\b|of (?:I-\d|US |Hwy|town\b|the |[A-Z]))"
)
# "SW Ontario", "N Korea"; two letters also "in NE Portland"
_BARE_POINT_OF_LAND = re.compile(
    rf"(?<![\w.&'/-])(?<!\b[A-Z] )(?<!\d )(?:([NSEW]|[NS][EW]) (?={_LAND})|(?<=\b[Ii]n )([NS][EW]) "
    r"(?=[A-Z][a-z]{3})(?!(?:Eng|Dev|Arch|Res|Test|Team|Lab|Linux|Pat)))"
)
# "its W. tower"
_SIDE_OF_BUILDING = re.compile(
    r"(?<=[a-z] )([NSEW])\. (?=(?:tower|wing|side|end|gate|wall|aisle|transept|front|entrance|bank|"
    r"coast|shore|door|porch|slope|face|half)s?\b)"
)
WEATHER = re.compile(
    r"(?i)\b(?:fronts?|ridg\w+|troughs?|storms?|clouds?|rain|showers?|snow|winds?|low|high|"
    r"systems?|moisture|flow|fog|hurricane|cyclone|swells?|air|convection|tropical|pressure|"
    r"depression|line)\b"
)
_NAME = re.compile(r"(?<!^)(?<![.!?]\s)\b[A-Z][a-z]+ $")
_GIVEN = re.compile(
    r"(?:^|[.!?] )(?!(?:In|On|At|To|Near|From|For|Over|Across|Into|Through|And|The)\b)[A-Z][a-z]+ $"
)
_ALSO_SURNAMES = re.compile(r"(?:London|Victoria|England|France|Ireland|Wales|Jersey|India)\b")
_LETTER_OF = re.compile(
    r"\b(?:[Mm]odel|[Ss]eries|[Cc]lass|[Tt]ype|[Ll]etters?|[Pp]lan|[Vv]itamin|[Tt]eam|[Oo]ption|"
    r"[Cc]ategory|[Pp]oint|[Kk]ey|George) $"
)
_NO_SIDE = re.compile(
    r" (?!(?:and|or|of|on|as|by|for|to|in|at|is|was|it|you|there|then|sides?|end|edge|shores?|"
    r"coast|wall|bank|entrance|gate|lot|parking|trail|access|exit|ramp)\b)[a-z]"
)
_WORDS = frozenset(("OR", "IN", "ME", "HI", "OH", "OK"))
_CAPITALS = re.compile(r" [A-Z]{2}\b")
_OF_A_MEAN = re.compile(r" of the (?:mean|estimate|measurement|difference|regression)\b")
# "NW/SW 5-10 mph"
_SPEED = re.compile(r"\b(?i:mph|km/h|kmh|kph|kts?|knots|m/s|miles)\b")
_BEFORE_SPEED = re.compile(
    rf"\b{_FINE_POINT}(?:(/| to |-){_FINE_POINT})?(?= (?:at |around |near )?\d+(?:-\d+)?\+? ?"
    r"(?i:mph|km/h|kmh|kph|kts?|knots|m/s|miles)\b)"
)


def expand_forces(text: str) -> str:
    """ "NW 4/5, veering NE 6" -> "northwest 4 or 5, veering northeast 6"; "motion is 280/10"."""
    if "otion" in text:
        text = _COURSE.sub(
            lambda m: f"{(digit_by_digit if m[1] < '1' else in_hundreds)(m[1])} at {int(m[2])}",
            text,
        )
    if _OF_FORCES.search(text) is None:
        return text
    return _OF_FORCE.sub(
        lambda m: f"{_point(m[1])} {m[2]}{m[4] or (m[3] and ' or ' + m[3]) or ''}", text
    )


def expand(text: str) -> str:
    """Letters that are points of the compass as words."""
    text = _POINTS_LISTED.sub(_points_listed, text)
    if "&" in text or "and " in text:
        text = _AND_POINT.sub(lambda m: f"{_point(m[1])} and ", text)
    if "n " in text and WEATHER.search(text):
        text = _IN_POINT.sub(lambda m: _point(m[1]), text)
    text = _POINT_AND_STATE.sub(_point_and_state, text)
    text = _COMPASS_POINT.sub(_compass_point, text)
    text = _MOVES.sub(_moves, text)
    if "ly" in text:
        text = _WINDWARD.sub(lambda m: f"{_point(m[1])}erly", text)
    text = _BARE_POINT_OF_LAND.sub(_before_land, text)
    if ". " in text:
        text = _POINT_OF_LAND.sub(_before_land, text)
        text = _SIDE_OF_BUILDING.sub(lambda m: f"{_point(m[1])} ", text)
    text = _SIDE.sub(lambda m: m[1] + ("left" if m[2] == "L" else "right"), text)
    text = _HEAD.sub(lambda m: m[1] + _point(m[2]), text)
    text = _ROAD_TO.sub(lambda m: f"{m[1]} {_COMPASS[m[2]]}{'bound' * bool(m[3])}", text)
    text = _BEFORE_STREET.sub(lambda m: f"{_point(m[1])} ", text)
    text = _POINT_OF_STREET.sub(lambda m: f"{_point(m[1] or m[2] or m[3])} ", text)
    text = _OF_BLOCK.sub(lambda m: f"{_point(m[1]).capitalize()} ", text)
    text = _AFTER_STREET.sub(_after_street, text)
    text = _INSIDE_OF_STREET.sub(lambda m: f"{_point(m[1]).capitalize()} ", text)
    text = _ALONG.sub(lambda m: f"{_COMPASS[m[1]]} ", text)
    text = _HOUSE.sub(_house, text)
    text = _MILES.sub(lambda m: f"{m[1]} {_point(m[2])}", text)
    if _SPEED.search(text):
        text = _BEFORE_SPEED.sub(_before_speed, text)
    text = _WIND.sub(_wind, text) if "ind" in text else text
    if "0" in zeros(text) or WEATHER.search(text):  # "ESE students"
        text = _LONG_ALONE.sub(lambda m: _point(m[1]), text)
    return text


def _point(letters: str) -> str:
    """ "NW" -> "northwest", "NNW" -> "north northwest"."""
    letters = letters.replace(".", "")
    return _COMPASS.get(letters) or f"{_COMPASS[letters[0]]} {_COMPASS[letters[1:]]}"


def _points_listed(match: re.Match[str]) -> str:
    """ "NW/N/E" -> "northwest, north, east", "E/W" -> "east to west"."""
    points = [_point(point) for point in re.split("[/-]", match[0])]
    return (" to " if match[0] in ("E/W", "W/E", "N/S", "S/N") else ", ").join(points)


def _is_named(match: re.Match[str]) -> bool:
    """Whether the letter is a name's or a label's: "Model S", "Honda Civic SE", "the letter E"."""
    before = ahead(match, 24)
    if LABEL.search(before) or _LETTER_OF.search(before):
        return True
    return _NAME.search(before) is not None and WEATHER.search(around(match)) is None


def _point_and_state(match: re.Match[str]) -> str:
    if match[2] in _WORDS and (_is_named(match) or _CAPITALS.match(behind(match))):
        return match[0]
    return f"{_point(match[1])} {STATES[match[2]]}"


def _compass_point(match: re.Match[str]) -> str:
    of = match[1] and behind(match)[:4].lower() == " of "
    the = of and match.string[: match.start()].endswith(("The ", "the "))
    # "added to the N error categories"
    counted = match[2] and len(match[2]) == 1 and _NO_SIDE.match(match.string, match.end())
    if counted and WEATHER.search(around(match)) is None:
        return match[0]
    if _is_named(match) or (the and (len(match[1]) == 1 or _OF_A_MEAN.match(behind(match)))):
        return match[0]
    return _point(match[1] or match[2])


def _before_land(match: re.Match[str]) -> str:
    """ "N. Ireland" is Northern Ireland, "S Wales" south Wales; but "Robert E England"."""
    point = match[1] or match[2]
    person = "." not in match[0] or _ALSO_SURNAMES.match(behind(match))
    named = len(point) == 1 and person
    if named and (_is_named(match) or _GIVEN.search(ahead(match, 24))):
        return match[0]
    if point == "N" and behind(match).startswith("Ireland"):
        return "Northern "
    return f"{_point(point).capitalize()} "


def _moves(match: re.Match[str]) -> str:
    if len(match[2]) == 1 and _COMMAND.match(match[1]) and not WEATHER.search(around(match)):
        return match[0]
    return match[1] + _point(match[2])


def _after_street(match: re.Match[str]) -> str:
    """ "Elm Dr. E", but "we saw Dr. E"."""
    name = match.string[: match.start() - 1].rsplit(" ", 1)[-1]
    if not (name[:1].isupper() or name[:1].isdigit()):
        return match[0]
    return f"{STREETS.get(match[1], match[1])} {_point(match[2])}"


def _house(match: re.Match[str]) -> str:
    return f"{in_hundreds(match[1] + match[2])} {_point(match[3])} "


def _before_speed(match: re.Match[str]) -> str:
    first, join, second = match.groups()
    return _point(first) + (f"{', ' if join == '/' else ' to '}{_point(second)}" if join else "")


def _wind(match: re.Match[str]) -> str:
    before, first, join, second, alone = match.groups()
    if alone:
        return _point(alone)
    return f"{before}{_point(first)}" + (f" to {_point(second)}" if join else "")
