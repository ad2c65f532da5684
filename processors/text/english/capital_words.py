"""Words that look like initialisms where they are in capitals."""

from __future__ import annotations

import re

from recital.processors.text.english.words import TABLES, word_set

# Acronyms that are said as words.
SAID_AS_WORDS = word_set(TABLES["said as words"])
# Names of people; those that are initialisms, too, only where somebody speaks: "ANN: Yes."
NAMES = word_set(TABLES["names"])
NAMES_OF_SPEAKERS = NAMES | word_set(TABLES["speakers"])
# Of others who sign with their degrees.
FIRST_NAMES = word_set(TABLES["first names"])
# Words of at most four letters; longer ones are known by their shape.
COMMON = NAMES | word_set(TABLES["common"])
# FIFA, OPPO, EFTA, IMAX, SIAM, FLAC, FARC: four letters that are said as a word.
_C, _V = "[B-DF-HJ-NP-TV-XZ]", "[AEIOU]"
_SHORT_WORD = re.compile(
    rf"(?!U[CKNS]){_V}(?:([B-DF-HJ-NP-TV-Z])\1|[LMNRSF][BCDFGKLMNPRSTV]|[BCDFGKPT][LRST]){_V}|"
    rf"(?!U[CKNS]){_V}{_C}{_V}[B-DF-HJ-NP-RTV-XZ]|{_C}[AEIOUY]{_C}[AEIOUY]|{_C}(?!AA|II|"
    rf"UU){_V}{{2}}[B-DF-HJ-NP-RTV-XZ]|(?:[BCFGPS]L|[BCDFGPT]R|S[CHKMNPTW]|[CT]H|[TD]W|"
    rf"QU){_V}[B-DF-HJ-NP-TV-Z]|{_C}{_V}(?:L[BDFKLMPT]|R[BCDFGKLMNPT]|N[CDGKNTX]|M[BMNP]|S[KPST]|"
    r"[CFPX]T|CK|[CST]H|GN|W[DLN]|([BDFGTZ])\2|[BCDFGKLMNPRTWY]S)"
)


def is_short_word(word: str) -> bool:
    """A word in capitals that is one, by its letters or its shape."""
    return word in COMMON or word in SAID_AS_WORDS or _SHORT_WORD.fullmatch(word) is not None
