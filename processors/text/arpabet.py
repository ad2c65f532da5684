"""Words to ARPAbet in braces: as NVIDIA's recipes do it, and better.

The reference leaves a word in letters where CMUdict has none or several pronunciations for it.
`Pronouncer` settles these: the project's lexicon, heteronyms by their context, CMUdict's first
form, endings, and letter-to-sound rules for the rest.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from string import ascii_lowercase

from recital.processors.text.heteronyms import HETERONYMS, choose
from recital.processors.text.letters import letter_to_sound
from recital.processors.text.lexicon import Dictionary

Draw = Callable[[], bool]  # whether the next word becomes phonemes

_REFERENCE_WORDS = re.compile(
    r"([a-zA-ZÀ-ž]+['][a-zA-ZÀ-ž]{1,2}|[a-zA-ZÀ-ž]+)|([{][^}]+[}]|[^a-zA-ZÀ-ž{}]+)"
)
_WORDS = re.compile(r"\{[^}]*\}|(?:[a-z]\.)+(?:'?s\b)?|[a-z]+(?:'[a-z]+)*'?", re.I)
_TOKENS = re.compile(rf"{_WORDS.pattern}|[^\w\s]", re.I)
# The names of the letters from a to z.
_NAMES = (
    "EY1|B IY1|S IY1|D IY1|IY1|EH1 F|JH IY1|EY1 CH|AY1|JH EY1|K EY1|EH1 L|EH1 M|EH1 N|OW1|P IY1|"
    "K Y UW1|AA1 R|EH1 S|T IY1|Y UW1|V IY1|D AH1 B AH0 L Y UW0|EH1 K S|W AY1|Z IY1"
)
LETTER_NAMES = dict(zip(ascii_lowercase, _NAMES.split("|"), strict=True))
_HISSING = ("S", "Z", "SH", "ZH", "CH", "JH")
_VOICELESS = ("P", "T", "K", "F", "TH")


def drawing(p_arpabet: float, key: str) -> Draw:
    """Each word's lot, a function of the key alone: the same in every process."""
    if p_arpabet >= 1.0:
        return lambda: True
    lots = random.Random(key)
    return lambda: lots.random() < p_arpabet


def reference_arpabet(
    text: str, dictionary: Dictionary, heteronyms: frozenset[str], draw: Draw
) -> str:
    """As NVIDIA's `encode_text`, `handle_arpabet="word"`: words of one pronunciation in braces."""
    return "".join(
        other or (_reference_word(word, dictionary, heteronyms) if draw() else word)
        for word, other in _REFERENCE_WORDS.findall(text)
    )


def _reference_word(word: str, dictionary: Dictionary, heteronyms: frozenset[str]) -> str:
    phones = _reference_phones(word.lower(), dictionary, heteronyms)
    return word if phones is None else f"{{{phones}}}"


def _reference_phones(word: str, dictionary: Dictionary, heteronyms: frozenset[str]) -> str | None:
    """The one pronunciation; that of the stem and " Z" where only the stem is known."""
    if word in heteronyms:
        return None
    forms = dictionary.get(word)
    if forms is not None:
        return forms[0] if len(forms) == 1 else None
    stem = word[:-2] if len(word) > 2 and word.endswith("'s") else word[:-1]
    if len(word) < 2 or not word.endswith("s"):
        return None
    phones = _reference_phones(stem, dictionary, heteronyms)
    return None if phones is None else phones + " Z"


class Pronouncer:
    """Every word of a normalized English text in ARPAbet."""

    def __init__(self, dictionary: Dictionary, lexicon: Mapping[str, str]) -> None:
        self.dictionary = dictionary
        self.lexicon = {word.lower(): phones for word, phones in lexicon.items()}
        self._word = lru_cache(maxsize=65536)(self._pronounce)

    def arpabet(self, text: str, draw: Draw = lambda: True) -> str:
        """ "I read it." -> "{AY1} {R EH1 D} {IH1 T}." where `draw` says so; other words in small
        letters.
        """
        matches = list(_TOKENS.finditer(text))
        words = [m[0] for m in matches if not m[0].startswith("{|")]  # no styles
        pieces, done, i = [], 0, 0
        for match in matches:
            pieces.append(text[done : match.start()])
            done, word = match.end(), match[0]
            if not _WORDS.fullmatch(word) or word[0] == "{" or not draw():
                pieces.append(word if word[0] == "{" else word.lower())
            else:
                pieces.append(f"{{{self.pronounce(words, i)}}}{_stop(match)}")
            i += not word.startswith("{|")
        return "".join([*pieces, text[done:]])

    def pronounce(self, words: list[str], i: int) -> str:
        """The pronunciation of the i-th word of a sentence, by the words and marks around it."""
        word = words[i].lower()
        if word in HETERONYMS and word not in self.lexicon:
            return choose(words, i)
        return self._word(word)

    def source(self, word: str) -> str:
        """Where a word's pronunciation comes from: "lexicon", "heteronym", "dictionary", "ending",
        "letters".
        """
        for name, known in (
            ("lexicon", self.lexicon),
            ("heteronym", HETERONYMS),
            ("dictionary", self.dictionary),
        ):
            if word in known:
                return name
        return "letters" if self.by_ending(word) is None else "ending"

    def _pronounce(self, word: str) -> str:
        if "." in word:
            return _initials(word)
        if word in self.lexicon:
            return self.lexicon[word]
        if word in self.dictionary:
            return self.dictionary[word][0]
        return self.by_ending(word) or letter_to_sound(word.replace("'", ""))

    def by_ending(self, word: str) -> str | None:
        """Possessives, plurals and third persons of known words."""
        if word.endswith("'"):
            return self._known(word[:-1])
        if not word.endswith("s") or word.endswith("ss"):
            return None
        stems = [word[:-2]] if word.endswith("'s") else [word[:-1]]
        if word.endswith("ies"):
            stems.append(word[:-3] + "y")
        for stem in stems:
            phones = self._known(stem)
            if phones is not None:
                return phones + _s_after(phones)
        phones = self._known(word[:-2]) if word.endswith("es") else None
        if phones is not None and phones.rsplit(" ", 1)[-1] in _HISSING:  # "boxes"
            return phones + _s_after(phones)
        return None

    def _known(self, stem: str) -> str | None:
        if stem in self.lexicon:
            return self.lexicon[stem]
        if stem in HETERONYMS:
            return HETERONYMS[stem].usual
        forms = self.dictionary.get(stem)
        return forms[0] if forms and len(stem) > 1 else None


def _s_after(phones: str) -> str:
    last = phones.rsplit(" ", 1)[-1]
    if last in _HISSING:
        return " IH0 Z"
    return " S" if last in _VOICELESS else " Z"


def _initials(word: str) -> str:
    """ "f.b.i." -> the names of its letters, stressed on the last."""
    letters, _, ending = word.rpartition(".")
    names = [LETTER_NAMES[letter] for letter in letters if letter != "."]
    spoken = " ".join([*(name.replace("1", "2") for name in names[:-1]), names[-1]])
    return spoken + (_s_after(spoken) if ending else "")


def _stop(match: re.Match[str]) -> str:
    """Initials that end a text keep its full stop."""
    at_end = not match.string[match.end() :].strip(" \"')")
    return "." if match[0][-1] == "." and at_end else ""


def words_of(text: str) -> Iterator[str]:
    """The words of a normalized text that a pronouncer looks up."""
    return (m[0].lower() for m in _WORDS.finditer(text) if m[0][0] != "{" and "." not in m[0])
