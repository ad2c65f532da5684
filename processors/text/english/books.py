"""What books are full of, old ones above all: marks of notes, "&c.", "the 3d inst.", "3l. 10s.",
"Gen. ii. 4", "IV. The Old Mint".
"""

from __future__ import annotations

import re

from recital.processors.text.english.calendar_names import MONTHS, SHORT_MONTHS
from recital.processors.text.english.capital_words import SAID_AS_WORDS
from recital.processors.text.english.outline import holds, shape, zeros
from recital.processors.text.english.references import BOOKS
from recital.processors.text.english.roman import value
from recital.processors.text.english.words import STARTERS, TABLES, cardinal, ordinal, word_set

# "The ship.[1] Then", "his name[12] is"; but "list[1]"
_IN_NOTE = r"[1-9]\d{0,2}|0[1-9]|[a-cf-h]|(?:note|nb|n) \d{1,2}|citation needed"
_NOTE_END = r"(?=[\s.,;:!?\"'”’)_–—-]|$)"
_NOTE = re.compile(rf"(?<=[.,;:!?\"'”’_])(?:\[(?:{_IN_NOTE}|[de])\])+{_NOTE_END}")
# "foun[d]" is an ending
_NOTE_OF_WORD = re.compile(
    r"(?:(?<=[a-z]{2})|(?<=[A-Z]{3})|(?<=\)))(?<!\barray)(?<!\blist)(?<!\bargs)"
    r"(?<!\bargv)(?<!\bdata)(?<!\brow)(?<!\bitems)(?<!\bshape)(?<!\bsize)(?<!\bdims)(?<!\bvalues)"
    r"(?<!\b[Ee][Dd][Ii][Tt])(?<!\b[Uu][Pp][Dd][Aa][Tt][Ee])"
    rf"(?:\[(?:{_IN_NOTE})\])+{_NOTE_END}"
)
# No note has the number 0 or is set to a value.
_OF_CODE = re.compile(
    r"\[[0ijkn]\]|\] ?=|\w\(\)|\w ?= ?\w|[{}<>]|;$|\b(?:[Aa]rrays?|arr|nums|char|int|const|argv|"
    r"tuples?|dict)\b|\b(?:strings?|buffers?|index|matrix)\[|\w\((?!e?s\))[^()\s]*\)?\["
)
# "after the updates v2 [1]."; but "see [1]", "items [1] and [2]"
_NOTE_APART = re.compile(
    r"(\b[\w'’.-]+[)”\"]?) (?:\[(?:\d{1,3}| \d{1,3} )\])+(?=[.,;:]|\s[a-z]|\s*$)"
    r"|((?<=[a-z][.!?])[”\"]?\)?) (?:\[\d{1,3}\])+(?=\s[A-Z]|\s*$)"
)
_AGED = word_set(
    "i me girlfriend boyfriend gf bf wife husband ex mom mum dad sister brother friend roommate "
    "partner fiance fiancee"
)
_OF_NOTES = word_set(TABLES["before notes"])
_NOTE_BEFORE = re.compile(r"(?:(?<=[\s\"'“(])|^)\[\d{1,2}\](?=[A-Za-z]{2})")  # "[2]read the first"
_MARK = re.compile(r"\bMk\.?(?=[IVX]+\b)")
_PICTURE = re.compile(r"\[Illustrations?\]")
_ET_CETERA = re.compile(r"(?<![\w&])&c\b(\.?)(?!\w)")
_MONTH = "|".join(sorted({*MONTHS, *SHORT_MONTHS}, key=len, reverse=True))
# Signs that are quicker to look for than what they belong to.
_ANY_OLD = re.compile(r"[23][dD]\b")
_ANY_SHILLING = re.compile(r"\ds\b")
_ANY_L = re.compile(r"\dl\b")
_ANY_STOP = re.compile(r"[IVXLCivxl]\.(?:,| [a-z]| --)")
_ANY_SMALL = re.compile(r" [ivxlc]+(?:[.,:;)]|$)")
# The 22d, May 3d, 3d May, "2d. He is rich."; but a 3d printer.
_OLD_ORDINAL = re.compile(
    r"(?<![\w.-])(?:(?:(?<=\b[Tt]he )|(?<=\bTHE )|(?<=day )|(?<=day, ))([2-9][23])[dD]\b"
    r"(?! \d+[hm]\b)|([2-9][23])d\b(?= (?:[A-Z][a-z]|inst\b|ult\b|prox\b|of\b)|\.,)|"
    r"(?<=\b[Tt]he )([23])d\b(?=[.,;:)]| (?:and|or|of|in|at|was|is|inst|ult|prox|to|on|by|vol|"
    rf"series|edition|movement|chapter|verse|line)\b)|\b(?<=[a-z.] )([23])d\b(?= (?:(?:{_MONTH})\b|"
    r"inst\b|ult\b|prox\b))|^([23])d\b(?=[.,;:] [A-Z]))"
)
# which have two dimensions, or three
_OF_SHAPE = re.compile(
    r"\b(?:[23]d print|printers?|modell?ing|models?|gaming|movies?|films?|cinemas?|TVs?|animat\w+|"
    r"graphics|render\w*|glasses|versions?|software)\b"
)
_EDITION = re.compile(r"(?<![\w.-])([23])d(?= (?:ed\.|edition\b|ser\.|series\b))")
# "Crown 8vo, cloth"; but a plan of 12mo are months
_SIZE = re.compile(
    r"\b(?:(8vo|4to)|(12|16|18|24|32)mo(?=[.,;:)]|$| (?:cloth|vol)))\b\.?(?=[,;:)]|\s|$)"
)
_SIZES = {"8vo": "octavo", "4to": "quarto", "12": "duodecimo", "16": "sextodecimo"}
_SIZES |= {"18": "octodecimo", "24": "twenty-fourmo", "32": "thirty-twomo"}
_OF_BOOKS = re.compile(
    r"\b(?:[Cc]loth|[Cc]rown|[Vv]ols?|[Ii]llustrat\w+|[Pp]ortraits?|[Bb]ound(?! to))\b"
)
_DAY_OF_MONTH = re.compile(rf"\b((?:{_MONTH}|{_MONTH.upper()})\.? )(2?[23])d\b")
_IN_ORDER = re.compile(r"(?<![\w.])(\d{1,2})(?:st|nd|rd|th|d)ly\b")
_OF_LETTERS = re.compile(r"(?<=\d)((?:st|nd|rd|th|d) )(inst|ult|prox)\b(?:\.(?!\s*$|\s+[A-Z]))?")
_LETTERS = {"inst": "instant", "ult": "ultimo", "prox": "proximo"}
# "3l. 10s." and "L1,000" are pounds, as they were printed where no £ was at hand.
_POUNDS = re.compile(
    r"(?<![\w.,])(?:£([\d,]+)|(\d[\d,]*)l\.?) (1?\d)s\b\.?(?: (\d{1,2})d\b(?:\.(?!\s*$))?)?"
)
_SHILLINGS = re.compile(
    r"(?<![\w.,£])(1?\d|\d{2,3}(?=s\.))s\.? (1[01]|\d)d\b(?:\.(?!\s*$))?|"
    r"(?<![\w.,£])(\d{1,3})s\.(?= (?:each|a|an|per|in the pound)\b)"
)
_PENCE = re.compile(r"(?<![\w.,£])(\d{1,2})d\.(?= (?:each|a|an|per)\b)")

_LONE_POUNDS = re.compile(r"(?<![\w.,])(\d[\d,]*)l\.?(?= sterling\b| a[- ]year\b| per ann)")
_POUNDS_BEFORE = re.compile(r"(?<!\w)L(?=\d{1,3}(?:,\d{3})+\b)")
_BIBLE = (
    "Gen(?:esis)?|Exod(?:us)?|Lev(?:it)?|Numb|Deut|Josh(?:ua)?|Judg(?:es)?|Ruth|Sam(?:uel)?|Kings|"
    "Chron|Ezra|Neh|Esther|Job|Psalms?|Ps|Prov(?:erbs)?|Eccles(?:iastes)?|Eccl|Isa(?:iah)?|"
    "Jer(?:emiah)?|Lam|Ezek(?:iel)?|Dan(?:iel)?|Hos(?:ea)?|Joel|Amos|Jonah|Mic(?:ah)?|Hab|Zech|"
    "Mal|Matt(?:hew)?|Mark|Luke|John|Acts|Rom(?:ans)?|Cor(?:inthians)?|Gal|Eph|Phil|Col|Thess|"
    "Tim(?:othy)?|Heb(?:rews)?|James|Jas|Pet(?:er)?|Jude|Rev(?:elation)?"
)
_SMALL = r"(?=[ivxlc])c{0,2}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
_PASSAGE = re.compile(
    rf"\b({_BIBLE})\.? ({_SMALL})(?:[.,:;] ?(\d{{1,3}})(?:-(\d{{1,3}}))?|\.(?=[,;:)])|(?=[.,;:)]|"
    rf"$))(?!\w|\.\d)"
)
_ORDERED_BOOKS = (" Sam", " Kings", " Chron", " Cor", " Thess", " Tim", " Pet", " John")
_ORDER = re.compile(
    r"\b([123]|I{1,3}) (?=(?:Sam(?:uel)?|Kings|Chron|Cor|Thess|Tim|Pet(?:er)?|John)\.? "
    r"(?:[ivxlc]+[.,:]|\d))"
)
_PARTS = re.compile(
    r"(?:(?<![A-Za-z]{3} )(?<!\b[Aa] )|(?<=[Ss]ee )|(?<=from )|(?<=\band ))\b([Cc])hap\.? (?=\d|"
    r"(?!I (?!(?:of|and|to|in|is|was|or)\b)[a-z])[IVXLC]+\b|(?!i [a-z])[ivxlc]+\b)"
)
_PARAGRAPH = re.compile(r"(?<![\w.])(\d{1,2})\.([A-Z])(?:\.(\d{1,2}))?(?=[.,;:)]?(?:\s|$))")
# "Henry VIII. was", "Vol. I., p. 2", as it was once printed
_STOP_BEHIND = re.compile(
    r"(?<=[a-z] )([IVXL]+)\.(?= (?:[a-z]|--))|(?<=[a-z.] )([IVXLC]+|[ivxl]{1,6})\.(?=,)"
)
_EMPHASIS = r"[_*\"“'‘(]{0,2}"
_HEADED = re.compile(
    r"^((?:adventure|letter|stave|tale|sonnet|epistle|ode|sermon|discourse|fable|proposition|story|"
    r"elegy|idyll?|dialogue|meditation|hymn|song|legend|night|lecture|essay|note|day|interlude|"
    r"entry|exercise|problem|conversation) )([IVXLC]+)(?=[.:]?(?:$|\s|[—–-]))",
    re.I,
)
_NUMERAL = r"(?=[IVXLC])C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_NO_NUMERALS = frozenset(("CV", "CI", "LI", "CC", "CIV", "CL", "XL", "CIX", "CLI", "CD", "L", "C"))
_TITLES = "Introduction|Introductory|Conclusion|Results?|Methods?|Background|Discussion|Summary|"
_TITLES += "Abstract|References|Preface|Overview|Definitions?|Purpose|Scope|General"
_TITLED = re.compile(
    rf"^({_NUMERAL})(?:(\.)(?: ?[—–-]{{1,2}} ?| )(?={_EMPHASIS}([A-Z][\w'’]*))| (?={_EMPHASIS}"
    rf"([A-Z][A-Z'’]*)[ ,][A-Z'’-]+))"
)
_FIRST_WORDS = re.compile(rf"(?:{'|'.join(sorted(STARTERS))}|{_TITLES})$")
_ONLY = re.compile(rf"^({_NUMERAL})(\.?)$")


def expand(text: str) -> str:
    """ "the 3d inst.[1]" -> "the third instant"; before programs, money and dates."""
    if "[" in text:
        text = _NOTE.sub("", text)
        if _OF_CODE.search(text) is None:
            text = _NOTE_BEFORE.sub("", _NOTE_OF_WORD.sub("", text))
        text = _PICTURE.sub("", _NOTE_APART.sub(_note, text))
    if "&c" in text:
        text = _ET_CETERA.sub("etc.", text)
    if text[:1] in "IVXLC" and text:
        text = _ONLY.sub(_only, _TITLED.sub(_titled, text, count=1))
    if _HEADED.match(text):
        text = _HEADED.sub(_headed, text)
    if "Mk" in text:
        text = _MARK.sub("Mark ", text)
    if "hap" in text:
        text = _PARTS.sub(r"\1hapter ", text)
    if "." in text:
        if _ANY_STOP.search(text):
            text = _STOP_BEHIND.sub(lambda m: m[1] or m[2], text)
        if holds(text, _ORDERED_BOOKS):
            text = _ORDER.sub(_order, text)
        if _ANY_SMALL.search(text):
            text = _PASSAGE.sub(_passage, text)
    return _numbers(text) if "0" in zeros(text) else text


def _numbers(text: str) -> str:
    if "0d" in zeros(text) and _ANY_OLD.search(text) and _OF_SHAPE.search(text) is None:
        text = _DAY_OF_MONTH.sub(lambda m: f"{m[1]}{_suffixed(m[2])}", text)
        text = _EDITION.sub(lambda m: _suffixed(m[1]), text)
        text = _OLD_ORDINAL.sub(lambda m: _suffixed(m[m.lastindex or 0]), text)
    if "8vo" in text or "4to" in text or ("mo" in text and _OF_BOOKS.search(text)):
        text = _SIZE.sub(lambda m: _SIZES[m[1] or m[2]], text)
    if "ly" in text:
        text = _IN_ORDER.sub(lambda m: f"{ordinal(int(m[1]))}ly", text)
    if "inst" in text or "ult" in text or "prox" in text:
        text = _OF_LETTERS.sub(lambda m: f"{m[1]}{_LETTERS[m[2]]}", text)
    if "0s" in zeros(text) and _ANY_SHILLING.search(text):
        text = _SHILLINGS.sub(_shillings, _POUNDS.sub(_pounds, text))
    if "d." in text:
        text = _PENCE.sub(lambda m: f"{m[1]} {'penny' if m[1] == '1' else 'pence'}", text)
    if "0l" in zeros(text) and _ANY_L.search(text):
        text = _LONE_POUNDS.sub(r"£\1", text)
    if "L" in text:
        text = _POUNDS_BEFORE.sub("£", text)
    return _PARAGRAPH.sub(_paragraph, text) if "0.A" in shape(text) else text


def _note(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[2]
    word = match[1].rstrip(')”"').lower()
    age = word in _AGED and match[0][-3:-1].isdigit()  # my wife [34] and I [38]
    return match[0] if age or word in _OF_NOTES or word.isdigit() else match[1]


def _pounds(match: re.Match[str]) -> str:
    pounds, too, shillings, pence = match.groups()
    return f"£{pounds or too}, {_coins(shillings, pence)}"


def _shillings(match: re.Match[str]) -> str:
    return _coins(match[1] or match[3], match[2])


def _coins(shillings: str, pence: str | None) -> str:
    words = f"{shillings} shilling{'' if shillings == '1' else 's'}"
    return words + (f" and {pence} {'penny' if pence == '1' else 'pence'}" if pence else "")


def _suffixed(number: str) -> str:
    return f"{number}{'nd' if number[-1] == '2' else 'rd'}"


def _only(match: re.Match[str]) -> str:
    numeral, stop = match.groups()
    one = len(numeral) == 1
    if (one and (not stop or numeral not in "IVX")) or (not stop and numeral in _NO_NUMERALS):
        return match[0]
    if set(numeral) == {"X"} and not stop:  # kisses
        return match[0]
    return f"{cardinal(value(numeral)).capitalize()}{stop}"


def _titled(match: re.Match[str]) -> str:
    """ "IV. The Old Mint" and "XLI A MISSISSIPPI TOWN"; but "V. Woolf wrote", "I. A. Lee", "IV
    FLUIDS", "XXX MOVIES".
    """
    numeral, stop, word, shouted = match.groups()
    if len(numeral) == 1 and (not stop or numeral not in "IVX" or not _FIRST_WORDS.match(word)):
        return match[0]
    if stop and word in STARTERS and match.string.startswith(".", match.end() + len(word)):
        return match[0]
    if shouted and (
        set(numeral) == {"X"}
        or numeral in SAID_AS_WORDS
        or (numeral == "IV" and shouted.capitalize() not in STARTERS)
    ):
        return match[0]
    if numeral in _NO_NUMERALS and not (stop and _FIRST_WORDS.match(word)):
        return match[0]
    return f"{cardinal(value(numeral)).capitalize()}{match[0][len(numeral) :]}"


def _headed(match: re.Match[str]) -> str:
    numeral = match[2]
    after = match.string[match.end() : match.end() + 2]
    spoken = after[:1] == " " and (numeral == "I" or (len(numeral) == 1 and after[1:].islower()))
    if spoken or numeral in ("C", "L") or not numeral.isupper():  # Day I met him, Problem C
        return match[0]
    if re.fullmatch(_NUMERAL, numeral) is None:
        return match[0]
    return f"{match[1]}{cardinal(value(numeral))}"


def _order(match: re.Match[str]) -> str:
    return {1: "First ", 2: "Second ", 3: "Third "}[
        int(match[1]) if match[1].isdigit() else len(match[1])
    ]


def _passage(match: re.Match[str]) -> str:
    book, chapter, first, last = match.groups()
    if first is None and (
        set(chapter) == {"x"} or len(chapter) == 1 or book in ("Job", "Mark", "Luke", "John")
    ):
        return match[0]  # Love, Dan x.; Dan v. Lee
    if chapter in ("c", "l") and not book.startswith("Ps"):
        return match[0]  # Col. c. 1820
    words = f"{BOOKS.get(book, book)} {cardinal(value(chapter.upper()))}"
    words += f" {cardinal(int(first))}" if first else ""
    return words + (f" to {cardinal(int(last))}" if last else "")


def _paragraph(match: re.Match[str]) -> str:
    return f"{match[1]} {match[2]}{f' {match[3]}' if match[3] else ''}"
