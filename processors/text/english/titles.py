"""Titles before names, and what else St. and Dr. are: "Dr. Smith of Main St.", "Mt Fuji"."""

from __future__ import annotations

import re

from recital.processors.text.english.outline import holds, shape
from recital.processors.text.english.words import TABLES, ahead, behind, one_of, pairs, word_set

# Before a name: the stop belongs to the word.
TITLES = pairs(TABLES["titles"])
# In small letters and without a stop: "dr Lee", "of st Louis", but "5th st Apt 2".
_SMALL_TITLE = re.compile(r"(?:[mds][rt]s?(?<!\w[mds][rt])(?<!\wmrs)|prof(?<!\wprof))\.? (?=[A-Z])")
_BEFORE_TITLE = re.compile(r"(?:^|[,:;(-] ?| (?:in|of|at|to|by|on|and|the|for|from|near|with) )$")
_SMALL_TITLES = {"mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint", "mt": "mount"}
_SMALL_TITLES |= {"prof": "professor"}
_BARE = word_set(TABLES["bare titles"])
# Maj Sjowall and Maj-Britt are names, the Fr Open a cup
_MOUNT = re.compile(rf"\b({one_of(_BARE)})(?= [A-Z][a-z])(?! (?:Sj|Britt|Lis|Open|Guiana))")
# "Wg Cdr Gibson", "Rt. Hon.", "Det Ch Supt Lee"
_OF_RANKS = pairs(TABLES["parts of ranks"])
_RANK = re.compile(
    r"\b(?:Rt|Wg|Sqn|Flt|Fg|Plt|Gp|Sub|Air|Tech(?=\.? Sgt)|Ch|Chief|Det|"
    r"Dep|Asst|Assoc|Atty|Brig|Lt)"
    rf"(?:\.?[ -](?:{one_of(_OF_RANKS.keys() - {'Con'})}|Con(?:(?<=Det Con)|(?<=Det\. Con)))\b)+"
    r"(?:\.?(?= (?:[A-Z]|\(Ret))|(?<=Rt Hon)|(?<=Rt\. Hon)\.?)"
)
_PART_OF_RANK = re.compile(r"([A-Z][a-z]+)\.?")
_ELECT = re.compile(r"\b(Rep|Sen|Gov|Pres)\.(?=-[Ee]lect\b)")
# Nuns; else seniors
_SISTER = re.compile(
    r"\bSr\.? (?=(?:Mary|Maria|Marie|Agnes|Anne?|Bernadette|Bridget|Catherine|Cecilia|Clare|"
    r"Elizabeth|Helen|Joan|Josephine|Katherine|Lucy|Margaret|Patricia|Rita|Rosa|Rose|Teresa|"
    r"Theresa|Veronica)\b)"
)
_BEFORE_SENIOR = re.compile(r"(?:[A-Z][\w'’-]+\w,?|\b(?:an?|uncle|father|dad|brother)) $")
_AT_WORK = re.compile(
    r"\b(?i:engineer|developer|manager|analyst|director|designer|consultant|wanted|hir(?:e|ing)|reps?)\b"
)
# "dr. lee" of small letters, "SGT Hill"
_ALL_SMALL = re.compile(
    r"(?<!dash )\b(mrs?)\.? (?!dot\b)(?=[a-z]{2}(?!\w* (?:equals|slash)\b))|"
    r"(?<!\d )(?<!\bin )\b(ms)\. (?=[a-z]{3})|(?:^|(?<=[.,;:!?] )|(?<=\b(?:is|by|to|of|my|hi) )|"
    r"(?<=(?:i'm|and|the|for|saw|see|hey|his|her) )|(?<=(?:with|from|told|says|said) )|(?<=hello )|"
    r"(?<=thanks )|(?<=called ))(dr)\.? (?!(?:is|was|has|had|said|says|told|and|or|will|can|for|to|"
    r"who|in|on|at|the|of|from|with|office|visit|appointment|appt)\b)"
    r"(?!(?<=\bto dr )(?:tomorrow|today|tonight|next|again|this|now)\b)(?=[a-z]{3})"
)
_SMALL_STARTS = ("mr", " ms. ", " dr ", " dr. ")
_SHOUTED_RANK = re.compile(r"\b(SGT|CPL|CPT|CAPT|MAJ|COL|PVT|PROF)\.? (?=[A-Z][a-z]+)")
# a 10th Gen iPad, the Next Gen Xbox
_IN_ORDER = re.compile(
    r"(?:\d(?:st|nd|rd|th)|first|second|third|[a-z]+th|[Nn]ext|[Ll]ast|[Nn]ew|[Oo]ld|[Cc]urrent|"
    r"[Pp]revious|[Ll]atest|[Ee]arlier|[Ll]ater)[ -]$"
)
_TITLE = re.compile(
    rf"\b(?!Const\. (?:Art|Amend))({'|'.join(TITLES)})\."
    r"(?= ?(?:\((?=(?:Ret(?:d|ired)?|Mrs|Missus|Ms|Dr|Doctor|Miss)\b))?[A-Z\ue000-\uf8ff])"
)
_ANY_TITLE = re.compile(r"A[Aa]{1,5}\. ?\(?[A?]")  # in `shape`
# "ST. GEORGE", "DR. SMITH", where all is in capitals.
_SHOUTED_TITLE = re.compile(
    r"\b(MR|MRS|MS|DR|ST|MT|FT|SGT|LT|CAPT|GEN|COL|REV|PROF|GOV|SEN|REP)\. ([A-Z]{2,}(?:['’]S\b)?)"
)
# "quoth the Hon.", where a text was cut behind the stop
_CUT_ENDS = tuple(f" {t}." for t in word_set("Hon Rev Gen Gov Sen Capt Prof Col Sgt Lt"))
_CUT_TITLE = re.compile(r"\b(the|The) (\w+)\.$")
_BARE_TITLE = re.compile(r"\b(Mr|Mrs|Ms|Dr|Prof|Cllrs?|Revd)\b(?:(?=\.? )\.?|\.(?=\))|(?=\.$))")
# After a name and before no other.
_STREET = re.compile(
    r"(?<=[A-Za-z] )(?:St|Dr)\b\.?(?=[,;:?!)]|\.?$| [a-z\d(])|(?<=[a-z] )(?:St|Dr)\.(?= (?:He|"
    r"She|It|The|They|We|I|In|On|At|But|And|A|There|This|If) )|(?<=\d(?:st|nd|rd|th) )St\b\.?"
)
# "10 Concord St. Free parking"
_HOUSE_STREET = re.compile(
    r"(?<=\d )((?:(?:[NSEW]\.?|north|south|east|west) )?(?!Mount|Mt|Lake|Port|Fort|The|Saint|Ste)"
    r"(?:[A-Z][a-z]+ ){1,2})(St|Dr)\.(?= [A-Z])"
)
_SAINT = re.compile(r"\bSt(?:\.? |\.)(?=[A-Z][a-z])")
_SAINTS = re.compile(r"\bSts\. (?=[A-Z])")


def expand(text: str) -> str:
    """ "Dr. Smith of Main St." -> "Doctor Smith of Main street."."""
    if "St" in text or "Dr" in text:
        if holds(shape(text), ("0 A", "0 a")):
            text = _HOUSE_STREET.sub(_house_street, text)
        text = _STREET.sub(_street, text)
        text = _SAINTS.sub("saints ", _SAINT.sub("saint ", text))
    if _RANK.search(text):
        text = _RANK.sub(_rank, text)
    if "Sr" in text and _AT_WORK.search(text) is None:
        text = _SISTER.sub(_sister, text)
    if "-" in text:
        text = _ELECT.sub(lambda m: TITLES[m[1]].capitalize(), text)
    if holds(text, ("Mr", "Ms", "Dr", "Prof", "Cllr", "Revd")):
        text = _BARE_TITLE.sub(lambda m: TITLES[m[1]].capitalize(), text)
    text = _SMALL_TITLE.sub(_small_title, text)
    if holds(text, _SMALL_STARTS) or text.startswith(("ms. ", "dr")):
        text = _ALL_SMALL.sub(lambda m: f"{TITLES[(m[1] or m[2] or m[3]).capitalize()]} ", text)
    if "AAA" in shape(text):
        text = _SHOUTED_RANK.sub(lambda m: f"{TITLES[m[1].capitalize()].capitalize()} ", text)
    if _MOUNT.search(text):
        text = _MOUNT.sub(_mount, text)
    if "." not in text:
        return text
    if "A. AA" in shape(text):
        text = _SHOUTED_TITLE.sub(_shouted_title, text)
    if _ANY_TITLE.search(shape(text)):
        text = _TITLE.sub(_title, text)
    if text.endswith(_CUT_ENDS):
        text = _CUT_TITLE.sub(lambda m: f"{m[1]} {TITLES[m[2]].capitalize()}.", text)
    return text


def _house_street(match: re.Match[str]) -> str:
    return match[1] + ("drive." if match[2] == "Dr" else "street.")


def _street(match: re.Match[str]) -> str:
    word = "drive" if match[0].startswith("Dr") else "street"
    name = match.string[: match.start() - 1].rsplit(" ", 1)[-1]
    if not (name[:1].isupper() or name[:1].isdigit() or name[-2:] in ("st", "nd", "rd", "th")):
        if word == "street":
            return match[0]
        return "doctor" if behind(match).strip() else "doctor."  # "presented to Dr."
    ends = match[0].endswith(".") and not behind(match).strip(" \"')")
    following = behind(match).lstrip()
    return word + ("." if ends or (match[0].endswith(".") and following[:1].isupper()) else "")


def _small_title(match: re.Match[str]) -> str:
    short = match[0].rstrip(" .")
    if short not in ("mr", "mrs"):
        before = ahead(match, 6)
        if (
            "." in match[0]
            or short not in _SMALL_TITLES
            or not (short == "prof" or _BEFORE_TITLE.search(before))
        ):
            return match[0]
    return f"{_SMALL_TITLES[short]} "


def _rank(match: re.Match[str]) -> str:
    return _PART_OF_RANK.sub(lambda m: _OF_RANKS[m[1]].capitalize(), match[0])


def _sister(match: re.Match[str]) -> str:
    """ "Sr. Mary Agnes"; but "John Smith Sr. Mary Jones was his wife"."""
    return match[0] if _BEFORE_SENIOR.search(ahead(match, 24)) else "Sister "


def _mount(match: re.Match[str]) -> str:
    before = ahead(match, 12)
    counted = match[1] == "Gen" and _IN_ORDER.search(before)
    return match[0] if counted else TITLES[match[1]].capitalize()


def _title(match: re.Match[str]) -> str:
    glued = match.string[match.end() : match.end() + 1] != " "  # Dr.Lee
    return TITLES[match[1]].capitalize() + (" " if glued else "")


def _shouted_title(match: re.Match[str]) -> str:
    word = "saint" if match[1] == "ST" else TITLES[match[1].capitalize()]
    return f"{word.capitalize()} {match[2].capitalize()}"
