"""What offers of homes and rooms are full of: "3BR/2BA, 2nd fl., w/d, £900 pcm"."""

from __future__ import annotations

import re

from recital.processors.text.english.outline import holds
from recital.processors.text.english.words import TABLES, ahead, ordinal, pairs

# 3BR, 2 bd, 1.5BA, 2bed; in small letters only where both are said.
_BEDS = re.compile(
    r"(?<![\w.,])(\d{1,2})[ -]?(?:BRs?|BDRMs?|BDRs?|BDs?|Brs?|[Bb]drms?|[Bb]drs?|"
    r"brs?(?=[/,; -]+\d)|bds?(?=[/,; -]+\d)|beds?(?=/\d)|[Bb]ds?(?= (?:[a-z]+ ){0,2}(?:apartment|"
    r"apt|condo|house|home|flat|unit|suite|townhouse|townhome|duplex|loft|cottage|bungalow|"
    r"basement|rental)\b))\b\.?"
)
_SLASHED_ROOMS = re.compile(r"(?<![\w/.])([1-9])/(BR|BD|BA)\b")
_SMALL_BEDS = re.compile(r"(?<![\w.,$])([1-9])br\b(?! ?[/,] ?\d)")
_STRAY_STOP = re.compile(r"(?<!\S)\.(?=@\w)")  # .@name
_LOT = re.compile(r"(?<=[Ll]ot )#(?=[A-Z]+-?\d)")  # lot #U4821AA
_TAG_APART = re.compile(r"(?<!\S)# (?=[A-Z][a-z]+[A-Z])")  # "# SaveTheDate"
# "press * or # to go on", "dial *67"
_KEY = re.compile(
    r"(\b(?i:press|hit|push|dial|pressing|dialing|followed by|or|and|then|the|hold) )([*#])"
    r"(?=[.,;:!?]?(?:\s*$)|[.,;:!?] |\d\d\b| (?:key|button|to|for|when|or|and|then|again|now)\b)"
)
_OF_KEYS = re.compile(r"\b(?:[Pp]ress(?:ing)?|[Dd]ial|PIN|keypad)\b")
_STRAY_AT = re.compile(r"(?<=[!~*])@(?=\s|$)")
_NUMBERED_FLOOR = re.compile(r" ?#(\d{1,2})(?:ST|ND|RD|TH|st|nd|rd|th)? ?(?:FL|Fl|fl)\b\.?")
_LETTERED_FLAT = re.compile(r"(?<=(?:St|Rd|Dr|Ln|Pl|Ct) )#(?=[A-Z]\b)|(?<=(?:Ave) )#(?=[A-Z]\b)")
_SHOUTED_WITH = re.compile(
    r"\b((?:BED(?:ROOM)?|BATH(?:ROOM)?|APARTMENT|APT|HOME|HOUSE|UNIT|CONDO)S?) W (?=[A-Z]{3}|\d )"
)
_BUILDING = re.compile(r"\b(?:BLDG|Bldg)\b(?:\.(?! *$))?(?! ?#?[A-Z\d]\b| \d)")
_AIR = re.compile(r"(?<![\w/])[aA]/[cC](?![\w/])")  # which is no account
_BATHS = re.compile(
    r"(?<=\d )(bedrooms?)(?: ?[/,-] ?| )(\d(?:\.\d+| 1/2)?)[ -]?(?:[Bb][Aa]s?|[Bb]aths?|BTHs?)\b\.?"
)
_FLOOR = re.compile(
    r"(?:(?<=\d(?:st|nd|rd|th) )|\b(?<=top )|(?<=hardwood ))([Ff])lr?\b(?:\.(?! *$))?(?=[ ,;:).]|$)"
)
_PER_PERSON = pairs(TABLES["rates"])
_RATES = "|".join(sorted(map(re.escape, _PER_PERSON), key=len, reverse=True))
_RATE = re.compile(rf"(?:(?<=\d)([km]?) ?|(?<=\d (?:EUR|USD|GBP|CAD|AUD)) )({_RATES})(?!\w)")
_SIGNS = ("$", "£", "€", "EUR", "USD", "GBP", "CAD", "AUD")
_PRICE = re.compile(r"[$£€] ?[\d,.]+$|\d [A-Z]{3}$")
_OF_HOMES = re.compile(
    r"\d ?-?(?:B[RDA]|b[rda]\b|bed|bath|sq)|[$£€]|\b(?i:bedrooms?|beds|dishwasher|balcony|gym|pool|"
    r"granite|laundry|in[- ]?unit|hardwood|loft|apt|apartment|house|home|condo|floor|fl|unit|rent|"
    r"parking|kitchen|hookups?|studio|deposit|lease|utils|pets?)\b"
)
_STAINLESS = re.compile(r"\b(?:ss|SS|S/S) (?=[Aa]ppl)")
_HARDWOOD = re.compile(r"\b(?:hw|HW) (?:[Ff]l(?:oo)?r(s?)\b\.?|(?=[Ff]l))|\bhdwd\b\.?")
_BULLET = re.compile(
    r"^-(?=\d+\+?[- ]?(?:hours?|hrs?|[Bb]ed|[Bb]ath|[Bb]R|[Bb]a\b|minutes?|mins?|blocks?|cars?|"
    r"car\b|story|floors?|acres?|miles?|months?|years?|days?|sq)\b)"
)
_SQUARE_FEET = re.compile(
    r"(?<=\d\+ )[Ss][Qq]\.? ?[Ff][Tt]\b\.?|(?<=\d\+)[Ss][Qq]\.? ?[Ff][Tt]\b\.?"
)
_HALF_PRICED = re.compile(
    r"(?<![\w.,$£€-])(?=\d{1,3},\d{3} ?[-–] ?\$\d{1,3},\d{3}(?![\d,]))"
)  # 90,734 – $147,226
_WITH = re.compile(
    r"(?<=[a-z]{3} )(?<!word )(?<!weight )(?<!where )(?<!with )(?<!that )(?<!when )(?<!value )"
    r"(?<!vector )(?<!matrix )(?<!some )(?<!each )(?<!every )(?<!this )(?<!letter )(?<!let )"
    r"(?<!and )(?<!the )(?<!for )(?<!slash )(?<!dot )w (?=(?!(?:when|where|with|then|than|from|"
    r"into|must|will|does|have|being|equals|such|that|and|for|are|was|twenty|thirty|forty|"
    r"fifty)\b)[A-Za-z]{4,})"
)
_DEPOSIT = re.compile(r"(?<=\b[Nn]o )[Dd]ep\b\.?(?! [A-Z][a-z]+ [A-Z])")
_WASHER = re.compile(r"\b[Ww]/[Dd]\b")
_HINT = re.compile(r"[/\dFf](?:(?<=\d) ?-?[Bb]|(?<=/)[Dd]\b|(?<=[Ff])(?<!\w[Ff])lr?\b)")
_PER_ANNUM = re.compile(r"(?<=%) ?p\.a\.(?! *$)|(?<=%) ?p\.a(?=\. *$)")
_RATE_HINT = re.compile(r"(?:\d[km]?|EUR|USD|GBP|CAD|AUD) ?[op]")


_SHORT_NIGHTS = re.compile(r"(?<=\d )nts\b")  # 3 nts/4 days
_NIGHTS = re.compile(r"(?<![\w.])(\d{1,2})N ?/ ?(\d{1,2})D\b")


def expand_marks(text: str) -> str:
    """Signs that would be taken for tags and handles: "Oak St #B", "!!@"; before addresses."""
    if "@" in text:
        text = _STRAY_AT.sub("", _STRAY_STOP.sub("", text))
    if _OF_KEYS.search(text):
        text = _KEY.sub(_key, text)
    if "#" in text:
        text = _TAG_APART.sub("#", _LOT.sub("number ", text))
        text = _LETTERED_FLAT.sub("number ", _NUMBERED_FLOOR.sub(_numbered_floor, text))
    return text


def expand(text: str) -> str:
    """ "3BR/2BA" -> "3 bedroom, 2 bath"; before money and units."""
    if "ppl" in text or "hw " in text or "HW " in text or "hdwd" in text:
        text = _HARDWOOD.sub(_hardwood, _STAINLESS.sub("stainless steel ", text))
    if "/B" in text:
        text = _SLASHED_ROOMS.sub(r"\1 \2", text)
    if "br" in text:
        text = _SMALL_BEDS.sub(r"\1 bedroom", text)
    if " W " in text and text.isupper():
        text = _SHOUTED_WITH.sub(r"\1 with ", text)
    if "B" in text and ("BLDG" in text or "Bldg" in text):
        text = _BUILDING.sub("building", text)
    if "/C" in text or "/c" in text:
        text = _AIR.sub("A.C.", text)
    if _HINT.search(text):
        if _OF_HOMES.search(text):
            text = _WASHER.sub("washer dryer", text)
        text = _BEDS.sub(r"\1 bedroom", text)
        text = _BATHS.sub(r"\1, \2 bath", text)
        text = _FLOOR.sub(lambda m: f"{m[1]}loor", text)
    if text.startswith("-"):
        text = _BULLET.sub("", text)
    if "+" in text:
        text = _SQUARE_FEET.sub(" square feet", text)
    if "$" in text and "," in text:
        text = _HALF_PRICED.sub("$", text)
    if " w " in text:
        text = _WITH.sub("with ", text)
    if "o dep" in text or "o Dep" in text:
        text = _DEPOSIT.sub(_deposit, text)
    if " nt" in text:
        text = _SHORT_NIGHTS.sub("nights", text)
    if "N" in text and "D" in text:
        text = _NIGHTS.sub(r"\1 nights, \2 days", text)
    if "p.a" in text:
        text = _PER_ANNUM.sub(" per annum", text)
    if holds(text, _SIGNS) and _RATE_HINT.search(text):
        text = _RATE.sub(_rate, text)
    return text


def _key(match: re.Match[str]) -> str:
    name = "star" if match[2] == "*" else "pound"
    return match[1] + name + " " * match.string[match.end() : match.end() + 1].isdigit()


def _numbered_floor(match: re.Match[str]) -> str:
    return f", {ordinal(int(match[1]))} floor"


def _hardwood(match: re.Match[str]) -> str:
    return "hardwood " + (f"floor{match[1]}" if match[1] is not None else "")


def _deposit(match: re.Match[str]) -> str:
    return "deposit" + ". " * match.string[match.end() : match.end() + 1].isalpha()


def _rate(match: re.Match[str]) -> str:
    """ "$45 pp"; but "220 pp., $16.99" are pages."""
    before = ahead(match, 12)
    if match[2] == "pp" and match.string.startswith(".", match.end()) and not _PRICE.search(before):
        return match[0]
    return f"{match[1] or ''} {_PER_PERSON[match[2]]}"
