"""States, streets, ZIP codes: "45 W. 34th St, New York, NY 10001"."""

from __future__ import annotations

import itertools
import re
import string

from recital.processors.text.english import compass, provinces
from recital.processors.text.english.capital_words import FIRST_NAMES, NAMES_OF_SPEAKERS
from recital.processors.text.english.outline import holds, shape, zeros
from recital.processors.text.english.place_names import OLD_STATES, STATES, STREET, STREETS, TOWNS
from recital.processors.text.english.words import (
    STARTERS,
    ahead,
    behind,
    cardinal,
    digit_by_digit,
    in_hundreds,
    pairs,
    word_set,
)

_INITIALED = {f"{s[0]}.{s[1]}": STATES[s] for s in word_set("NC SC NY NJ NH NM ND SD RI")}
_OLD = "|".join(sorted(map(re.escape, OLD_STATES), key=len, reverse=True))
# "FORT WAYNE, IND.", "NORFOLK, VA., 1857"
_SHOUTED_NAMES = {short.upper(): name for short, name in (OLD_STATES | STATES).items()}
_SHOUTED_STATE = re.compile(
    rf"(?<=[A-Z]{{4}}, )(?!(?:IN|OR|OK|HI|ME|OH|ID|MA|PA|LA|AL)\b)"
    rf"({'|'.join(sorted(map(re.escape, _SHOUTED_NAMES), key=len, reverse=True))})\b(?:\.(?=,)|"
    rf"(?=[.,]|$))"
)
_CITY = r"(?<=[a-z]{2}, )"
_ZIP_CODE = r"(\d{5})(?:-(\d{4}))?(?![\w-]|[,.]\d)"
_ZIP = re.compile(rf"\b({'|'.join(STATES)})(?:,? |(?<=, [A-Z]{{2}})){_ZIP_CODE}")  # , PA19116
_LONG_ZIP = re.compile(
    rf"\b({'|'.join(sorted(set(STATES.values()), key=len, reverse=True))}|D\.?(?:C|"
    rf"(?<=\.) C)\.?),? {_ZIP_CODE}"
)
_STATE = re.compile(rf"{_CITY}(?!(?:OK|HI|ME|OH|ID)\b)({'|'.join(STATES)})(?=[.,;:)!?]|$| \()")
# "hit Moore, OK, at", of a town that is known
_FROM_STATE = re.compile(
    r"\b((?:[Ii]n|[Ff]rom|of|near|outside) )?([A-Z][a-z]+), (OK|OH|ME|HI|ID)(?=[,.;)!]|$|( (?:at|"
    r"on|this|last)\b))"
)
# "from Smith Point VA to Pooles Island MD": two of them
_FROM_TO = re.compile(
    rf"\b((?:[Ff]rom|[Bb]etween|of) (?:[A-Z][a-z]+ ){{1,3}})({'|'.join(STATES)})( (?:to|and) "
    rf"(?:[A-Z][a-z]+ ){{1,3}})({'|'.join(STATES)})(?!\w|\.\w)"
)
# "portions of SD, NE, KS, and CO", "for SD/NE/IA"
_STATE_NAMES = rf"(?:{'|'.join(STATES)})"
_STATES_LISTED = re.compile(
    # a list is tried from its first state alone
    rf"(?<![\w/&-])(?<![A-Z]{{2}}, ){_STATE_NAMES}(?:(?:, |/){_STATE_NAMES})+"
    rf"(?:/|,? (?:and|or|&) ){_STATE_NAMES}"
    r"(?![\w/&'’-]|\.\w)"
)
# "NWS Fort Worth TX 342 PM"
_OFFICE_STATE = re.compile(rf"(?<=[A-Za-z]{{2}} )({'|'.join(STATES)})(?= \d{{3,4}} [AP]M\b)")
_SURE_STATE = "NC|SC|VA|WV|KY|TN|GA|FL|TX|NM|AZ|NV|UT|KS|ND|SD|MN|WI|IL|IA|NJ|NY|NH|VT|WY|WA|CA"
# "moves into IA.", "far eastern IA": of the weather
_STATE_CROSSED = re.compile(
    r"\b((?:[Ii]nto|[Aa]cross|[Tt]hroughout|[a-z]*(?:th|st)ern|[nsew]rn\.?) )"
    rf"({_SURE_STATE}|OK|MI|MO|OH|NE|MT)(?![\w/&'’-]|\.\w)"
)
# "live in TX now", "moved from FL to NC"
# WA is also in Australia, and software moves to GA
_LIVED = (
    rf"(?!WA\b|(?<=oved to )GA|OK (?:it|the|this|that|a)\b)(?:{_SURE_STATE}|PA|MI|MO|OH|OK|NE|MA)"
)
_STATE_LIVED_IN = re.compile(
    r"\b((?:live[sd]?|living|mov(?:ed?|ing)|born|raised|grew up|here|back|down|out|over|house|home|"
    r"famil(?:y|ies)|parents|[Ss]chools?|[Rr]oads?|[Ww]eather|someone|anyone|friends?|dr(?:ive|iving|ove)|"
    rf"fl(?:y|ying|ew)|[Ss]now|[Rr]ain) (?:in|to|from|for) )({_LIVED})(?: to ({_LIVED}))?"
    r"(?=[,;:!?)]|\.?$|\. [A-Z]| [a-z])"
)
# "near Abilene, TX moved": inside of a sentence
_STATE_INSIDE = re.compile(rf"{_CITY}({'|'.join(STATES)})(?= (?!v\.? )[a-z]|-based\b)")
_STATE_HINT = re.compile(r", [A-Z][A-Z](?: [a-z]|-based\b)")
_PLACE = re.compile(r"(?:\b([A-Za-z][a-z]+) )?(?<!\w)(?:[A-Z][\w'.-]+ ){0,2}([A-Z][a-z'-]+), $")
_OF_MAPS = frozenset(("River", "Lake", "Beach", "Creek", "Bay", "Island", "County", "Harbor"))
_IN_PLACE = frozenset(("in", "In", "near", "Near", "outside", "around"))
# "Baxter Peak, ME – ranked 22nd": before a dash any of them
_STATE_DASH = re.compile(rf"(?:(?<=[a-z]{{2}}, )|(?<=\), ))({'|'.join(STATES)})(?= ?[-–—](?!\w))")
# "at 3901 maple ave", "off broad st": in small letters
_SMALL_NAMED = re.compile(
    r"\b((?:on|off|at|near|down|along) (?:\d{1,5} )?(?:[a-z]+ )?[a-z]+ )(st|ave|rd|"
    r"blvd)\b(?![.'-]?\w)"
)
# "in the 78704", "zip 90210"
_BARE_ZIP = re.compile(
    r"(?:(?<=\b[Ii]n the )|(?<=\b[Zz]ip )|(?<=[Zz]ip code ))\d{5}(?<!000)(?=[.,;?!)](?!\d)|$)|"
    r"\b\d{5}(?=(?: (?:and|or) \d{5})? (?:zips?|area codes?)\b)|(?<=[Tt]he )\d{5}(?= area)"
)
_HOUSE_HINT = re.compile(r" (?:\d{5}(?!\d)|(?:ST|AVE|RD|LN|BLVD)\b)|\d-\d\d [A-Z\d]")
# "1659 Foulkrod St 19124"
_STREET_ZIP = re.compile(
    rf"(\d (?:[NSEW]\.? )?(?:[A-Z][\w'.]* ){{1,3}}(?:{STREET}|ST|AVE|RD|DR)\.?,?) {_ZIP_CODE}"
)
_SHOUTED_STREET = re.compile(
    r"(?<=\d )((?:[NSEW]\.? )?[A-Z]{3,} (?:[A-Z]{3,} )?)(ST|AVE|RD|LN|BLVD)\b\.?"
)
# "2922-28 Dickinson Street"
_HOUSES = re.compile(
    r"(?<![\w.,-])([1-9]\d)([1-9]\d)-(\d\d)(?= (?:[NSEW]\.? )?(?:[A-Z][a-z']+ |\d+(?:st|nd|rd|"
    rf"th) ){{1,2}}(?:{STREET})\b)"
)
_SMALL_HOUSE = re.compile(
    r"\b(\d{1,2})(\d\d)(?= (?:[a-z]+ ){1,2}(?:street|avenue|road|boulevard)\b)"
)
# "Blacklow SC, et al.", "Chan, CT; Sheng, P": initials of authors
_AUTHOR = re.compile(
    r"(?<=[a-z]{2})(,? )(?!II|IV|VI|IX|XI|NO)([A-Z])([A-Z])(?=,? et al\b|(?:,|"
    r";) [A-Z][a-z][\w'-]+,? [A-Z](?:[,;]| \())"
)
_CITED = re.compile(
    r" [A-Z]{1,3} \((?:[A-Z][a-z]+ )?\d{4}\)|[A-Z]\. \(\d{4}\)"
)  # of a list of authors
# "(ROSEDALE, MD) – ", "SAN JOSE, CA (KGO) -- ": a line of news begins so
_DATELINE = re.compile(
    rf"^(\(?(?:[A-Z.]{{2,}} ){{0,2}}([A-Z]{{3,}}), )({'|'.join(STATES)})(?=\) |"
    r"\)? ?(?:\([A-Z.]+\) ?)?(?:[–—]|-(?!\w)|(?<= )-)| \([A-Z]{2,4}\) [A-Z][a-z])"
)
# "Cupertino CA": no codes that are words or titles.
_BARE_STATE = re.compile(
    r"(?<=[a-z] )(CA|TX|NY|FL|WA|AZ|NJ|NC|TN|GA|CT|IL|MN|WI|UT|NM|SC|KY|WV|KS|NE|MI|MT|"
    r"(?<=Vegas )NV|(?<=Reno )NV)(?=[.,;:)]|$)(?!\.\w)"
)
_FIXTURE = re.compile(r" v(?:s\.?|ersus)? [A-Z]| FC\b")
# "Lamoni, IA Campus"
_STATE_OF = re.compile(
    r"(\b[A-Z][a-z]+, )(?!NY (?:Times|Post|Daily|Giants|Mets|Yankees))(IA|TX|FL|GA|NJ|NY|KY|KS|TN|"
    r"WV|NM|NV|UT|AZ|NC|WI|CA|IL|AK|MN|MO|NE|NH|RI|SD|VT|WA|WY)(?= [A-Z][a-z]{2})"
)
# "Jane Q. Doe, MD": a physician
_DEGREE = re.compile(r"(?<=[A-Z]\. )([A-Z][a-z]+(?:-[A-Z][a-z]+)?), MD(?![\w-])")
# "Jane Smith, MD, said", "Dr. Doe, MD"; but "Fort Meade, MD", "in Bel Air, MD"
_NAMED_PERSON = re.compile(
    r"(?:\b([a-z]+) )?(?<!\w)(Dr\.|[A-Z][a-z]+) (?:[A-Z][a-z]+ )?"
    r"([A-Z][a-z]+(?:[-'][A-Z][a-z]+)?), $"
)
_INITIALLED = re.compile(r"\b[A-Z][a-z]+ [A-Z]\. [A-Z][a-z]+(?:-[A-Z][a-z]+)?, $")
_TO_PLACES = frozenset(("in", "near", "from", "of", "at", "to", "around", "outside", "through"))
_PLACES_BEGIN = frozenset(
    ("North", "South", "East", "West", "Fort", "Mount", "New", "Lake", "Ocean", "Upper", "Port")
)
_PLACES_END = frozenset(
    ("City", "Park", "Burnie", "Chase", "Marlboro", "Mills", "Air", "Hill", "Hills", "Beach")
)
# "from Waco, Tx."; but "manganese, Mn, burns"
_DOCTOR = re.compile(r"\bMD(?=, (?:Ph\.?D|MPH|MBA|MSc?|MHS|FA[A-Z]{2,}|FRC[A-Z]+|RN|DO|JD)\b)")
_TITLE_STATE = re.compile(
    r"\b([A-Z][a-z]{2,}, )(Tx|Fl|Nj|Ny|Nc|Sc|Ky|Tn|Az|Nv|Wi|Mn|Ct|Nh|Nm|Ut|Va|Ga|Md|Vt|"
    r"(?:Pa|Mo|Ks|Ar|Il|Ri|Sd|Nd|Wv|Ia|Ca)(?=,))\b(?:\.(?=[,:;]| [a-z]))?(?=[,.:;)]|$| [a-z\d])"
)
_TITLE_HINT = re.compile(r", [A-Z][a-z]\b")
# "Tulsa, Ok.", of a town that is known
_TITLE_STATE_OF_TOWN = re.compile(
    r"\b([A-Z][a-z]+), (Ok|Ca|Ma|Pa|Va|Md|Mo|Mi|Al|La|Co|Id|In|Oh|Or|De|Me|Hi)\b"
    r"(?:\.(?=,| [a-z])|(?=[,.;)]|$| [a-z\d]))"
)
# "the southwestern OR coast"; east LA is a part of a town
_PART_OF_STATE = re.compile(
    r"\b((?:[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est)?(?:[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est|"
    r"[Cc]entral)(?:ern)?) (?!(?:LA|MD)\b|(?<!rn )(?:OR|IN|ME|OH|HI|"
    rf"DC)\b(?! coast)(?<!east IN)(?<!west IN))({'|'.join(STATES)})\b(?![.'-]\w)"
)
# "the NE/SD border", "coastal sections of SC / NC", "locations of VA and MD": one of two is known
_TWO_STATES = re.compile(
    r"(\b(?i:from|in|across|near|over|of|the|through|into|along|both|between|for) )"
    rf"({'|'.join(STATES)}) ?(/|&|and|or) ?({'|'.join(STATES)})(?![\w/&'’-]|\.\w)"
)
_SECTION_OF = re.compile(
    r"\b((?:(?:region|section|part|portion|area|location|half|side|corner|mountain|coast|valley|"
    r"beache?|town|count(?:ie|y)|border)s?|most|much|coastline|state) of )"
    rf"({_SURE_STATE}|PA|MD|MI|OH|MT|AR|CO|MO|AK)(?=[.,;:)!?]|$| (?:and|or|that|which|is|are|was|"
    rf"were|has|"
    r"have|will|this|tonight|today|on|by|with|from|to|as|for|in|where)\b)(?!\.\w)"
)
_OLD_STATE = re.compile(
    rf"(?:(?<=, )|(?<=North )|(?<=South )|(?<=East )|(?<=West )|(?<=ern )|(?<=entral )|(?<=\bof )|"
    rf"(?<=\bin )|(?<=\bfrom ))({_OLD}|{'|'.join(map(re.escape, _INITIALED))})\."
    r"(?!\w)(?=([,;:)]| [a-z0-9&(–—-])|(?: [A-Z]|$)?)"
)
# "a Conn. yard sale", "two Fla. men", "Calif. Gov."
_OF_STATE = re.compile(
    r"(Ala|Ariz|Ark|Calif|Colo|Conn|Fla|Ga|Kan|Ky|Md|Mich|Minn|Mont|Neb|Nev|Okla|Ore|Pa|Tenn|Tex|"
    r"Va|Vt|Wis|Wyo)\. "
    # "ask Pa. he knows", "I told Tex. and then left": people
    r"(?!(?:he|she|it|we|you|so|then|about it|and (?:then|me|his|her|my))\b)"
    r"(?=[a-z]|(?:Gov|Sen|Rep|Atty|House|Senate|Supreme|State|Legis|Keys|Panhandle)\b)"
)
_BEFORE_STATE = re.compile(r"(?:^|^A |The |[a-z&] |[.:;] )(?<!my )$")
_NAMED_BEFORE = re.compile(r"\b(?:[A-Z][a-z'-]+|[A-Z]{3,}), $")
_COUNTY = re.compile(
    rf"(?<=[a-z] )Co\.?(?=, (?:{'|'.join(STATES)}|{'|'.join(STATES.values())}|(?:{_OLD})\.)(?!\w))"
)
# "Cook Co. jail", "in effect for Hale Co. until 8"
_OF_COUNTY = re.compile(
    r"(?<=[a-z] )Co\. (?=(?:[Jj]ail|[Ss]heriff|[Cc]ourthouse|[Ff]air(?:grounds)?|[Cc]ommission|"
    r"[Dd]eput|[Cc]oroner|[Ss]chools|[Rr]esidents|[Ll]ine|[Rr]oad|Rd|EMS|Council|Clerk|"
    r"Attorney|Fire|Police|Public|Parks|Superior|Circuit|Detention|Health Dep)\b)"
)
# of Ireland, and Durham
_IRISH = (
    "Antrim|Armagh|Carlow|Cavan|Clare|Cork|Derry|Donegal|Down|Dublin|Durham|Fermanagh|Galway|Kerry|"
    "Kildare|Kilkenny|Laois|Leitrim|Limerick|Longford|Londonderry|Louth|Mayo|Meath|Monaghan|Offaly|"
    "Roscommon|Sligo|Tipperary|Tyrone|Waterford|Westmeath|Wexford|Wicklow"
)
_IRISH_COUNTY = re.compile(
    rf"(?<!& )\bCos?\.? (?=(?:{_IRISH})\b)|(?<=\b[Tt]he )((?:{_IRISH}) )Co\. "
    r"(?=[A-Z]\.|[A-Z]{2,}\b|Council|Board)"
)
_ALERT = re.compile(
    r"\b(?i:tornado|flood|storm|wind|frost|freeze|heat|snow|ice|chill|fog|weather|flag) "
    r"(?i:warnings?|watch(?:es)?|advisory|advisories|emergency)\b|\b(?i:tornado(?:es)?|hail|snowfall|"
    r"rainfall|(?:inches|in\.|cm|mm) of (?:[a-z-]+ )?(?:snow|rain|ice|sleet))\b"
)
_COUNTIES_ALERTED = re.compile(r"((?:&|and) [A-Z][a-z]+ )Cos\.(?= [a-z]|[,;])")
_COUNTY_ALERTED = re.compile(
    r"\b((?:in|for|of|across|over|near|and|,) (?:(?:northern|southern|eastern|western|central|"
    r"north|south|east|west|[a-z]+(?:east|west)(?:ern)?) )?(?:[A-Z][a-z]+ ){1,2})Co\b\.?(?=[,;)]|"
    r" [a-z]|\.?$)"
)
# "Rd 3 of the fight"; else a road, "after Rd 14 turn left"
_ROUND = re.compile(r"^Rd\.? (?=\d{1,2}\b)")
_ROUND_INSIDE = re.compile(
    r"(?:(?<=\bof )|(?<=\b[Ii]n )|(?<=[Aa]fter )|(?<=[Bb]efore ))Rd\.? (?=[1-3]?\d\b)"
)
_OF_ROADS = re.compile(
    r"\b(?i:left|right|turn|house|lives?|living|barn|farm|exit|junction|intersection|mile|drive|drove|"
    r"driving|street|road|highway|corner|bridge)\b"
)
_PARTY = re.compile(
    rf"(?:(?<=\()|(?<=[a-z], ))([DRI])-({_OLD}|Me|{'|'.join(STATES)}|[NSRD]\.[A-Z]|"
    rf"{'|'.join(sorted(set(STATES.values())))})\.?(?=[,)])"
)
_UNMISTAKABLE = "|".join(s for s in STREETS if s not in ("St", "Dr", "Ct", "Pl", "Ter", "Xing"))
_OF_LAND = re.compile(
    rf"\b(?!OK (?:[Pp]lates?|[Ll]icense (?!plate)))({'|'.join(STATES)}|"
    rf"(?:{'|'.join(map(re.escape, _INITIALED))})\.)"
    r" (?=(?:[Rr]iver|[Vv]alley|"
    rf"[Cc]oast|[Bb]order|Keys|[Pp]anhandle|[Pp]lates?|[Ll]icense|[Tt]urnpike|[Ss]tate [Ll]ine)\b)"
)
# "Elm Blvd", "5th Ave"; "St" and "Dr" are read with the titles.
_STREET = re.compile(
    rf"(?<=[A-Za-z0-9] )(?!Ave (?:Maria|Maris|Verum|Regina|Caesar|Imperator|atque)\b)"
    rf"({_UNMISTAKABLE})(\.?)(?=\W|$)(?!\.\w)"
)
_SMALL_STREET = re.compile(
    r"(?<=\d(?:st|nd|rd|th) )(st|ave|rd|dr|ln)\b(?! (?:draw|tie|pick|replay|exit|loss|win|"
    r"match|bout)s?\b)\.?(?=[ ,;:)]|$)"
)  # "1st st"
_COURT = re.compile(
    r"((?<=\d )(?:(?:north|south|east|west)(?:east|west)? )?(?:[A-Z][a-z]+ |[a-z]+ \d+(?:st|nd|rd|"
    r"th) ){1,3}|\b(?:on|at|off|near|from|to|of) (?:[A-Z][a-z]+ ){1,2})"
    r"(?<!Supreme )(?<!Superior )(?<!District )(?<!Circuit )(?<!Appeals )(Ct|Pl|Ter|Xing)\b"
    r"(?:\.(?! *$))?(?=,| [a-z]| [A-Z\d#]|\.?$)"
)
# "from Hartford Ct": the state
_IN_CONNECTICUT = re.compile(
    r"(?:near|from|to|of) (?:Hartford|Danbury|Stamford|Bridgeport|New Haven|Waterbury|Norwalk|"
    r"Greenwich|Westport|Bristol|Meriden|Milford|Norwich|New London|New Britain|Groton|Mystic|"
    r"Fairfield|Middletown|Shelton|Torrington|Stratford|Enfield|Glastonbury|Farmington|Darien|"
    r"Ridgefield|Newtown|Branford|Wallingford|Southington|Litchfield|Simsbury|Trumbull) $"
)
_COURTS = (" Ct", " Pl", " Ter", " Xing")
_BEFORE_NUMBER = re.compile(
    r"\b(?:(Hwy|HWY|Rte|RTE|Rt|Ste|STE|Apt|APT|Rm|Fl|Bldg|BLDG)\b\.? (?=#?[A-Z]?\d)|(Hwy|"
    r"Rte)[.-]?(?=\d{1,3}\b))"
)
_NUMBERED = pairs("""
Hwy highway|Rte route|Rt route|Ste suite|Apt apartment|Rm room|Fl floor|Bldg building
""")
_SURE_STATES = frozenset(_SURE_STATE.split("|")) - {"SD", "CA"}
_ALSO_WORDS = frozenset(("OR", "IN", "ME", "HI", "OK", "OH", "ID", "PA", "MS"))
_ALSO_ELSE = frozenset(("OR", "IN", "ME", "HI", "LA", "ID"))  # in capitals, too
# Without one of these no rule here has anything to do.
_CAPITALIZED = re.compile(r"[A-Z][A-Za-z]*")
_HINTS = (
    {a + b for a in string.ascii_uppercase for b in ("", *string.ascii_uppercase)} - {"I", "A"}
    | {"".join(letters) for letters in itertools.product("NSEW", repeat=3)}
    | {re.split("[^A-Za-z]", name)[0] for name in (*OLD_STATES, *_SHOUTED_NAMES)}
    | {*STREETS, *_NUMBERED, *map(str.upper, _NUMBERED)}
)
_NUMBER_HINT = re.compile(r"\d(?:\d{4}(?!\w)|(?:st|nd|rd|th) (?:st|ave|rd|dr|ln)\b)")


# "on 177 St. whether"
_NUMBERED_STREET = re.compile(
    r"(\b(?:[Oo]n|[Aa]t|of|to|near|from|between|and|[Ww]est|[Ee]ast|[Nn]orth|[Ss]outh|[WENS]) )"
    r"([1-9]\d{0,2}) (?=(?:St|Ave)\b\.?(?: [a-z]|[,;)]|$))"
)


def expand(text: str) -> str:
    """ "Springfield, IL 62704" -> "Springfield, Illinois six two seven zero four"."""
    if ", " in text[:32] and text[:4].isupper():
        text = _DATELINE.sub(_dateline, text)
    if "D-" in text or "R-" in text or "I-" in text:
        text = _PARTY.sub(_party, text)
    if " MD, " in text:
        text = _DOCTOR.sub("M.D.", text)
    if _TITLE_HINT.search(text):
        text = _TITLE_STATE.sub(lambda m: m[1] + STATES[m[2].upper()], text)
        text = _TITLE_STATE_OF_TOWN.sub(_state_of_town, text)
    if "Rd" in text:
        text = _ROUND.sub("Round ", text)
        if _OF_ROADS.search(text) is None:
            text = _ROUND_INSIDE.sub("Round ", text)
    if " St" in text or " Ave" in text:
        text = _NUMBERED_STREET.sub(_numbered, text)
    if "Co" in text:
        text = _OF_COUNTY.sub("County ", _COUNTY.sub("County", text))
        text = _IRISH_COUNTY.sub(
            lambda m: f"{m[1] or ''}Count{'ies' if 's' in m[0] else 'y'} ", text
        )
        if _ALERT.search(text):
            text = _COUNTY_ALERTED.sub(r"\1County", text)
            text = _COUNTIES_ALERTED.sub(r"\1Counties", text)
    if " st" in text or " ave" in text or " rd" in text or " blvd" in text:
        small = _SMALL_NAMED.sub(lambda m: m[1] + STREETS[m[2].capitalize()], text)
        text = small if small == text else _SMALL_HOUSE.sub(lambda m: in_hundreds(m[0]), small)
    if _HOUSE_HINT.search(text):
        if "-" in text:
            text = _HOUSES.sub(_houses, text)
        text = _STREET_ZIP.sub(lambda m: f"{m[1]} {digit_by_digit(m[2])}", text)
        text = _SHOUTED_STREET.sub(lambda m: m[1] + STREETS[m[2].capitalize()], text)
    text = provinces.expand(text)
    named = not _HINTS.isdisjoint(_CAPITALIZED.findall(text))
    if not named and _NUMBER_HINT.search(text) is None:
        return text
    if "et al" in text or _CITED.search(text):
        text = _AUTHOR.sub(r"\1\2 \3", text)
    if ", MD" in text:
        text = _DEGREE.sub(r"\1, M.D.", text)
    if "00000" in zeros(text):
        text = _ZIP.sub(_state_and_zip, text)
        text = _BARE_ZIP.sub(lambda m: digit_by_digit(m[0]), text)
        text = _LONG_ZIP.sub(lambda m: f"{m[1]} {_zip(m)}", text)
    if "AA" in shape(text):
        text = _STATE.sub(_state, text)
        if _STATE_HINT.search(text):
            text = _STATE_INSIDE.sub(_state_inside, text)
        text = _FROM_STATE.sub(_from_state, text)
        text = _OFFICE_STATE.sub(lambda m: STATES[m[1]], text)
        text = _FROM_TO.sub(lambda m: f"{m[1]}{STATES[m[2]]}{m[3]}{STATES[m[4]]}", text)
        text = _STATES_LISTED.sub(_states_listed, text)
        text = _STATE_OF.sub(lambda m: m[1] + STATES[m[2]], text)
        if "/" in text or "&" in text or "and" in text or "or" in text:
            text = _TWO_STATES.sub(_two_states, text)
        if " of " in text:
            text = _SECTION_OF.sub(lambda m: m[1] + STATES[m[2]], text)
        text = _BARE_STATE.sub(_bare_state, text)
        text = _STATE_DASH.sub(lambda m: STATES[m[1]], text)
        text = _STATE_LIVED_IN.sub(
            lambda m: m[1] + STATES[m[2]] + (f" to {STATES[m[3]]}" if m[3] else ""), text
        )
    if compass.HINT.search(text):
        text = compass.expand(text)
    if "AA" in shape(text) or "A.A. " in shape(text):
        text = _OF_LAND.sub(lambda m: f"{STATES[m[1].replace('.', '')]} ", text)
        text = _PART_OF_STATE.sub(lambda m: f"{m[1]} {STATES[m[2]]}", text)
        if compass.WEATHER.search(text):
            text = _STATE_CROSSED.sub(lambda m: m[1] + STATES[m[2]], text)
    text = _OLD_STATE.sub(_old_state, text)
    if ". " in text:
        text = _OF_STATE.sub(
            lambda m: f"{OLD_STATES[m[1]]} " if _BEFORE_STATE.search(ahead(m, 4)) else m[0], text
        )
    if "AAAA, " in shape(text):
        text = _SHOUTED_STATE.sub(lambda m: _SHOUTED_NAMES[m[1]], text)
    if "0" in zeros(text):
        text = _BEFORE_NUMBER.sub(lambda m: f"{_NUMBERED[(m[1] or m[2]).capitalize()]} ", text)
        text = _SMALL_STREET.sub(_small_street, text)
    if holds(text, _COURTS):
        text = _COURT.sub(_court, text)
    return _STREET.sub(_street, text)


def _houses(match: re.Match[str]) -> str:
    first, second, last = (cardinal(int(part)) for part in match.groups())
    return f"{first} {second} to {last}"


def _zip(match: re.Match[str]) -> str:
    more = f", {digit_by_digit(match[3])}" if match[3] else ""
    return digit_by_digit(match[2]) + more


def _state_and_zip(match: re.Match[str]) -> str:
    before = ahead(match).rsplit(maxsplit=1)[-1:]
    if match[1] == "ID" and before and before[0] not in TOWNS["ID"] and before[0][-1] != ",":
        return match[0]  # conference ID 13745
    of_itself = match[1] == "DC" and match.string[: match.start()].endswith("Washington, ")
    return f"{'D.C.' if of_itself else STATES[match[1]]} {_zip(match)}"


def _state(match: re.Match[str]) -> str:
    """After a name; in a list of small words, "pain, MI, DVT", it is none."""
    before = match.string[max(0, match.start() - 40) : match.start() - 2]
    name = before.rsplit(" ", 1)[-1]
    listed = name.islower() and re.search(r", [a-z-]+$", before) is not None
    more = re.match(r",? (?:and |or )?([A-Z]{2,5})\b", match.string[match.end() :][:12])
    known = more is None or more[1] in STATES
    if match[1] == "DC" and name == "Washington":
        return "D.C."
    if match[1] in ("PA", "MA") and _is_degree(match):
        return f"{match[1][0]}.A."
    if match[1] == "MD" and _follows_a_person(match.string[: match.start()][-48:]):
        return "M.D."
    return match[0] if listed and not known else STATES[match[1]]


def _from_state(match: re.Match[str]) -> str:
    before, town, short, inside = match.groups()
    sure = (before and not inside) or short == "OK" and before or town in TOWNS.get(short, ())
    return f"{before or ''}{town}, {STATES[short]}" if sure else match[0]


def _states_listed(match: re.Match[str]) -> str:
    """Where one is no other word; LA and DC next to NY are towns."""
    found = set(re.findall("[A-Z]{2}", match[0]))
    if not found & _SURE_STATES or {"LA", "NY"} <= found or {"DC", "NY"} <= found:
        return match[0]
    return re.sub("[A-Z]{2}", lambda m: STATES[m[0]], match[0]).replace("/", ", ")


def _follows_a_person(before: str) -> bool:
    """Whether a text ends with a name of two words that is no town's of Maryland, and a comma."""
    person = _NAMED_PERSON.search(before)
    if person is None or person[1] in _TO_PLACES or person[2] in _PLACES_BEGIN:
        return False
    return person[3] not in _PLACES_END and person[3] not in TOWNS["MD"]


def _is_degree(match: re.Match[str]) -> bool:
    """ "Anna Lopez, PA, sees", "Jane Q. Roe, MA", "Kim Lee, MA, LMFT"; but "West Chester, PA"."""
    before, after = match.string[: match.start()][-48:], match.string[match.end() :][:12]
    person = _NAMED_PERSON.search(before)
    if person is None:
        return _INITIALLED.search(before) is not None
    more = re.match(r", ([A-Z]{2,5})\b(?!, \d)", after)
    if more is not None and more[1] not in STATES and more[1] != "USA":
        return True
    return person[2] == "Dr." or person[2].upper() in NAMES_OF_SPEAKERS | FIRST_NAMES


def _state_inside(match: re.Match[str]) -> str:
    """ "Abilene, TX moved", "in Boston, MA is"; but "however, CT showed", "Amy Lee, MD treats"."""
    state = match[1]
    place = _PLACE.search(ahead(match, 48))
    if place is None or place[2] in STARTERS or place[2].endswith("ly"):
        return match[0]
    towns = TOWNS.get(state)
    if towns is None or place[2] in towns:
        return "D.C." if state == "DC" and place[2] == "Washington" else STATES[state]
    sure = (place[1] in _IN_PLACE or place[2] in _OF_MAPS) and state not in _ALSO_ELSE
    return STATES[state] if sure else match[0]


def _bare_state(match: re.Match[str]) -> str:
    """After a name only: "Cupertino CA", not "the new CA."."""
    before = match.string[: match.start() - 1].rsplit(" ", 1)[-1]
    if match[1] == "SC" and _FIXTURE.search(match.string):  # a sports club
        return match[0]
    return STATES[match[1]] if before[:1].isupper() and before[1:].islower() else match[0]


def _dateline(match: re.Match[str]) -> str:
    first = match[1].lstrip("(").split(" ")[0]
    person = first in FIRST_NAMES | NAMES_OF_SPEAKERS and first != match[2]
    return match[0] if person else match[1] + STATES[match[3]].removeprefix("Washington ")


def _court(match: re.Match[str]) -> str:
    state = match[2] == "Ct" and _IN_CONNECTICUT.search(match[1])
    return match[1] + ("Connecticut" if state else STREETS[match[2]])


def _state_of_town(match: re.Match[str]) -> str:
    state = match[2].upper()
    known = match[1] in TOWNS.get(state, ())
    return f"{match[1]}, {STATES[state]}" if known else match[0]


def _two_states(match: re.Match[str]) -> str:
    before, first, join, last = match.groups()
    sure = _SURE_STATES.intersection((first, last)) or {first, last} == {"NE", "SD"}
    if not sure or first == last or (join.isalpha() and {first, last} & _ALSO_WORDS):
        return match[0]
    between = f" {join} " if join.isalpha() else " slash " if join == "/" else " and "
    return f"{before}{STATES[first]}{between}{STATES[last]}"


def _party(match: re.Match[str]) -> str:
    short = match[2].replace(".", "")
    state = OLD_STATES.get(match[2]) or STATES.get(short.upper(), match[2])
    return f"{match[1]}, {state}"


def _old_state(match: re.Match[str]) -> str:
    """The stop of a sentence's end is the same one."""
    after = match.string[match.end() : match.end() + 1]
    ends = after == "" or (after == " " and match[2] is None)
    if "." in match[1] and match[1] != "W.Va":  # "of N.C. Wyeth", "the deviation, S.D.,"
        before = ahead(match, 24)
        if (ends and after) if before[-2:] != ", " else not _NAMED_BEFORE.search(before):
            return match[0]
    return (OLD_STATES | _INITIALED)[match[1]] + ("." if ends else "")


def _small_street(match: re.Match[str]) -> str:
    ends = match[0][-1] == "." and not behind(match).strip(" \"')")
    return STREETS[match[1].capitalize()] + ("." if ends else "")


def _street(match: re.Match[str]) -> str:
    after = match.string[match.end() : match.end() + 2]
    ends = match[2] and (after.strip(" \"')") == "" or after[1:].isupper())
    return STREETS[match[1]] + ("." if ends else "")


def _numbered(match: re.Match[str]) -> str:
    tens = match[2][-2:]
    end = (
        "th"
        if tens in ("11", "12", "13")
        else {"1": "st", "2": "nd", "3": "rd"}.get(tens[-1], "th")
    )
    return f"{match[1]}{match[2]}{end} "
