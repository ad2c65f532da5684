"""Mandarin by pinyin (pypinyin, the extra `mandarin`): each syllable is its initial, medial and
final, then its tone, with the symbols of NVIDIA's `english_mandarin_basic`: 你 -> #N #I #3.

A final r (erhua) is `#ER` inside of its syllable (花儿 -> #H #U #A #ER #1); 儿 as a syllable of its
own is `#^ #ER #2`, as every 儿 is in the reference.
"""

from __future__ import annotations

import re
from functools import lru_cache

from recital.processors.text.symbols import MANDARIN_FINALS, MANDARIN_MARKS
from recital.utils.errors import DataError, RecitalError

_INITIALS = ("ZH", "CH", "SH", *"BPMFDTNLGKHJQXRZCSYW")
_CHINESE = re.compile(f"([\u4e00-\u9fff{MANDARIN_MARKS}]+)")
_RUN = re.compile(f"[{MANDARIN_MARKS}]|[^{MANDARIN_MARKS}]+")
# 儿 is a syllable of its own next to these.
_CHILD_BEFORE, _CHILD_AFTER = (
    frozenset("女婴幼孤胎健少男小患宠生育"),
    frozenset("子童女歌科媳孙时戏"),
)
_INTERJECTIONS = {"NG": "N EN", "N": "N EN", "M": "M U", "HM": "H EN", "HNG": "H ENG", "E": "^ E"}


def split_chinese(text: str) -> list[str]:
    """[other, Chinese, other, Chinese, …, other]."""
    return _CHINESE.split(text)


def to_braces(text: str) -> str:
    """Chinese characters and marks as symbols in braces: "你好。" -> "{#N #I #3 #H #AO #3 #。}"."""
    return "{" + " ".join(f"#{symbol}" for symbol in symbols_of(text)) + "}"


def symbols_of(text: str) -> list[str]:
    """The symbols of Chinese characters and marks, without their `#`.

    Raises `RecitalError` where pypinyin is missing, `DataError` for a character that it has no
    reading for.
    """
    try:
        from pypinyin import Style, lazy_pinyin
    except ImportError:
        raise RecitalError(
            "Mandarin needs pypinyin: pip install pypinyin (the extra `mandarin`)"
        ) from None
    readings = [
        reading
        for run in _RUN.findall(text)
        for reading in (run if run in MANDARIN_MARKS else lazy_pinyin(run, style=Style.TONE3))
    ]
    symbols: list[str] = []
    for i, (character, reading) in enumerate(zip(text, readings, strict=True)):
        if reading in MANDARIN_MARKS:
            symbols.append(reading)
        elif not reading.isascii():
            raise DataError(f"no pinyin for {character!r} at character {i} of {text[:40]!r}")
        elif character == "儿" and symbols and symbols[-1].isdigit() and not _is_child(text, i):
            symbols.insert(-1, "ER")
        else:
            symbols += syllable(reading)
    return symbols


def _is_child(text: str, i: int) -> bool:
    return text[i - 1] in _CHILD_BEFORE or text[i + 1 : i + 2] in _CHILD_AFTER


@lru_cache(maxsize=4096)
def syllable(pinyin: str) -> tuple[str, ...]:
    """ "xue2" -> X VE 2, "an1" -> ^ AN 1, "huar1" -> H U A ER 1; no digit is tone 5."""
    tone = pinyin[-1] if pinyin[-1].isdigit() else "5"
    letters = pinyin.rstrip("012345").upper().replace("Ü", "V").replace("U:", "V")
    tone = "5" if tone == "0" else tone
    if letters in _INTERJECTIONS:
        return (*_INTERJECTIONS[letters].split(), tone)
    erhua: tuple[str, ...] = ()
    if letters.endswith("R") and letters != "ER":
        letters, erhua = letters[:-1], ("ER",)
    initial = next((i for i in _INITIALS if letters.startswith(i)), "")
    final = letters[len(initial) :]
    if initial in ("J", "Q", "X", "Y") and final.startswith("U"):
        final = "V" + final[1:]
    if final in MANDARIN_FINALS:
        parts: tuple[str, ...] = (final,)
    elif final[:1] in ("I", "U", "V") and final[1:] in MANDARIN_FINALS:
        parts = (final[0], final[1:])
    else:
        raise DataError(f"no syllable of pinyin: {pinyin!r}; expected such as 'xue2' or 'huar1'")
    return (initial or "^", *parts, *erhua, tone)
