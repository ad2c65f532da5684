"""The cleaners by name: from a text to the words that are spoken. What is in braces stays.

Ours work in two steps, so that a text is normalized before it is cut into sentences: `rewrite` puts
words for all that is no word, in any language, and leaves the rest as it is; `english.letters`
and `english.for_espeak` then bring a sentence to what the voice knows. The references' take a text
as it is, in one step.

The rules of a language are imported with the first text: their patterns take a third of a second,
and most commands read none.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from recital.processors.text import languages, nvidia, tacotron, written
from recital.utils.config import nearest
from recital.utils.errors import ConfigError


def _english(text: str) -> str:
    from recital.processors.text.english import letters

    return letters(written.close_lines(rewrite(text, "english")))


CLEANERS: dict[str, Callable[[str], str]] = {
    "english": _english,
    # NVIDIA's FastPitch
    "basic_cleaners": nvidia.by_token(nvidia.basic_cleaners),
    "transliteration_cleaners": nvidia.by_token(nvidia.transliteration_cleaners),
    "english_cleaners": nvidia.by_token(nvidia.english_cleaners),
    "english_cleaners_v2": nvidia.by_token(nvidia.english_cleaners_v2),
    # NVIDIA's Tacotron 2, whose cleaners of the same names give other words
    "tacotron2_basic_cleaners": tacotron.by_piece(nvidia.basic_cleaners),
    "tacotron2_transliteration_cleaners": tacotron.by_piece(nvidia.transliteration_cleaners),
    "tacotron2_english_cleaners": tacotron.by_piece(tacotron.english_cleaners),
}
REFERENCES = frozenset(CLEANERS) - {"english"}  # they drop what the symbols don't hold
_BLANKS = re.compile(r"\s+")


def check_cleaners(name: str | None) -> None:
    """`ConfigError` for a name that is not in the table."""
    if name is not None and name not in CLEANERS:
        hint = nearest(name, CLEANERS) or "; known: null, " + ", ".join(CLEANERS)
        raise ConfigError(f"text.cleaners: no cleaners {name!r}{hint}")


def normalize(text: str, cleaners: str | None = "english") -> str:
    """The text in the words that are spoken; what is in braces stays as it is."""
    check_cleaners(cleaners)
    return _BLANKS.sub(" ", text).strip() if cleaners is None else CLEANERS[cleaners](text)


def rewrite(text: str, cleaners: str | None, language: str = "en") -> str:
    """The text with words for numbers, abbreviations, signs and Markdown, in its own case and with
    its own marks; with `english` in any `language` that has rules. A line break is left where a
    heading, an item of a list or a paragraph ends. With the references' cleaners, as it is.
    """
    if cleaners in REFERENCES:
        return text
    text = written.unmark(text)
    if cleaners == "english" and language == "en":
        from recital.processors.text import english

        text = english.rewrite(text)
    elif cleaners == "english":
        text = "\n".join(languages.rewrite(line, language) for line in text.split("\n"))
    return "\n".join(" ".join(line.split()) for line in text.split("\n"))
