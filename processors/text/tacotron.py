"""The cleaners of NVIDIA's Tacotron 2 recipe (after keithito/tacotron): older than those of
FastPitch, and over the whole text between two braces at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from recital.processors.text.nvidia import collapse_whitespace
from recital.processors.text.nvidia_numbers import inflect_words
from recital.processors.text.transliteration import to_ascii

_ABBREVIATIONS = [
    (re.compile(rf"\b{short}\.", re.IGNORECASE), full)
    for short, full in (
        ("mrs", "misess"),
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
    )
]
_BRACES = re.compile(r"(\{.+?\})")
_NEVER_SPOKEN = str.maketrans("", "", "_~")


def by_piece(clean: Callable[[str], str]) -> Callable[[str], str]:
    """A cleaner of a whole text from one of the text between two braces."""

    def clean_text(text: str) -> str:
        pieces = _BRACES.split(text)  # [plain, in braces, plain, …]
        plain = [clean(piece).translate(_NEVER_SPOKEN) for piece in pieces[::2]]
        return "".join(p for pair in zip(plain, [*pieces[1::2], ""], strict=True) for p in pair)

    return clean_text


def _expand_dollars(match: re.Match[str]) -> str:
    parts = match[1].split(".")
    if len(parts) > 2:
        return match[1] + " dollars"
    dollars = int(parts[0].replace(",", "") or 0)
    cents = int(parts[1].replace(",", "") or 0) if len(parts) > 1 else 0
    spoken = []
    if dollars:
        spoken.append(f"{dollars} dollar{'' if dollars == 1 else 's'}")
    if cents:
        spoken.append(f"{cents} cent{'' if cents == 1 else 's'}")
    return ", ".join(spoken) or "zero dollars"


def _expand_number(match: re.Match[str]) -> str:
    number = int(match[0]) if len(match[0]) <= 36 else 0
    if number == 2000:
        return "two thousand"
    if 2000 < number < 2010:
        return "two thousand " + inflect_words(number % 100)
    if 1000 < number < 3000:
        if number % 100 == 0:
            return inflect_words(number // 100) + " hundred"
        return inflect_words(number, andword="", zero="oh", group=2).replace(", ", " ")
    return inflect_words(match[0], andword="")


def _expand_numbers(text: str) -> str:
    text = re.sub(r"[0-9][0-9,]+[0-9]", lambda m: m[0].replace(",", ""), text)
    text = re.sub(r"\$([0-9.,]*[0-9]+)", _expand_dollars, text)
    text = re.sub(r"[0-9]+\.[0-9]+", lambda m: m[0].replace(".", " point "), text)
    text = re.sub(r"[0-9]+(?:st|nd|rd|th)", lambda m: inflect_words(m[0]), text)
    return re.sub(r"[0-9]+", _expand_number, text)


def english_cleaners(text: str) -> str:
    """Numbers and abbreviations in words; numbers keep inflect's hyphens and commas."""
    text = _expand_numbers(to_ascii(text).lower())
    for pattern, full in _ABBREVIATIONS:
        text = pattern.sub(full, text)
    return collapse_whitespace(text)
