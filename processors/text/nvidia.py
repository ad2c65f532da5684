"""Text to the words that are spoken: the cleaners of NVIDIA's recipes (after keithito/tacotron),
rule for rule.

They work on one token between blanks at a time (only currency sees the whole text), so that a rule
which spans a blank, "7 AM", never fires. That stays so, since voices are trained with it;
`english` is the better cleaner.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from recital.processors.text.nvidia_numbers import (
    expand_currency,
    expand_dimensions,
    expand_hardware,
    expand_letters_and_digits,
    expand_numbers,
    expand_times,
)
from recital.processors.text.transliteration import to_ascii

_ABBREVIATIONS = [
    (re.compile(rf"\b{short}\.", re.IGNORECASE), full)
    for short, full in (
        ("mrs", "misess"),
        ("ms", "miss"),
        ("mr", "mister"),
        ("dr", "doctor"),
        ("st", "saint"),
        ("co", "company"),
        ("jr", "junior"),
        ("maj", "major"),
        ("gen", "general"),
        ("drs", "doctors"),
        ("rev", "reverend"),
        ("lt", "lieutenant"),
        ("hon", "honorable"),
        ("sgt", "sergeant"),
        ("capt", "captain"),
        ("esq", "esquire"),
        ("ltd", "limited"),
        ("col", "colonel"),
        ("ft", "fort"),
        ("sen", "senator"),
        ("etc", "et cetera"),
    )
]
_TOKENS = re.compile(r"\{[^}]+\}|\S+")
_ACRONYM = re.compile(r"([a-z]*[A-Z][A-Z]+)s?\.?")


def _expand_abbreviations(text: str) -> str:
    text = re.sub(r"No\.(?= ?[0-9])", "Number", text)
    text = re.sub(r" ?%", " percent", text)
    text = text.replace("&", " and ").replace("@", " at ")
    text = re.sub(r"([a-zA-Z])\.(com|gov|org)", r"\1 dot \2", text)
    for pattern, full in _ABBREVIATIONS:
        text = pattern.sub(full, text)
    return text


def _spell_acronym(match: re.Match[str]) -> str:
    word = match[1]
    spelt = "N.VIDIA" if word == "NVIDIA" else ".".join(word) + "."
    if "s" in match[0]:
        spelt += "'s"
    return spelt + "." if match[0][-1] == "." and spelt[-1] != "." else spelt


def _spell_acronyms(text: str) -> str:
    text = re.sub(r"\bemail\b", "e-mail", text, flags=re.IGNORECASE)
    return _ACRONYM.sub(_spell_acronym, text)


def collapse_whitespace(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def by_token(clean: Callable[[str], str]) -> Callable[[str], str]:
    """A cleaner of a whole text from one of a token; what is in braces stays as it is."""

    def clean_text(text: str) -> str:
        pieces = _TOKENS.findall(expand_currency(text))
        return collapse_whitespace(
            " ".join(piece if piece[0] == "{" else clean(piece) for piece in pieces)
        )

    return clean_text


def basic_cleaners(text: str) -> str:
    """Lower case and single blanks."""
    return collapse_whitespace(text.lower())


def transliteration_cleaners(text: str) -> str:
    """ASCII, lower case and single blanks."""
    return collapse_whitespace(to_ascii(text).lower())


def english_cleaners(text: str) -> str:
    """Numbers and abbreviations in words."""
    return collapse_whitespace(_expand_abbreviations(expand_numbers(to_ascii(text).lower())))


def english_cleaners_v2(text: str) -> str:
    """As `english_cleaners`, with times, units, dimensions, codes such as AK47, and acronyms
    letter by letter.
    """
    text = expand_times(to_ascii(text))
    text = expand_letters_and_digits(expand_dimensions(expand_hardware(text)))
    text = _spell_acronyms(_expand_abbreviations(expand_numbers(text)))
    return re.sub(r"/+", " ", collapse_whitespace(text.lower()))
