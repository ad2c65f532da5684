"""`english`: a text in the words that are spoken.

`rewrite` works on the whole text, rule after rule, each kind of thing before those whose signs it
shares: an address before its dots are read, a date before its slashes, money before plain numbers.
What needs no rewriting, case and marks among it, stays as it is, as does what is in braces;
rules see a word there. From that, `letters` makes what voices of letters and ARPAbet know (small
letters, apostrophes and `,.:;?!()-` only; letters that are said one by one have their stops:
"f.b.i."), and `for_espeak` what espeak-ng reads right.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from functools import lru_cache

from recital.processors.text.english import (
    abbreviations,
    acronyms,
    books,
    capital_words,
    characters,
    codes,
    compass,
    compounds,
    dates,
    degrees,
    dotted_names,
    forecasts,
    formulas,
    genes,
    listings,
    mail_marks,
    medicine,
    money,
    needlework,
    number_senses,
    numbers,
    papers,
    paths,
    phones,
    places,
    programs,
    references,
    roman,
    scales,
    scores,
    shorthand,
    statutes,
    sums,
    symbols,
    texting,
    times,
    transcripts,
    units,
    web,
)
from recital.processors.text.english.outline import zeros
from recital.processors.text.english.words import STARTERS

log = logging.getLogger(__name__)

_BRACES = re.compile(r"(\{[^{}]*\})")
_PLACES = re.compile("[\ue000-\uf8ff]")
_ESPEAK_KNOWS = (
    ("missus ", "Mrs "),
    ("Missus ", "Mrs "),
    ("et cetera", "etc"),
)  # and says better than our words
_LETTER_A = "A-"
_NO_STARTER = rf"(?!(?:{'|'.join(sorted(STARTERS))})\b)"
# "Richard M. Nixon", "J. K. Rowling"; not "Vitamin C. She".
_INITIAL = re.compile(rf"(?<![\w.])([A-Z])\. (?=[A-Z]){_NO_STARTER}")
_ONE_A = re.compile(r"(?<![\w.'])A\.(?= [a-z])")
_BARE_INITIALS = re.compile(
    rf"(?<![\w.])(?:[A-Z]\.){{2,}}(?= [A-Z]){_NO_STARTER}|\b[ap]\.m\.(?= [A-Z]){_NO_STARTER}"
    r"|(?<![\w.])(?:[A-Z]\.){2,}(?=[,;:])|\b[ap]\.m\.(?=[,;:])"  # whose pause it would drop
)
# Which espeak-ng spells, be they words: "NET income", "my PIN".
_SHORT_CAPITALS = re.compile(r"(?<![\w.'&/-])[A-Z]{2,3}(?![\w'&/]|\.\w|-[A-Z])")
_BLANKS = re.compile(r" {9,}")  # many; else rules that skip blanks take long
_COUNTED_TIMES = re.compile(r"(?<=\d) times (?=\d)")
_START = "\uf8ff"
_NUMBER_STARTS = re.compile(r"""\b(\w+)[.!?]["')\]”’]*\s+["'(“‘]*(?=[$£€¥]?\d)""")
_MARK_BEFORE_NUMBER = re.compile(r"[.!?][^\w.!?]*\d")
_STARTED = re.compile(rf"{_START}\W*?(\w)|{_START}()")
_ABOUT = re.compile(r"(?<=\d) ?~ ?(?=[$£€₩]?\d)")  # 20~30 minutes
_TILDE = re.compile(r" ~ (?=[A-Za-z])")  # Annual meeting ~ Town hall
_FIRST_PLACE = 0xE000  # private characters stand for what is in braces
_N_PLACES = 0xF8FE - 0xE000 + 1


def english(text: str) -> str:
    """Numbers, dates, times, money, units, abbreviations, initialisms, addresses, signs, emoji and
    other alphabets as words, in lower case.

    Characters that cannot be spoken are left out with a warning that names them.
    """
    return letters(rewrite(text))


def rewrite(text: str) -> str:
    """The text with words for all that is no word: "Dr. Lee paid $5." -> "doctor Lee paid five
    dollars."; the rest as it is. Warns as `english`. Lines of headings and lists stay lines.
    """
    if "\\n" in text:
        text = _WRITTEN_BREAK.sub("\n", text)
    if "\n" in text:
        return "\n".join(filter(None, map(rewrite, text.split("\n"))))
    if "{\\" in text:
        text = transcripts.without_tags(text)
    text, held = _hold_braces(formulas.expand_math(text))
    unspoken: list[str] = []
    if " times " in text:
        text = _COUNTED_TIMES.sub("  times  ", text)  # no "3 by 4", as what is written "3 × 4"
    given, text = text, characters.plain(text, unspoken)
    if "  " in text:
        text = _BLANKS.sub(" ", text)
    if unspoken:
        _warn(tuple(unspoken), given[:60])
        text = papers.without_labels(text)
    text = papers.expand(books.expand(transcripts.expand(text)))
    text = symbols.tidy(_capitalized(_words(_marked_starts(text))))
    return _return_braces(text, held)


def letters(text: str, *, small: bool = True) -> str:
    """What `rewrite` gives in small letters and `,.:;?!()-`, on one line; or in its own case."""
    text, held = _hold_braces(text)
    text = acronyms.spell(characters.letters(text))
    return _return_braces(symbols.quiet(text.lower() if small else text), held)


def for_espeak(text: str) -> str:
    """What `rewrite` gives, for espeak-ng's English voices, which take the stop of "Richard M.
    Nixon" for the end of a sentence, the A of "vitamin A" for the article, and IV for a number, and
    spell short words in capitals.
    """
    for words, short in _ESPEAK_KNOWS:
        text = text.replace(words, short)
    text = _SHORT_CAPITALS.sub(_short_word, text)
    text = _INITIAL.sub(lambda m: f"{_LETTER_A if m[1] == 'A' else m[1]} ", text)
    text = _ONE_A.sub(_LETTER_A, text)
    text = _BARE_INITIALS.sub(lambda m: m[0].replace(".", "").upper(), text)
    return roman.spelt(text)


def _short_word(match: re.Match[str]) -> str:
    word = match[0]
    if word == "AM" and not match.string.endswith("I ", 0, match.start()):
        return word  # a radio
    return word.capitalize() if capital_words.is_short_word(word) else word


def _hold_braces(text: str) -> tuple[str, list[str]]:
    """The text with a private character for each pair of braces, and what is in these."""
    if not text.isascii():
        text = _PLACES.sub(" ", text)
    if "{" not in text:
        return text, []
    pieces = _BRACES.split(text)
    held = pieces[1::2][:_N_PLACES]
    return pieces[0] + "".join(
        f"{chr(_FIRST_PLACE + i)}{after}" for i, after in enumerate(pieces[2::2])
    ), held


def _return_braces(text: str, held: list[str]) -> str:
    return _PLACES.sub(lambda m: held[ord(m[0]) - _FIRST_PLACE], text) if held else text


def _marked_starts(text: str) -> str:
    """A sign before each number that begins a sentence, whose first word is to be capital."""
    starts = "0" in zeros(text) and _MARK_BEFORE_NUMBER.search(text) is not None
    return _NUMBER_STARTS.sub(_mark_start, text) if starts else text


def _mark_start(match: re.Match[str]) -> str:
    word = match[1].lower()
    short = (
        word in abbreviations.SHORT
        or word in references.SHORT
        or word in statutes.SHORT
        or len(word) == 1
    )
    return match[0] if short else match[0] + _START


def _capitalized(text: str) -> str:
    return _STARTED.sub(lambda m: m[1].upper(), text) if _START in text else text


# "THE 70S", "150 KM/H" where all is in capitals
_SHOUTED = re.compile(
    r"(?<=\d0)S\b|(?<=\d )(?:KM/H|KTS?|MI|KM|FT|MB|MPH|INCHES)\b|(?<=\d)(?:KTS?|MB|FT|MPH)\b"
)
# "\\n", where a line break was written so
_WRITTEN_BREAK = re.compile(
    r"(?:\\r)?\\n(?:\\r)?\\n(?:\\n)*|(?<=[a-z][.!?:;,])(?:\\r)?\\n(?=[ A-Z]|$)"
)
# A$AP, Ke$ha
_NO_DOLLAR = re.compile(
    r"(?<=\b[A-Z])\$(?=[A-Z]{2})|(?<=\b[A-Z]{2})\$(?=[A-Z]\b)|(?<=\b[A-Z][a-z])\$(?=[a-z]{1,2}\b)"
)
# "<The Palace: A Tale>", "<your name>"
_ANGLED = re.compile(r"(?<![\w<])<([A-Za-z][\w'’-]*[:,!?]?(?: [\w'’&.-]+[:,!?]?){1,9})>(?![\w>])")
_GROUP_APART = re.compile(r"(?<![\w.,-])([1-9]\d{0,2}), (000)(?!\d|[.,]\d)")  # 10, 000
_DOTS = re.compile(
    r"(?<=[\dA-Z])\.\.\.(?=[\d$£€])|(?<=\d)\.\.\.(?=[\w])"
)  # PRESSURE...978 MB...28.88


_CHANNEL = re.compile(r"(?<= )##+(?=[a-z])")  # the ##hardware channel
_MARKS_BETWEEN = ("$$", "&&")  # lines of a forecast
# .SHORT TERM /TODAY/...
_DOT_HEADING = re.compile(r"^\.(?!NET\b)(?=[A-Z]{3}[A-Z0-9 /&']*(?:\.\.\.|/$))")
_LETTER_CHANGED = re.compile(r"(?<![\w\]])\[([A-Za-z])\](?=[a-z])")  # [T]he
_ENDING_CHANGED = re.compile(
    r"(?<=[a-z]{2})\[(s|e?s|e?d|ing|ly|er|(?<=[a-z]{4}\[)y|ies)\](?!\w)"
)  # "buy[s]"
_DOWN = re.compile(r"(?<=\d\.\d\d) -(?=\d+\.\d\d\b)")  # 49368.00 -358.00
_MODEL_YEAR = re.compile(r"(?<=\b(?:19|20)\d\d )MY\b(?! [A-Z]{2})")  # a 2006 MY
_SMALL_FISCAL = re.compile(r"\bfy ?(?=(?:20)?\d\d\b)")
_SMALL_PAIR = re.compile(
    r"\b(?:sg&a|r&d|m&a|p&l|q&a|m&e|g&a|at&t|h&m|a&w|b&n|p&g|s&p|r&b|b&b|r&r)\b"
)


# "your a/c no."
_ACCOUNT = re.compile(
    r"\b[Aa]/[Cc]\b(?:(?:(?<=[Bb]ank ...)|(?<=avings ...)|(?<=urrent ...)|(?<=oint ...)|"
    r"(?<=mail ...))(?=[.,;:)]|$| (?:with|in|at|no|number|holder)\b)|(?<=on ...)(?= of\b)|"
    r"(?= (?:[Nn]o\b|[Nn]umber\b(?! \d\b)|holder|payee|balance|details|[Xx*]{2,}|#|\d{4}|"
    r"end(?:s|ing) (?:in |with |x|\*)?\d|(?:has been|was|is) (?:debit|credit)ed(?! with [a-z])|"
    r"with (?:us|the bank))))"
)
_SQUARE_STOP = re.compile(r"(?<=\d) ?sq\.(?=(?:k?m|ft|mi|yd|in)\b)")  # 3 sq.m.


def _words(text: str) -> str:
    if text in _MARKS_BETWEEN:
        return ""
    if "]" in text:
        text = _ENDING_CHANGED.sub(r"\1", _LETTER_CHANGED.sub(r"\1", text))
        text = text.replace(" [$]", "")  # a page that must be paid for
    if "fy" in text:
        text = _SMALL_FISCAL.sub("FY", text)
    if "sq." in text:
        text = _SQUARE_STOP.sub(" sq ", text)
    if "mmBtu" in text:
        text = text.replace("mmBtu", "MMBtu")
    if "a/c" in text or "A/c" in text or "A/C" in text:
        text = _ACCOUNT.sub("account", text)
    if " MY" in text:
        text = _MODEL_YEAR.sub("M.Y.", text)
    if "&" in text:
        text = _SMALL_PAIR.sub(lambda m: m[0].upper(), text)
    if "$" in text:
        text = _NO_DOLLAR.sub("S", text)
    if "<" in text and ">" in text:
        text = _ANGLED.sub(r"\1", text)
    if text.startswith("."):
        text = _DOT_HEADING.sub("", text)
    if "..." in text:
        text = _DOTS.sub("... ", text)
    if text.isupper():
        text = _SHOUTED.sub(lambda m: m[0].lower(), forecasts.expand(text))
    elif "SCT" in text or "BKN" in text or "OVC" in text or "AOA" in text or "CAPE" in text:
        text = forecasts.expand_sky(text)
    if " -" in text:
        text = _DOWN.sub(" minus ", text)
    if ", 000" in text:
        text = _GROUP_APART.sub(r"\1,\2", text)
    if " ~ " in text:
        text = _TILDE.sub(" - ", text)
    if "=" in text or "≈" in text:
        text = sums.expand(text)
    if "##" in text:
        text = _CHANNEL.sub("#", text)
    if "#" in text or "@" in text or " *" in text:
        text = listings.expand_marks(text)
    text = needlework.expand(programs.expand(mail_marks.expand(text)))
    if "@" in text or "." in text or "/" in text or "#" in text or "\\" in text or "_" in text:
        text = paths.expand(dotted_names.expand(web.expand(text)))
    if "0" in zeros(text):
        if "-0" in zeros(text):
            text = scores.expand_goals(text)
        text = number_senses.expand(compass.expand_forces(text))
    text = formulas.expand(genes.expand(medicine.expand_signs(programs.expand_names(text))))
    text = references.expand(texting.expand(text))
    has_digits = "0" in zeros(text)
    if has_digits:
        text = programs.expand_numbers(statutes.expand(text))
    text = listings.expand(text)
    text = places.expand(text)
    if has_digits:
        text = _ABOUT.sub("-", text) if "~" in text else text
        text = scores.expand(medicine.expand(times.expand_short(text)))
    text = dates.expand(text)
    if has_digits:
        text = phones.expand(degrees.expand_ranges(text))
    if has_digits or "#" in text:
        text = codes.expand(text)
    if has_digits:
        text = times.expand(text)
    if has_digits or "$$" in text or "$/" in text:
        text = money.expand(text)
    if not text.isascii():
        text = text.replace(number_senses.FRACTION_SLASH, "/")
    if has_digits:
        text = units.expand(scales.expand(compounds.expand(text)))
    else:
        text = units.expand_unnumbered(text)
    if "/" in text and "(" in text:
        text = compounds.expand_alone(text)
    text = roman.expand(abbreviations.expand_given_names(text))
    text = abbreviations.expand(text)
    text = shorthand.expand(text)
    text = acronyms.codes(text)
    if has_digits or "0" in zeros(text):  # "Fig. II" has become "figure 2"
        text = numbers.expand(dates.expand_years(text))
    return symbols.expand(text)


@lru_cache(maxsize=256)  # a text is rewritten more than once
def _warn(unspoken: tuple[str, ...], text: str) -> None:
    named = ", ".join(
        f"{c!r} ({unicodedata.name(c, f'U+{ord(c):04X}').lower()}{f', {n} times' * (n > 1)})"
        for c, n in Counter(unspoken).most_common(10)
    )
    log.warning("left out what english cannot speak: %s in %r", named, text)
