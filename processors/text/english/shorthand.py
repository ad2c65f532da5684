"""What people write short in notes and messages, without a stop or with one: "thx, the mtg is
tmrw" -> "thanks, the meeting is tomorrow"; and "brb", which is said letter by letter.
"""

from __future__ import annotations

import re

from recital.processors.text.english.abbreviations import OF_USE
from recital.processors.text.english.acronyms import SPELT_SMALL, is_shouted
from recital.processors.text.english.calendar_names import SHORT_MONTH
from recital.processors.text.english.outline import shape
from recital.processors.text.english.web import dotted
from recital.processors.text.english.words import (
    STARTERS,
    TABLES,
    ahead,
    around,
    behind,
    one_of,
    pairs,
)

# None of these is a word.
_WORDS = pairs(TABLES["notes"])
_BEFORE_NUMBER = pairs(TABLES["before a number"])
# Said letter by letter, though in small letters.
_LETTERS = (
    f"{'|'.join(SPELT_SMALL)}|brb|ttyl|omg|imo|imho|idk|btw|tbh|smh|lmk|omw|fwiw|afaik|iirc|jk|"
    f"irl|afk|gtg|ikr|icymi|ngl|"
    "fyi|rsvp|ffs|wtf|tldr|hmu|ily|dm|np|yw|ofc|mph|dj|gg|gf|bf|idc|wyd|hbu|wbu|nbd|tmi|eod|mmbtu|"
    "btu|bpd|mcf|dth|fy|qb|"
    "ymmv|ootd|omfg|gtfo|lmfao|otoh|aita|nta|iow|ianal|afaict|ttys|stfu|wdym|iykyk|istg|otw|wya|"
    "cba|"
    "gj|dw|kk|rt|nm|yt|fb|ez|hbd|tfw|mfw|nsfw|bff|gl|wp|tyvm|yvw|glhf|tgif"
)
_SPELLED = _LETTERS.split("|")
_PER_SHARE = re.compile(
    r"\b((?:adjusted|diluted|basic|gaap|core|reported|annual|quarterly|full-year) )eps\b"
)
_NUMBERED = re.compile(rf"(?<![\w.@#'-])({'|'.join(_BEFORE_NUMBER)})(?= \d)")
_ALL = frozenset(
    (
        *_WORDS,
        *_BEFORE_NUMBER,
        *_SPELLED,
        *(f"{w}s" for w in _SPELLED),
        "gf's",
        "bf's",
        "ea",
        "vs",
        "<3",
        "<33",
    )
)
_TOKEN = re.compile(r"b-day|[a-z'/]+|<3+")
_NAMES = one_of(_WORDS)
_WORD = re.compile(
    rf"(?<![\w.@#'-])(?<!\bdot )(?<!\bslash )(?<!\bunderscore )({_NAMES})(?![\w@-]|'(?!s\b)|"
    rf" dot\b)(\.(?!\w))?",
    re.I,
)
_NO_VOWEL = one_of(word.upper() for word in _WORDS if re.fullmatch("[^aeiouy/]{3,}", word))
_SHOUTED = re.compile(rf"(?<![\w.@#/'-])(?:{_NO_VOWEL}|GOVT|DEPT|APPT|ACCT|VS)(?![\w@'/-])")  # PLZ
_SPELT = re.compile(
    rf"(?<![\w.@#/'-])(?<!\bdot (?=g[gl]\b))({one_of(_SPELLED)})(s?)(?![\w@/-]|'(?!s\b)|\.\w)"
)
# "Idk but", at the start of a sentence.
_TITLES = "|".join(word.capitalize() for word in _SPELLED if len(word) > 2)
_SPELT_FIRST = re.compile(
    rf"(?:(?<=[.!?] )|^)({_TITLES}|(?:Jk|Np|Gg|Yw|Kk|Dw|Gj)(?! [A-HJ-Z]))(?![\w@'/-]|\.\w)"
)
# What "<3", a heart, is felt by, or for.
_LOVE = re.compile(
    r"(?<=\b(?:I|u) )<3+(?!\w)|(?<=\b(?:we|We) )<3+(?!\w)|(?<=\b(?:you|You) )<3+(?!\w)"
    r"|(?<![\w<])<3+(?= (?:this|that|you|u|my|your|our|him|her|them|these|those)\b)"
)
_HEART = re.compile(r"(?<![\w<])<3+(?=[!.\s]*$| [xX]+\b)")
# Nothing to say it with: "gtx 940mx"; but "hmm".
_NO_VOWELS = re.compile(r"\b[bcdfghjklmnpqrstvwxz]{3,5}\b")
_ALONE = re.compile(
    r"(?:^|[^\w.@#'’/-])(?!(?:hr?m+|sh+|mm+|br+|gr+|pf+t|ps+t|tsk|zz+|sth|smth|nth|xx+|ssh)\b)"
    r"[a-z]+(?![\w'’@/-]|\.\w)"
)
_AFTER_DIGITS = re.compile(r"(\d)(?!(?:st|nd|rd|th)s?\b)([bcdfghjklmnpqrstvwxz]{2,3})\b(?!['’.]\w)")
_TWO_CONSONANTS = re.compile(r"(?<=\()[bcdfghjklmnpqrstvwxz]{2}(?=\))")  # 13.62 (pb)
_POSTSCRIPT = re.compile(
    r"(?:^|(?<=[.!?] ))([Pp]s)(?=,? (?:I|we|you|the|my|don't|do|if|can|thanks)\b)"
)
_FOR_REAL = re.compile(r"^[Ff]r(?=, (?:[a-z]|I\b))|(?<=[A-Za-z,] )fr(?: fr)?(?=[.!?]*$)")
_BECAUSE = re.compile(
    r"(?:^[Bb]c|(?<=[a-z.!?,)] )bc)(?= (?:i|I|we|you|u|ur|u're|he|she|they|it|the|my|its|it's|i'm|"
    r"I'm|"
    r"im|there|that|of|this|your|our|no|some)\b)|"
    r"(?:(?<=\b\d )|(?<=\b\d\d ))bc(?= (?:[iIu]|we|my|your|it's|i'm|I'm|im)\b)"
)
_FOR = re.compile(
    r"(?<=[a-zA-Z\d.)]) [x×] ?(?=(?:\d+(?:-\d+)?|two|three|four|five|six|seven|eight|nine|ten|"
    r"twelve|"
    r"fourteen) (?:days?|weeks?|months?|hours?|nights?|doses?|years?|minutes?)\b)"
)
# "2 blk from", "the 1200 blk of"; else of a color
_BLOCK = re.compile(
    r"(?:\d|(?:hundred|ty|teen)|\b(?:one|two|three|four|five|six|the|per|an?|each|this|same|next|"
    r"city|half)) $"
)
_PICTURED = re.compile(
    r" (?:photo|picture|print|film|image|movie|tv|TV|portrait|version|cop(?:y|ies)|laser|drawing)|"
    r"[.,;:)!?]|$"
)
_ANY_DAY = re.compile(rf"(?: the)? \d|(?: the [a-z-]+ of)? (?:{SHORT_MONTH})")
_A_NAME = re.compile(r"\b(?:[Mm]y|with|to|from|for|by|of|the) $")
_A_NURSE = re.compile(r"\b(?:an?|the|my|our|his|her|as|is) $")
# "ur so late", "ur the best"
_OF_YOU = re.compile(
    r" (?:an?|the|not|so|too|very|really|welcome|right|wrong|late|early|here|there|in|on|at|going|"
    r"gonna|coming|being|doing|getting|making|kidding|joking|missing|just|still|always|never|only|"
    r"awesome|amazing|cute|funny|crazy|sweet|gorgeous|beautiful|half|1/2)\b(?!-| (?:[a-z]+s|one|"
    r"own)\b)"
)
_ON_OFFER = re.compile(r"\s+(?:now|asap|immediately|from|until|starting|today|\d)")
_A_PROBLEM = re.compile(r"\b(?:[Nn]o|an?|any|the|this|big|my) $")
_OF_CODE = re.compile(
    r"wx[.:]\w|import wx|wx ?[(){}=;,]|[{}=;$<>~]|(?i:python|windows|gtk|qt\b|widgets|library)"
)
_WAS = re.compile(r"\b(?:was|were|is|been|being|got|first|newly|recently) $")
# "need yr sign-off"; but "in yr 7", "of yr end"
_OF_YOURS = re.compile(
    r"^$|\b(?:needs?|send|bring|check|see|give|love|like|about|with|from|for|get|hope|and|is|on) $"
)
_NO_YEAR = re.compile(r" (?!(?:end|over|ago|old|to|in|on|of|or|and|long|round)\b)[a-z]")
# at the end of a message
_LATIN = re.compile(
    r"(?:(?<=\()|(?<=[a-z,;] ))(?<!\bat )(?<!\bdot )(eg|ie)\b(?! dot\b| equals\b| slash\b|"
    r" dash\b)(?:[.:](?=\s)|,)?(?= ?[\w\"'“()])(?!-)"
)
_LATINS = {"eg": "for example", "ie": "that is"}
_KISSES = re.compile(r"(?:(?<=[a-z\d,.!?] )|^)(x{2,5}|X{3,5})(?=[.!\s]*$)")
_EACH = re.compile(
    r"(?:(?<=[a-z\d] )|(?<=, )(?=ea\. ))ea\b\.?(?=\W|$)(?<!\.$)|(?<=[a-z\d] )ea(?=\.$)"
)


def expand(text: str) -> str:
    """Short forms as the words they are read as."""
    if "x" in text or "×" in text:
        text = _FOR.sub(" for ", text)
        if text.rstrip(" .!").endswith("xx"):
            text = _KISSES.sub(lambda m: " ".join(m[1]), text)
    if "eg" in text or "ie" in text:
        text = _LATIN.sub(lambda m: _LATINS[m[1]] + ("," * m[0].endswith(",")), text)
    if " fr" in text or text.startswith(("fr,", "Fr,")):
        text = _FOR_REAL.sub("for real", text)
    if "bc " in text or text.startswith("Bc "):
        text = _BECAUSE.sub("because", text)
    if not _ALL.isdisjoint(_TOKEN.findall(text.lower().replace("'s", " "))):
        if "<3" in text:
            text = _HEART.sub("heart", _LOVE.sub("love", text))
        text = _EACH.sub("each", _WORD.sub(_word, text))
        if is_shouted(text):
            text = _SHOUTED.sub(lambda m: _WORDS.get(m[0].lower(), "versus").upper(), text)
        if " eps" in text:
            text = _PER_SHARE.sub(r"\1E.P.S.", text)
        text = _NUMBERED.sub(lambda m: _BEFORE_NUMBER[m[1]], text)
        text = _SPELT.sub(lambda m: f"{m[1].upper()}s" if m[2] else dotted(m[1]), text)
        text = _SPELT_FIRST.sub(lambda m: dotted(m[1]), text)
    if "0aa" in shape(text):
        text = _AFTER_DIGITS.sub(
            lambda m: f"{m[1]} {m[2][-1] != 'x' and _WORDS.get(m[2]) or dotted(m[2])}", text
        )
    if text.startswith(("ps", "Ps")) or " ps" in text or " Ps" in text:
        text = _POSTSCRIPT.sub("P.S.", text)
    if "(" in text:
        text = _TWO_CONSONANTS.sub(lambda m: dotted(m[0]), text)
    return _NO_VOWELS.sub(_spelt, text)


def _spelt(match: re.Match[str]) -> str:
    alone = _ALONE.match(match.string, max(0, match.start() - 1), match.end() + 2)
    return match[0] if alone is None else dotted(match[0])


def _word(match: re.Match[str]) -> str:
    short, stop = match[1], match[2] or ""
    if not (short[1:].islower() or "'" in short):
        return match[0]
    if len(short) == 2 and match.string.startswith("'s", match.end()):  # ty's dad
        return match[0]
    words = _WORDS[short.lower()]
    if short == "w/e" and _ANY_DAY.match(match.string, match.end()):
        return "week ending"
    if short == "rm" and (
        behind(match)[:2] == " -" or match.string.endswith("sudo ", 0, match.start())
    ):
        return "R.M."
    if short.lower() == "temps" and not (stop and behind(match).strip()):
        return match[0]
    if (
        short.lower() == "wk"
        and match.string[match.start() - 1 : match.start()] == "("
        and (behind(match)[:1] == ")")
    ):  # who keeps the wicket
        return "W.K."
    if short == "dx" and (_WAS.search(ahead(match, 10)) or behind(match).startswith(" with ")):
        words = "diagnosed"
    if short == "wx" and _OF_CODE.search(around(match)):
        return match[0]  # wx.Frame
    if short == "yr" and _OF_YOURS.search(ahead(match, 8)) and _NO_YEAR.match(behind(match)):
        words = "your"
    if short == "dz" and ahead(match, 2)[:1].isdigit():
        words = "dozen"
    if (
        short.lower() == "blk"
        and not behind(match)[1:2].isdigit()
        and not _BLOCK.search(ahead(match, 8))
    ):
        words = "black"
    two = ahead(match, 8).endswith(("ference ", "gap ", "tance "))
    if short == "b/w" and not two and _PICTURED.match(match.string, match.end()):
        words = "black and white"
    if short == "Pk" and ahead(match, 2)[:1].isalpha():
        words = "park"
    if short == "pw" and ahead(match, 2)[:1].isdigit():
        return f"per week{stop}"
    if short == "rn" and _A_NURSE.search(ahead(match, 6)):
        return "R.N."
    if short == "ur" and _OF_YOU.match(match.string, match.end()):
        return "you're"
    if short == "Ty":
        return match[0]
    if short == "ty":  # thanks, but "with ty", "ty Cobb"
        before = ahead(match, 6)
        named = match.string[match.end() + 1 : match.end() + 2].isupper()
        if _A_NAME.search(before) or (named and not stop):
            return match[0]
    if short.lower() == "conf" and behind(match)[:5] in (" file", " dir", " entr"):
        return "config"
    if short in ("Tho", "Abt") and match.string[max(0, match.start() - 2)].isalnum():  # a name
        return match[0]
    if short == "avail":  # "Rooms avail. now", but "to no avail."
        before = ahead(match, 12)
        offered = stop or _ON_OFFER.match(match.string, match.end())
        if not offered or OF_USE.search(before):
            return match[0]
    if short == "prob" and _A_PROBLEM.search(ahead(match, 6)):
        words = "problem"
    if short[0].isupper():
        words = words[0].upper() + words[1:]
    if not stop:
        return words
    following = behind(match).lstrip("\"')] ")
    ends = not following or following.split(maxsplit=1)[0] in STARTERS
    return words + ("." if ends and words[-1] != "." else "")
