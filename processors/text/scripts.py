"""Scripts: which languages of espeak-ng read which, and what their marks are in ASCII."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from recital.utils.errors import DataError

# The languages of espeak-ng that read a script; others spell it ("Chinese letter") or drop it.
READERS: dict[str, tuple[str, ...]] = {
    "CJK": ("cmn", "yue", "hak"),
    "HIRAGANA": ("ja",),
    "KATAKANA": ("ja",),
    "HANGUL": ("ko",),
    "BOPOMOFO": (),
    "CYRILLIC": (
        "ru",
        "uk",
        "bg",
        "mk",
        "sr",
        "be",
        "kk",
        "ky",
        "tt",
        "ba",
        "cv",
        "mn",
        "kaa",
        "bs",
        "hr",
        "uz",
        "ug",
        "nog",
    ),  # fmt: skip
    "GREEK": ("el", "grc"),
    "ARABIC": ("ar", "fa", "ur", "sd", "ug", "ku", "ps", "ms"),
    "HEBREW": ("he",),
    "DEVANAGARI": ("hi", "mr", "ne", "kok", "sd", "bho", "mai"),
    "BENGALI": ("bn", "as", "bpy", "mni"),
    "GURMUKHI": ("pa",),
    "GUJARATI": ("gu",),
    "ORIYA": ("or",),
    "TAMIL": ("ta",),
    "TELUGU": ("te",),
    "KANNADA": ("kn",),
    "MALAYALAM": ("ml",),
    "SINHALA": ("si",),
    "THAI": ("th",),
    "MYANMAR": ("my", "shn"),
    "GEORGIAN": ("ka",),
    "ARMENIAN": ("hy", "hyw"),
    "ETHIOPIC": ("am", "ti"),
    "CHEROKEE": ("chr",),
    "KHMER": ("km",),
    "LAO": ("lo",),
    "TIBETAN": (),
    "MONGOLIAN": (),
}
_FOREIGN = re.compile(
    r"[^\W\d_\u0000-\u02ff\u1d00-\u1dbf\u1e00-\u1eff\u2070-\u218f\ua720-\ua7ff\ufb00-\ufb06]+"
)
_NAMES = {"CJK": "Chinese characters"}
_OF_WORDS = frozenset(["CJK", "HANGUL", "HIRAGANA", "KATAKANA"])  # one sign is a word or syllable
_MARKS = {
    ". ": "।॥۔։።።។៕༎။꓿᙮",
    "? ": "؟՞፧⁇⸮",
    ", ": "،、՝፣၊߸，､",
    "; ": "؛፤；",
    ": ": "፥፡：",
    "! ": "՜！",
    ".": "｡",
    "": "¿¡",
}
_CJK_MARKS = {"。": ". ", "？": "? "}
_TABLE = {ord(mark): plain for plain, marks in _MARKS.items() for mark in marks}
_TABLE |= {ord(mark): plain for mark, plain in _CJK_MARKS.items()}
_HYPHEN_DASH = re.compile(r"(?<=\S) +-{1,3} +(?=\S)")
_TIGHT_DASH = re.compile(r"(?<=[^\W\d])—(?=[^\W\d])")
_GREEK_QUESTION = re.compile(r"[;\u037e](?=\s|$)")
_GREEK_WORD = re.compile(r"[\u0370-\u03ff]{2}")


def plain_marks(text: str) -> str:
    """Marks of any script as those that espeak-ng pauses at: "है। क्या؟" -> "है. क्या?"; a hyphen
    between blanks is a dash, and a dash stands between blanks: "no - yes—no" -> "no — yes — no".
    """
    if "-" in text:
        text = _HYPHEN_DASH.sub(" — ", text)
    if text.isascii():
        return text
    if "—" in text:
        text = _TIGHT_DASH.sub(" — ", text)
    if _GREEK_WORD.search(text):
        text = _GREEK_QUESTION.sub("?", text)
    return text.translate(_TABLE)


def check_script(text: str, language: str) -> None:
    """`DataError` where words are in a script that this language of espeak-ng does not read. One
    letter alone is a sign (π), which all call by its name; a Chinese character is a word.
    """
    if text.isascii():
        return
    unread: Counter[str] = Counter()
    for run in _FOREIGN.findall(text):
        for letter in run:
            script = _script(letter)
            sign = len(run) == 1 and script not in _OF_WORDS
            if script in READERS and language not in READERS[script] and not sign:
                unread[letter] += 1
    if not unread:
        return
    scripts = sorted({_script(letter) for letter in unread})
    readers = {script: READERS[script] for script in scripts}
    hints = "; ".join(
        f"{_NAMES.get(script, script.capitalize())}: {_listed(names) or 'none'} read it"
        for script, names in readers.items()
    )
    shown = ", ".join(f"{letter!r}" for letter, _ in unread.most_common(8))
    raise DataError(
        f"letters that the language {language!r} does not read: {shown} in {text[:40]!r}; write "
        f"them in letters of {language!r}, or set text.voice to a language that reads "
        f"them ({hints})"
    )


def _listed(languages: tuple[str, ...]) -> str:
    return ", ".join(repr(language) for language in languages[:4])


@lru_cache(maxsize=8192)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split(maxsplit=1)[0].partition("-")[0]
