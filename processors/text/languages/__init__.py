"""Other languages than English, for voices that speak through espeak-ng: what must be in words for
it to be read right. Languages without rules of ours are left to espeak-ng.
"""

from __future__ import annotations

from recital.processors.text.languages.dutch import DUTCH
from recital.processors.text.languages.french import FRENCH
from recital.processors.text.languages.german import GERMAN
from recital.processors.text.languages.italian import ITALIAN
from recital.processors.text.languages.rules import Language
from recital.processors.text.languages.russian import RUSSIAN, Russian
from recital.processors.text.languages.spanish import SPANISH

LANGUAGES: dict[str, Language | Russian] = {
    "de": GERMAN,
    "nl": DUTCH,
    "fr": FRENCH,
    "es": SPANISH,
    "it": ITALIAN,
    "ru": RUSSIAN,
}


def language_of(voice: str) -> str:
    """The language of one of espeak's voices: "fr-be" -> "fr", "gmw/de" -> "de"."""
    return voice.rpartition("/")[2].partition("+")[0].partition("-")[0].lower()


def rewrite(text: str, voice: str) -> str:
    """The text with words for what espeak-ng's `voice` would not read right."""
    rules = LANGUAGES.get(language_of(voice))
    return rules.rewrite(text).strip() if rules else text
