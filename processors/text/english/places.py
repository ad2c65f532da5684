"""States, streets, points of the compass, ZIP codes: "45 W. 34th St, New York, NY 10001"."""

from __future__ import annotations

import itertools
import re
import string

from recital.processors.text.english.words import behind, cardinal, digit_by_digit, two_digits

_STATES = """
AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|
DC Washington D.C.|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|
KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|
MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|
NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|
PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|
VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming
"""
_NAMES: dict[str, str] = {
    state.strip()[:2]: state.strip()[3:] for state in _STATES.replace("\n", "").split("|")
}
_WRITTEN = """
Ala Alabama|Alta Alberta|Ariz Arizona|Ark Arkansas|Calif California|Colo Colorado|
Conn Connecticut|Del Delaware|Fla Florida|Ga Georgia|Ill Illinois|Ind Indiana|Kan Kansas|
Ky Kentucky|La Louisiana|Md Maryland|Mass Massachusetts|Mich Michigan|Minn Minnesota|
Miss Mississippi|Mo Missouri|Mont Montana|Neb Nebraska|Nebr Nebraska|Nev Nevada|Okla Oklahoma|
Ont Ontario|Ore Oregon|Que Quebec|Sask Saskatchewan|Pa Pennsylvania|Penn Pennsylvania|
Tenn Tennessee|Tex Texas|Vt Vermont|Va Virginia|Wash Washington|Wis Wisconsin|W.Va West Virginia|
Wyo Wyoming
"""
_OLD_NAMES: dict[str, str] = dict(
    state.strip().split(" ", 1) for state in _WRITTEN.replace("\n", "").split("|")
)
_OLD = "|".join(sorted(map(re.escape, _OLD_NAMES), key=len, reverse=True))
# "FORT WAYNE, IND.", "NORFOLK, VA., 1857"
_SHOUTED_NAMES = {short.upper(): name for short, name in (_OLD_NAMES | _NAMES).items()}
_SHOUTED_STATE = re.compile(
    rf"(?<=[A-Z]{{4}}, )(?!(?:IN|OR|OK|HI|ME|OH|ID|MA|PA|LA|AL)\b)"
    rf"({'|'.join(sorted(map(re.escape, _SHOUTED_NAMES), key=len, reverse=True))})\b(?:\.(?=,)|"
    rf"(?=[.,]|$))"
)
_CITY = r"(?<=[a-z]{2}, )"
_ZIP_CODE = r"(\d{5})(?:-(\d{4}))?(?![\w-]|[,.]\d)"
_ZIP = re.compile(rf"\b({'|'.join(_NAMES)}),? {_ZIP_CODE}")
_LONG_ZIP = re.compile(
    rf"\b({'|'.join(sorted(set(_NAMES.values()), key=len, reverse=True))}|D\.?C\.?),? {_ZIP_CODE}"
)
_STATE = re.compile(rf"{_CITY}(?!(?:OK|HI|ME|OH|ID)\b)({'|'.join(_NAMES)})(?=[.,;:)!?]|$)")
# "Baxter Peak, ME – ranked 22nd": before a dash any of them
_STATE_DASH = re.compile(rf"(?:(?<=[a-z]{{2}}, )|(?<=\), ))({'|'.join(_NAMES)})(?= ?[-–—](?!\w))")
# "from Enid, OK, and"
_FROM_STATE = re.compile(r"\b((?:[Ii]n|[Ff]rom|of|near) [A-Z][a-z]+), (OK|OH|ME|HI|ID)(?=[,.;)])")
# "at 3901 maple ave", "off broad st": in small letters
_SMALL_NAMED = re.compile(
    r"\b((?:on|off|at|near|down|along) (?:\d{1,5} )?(?:[a-z]+ )?[a-z]+ )"
    r"(st|ave|rd|blvd)\b(?![.'-]?\w)"
)
_SMALL_HOUSE = re.compile(
    r"\b(\d{1,2})(\d\d)(?= (?:[a-z]+ ){1,2}(?:street|avenue|road|boulevard)\b)"
)
# "Head E on Hwy 40"
_HEAD = re.compile(
    r"\b((?:[Hh]ead(?:ing)?|[Gg]o(?:ing)?|[Tt]urn(?:ing)?|[Dd]riv(?:e|ing)|[Tt]ravel(?:ing)?|[Cc]ontinue|"
    r"[Pp]roceed|[Ww]alk(?:ing)?) )([NSEW]|[NS][EW])"
    r"(?= (?:on|to|for|towards?|from|along|onto|past|until|at|and|approximately|about)\b)"
)
# "Blacklow SC, et al.", "Chan, CT; Sheng, P": initials of authors
_AUTHOR = re.compile(
    r"(?<=[a-z]{2})(,? )(?!II|IV|VI|IX|XI|NO)([A-Z])([A-Z])"
    r"(?=,? et al\b|(?:,|;) [A-Z][a-z][\w'-]+,? [A-Z](?:[,;]| \())"
)
_CITED = re.compile(
    r" [A-Z]{1,3} \((?:[A-Z][a-z]+ )?\d{4}\)|[A-Z]\. \(\d{4}\)"
)  # of a list of authors
# "Cupertino CA": no codes that are words or titles.
_BARE_STATE = re.compile(
    r"(?<=[a-z] )(CA|TX|NY|FL|WA|AZ|NJ|NC|TN|GA|CT|IL|MN|WI|NV|UT|NM|SC|KY|WV|KS|NE|MI|MT)"
    r"(?=[.,;:)]|$)(?!\.\w)"
)
# "Jane Q. Doe, MD": a physician
_DEGREE = re.compile(r"(?<=[A-Z]\. )([A-Z][a-z]+(?:-[A-Z][a-z]+)?), MD(?![\w-])")
# 3941 N Bell
_HOUSE = re.compile(
    r"(?<![\w.,$-])(?<!\bin )(\d{1,2})(\d\d) ([NS][EW]|[NSEW])\.? "
    r"(?=[A-Z][a-z]+|\d+(?:st|nd|rd|th)\b)"
)
_ALONG = re.compile(r"(?<= along )([NSEW]) (?=[A-Z][a-z]+)")  # along S Buckeye
# I-80 W
_ROAD_TO = re.compile(
    r"\b((?:I|US|SR|CR|FM|Hwy|Highway|Route|Rte\.?|Interstate|(?:State|County|Township) (?:Road|"
    r"Route|Highway)|"
    r"[Aa]long)[- ]\d{1,4}) ([NSEW])\b(?!\.\w)"
)
# "the southwestern OR coast"; east LA is a part of a town
_PART_OF_STATE = re.compile(
    rf"\b((?:[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est)?(?:[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est|"
    rf"[Cc]entral)(?:ern)?) "
    r"(?!(?:LA|MD)\b|(?<!rn )(?:OR|IN|ME|OH|HI|DC)\b(?! coast)(?<!east IN)(?<!west IN))"
    rf"({'|'.join(_NAMES)})\b(?![.'-]\w)"
)
_OLD_STATE = re.compile(
    rf"(?:(?<=, )|(?<=\bof )|(?<=\bin )|(?<=\bfrom ))({_OLD})\."
    r"(?=([,;:)]| [a-z0-9(–—-])|(?: [A-Z]|$)?)"
)
_COUNTY = re.compile(
    rf"(?<=[a-z] )Co\.(?=, (?:{'|'.join(_NAMES)}|{'|'.join(_NAMES.values())}|(?:{_OLD})\.)(?!\w))"
)
_PARTY = re.compile(rf"\(([DRI])-((?:{_OLD})|(?:{'|'.join(_NAMES)}))\.?\)")
_STREETS = {
    "St": "street",
    "Ave": "avenue",
    "Av": "avenue",
    "Blvd": "boulevard",
    "Rd": "road",
    "Dr": "drive",
    "Ln": "lane",
    "Ct": "court",
    "Pkwy": "parkway",
    "Expy": "expressway",
    "Hwy": "highway",
    "Sq": "square",
    "Pl": "place",
    "Ter": "terrace",
    "Terr": "terrace",
    "Cir": "circle",
    "Fwy": "freeway",
    "Tpke": "turnpike",
    "Trl": "trail",
}
_COMPASS = {
    "N": "north",
    "S": "south",
    "E": "east",
    "W": "west",
    "NE": "northeast",
    "NW": "northwest",
    "SE": "southeast",
    "SW": "southwest",
}
_POINT = r"(N\.?[EW]\.?|S\.?[EW]\.?|[NSEW]\.?)"
_NAMES_OF_STREETS = "|".join(_STREETS)
_UNMISTAKABLE = "|".join(s for s in _STREETS if s not in ("St", "Dr", "Ct", "Pl", "Ter"))
# Before a name or ordinal that ends in a street; behind a number, a street or "miles".
_BEFORE_STREET = re.compile(
    rf"(?<=\d ){_POINT} (?=(?:\d+(?:st|nd|rd|th)|[A-Z][a-z]+)\b(?: [A-Z][a-z]+){{0,2}},? ?"
    rf"(?:{_NAMES_OF_STREETS}|Street|Avenue|Road|Boulevard|Drive|Lane|Way|Place|[Ss]t)\b)"
)
# "E. 12th St.", "on W Main St."
_POINT_OF_STREET = re.compile(
    r"(?:(?<![\w.])([NSEW]|[NS][EW])\. ?|(?<=[a-z] )([NSEW]|[NS][EW]) )"
    r"(?=(?:\d+(?:st|nd|rd|th)|[A-Z][a-z]+)(?: [A-Z][a-z]+)?,? "
    rf"(?:{_NAMES_OF_STREETS}|Street|Avenue|Road|Boulevard|Lane|Way|Place)\b)"
    r"|(?<![\w.])([NSEW])\. (?=\d+(?:st|nd|rd|th)\b)"
)
_AFTER_STREET = re.compile(
    rf"(?<=[a-z] )(Street|Avenue|Road|Boulevard|Drive|{_NAMES_OF_STREETS})\.? {_POINT}(?![\w'])"
)
_MILES = re.compile(rf"\b(mi|miles?|km|kilometers?)\.? {_POINT}(?![\w'])")
_FINE_POINT = r"(NN?[EW]|SS?[EW]|[EW][NS][EW]|[NSEW])"
_WIND = re.compile(
    rf"(\b[Ww]inds?:?(?: from the| out of the| from| is| are)? ){_FINE_POINT}"
    rf"(?:( to | ?[-/] ?){_FINE_POINT})?(?![\w'])"
    rf"|\b{_FINE_POINT}(?= winds?\b)"
)
# "N of town", "sinking S through", "from the NW", "W swell", "N/NE flow", "W OR 265 DEGREES"
_LONG_POINT = r"(?:NN?[EW]|SS?[EW]|[EW][NS][EW])"
_COMPASS_POINT = re.compile(
    rf"(?<![\w&'-])(?<!\w\.)({_LONG_POINT}|[NSEW])(?=(?: (?:of|OF) (?:[A-Z]|the\b|a\b|an\b)|"
    rf" (?:OR|or) \d+ (?i:degrees)"
    r"| (?i:swells?|flow|gales|quadrant|portions?|corner|facing|slopes?|moving|sector|half)\b))"
    rf"|(?:(?<=[Ff]rom the )|(?<=[Ii]n the )|(?<=[Tt]o the )|(?<=[Tt]oward the ))({_LONG_POINT}|"
    rf"[NSEW])(?=[\s.,;)]|$)(?!\.\w)"
)
_POINT_AND_STATE = re.compile(
    rf"(?<![\w.&'-])({_LONG_POINT}|[NSEW](?! (?:OR|IN|ME|HI|OH|"
    rf"OK)\b)) ({'|'.join(_NAMES)})\b(?![.']\w)"
)
_MOVES = re.compile(
    r"\b((?:[Pp]ush|[Mm]ov|[Ss]ink|[Dd]rift|[Ll]ift|[Ss]hift|[Ss]pread|[Tt]rack|[Bb]uild|[Ff]ac|"
    r"[Rr]un)(?:e|es|s|ing)? )"
    rf"({_LONG_POINT}|[NSEW])(?=[\s.,;)]|$)(?!\.\w)"
)
_TWO_POINTS = re.compile(
    rf"(?<![\w./])({_LONG_POINT}|[NSEW])/(?={_LONG_POINT} (?i:winds?|flow|swell))"
)
_OF_LAND = re.compile(
    rf"\b({'|'.join(_NAMES)}) (?=(?:[Rr]iver|[Vv]alley|[Cc]oast|[Bb]order|[Pp]anhandle|"
    rf"[Tt]urnpike|[Ss]tate [Ll]ine)\b)"
)
# "NW/SW 5-10 mph"
_SPEED = re.compile(r"\b(?i:mph|km/h|kmh|kph|kts?|knots|m/s|miles)\b")
_BEFORE_SPEED = re.compile(
    rf"\b{_FINE_POINT}(?:(/| to |-){_FINE_POINT})?(?= (?:at |around |near )?\d+(?:-\d+)?\+? ?"
    r"(?i:mph|km/h|kmh|kph|kts?|knots|m/s|miles)\b)"
)
# "Elm Blvd", "5th Ave"; "St" and "Dr" are read with the titles.
_STREET = re.compile(rf"(?<=[A-Za-z0-9] )({_UNMISTAKABLE})(\.?)(?=\W|$)(?!\.\w)")
_SMALL_STREET = re.compile(
    r"(?<=\d(?:st|nd|rd|th) )(st|ave|rd|dr|ln)\b\.?(?=[ ,;:)]|$)"
)  # "1st st"
_COURT = re.compile(r"(?<=\d )((?:[A-Z][a-z]+ ){1,3})(Ct|Pl|Ter)\b\.?(?=,| [A-Z\d#]|\.?$)")
_BEFORE_NUMBER = re.compile(r"\b(Hwy|Rte|Rt|Ste|Apt|Rm|Fl|Bldg)\b\.? (?=#?[A-Z]?\d)")
_NUMBERED = {
    "Hwy": "highway",
    "Rte": "route",
    "Rt": "route",
    "Ste": "suite",
    "Apt": "apartment",
    "Rm": "room",
    "Fl": "floor",
    "Bldg": "building",
}
# Without one of these no rule here has anything to do.
_CAPITALIZED = re.compile(r"[A-Z][A-Za-z]*")
_HINTS = (
    {a + b for a in string.ascii_uppercase for b in ("", *string.ascii_uppercase)} - {"I", "A"}
    | {"".join(letters) for letters in itertools.product("NSEW", repeat=3)}
    | {re.split("[^A-Za-z]", name)[0] for name in (*_OLD_NAMES, *_SHOUTED_NAMES)}
    | {*_STREETS, *_NUMBERED}
)
_NUMBER_HINT = re.compile(r"\d(?:\d{4}(?!\w)|(?:st|nd|rd|th) (?:st|ave|rd|dr|ln)\b)")


def expand(text: str) -> str:
    """ "Springfield, IL 62704" -> "Springfield, Illinois six two seven zero four"."""
    if "(" in text:
        text = _PARTY.sub(_party, text)
    if "Co., " in text:
        text = _COUNTY.sub("County", text)
    if " st" in text or " ave" in text or " rd" in text or " blvd" in text:
        small = _SMALL_NAMED.sub(lambda m: m[1] + _STREETS[m[2].capitalize()], text)
        text = small if small == text else _SMALL_HOUSE.sub(_small_house, small)
    named = not _HINTS.isdisjoint(_CAPITALIZED.findall(text))
    if not named and _NUMBER_HINT.search(text) is None:
        return text
    if "et al" in text or _CITED.search(text):
        text = _AUTHOR.sub(r"\1\2 \3", text)
    text = _DEGREE.sub(r"\1, M.D.", text)
    text = _ZIP.sub(lambda m: f"{_NAMES[m[1]]} {_zip(m)}", text)
    text = _LONG_ZIP.sub(lambda m: f"{m[1]} {_zip(m)}", text)
    text = _STATE.sub(lambda m: _NAMES[m[1]], text)
    text = _BARE_STATE.sub(_bare_state, text)
    text = _STATE_DASH.sub(lambda m: _NAMES[m[1]], text)
    text = _FROM_STATE.sub(lambda m: f"{m[1]}, {_NAMES[m[2]]}", text)
    text = _TWO_POINTS.sub(lambda m: f"{_point(m[1])}, ", text)
    text = _POINT_AND_STATE.sub(lambda m: f"{_point(m[1])} {_NAMES[m[2]]}", text)
    text = _COMPASS_POINT.sub(lambda m: _point(m[1] or m[2]), text)
    text = _MOVES.sub(lambda m: m[1] + _point(m[2]), text)
    text = _OF_LAND.sub(lambda m: f"{_NAMES[m[1]]} ", text)
    text = _PART_OF_STATE.sub(lambda m: f"{m[1]} {_NAMES[m[2]]}", text)
    text = _HEAD.sub(lambda m: m[1] + _point(m[2]), text)
    text = _ROAD_TO.sub(lambda m: f"{m[1]} {_COMPASS[m[2]]}", text)
    text = _OLD_STATE.sub(_old_state, text)
    text = _SHOUTED_STATE.sub(lambda m: _SHOUTED_NAMES[m[1]], text)
    text = _BEFORE_STREET.sub(lambda m: f"{_point(m[1])} ", text)
    text = _POINT_OF_STREET.sub(lambda m: f"{_point(m[1] or m[2] or m[3])} ", text)
    text = _AFTER_STREET.sub(_after_street, text)
    text = _ALONG.sub(lambda m: f"{_COMPASS[m[1]]} ", text)
    text = _HOUSE.sub(_house, text)
    text = _MILES.sub(lambda m: f"{m[1]} {_point(m[2])}", text)
    if _SPEED.search(text):
        text = _BEFORE_SPEED.sub(_before_speed, text)
    if "ind" in text:
        text = _WIND.sub(_wind, text)
    text = _BEFORE_NUMBER.sub(lambda m: f"{_NUMBERED[m[1]]} ", text)
    text = _SMALL_STREET.sub(_small_street, text)
    text = _COURT.sub(lambda m: f"{m[1]}{_STREETS[m[2]]}", text)
    return _STREET.sub(_street, text)


def _zip(match: re.Match[str]) -> str:
    more = f", {digit_by_digit(match[3])}" if match[3] else ""
    return digit_by_digit(match[2]) + more


def _bare_state(match: re.Match[str]) -> str:
    """After a name only: "Cupertino CA", not "the new CA."."""
    before = match.string[: match.start() - 1].rsplit(" ", 1)[-1]
    return _NAMES[match[1]] if before[:1].isupper() and before[1:].islower() else match[0]


def _party(match: re.Match[str]) -> str:
    return f"({match[1]}, {_OLD_NAMES.get(match[2]) or _NAMES[match[2]]})"


def _old_state(match: re.Match[str]) -> str:
    """The stop of a sentence's end is the same one."""
    after = match.string[match.end() : match.end() + 1]
    ends = after == "" or (after == " " and match[2] is None)
    return _OLD_NAMES[match[1]] + ("." if ends else "")


def _point(letters: str) -> str:
    """ "NW" -> "northwest", "NNW" -> "north northwest"."""
    letters = letters.replace(".", "")
    return _COMPASS.get(letters) or f"{_COMPASS[letters[0]]} {_COMPASS[letters[1:]]}"


def _after_street(match: re.Match[str]) -> str:
    """ "Elm Dr. E", but "we saw Dr. E"."""
    name = match.string[: match.start() - 1].rsplit(" ", 1)[-1]
    if not (name[:1].isupper() or name[:1].isdigit()):
        return match[0]
    return f"{_STREETS.get(match[1], match[1])} {_point(match[2])}"


def _house(match: re.Match[str]) -> str:
    first, rest = int(match[1]), int(match[2])
    said = f"{cardinal(first)} {two_digits(rest) if rest else 'hundred'}"
    return f"{said} {_point(match[3])} "


def _small_house(match: re.Match[str]) -> str:
    rest = int(match[2])
    return f"{cardinal(int(match[1]))} {two_digits(rest) if rest else 'hundred'}"


def _before_speed(match: re.Match[str]) -> str:
    first, join, second = match.groups()
    return _point(first) + (f"{', ' if join == '/' else ' to '}{_point(second)}" if join else "")


def _small_street(match: re.Match[str]) -> str:
    ends = match[0][-1] == "." and not behind(match).strip(" \"')")
    return _STREETS[match[1].capitalize()] + ("." if ends else "")


def _wind(match: re.Match[str]) -> str:
    before, first, join, second, alone = match.groups()
    if alone:
        return _point(alone)
    return f"{before}{_point(first)}" + (f" to {_point(second)}" if join else "")


def _street(match: re.Match[str]) -> str:
    after = match.string[match.end() : match.end() + 2]
    ends = match[2] and (after.strip(" \"')") == "" or after[1:].isupper())
    return _STREETS[match[1]] + ("." if ends else "")
