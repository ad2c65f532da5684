"""The sounds of a text, as the forced aligner needs them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from recital.modules.alignment.hmm import PAUSE, Sound
from recital.processors.text.processor import TextProcessor
from recital.processors.text.words import is_pause

_STRESS = "ˈˌ"
_DIGITS = "0123456789"


def sounds_of(names: Sequence[str], processor: TextProcessor) -> list[Sound]:
    """The sounds of a sentence's symbols, and the pauses between them. Stress makes no other sound.
    A sign of length, accent or tone belongs to the sound before it, which gets its frames; all
    blanks and marks in a row are one pause, of the first mark.

        symbols   ' ' ˈ a ː , ' ' b      # one code point each
        sounds    _     aː  _       b
        token     0   2     4       6
    """
    sounds: list[Sound] = []
    for i, name in enumerate(names):
        if is_pause(name, processor) or all(_is_mark(sign) for sign in name):
            if not sounds or sounds[-1].name != PAUSE:
                sounds.append(Sound(PAUSE, i))
            elif names[sounds[-1].token].isspace():
                sounds[-1] = Sound(PAUSE, i)
            continue
        bare = _without_stress(name, processor)
        if any(unicodedata.category(sign) in ("Ll", "Lo", "Lu") for sign in bare):
            sounds.append(Sound(bare, i))
        elif bare and sounds and sounds[-1].name != PAUSE:
            sounds[-1] = Sound(sounds[-1].name + bare, sounds[-1].token)
    return sounds


def _is_mark(sign: str) -> bool:
    """Whether a sign is punctuation, such as the dashes and quotes of the set `vits`."""
    return unicodedata.category(sign)[0] == "P"


def _without_stress(name: str, processor: TextProcessor) -> str:
    if name.startswith("@") and len(name) > 1:  # ARPAbet and pinyin
        return name.rstrip(_DIGITS)
    bare = name.lstrip(_STRESS)
    return bare if processor.config.phonemizer == "espeak" else bare.lower()
