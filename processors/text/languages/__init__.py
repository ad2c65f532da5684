"""Other languages than English, for voices that speak through espeak-ng: what must be in words for
it to be read right. Languages without rules of ours are left to espeak-ng.
"""

from __future__ import annotations

import importlib
from typing import Protocol


class Rules(Protocol):
    """The rules of one language."""

    def rewrite(self, text: str) -> str:
        """The text with words for what espeak-ng would not read right."""
        ...


# Where the rules of a language are: imported with its first text.
LANGUAGES = {
    "de": "recital.processors.text.languages.german:GERMAN",
    "nl": "recital.processors.text.languages.dutch:DUTCH",
    "fr": "recital.processors.text.languages.french:FRENCH",
    "es": "recital.processors.text.languages.spanish:SPANISH",
    "it": "recital.processors.text.languages.italian:ITALIAN",
    "ru": "recital.processors.text.languages.russian:RUSSIAN",
}


def language_of(voice: str) -> str:
    """The language of one of espeak's voices: "fr-be" -> "fr", "gmw/de" -> "de"."""
    return voice.rpartition("/")[2].partition("+")[0].partition("-")[0].lower()


def rules_of(language: str) -> Rules | None:
    """The rules of a language such as "de"; None where it has none."""
    if language not in LANGUAGES:
        return None
    module, _, name = LANGUAGES[language].partition(":")
    rules: Rules = vars(importlib.import_module(module))[name]
    return rules


def rewrite(text: str, voice: str) -> str:
    """The text with words for what espeak-ng's `voice` would not read right."""
    rules = rules_of(language_of(voice))
    return rules.rewrite(text).strip() if rules else text
