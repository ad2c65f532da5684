"""Heteronyms for voices that speak through espeak-ng.

espeak-ng reads a word by itself and by a few words before it: "She read it yesterday" gets the
present tense. What `heteronyms.choose` decides is put in its place. espeak-ng says the text as it
is, and once more for each reading of a heteronym, given in its own notation (`[[r'Ed]]`). Where
what it says by itself is nearer to the reading that was not chosen, the chosen one takes the place
of that word; all else, and every word that was right, keeps espeak-ng's phonemes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from recital.processors.text.espeak import phonemize, without_marks
from recital.processors.text.heteronyms import HETERONYMS, choose

VOICES = ("en-us",)  # whose phonemes `notation` writes
# espeak-ng says these right by itself, and they are frequent.
LEFT_ALONE = frozenset(("the", "used", "does"))
LONGEST = 2000  # characters of a text whose heteronyms are settled: each is said once more whole

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]")
# ARPAbet -> the names of espeak-ng's phonemes
_VOWELS = {"AA": "A:", "AE": "a", "AH": "V", "AO": "O:", "AW": "aU", "AY": "aI", "EH": "E"}
_VOWELS |= {"ER": "3:", "EY": "eI", "IH": "I", "IY": "i:", "OW": "oU", "OY": "OI", "UH": "U"}
_VOWELS |= {"UW": "u:"}
_UNSTRESSED = {"AH": "@", "ER": "3", "IY": "i"}
_BEFORE_R = {"AA": "A@", "AO": "O@", "EH": "e@", "IH": "i@3", "UH": "U@"}
_CONSONANTS = {name: name.lower() for name in ("B", "D", "F", "G", "K", "L", "M", "N", "P", "R")}
_CONSONANTS |= {name: name.lower() for name in ("S", "T", "V", "W", "Z")}
_CONSONANTS |= {"CH": "tS", "DH": "D", "HH": "h", "JH": "dZ", "NG": "N", "SH": "S", "TH": "T"}
_CONSONANTS |= {"Y": "j", "ZH": "Z"}
_STRESS = {"0": "", "1": "'", "2": ","}


class _Place(NamedTuple):
    """A heteronym in one of many texts, and how it is marked to be said the way that was chosen,
    and the other.
    """

    text: int
    chosen: str
    other: str


def phonemize_in_context(texts: Sequence[str], voice: str) -> list[list[str]]:
    """As `espeak.phonemize`, with heteronyms said as their sentence wants. In languages without a
    table of heteronyms, what espeak-ng says.
    """
    if voice not in VOICES:
        return phonemize(texts, voice)
    places = [place for n, text in enumerate(texts) for place in _places(n, text)]
    marked = [form for place in places for form in (place.chosen, place.other)]
    phones = phonemize([*map(without_marks, texts), *marked], voice, marked=True)
    said, forms = phones[: len(texts)], phones[len(texts) :]
    for place, chosen, other in zip(places, forms[::2], forms[1::2], strict=True):
        said[place.text] = _settle(said[place.text], chosen, other)
    return said


def _places(n: int, text: str) -> Iterator[_Place]:
    if "[[" in text or len(text) > LONGEST:
        return
    matches = list(_TOKEN.finditer(text))
    words = [match[0].replace("’", "'") for match in matches]
    for i, match in enumerate(matches):
        word = words[i].lower()
        if word in HETERONYMS and word not in LEFT_ALONE and not words[i].isupper():
            chosen, readings = choose(words, i), HETERONYMS[word]
            other = readings.usual if chosen == readings.other else readings.other
            before, after = text[: match.start()], text[match.end() :]
            yield _Place(
                n,
                f"{before}[[{notation(chosen)}]]{after}",
                f"{before}[[{notation(other)}]]{after}",
            )


def _settle(said: list[str], chosen: list[str], other: list[str]) -> list[str]:
    """`said`, with the chosen form of the one word by which `chosen` and `other` differ, unless
    that word is said so already.
    """
    words, chosen_words, other_words = map(_words, (said, chosen, other))
    if not len(words) == len(chosen_words) == len(other_words):
        return said  # espeak-ng has joined words: which one it is cannot be known
    differing = [i for i, word in enumerate(chosen_words) if word != other_words[i]]
    if len(differing) != 1:
        return said
    i = differing[0]
    if _distance(words[i], chosen_words[i]) <= _distance(words[i], other_words[i]):
        return said
    words[i] = chosen_words[i]
    return [phone for word in words for phone in (" ", *word)][1:]


def _words(phones: list[str]) -> list[list[str]]:
    words: list[list[str]] = [[]]
    for phone in phones:
        if phone == " ":
            words.append([])
        else:
            words[-1].append(phone)
    return words


def _distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Levenshtein's, over signs: a stress mark is a sign of its own."""
    one, two = "".join(a), "".join(b)
    row = list(range(len(two) + 1))
    for i, x in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(two, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def notation(arpabet: str) -> str:
    """ARPAbet as espeak-ng's phoneme names: "R EH1 D" -> "r'Ed"."""
    phones = arpabet.split()
    written, i, stressed = [], 0, False
    while i < len(phones):
        name, stress = phones[i].rstrip("012"), phones[i][-1]
        i += 1
        if name in _CONSONANTS:
            written.append(_CONSONANTS[name])
            continue
        if stress == "2" and stressed:
            stress = ""  # espeak-ng puts no second stress right behind the first
        vowel = _VOWELS[name] if stress != "0" else _UNSTRESSED.get(name, _VOWELS[name])
        if phones[i : i + 1] == ["R"] and name in _BEFORE_R and not _vowel_at(phones, i + 1):
            vowel = _BEFORE_R[name]
            i += 1
        if not written and vowel == "@":
            vowel = "a#"  # as espeak-ng begins "about"
        stressed = stress == "1"
        written.append(_STRESS.get(stress, "") + vowel)
    return "".join(written)


def _vowel_at(phones: Sequence[str], i: int) -> bool:
    return i < len(phones) and phones[i][-1].isdigit()
