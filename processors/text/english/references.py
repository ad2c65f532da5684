"""Places in books, plays and files of courts: "Act III, scene ii", "Ps. 23:1-6", "21-cv-04567"."""

from __future__ import annotations

import re

from recital.processors.text.english.outline import holds, shape, zeros
from recital.processors.text.english.words import cardinal, digit_by_digit

_SHORT_BOOKS = """
Gen Genesis|Ex Exodus|Exod Exodus|Lev Leviticus|Num Numbers|Deut Deuteronomy|Josh Joshua|
Judg Judges|Sam Samuel|Kgs Kings|Chr Chronicles|Chron Chronicles|Neh Nehemiah|Ps Psalm|Pss Psalms|
Prov Proverbs|Eccl Ecclesiastes|Isa Isaiah|Jer Jeremiah|Lam Lamentations|Ezek Ezekiel|Dan Daniel|
Hos Hosea|Mic Micah|Hab Habakkuk|Zech Zechariah|Mal Malachi|Matt Matthew|Mt Matthew|Mk Mark|
Lk Luke|Jn John|Rom Romans|Cor Corinthians|Gal Galatians|Eph Ephesians|Phil Philippians|
Col Colossians|Thess Thessalonians|Tim Timothy|Heb Hebrews|Jas James|Pet Peter|Rev Revelation
"""
BOOKS: dict[str, str] = dict(
    pair.strip().split(" ", 1) for pair in _SHORT_BOOKS.replace("\n", "").split("|")
)
SHORT = frozenset(name.lower() for name in BOOKS)
_MORE = "Joel|Amos|Obadiah|Jonah|Nahum|Zephaniah|Haggai|Ruth|Ezra|Esther|Job|Psalms|Acts|Titus|"
_MORE += "Philemon|Jude|Luke|Quran|Qur'an|Koran|Surah?"
_ALL = "|".join(sorted({*BOOKS, *BOOKS.values(), *_MORE.split("|")}, key=len, reverse=True))
_VERSES = re.compile(
    rf"(?:\b([1-3]|I{{1,3}}) )?\b({_ALL})\.? (\d{{1,3}}):(\d{{1,3}})(?:-(\d{{1,3}})(?![:\d]))?"
)
_ANY_VERSE = re.compile(r"A[a']{1,12}\.? 0{1,3}:0")  # in `shape`
_ORDER = {"1": "First", "2": "Second", "3": "Third", "I": "First", "II": "Second", "III": "Third"}
# "II Corinthians", "1 Chronicles" without verses; but "2 Kings and 3 Queens".
_BOOK = re.compile(
    r"\b(?:([1-3]|I{1,3}) (?=(?:Corinthians|Thessalonians|Chronicles|Maccabees)\b|"
    r"Peter\b(?! [A-Z][a-z])|(?<=[a-z] [1-3] )John\b(?! [A-Z][a-z]))|(II|III) (?=(?:Samuel|Kings|"
    r"Peter|John|Timothy)\b))"
)
_SHORT_BOOK = re.compile(r"\b((?:Fir|Seco|Thi)\w+) (Cor|Thess|Tim|Pet|Sam|Chron|Kgs)\. (?=\d)")
_ORDERED = (
    "Corinthians",
    "Thessalonians",
    "Chronicles",
    "Maccabees",
    "Samuel",
    "Kings",
    "Peter",
    "John",
    "Timothy",
)
# Small Roman numerals: where their words say so, or in brackets.
_SMALL = r"(?=[ivxl])(x{0,3}(?:ix|iv|v?i{0,3})|xl(?:ix|iv|v?i{0,3}))"
_SMALL_PART = re.compile(
    rf"\b([Aa]ct|[Ss]cene|[Ss]c\.|[Cc]hapter|[Cc]h\.|[Pp]age|pp?\.|[Vv]olume|[Vv]ol\.|[Bb]ook|"
    rf"[Pp]art|[Ss]ection|[Cc]lause|[Pp]aragraph|[Ii]tem|[Ss]tep|[Aa]ppendix|(?:[Cc]alc(?:ulus)?|"
    rf"[Pp]hysics|[Cc]hem(?:istry)?|[Aa]lgebra|[Ss]panish|[Ff]rench|"
    rf"[Oo]rgo)(?= ii)) {_SMALL}(?:( ?- ?| and | to ){_SMALL})?(?![\w'])"
    r"(?!(?<= i) (?:am|was|had|have|read|wrote|think|know|want|liked?|loved?)\b)"
)
_BRACKETED = re.compile(r"(?<!\w)\((i{1,3}|i?[vx]|vi{1,3}|xi{0,3})\)(?= |$)")
_NAMED = re.compile(r"(?<!\band)(?<!\bor)(?<!\bto)(?<!\bsection)(?<=[a-z]) $")
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}
_DOCKET = re.compile(r"\b(?:\d:)?(\d\d)-(cv|cr|mc|md|mj|bk|ap)-0*(\d{2,6})\b")
_CITED = re.compile(
    r"\b(\d{1,3}) (U\.S\.|F\. ?(?:2|3)d|F\. ?4th|S\. ?Ct\.|F\. ?Supp\.(?: ?[23]d)?|"
    r"L\. ?Ed\.(?: ?2d)?) (\d{1,4})\b"
)
_COURTS = {"U.S.": "U.S.", "F.2d": "F. second", "F.3d": "F. third", "F.4th": "F. fourth"} | {
    "S.Ct.": "Supreme Court",
    "S. Ct.": "Supreme Court",
    "L.Ed.": "Lawyers' Edition",
    "L.Ed.2d": "Lawyers' Edition second",
    "L. Ed. 2d": "Lawyers' Edition second",
}
# 631 F. 3d, at 230
_REPORTER = re.compile(r"(?<=\d )F\. ?([23])d(?=,? (?:at )?\d)")
_SERIES = {"2": "second", "3": "third"}
_CIRCUIT = re.compile(r"(?:(?<=\dth )|(?<=\dst )|(?<=\dd )|(?<=Fed\. )|(?<=D\.C\. ))Circ?\.")
_SMALL_HINT = re.compile(r"[ (][ivxl]+(?![a-z])")


# 275:12345-12350, but not 9:15-10
_PAGES = re.compile(r"(?<![\w:.,/])(\d{1,4}):(\d{2,5})-(\d{1,5})(?![\w:]|[.,]\d)")
_ARXIV = re.compile(r"\b(ar[Xx]iv): ?(\d{4})\.(\d{4,5})(?:v(\d{1,2}))?(?!\w)")
_CITED_RANGE = re.compile(r"\[(\d{1,3})\]\s*[-–—]+\s*\[(\d{1,3})\]")  # [12]-[15]

# (1)-(3), (a)-(c)
_POINTS = re.compile(
    r"(?<![A-Za-z])\((?:(\d{1,2})|([a-w]))\) ?[-–] ?\((?:(\d{1,2})|([a-w]))\)(?![(\w])"
)


# 2018;59(2):52-60
_JOURNAL = re.compile(
    r"(?<![\w.])((?:19|20)\d\d);(\d{1,4})(?:\((\d{1,3}(?:-\d{1,3})?)\))?:(\d{1,6})"
    r"(?:[-–](\d{1,6}))?(?![\w:])"
)


def expand(text: str) -> str:
    """ "1 Cor. 13:4-7" -> "First Corinthians 13 4 to 7", "scene ii" -> "scene two"."""
    if "iv:" in text:
        text = _ARXIV.sub(_arxiv, text)
    if ")-" in text or ")–" in text or ") -" in text or ") –" in text:
        text = _POINTS.sub(_points, text)
    if "[" in text:
        text = _CITED_RANGE.sub(r"(\1 to \2)", text)
    if _SMALL_HINT.search(text):
        text = _SMALL_PART.sub(_small, text)
        text = _BRACKETED.sub(_bracketed, text)
    if _ANY_VERSE.search(shape(text)):
        text = _VERSES.sub(_verses, text)
    if "0000;0" in zeros(text):
        text = _JOURNAL.sub(_journal, text)
    if ":00" in zeros(text) and "-" in text:
        text = _PAGES.sub(_pages, text)
    if holds(text, _ORDERED):
        text = _BOOK.sub(lambda m: f"{_ORDER[m[1] or m[2]]} ", text)
    if ". 0" in zeros(text):
        text = _SHORT_BOOK.sub(lambda m: f"{m[1]} {BOOKS[m[2]]} ", text)
    if "S." in text or "F." in text or "Ct." in text:
        text = _CITED.sub(
            lambda m: (
                f"{m[1]} {_COURTS.get(m[2], _COURTS.get(m[2].replace(' ', ''), m[2]))} {m[3]}"
            ),
            text,
        )
    if "F. " in text or "F.2" in text or "F.3" in text:
        text = _REPORTER.sub(lambda m: f"F. {_SERIES[m[1]]}", text)
    if "Cir" in text:
        text = _CIRCUIT.sub("Circuit", text)
    return _DOCKET.sub(_docket, text) if "-" in text else text


def _journal(match: re.Match[str]) -> str:
    year, volume, issue, first, last = match.groups()
    pages = f"{first} to {last}" if last else first
    return ", ".join(filter(None, (year, f"volume {volume}", issue and f"issue {issue}", pages)))


def _bracketed(match: re.Match[str]) -> str:
    """ "(iv)" of a list; but "easting (x)"."""
    named = match[1] == "x" and _NAMED.search(
        match.string, max(0, match.start() - 12), match.start()
    )
    return match[0] if named else f"({cardinal(_value(match[1]))})"


def _points(match: re.Match[str]) -> str:
    number, letter, last, last_letter = match.groups()
    rising = int(number) < int(last) if number and last else (letter or "~") < (last_letter or "")
    return f"({number or letter}) to ({last or last_letter})" if rising else match[0]


def _pages(match: re.Match[str]) -> str:
    volume, first, last = match.groups()
    if len(volume) == 1 and len(first) > 2 and int(first) < int(last):  # a ratio, 1:500-1000
        return f"{volume} to {first} to {last}"
    clock = (len(first) == 2 and len(volume) < 3) or len(volume) == 1
    return match[0] if clock else f"{volume}: {first}-{last}"


def _arxiv(match: re.Match[str]) -> str:
    version = f" version {cardinal(int(match[4]))}" if match[4] else ""
    return f"{match[1]} {digit_by_digit(match[2])} dot {digit_by_digit(match[3])}{version}"


def _value(numeral: str) -> int:
    values = [_VALUES[letter] for letter in numeral]
    return sum(v if v >= after else -v for v, after in zip(values, [*values[1:], 0], strict=True))


def _small(match: re.Match[str]) -> str:
    kind, first, join, last = match.groups()
    if not first or (last == "" and join):
        return match[0]
    spoken = f"{kind} {_value(first)}"
    if not join:
        return spoken
    return f"{spoken}{' to ' if '-' in join else join}{_value(last)}"


def _verses(match: re.Match[str]) -> str:
    order, book, chapter, first, last = match.groups()
    words = f"{_ORDER[order]} " if order else ""
    words += f"{BOOKS.get(book, book)} {cardinal(int(chapter))} {cardinal(int(first))}"
    return words + (f" to {cardinal(int(last))}" if last else "")


def _docket(match: re.Match[str]) -> str:
    letters = "".join(f"{c}." for c in match[2].upper())
    return f"{match[1]} {letters} {digit_by_digit(match[0].rsplit('-', 1)[1])}"
