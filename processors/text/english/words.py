"""Numbers in words, with inflect: hyphens as people write them ("twenty-one"), no commas."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from recital.processors.text.inflection import engine
from recital.processors.text.word_tables import word_set

LARGEST = 36  # digits; inflect has no word beyond
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
# What `1 / n` is called where it is no ordinal.
_PARTS = {2: ("half", "halves"), 4: ("quarter", "quarters")}
# The tables of words: `[name]`, then its words or its pairs.
_SECTIONS = re.split(
    r"^\[(.+)\]\n", Path(__file__).with_name("word_tables.txt").read_text("utf-8"), flags=re.M
)
TABLES = dict(zip(_SECTIONS[1::2], map(str.strip, _SECTIONS[2::2]), strict=True))


def one_of(words: Iterable[str]) -> str:
    """A pattern of any of these words, longer ones first, that tries each letter once:
    `k(?:g|m)|m(?:m)?`.
    """
    return _branches(sorted(set(words)))


def _branches(words: list[str]) -> str:
    ends = words[0] == ""
    groups = [(letter, list(group)) for letter, group in groupby(words[ends:], lambda w: w[0])]
    branches = [
        re.escape(letter) + _branches([word[1:] for word in group]) for letter, group in groups
    ]
    if not branches:
        return ""
    if len(branches) == 1 and not ends:
        return branches[0]
    return f"(?:{'|'.join(branches)}){'?' if ends else ''}"


def pairs(table: str) -> dict[str, str]:
    """ "thx thanks|b4 before" as a dictionary."""
    return dict(pair.strip().split(" ", 1) for pair in table.replace("\n", "").split("|"))


def glossary(table: str) -> dict[str, str]:
    """ "sl st: slip stitch", one a line, as a dictionary."""
    return dict(line.split(": ", 1) for line in table.splitlines())


# Words that begin a sentence, and seldom go on with a name.
STARTERS = word_set(
    "He She It The They We I In On At But And A An There This That These Those If All You When "
    "What Where Who Why How So Then His Her Its Their Our My Your As For After Before No Not Yes "
    "Now Still Yet Both Some Many Most However Meanwhile"
)

# Patterns of a number: with commas, and any that has no sign.
# as India does, too; but no list "[10,50,100,250]"
GROUPED = r"(?:\d{1,3}(?:,\d{3})+|(?<![\[({,])[1-9]\d?(?:,\d\d)+,\d{3}(?!,?\d))"
PLAIN = rf"(?:{GROUPED}|\d+)(?:\.\d+)?"

# 1,23,019, as India groups digits
IN_LAKHS = re.compile(r"\d{1,2}(?:,\d\d)+,\d{3}")

# A pattern of what a number becomes, up to the tens.
NUMBER_WORD = (
    "(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]+teen|"
    "(?:twen|thir|for|fif|six|seven|eigh|nine)ty)"
)

# Before a number, what that is the name of: gate 4B is no number of billions, route 9W no power.
LABEL = re.compile(
    r"\b(?:[Rr]m|[Bb]ldg|[Ss]te|[Pp]od|[Ss]tall|[Dd]esk|[Cc]ell|[Aa]pt|[Aa]partment|[Uu]nit|"
    r"[Rr]oom|[Ss]uite|[Ss]ection|[Tt]able|[Ff]ig|[Ff]igure|[Gg]ate|[Rr]ow|[Ss]eat|[Cc]lass|"
    r"[Gg]roup|[Bb]uilding|[Bb]lock|[Pp]latform|[Tt]ype|[Gg]rade|[Pp]hase|[Ff]lat|[Ff]loor|"
    r"[Hh]ouse|[Ll]evel|[Ss]tage|[Bb]us|[Rr]oute|[Ss]chedule|[Ff]orm|[Ee]xit|[Bb]ox|[Hh]all|"
    r"[Pp]ier|[Ll]ot|[Dd]oor|[Bb]ay|[Zz]one|[Pp]art|[Qq]uestion|[Ii]tem|number|[Nn]o|[Rr]ule|"
    r"[Aa]rticle|[Tt]erminal|[Tt]rack|[Pp]lan|[Ss]ize|[Hh]ighway|[Hh]wy|[Rr]te?|[Ll]ine|[Ff]light|"
    r"[Mm]odel|[Vv]ersion|[Ss]tep|[Pp]eriod|[Aa]ct|[Ll]ocker|[Cc]abin|[Cc]arriage|[Cc]oach|[Pp]g|"
    r"[Pp]age|[Cc]ol|[Cc]olumn)(?:\.|s|es)? $"
)

# Of California, which go by a number of three digits
FREEWAYS = "101|105|110|118|134|170|210|215|280|405|580|605|680|710|805|880"

NEAR = 64  # characters that say whether a text ends behind a match
_FAR = 300


def behind(match: re.Match[str]) -> str:
    """The next characters."""
    return match.string[match.end() : match.end() + NEAR]


def ahead(match: re.Match[str], length: int = NEAR) -> str:
    """The characters before it, at most so many."""
    return match.string[max(0, match.start() - length) : match.start()]


def around(match: re.Match[str]) -> str:
    """The text that says what a match is about: some characters on both sides, so that many
    matches in a long text take no longer than its length.
    """
    return match.string[max(0, match.start() - _FAR) : match.end() + _FAR]


@lru_cache(maxsize=8192)
def cardinal(number: int) -> str:
    """1234 -> "one thousand two hundred and thirty-four"; negative ones with "minus"."""
    if len(str(abs(number))) > LARGEST:
        return digit_by_digit(str(number))
    words: str = engine().number_to_words(abs(number))
    return ("minus " if number < 0 else "") + words.replace(",", "")


@lru_cache(maxsize=8192)
def ordinal(number: int) -> str:
    """21 -> "twenty-first"."""
    if len(str(number)) > LARGEST:
        return digit_by_digit(str(number))
    words: str = engine().ordinal(cardinal(number))
    return words


def digit_by_digit(digits: str) -> str:
    """ "407" -> "four zero seven"; what is no digit is left out."""
    return " ".join(_DIGITS[int(digit)] for digit in digits if digit.isdecimal())


def number(text: str) -> str:
    """ "1,234.50" -> "one thousand two hundred and thirty-four point five zero", "007" digit by
    digit.
    """
    sign = "minus " if text[:1] == "-" else ""
    if IN_LAKHS.fullmatch(text.lstrip("-")):
        return sign + _in_lakhs(int(text.lstrip("-").replace(",", "")))
    whole, point, fraction = text.lstrip("-").replace(",", "").partition(".")
    if not whole:
        words = ""
    elif (whole[0] == "0" and len(whole) > 1) or len(whole) > LARGEST:
        words = digit_by_digit(whole)
    else:
        words = cardinal(int(whole))
    if point:
        words += f" point {digit_by_digit(fraction)}"
    return sign + words.lstrip()


def _in_lakhs(number: int) -> str:
    """1,23,45,678 -> "one crore twenty-three lakh forty-five thousand six hundred …"."""
    crores, rest = divmod(number, 10**7)
    lakhs, rest = divmod(rest, 10**5)
    parts = ((crores, " crore"), (lakhs, " lakh"), (rest, ""))
    return " ".join(cardinal(n) + name for n, name in parts if n)


def year(number: int) -> str:
    """1905 -> "nineteen oh five", 2000 -> "two thousand", 476 -> "four seventy-six"."""
    century, rest = divmod(number, 100)
    if number < 100 or number > 9999 or (century % 10 == 0 and rest < 10):
        return cardinal(number).replace(" and ", " ")
    if rest == 0:
        return cardinal(century) + " hundred"
    return f"{cardinal(century)} {two_digits(rest)}"


def two_digits(number: int) -> str:
    """5 -> "oh five", 45 -> "forty-five": after an hour or a century."""
    return cardinal(number) if number >= 10 else "oh " + _DIGITS[number]


def in_hundreds(digits: str) -> str:
    """ "101" -> "one oh one", "500" -> "five hundred", "1080" -> "ten eighty", "2000" -> "two
    thousand": names of things.
    """
    first, rest = divmod(int(digits), 100)
    if int(digits) % 1000 == 0:
        return cardinal(int(digits))
    return f"{cardinal(first)} {two_digits(rest) if rest else 'hundred'}"


def plural(word: str) -> str:
    """ "twenty" -> "twenties", "six" -> "sixes", "nineteen hundred" -> "nineteen hundreds"."""
    if word.endswith("y"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("x", "s", "ch", "sh")) else "s")


def fraction(numerator: int, denominator: int) -> str:
    """3/4 -> "three quarters", 1/2 -> "one half", 5/8 -> "five eighths"."""
    one, many = _PARTS.get(denominator) or (ordinal(denominator), ordinal(denominator) + "s")
    return f"{cardinal(numerator)} {one if numerator == 1 else many}"


def is_one(quantity: str) -> bool:
    """Whether a unit after this number is in the singular."""
    return quantity.lstrip("-") in ("1", "1.0", "one")
