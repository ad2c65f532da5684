"""Titles and other words that are written short."""

from __future__ import annotations

import re

from recital.processors.text.english import dates
from recital.processors.text.english.words import STARTERS

# Before a name: the stop belongs to the word.
_TITLES = {
    "Mr": "mister",
    "Mrs": "missus",
    "Ms": "miz",
    "Dr": "doctor",
    "Drs": "doctors",
    "Prof": "professor",
    "Rev": "reverend",
    "Fr": "father",
    "Hon": "honorable",
    "Gen": "general",
    "Col": "colonel",
    "Maj": "major",
    "Capt": "captain",
    "Cpt": "captain",
    "Lt": "lieutenant",
    "Sgt": "sergeant",
    "Cpl": "corporal",
    "Pvt": "private",
    "Adm": "admiral",
    "Cmdr": "commander",
    "Sen": "senator",
    "Rep": "representative",
    "Gov": "governor",
    "Pres": "president",
    "Supt": "superintendent",
    "Messrs": "messieurs",
    "Mme": "madame",
    "Mlle": "mademoiselle",
    "Mt": "mount",
    "Ft": "fort",
    "Pt": "point",
}
# Anywhere; True where such a word often ends a sentence.
_WORDS = {
    "etc": ("et cetera", True),
    "vs": ("versus", False),
    "approx": ("approximately", False),
    "dept": ("department", False),
    "univ": ("university", False),
    "inc": ("incorporated", True),
    "ltd": ("limited", True),
    "corp": ("corporation", True),
    "co": ("company", True),
    "bros": ("brothers", True),
    "assn": ("association", True),
    "jr": ("junior", True),
    "sr": ("senior", True),
    "esq": ("esquire", True),
    "ave": ("avenue", True),
    "blvd": ("boulevard", True),
    "rd": ("road", True),
    "ln": ("lane", True),
    "hwy": ("highway", False),
    "apt": ("apartment", False),
    "vol": ("volume", False),
    "vols": ("volumes", False),
    "ch": ("chapter", False),
    "fig": ("figure", False),
    "figs": ("figures", False),
    "eq": ("equation", False),
    "sec": ("section", False),
    "ed": ("edition", False),
    "misc": ("miscellaneous", False),
    "temp": ("temperature", False),
    "avg": ("average", False),
    "min": ("minimum", False),
    "max": ("maximum", False),
    "tel": ("telephone", False),
    "est": ("established", False),
    "govt": ("government", False),
    "intl": ("international", False),
    "natl": ("national", False),
    "attn": ("attention", False),
    "cont": ("continued", True),
    "viz": ("namely", False),
    "cf": ("compare", False),
    "ca": ("circa", False),
}
_NUMBERED = {  # only before a number
    "no": "number",
    "nos": "numbers",
    "p": "page",
    "pp": "pages",
    "ch": "chapter",
    "sec": "section",
    "fig": "figure",
    "vol": "volume",
    "eq": "equation",
    "art": "article",
    "par": "paragraph",
    "op": "opus",
    "rm": "room",
    "c": "circa",
}
# All that is written short with a stop; before a number none of it ends a sentence.
SHORT = frozenset(
    short.lower()
    for short in (*_TITLES, *_WORDS, *_NUMBERED, *dates.SHORT_MONTHS, *dates.DAYS, "st", "ext", "x")
)
ENDS_SENTENCES = frozenset(
    [short for short, (_, may_end) in _WORDS.items() if may_end]
    + ["no", "ed", "min", "max", "sec", "ch", "temp", "sat", "sun", "x", "c", "art", "par"]
)
# Words of their own where they end a sentence: "the max.", "he said no."
_ALSO_WORDS = (
    "fig",
    "figs",
    "no",
    "ed",
    "min",
    "max",
    "sec",
    "co",
    "ch",
    "est",
    "temp",
    "ca",
    "ave",
    "rd",
)
_PHRASES = [  # a piece that must be there, else the rule has nothing to do
    (piece, re.compile(pattern), spoken)
    for piece, pattern, spoken in (
        (".", r"\b[Ee]\. ?[Gg]\.(?=\W|$)|\beg\.(?=\W)", "for example"),
        (".", r"\b[Ii]\. ?[Ee]\.(?=\W|$)", "that is"),
        ("a.k", r"\ba\.k\.a\b\.?", "also known as"),
        ("aka", r"\baka\b", "also known as"),
        ("AKA", r"\bAKA\b", "also known as"),
        ("et al.", r"\bet al\.", "et al"),
        ("S.", r"\bP\.? ?S\.(?= [A-Z])", "postscript"),
        ("/o", r"\b[Ww]/o\b", "without"),
        ("/", r"\b[Ww]/(?=\s?\w)", "with "),
        ("/o", r"\bc/o\b", "care of"),
        ("/", r"\b[Nn]/[Aa]\b", "not applicable"),
        ("/", r"\band/or\b", "and or"),
        ("Ph", r"\bPh\. ?D\b\.?|\bPhD\b", "P.H.D."),
        ("v", r"\bvs\b\.?|\bv\.(?= [A-Z])", "versus"),
        ("Wm", r"\bWm\.", "William"),
        ("Geo.", r"\bGeo\.(?= [A-Z])", "George"),
        ("Chas.", r"\bChas\.(?= [A-Z])", "Charles"),
        ("Thos.", r"\bThos\.(?= [A-Z])", "Thomas"),
        ("Jas.", r"\bJas\.(?= [A-Z])", "James"),
    )
]
_TITLE = re.compile(rf"\b({'|'.join(_TITLES)})\.(?= ?[A-Z\ue000-\uf8ff])")
_BARE_TITLE = re.compile(r"\b(Mr|Mrs|Ms|Dr|Prof)\b(?=\.? )\.?")
_STREET = re.compile(  # after a name and before no other
    r"(?<=[A-Za-z] )(?:St|Dr)\b\.?(?=[,;:?!)]|\.?$| (?:[a-z]|\d))"
    r"|(?<=[a-z] )(?:St|Dr)\.(?= (?:He|She|It|The|They|We|I|In|On|At|But|And|A|There|This|If) )"
    r"|(?<=\d(?:st|nd|rd|th) )St\b\.?"
)
_BEGINS = re.compile(rf"(?:{'|'.join(sorted(STARTERS))}) ")
_SAINT = re.compile(r"\bSt\.? (?=[A-Z])")
_SAINTS = re.compile(r"\bSts\. (?=[A-Z])")
_NUMBERED_RE = re.compile(rf"\b({'|'.join(_NUMBERED)})\. ?(?=\d)", re.I)
_WORD = re.compile(rf"\b({'|'.join(_WORDS)})\.( (?=[A-Z])|$|(?=[\"')\]]*$))?", re.I)


def expand(text: str) -> str:
    """ "Dr. Smith of Main St." -> "doctor Smith of Main street."."""
    for piece, pattern, spoken in _PHRASES:
        if piece in text:
            text = pattern.sub(spoken, text)
    if "St" in text or "Dr" in text:
        text = _STREET.sub(_street, text)
        text = _SAINTS.sub("saints ", _SAINT.sub("saint ", text))
    text = _BARE_TITLE.sub(lambda m: _TITLES[m[1]], text)
    if "." not in text:
        return text
    text = _TITLE.sub(lambda m: _TITLES[m[1]], text)
    text = _NUMBERED_RE.sub(lambda m: _NUMBERED[m[1].lower()] + " ", text)
    return _WORD.sub(_word, text)


def _street(match: re.Match[str]) -> str:
    word = "drive" if match[0].startswith("Dr") else "street"
    ends = match[0].endswith(".") and not match.string[match.end() :].strip(" \"')")
    following = match.string[match.end() :].lstrip()
    return word + ("." if ends or (match[0].endswith(".") and following[:1].isupper()) else "")


def _word(match: re.Match[str]) -> str:
    short = match[1]
    spoken, may_end = _WORDS[short.lower()]
    if short.isupper():  # EST, an initialism
        return match[0]
    if short in _ALSO_WORDS and match[2] is not None and match[2] != " ":
        return match[0]
    begins = may_end and _BEGINS.match(match.string, match.end())
    at_end = match[2] is not None and (match[2] == "" or begins or short.lower() == "etc")
    gap = " " if match[2] == " " else ""
    return spoken + ("." if at_end else "") + gap
