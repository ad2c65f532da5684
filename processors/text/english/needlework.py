"""Patterns of crochet and knitting: "Ch 3, 2 dc in next st", "k2tog, yo, rep from *"."""

from __future__ import annotations

import re

from recital.processors.text.english.words import TABLES, glossary

# What only a pattern has.
_SURE = re.compile(
    r"\b\d+ ?(?:sts|hdc|dc|sc)\b(?! (?:power|motors?|volts?|current))|\b[kp]2tog\b|\bssk\b|"
    r"\bsl st\b|\b[Rr]nds? \d|\b(?:h?dc|sc|sts?|ch) (?:in|on) (?:the )?(?:next|each|first|last|"
    r"same|top|\d)|\b(?:next|each|same|last|first) (?:\d+ )?(?:sts?|h?dc|sc)(?![\w.]\w| to )\b|"
    r"\b(?:next|each) (?:\d+ )?chs?[,;)]|\b[Cc]hain \d[^.]{0,60}\d ?DC\b|\b[Cc]h ?\d+, (?:turn|"
    r"\d? ?(?:h?dc|sc|sl))|\bst after the \d|\d ?DC on |^Ch \d+\.$"
)
_FROM_STAR = re.compile(r"\b(from|to) \*+(?=[\s,;.]|$)")
_CHAIN = re.compile(r"\b([Cc])h[ -]?(?=\d)")
_KNIT = re.compile(r"\b([KkPp])(\d{1,2})\b(?=[,;.\s]|$)")
_STITCHES = {"K": "knit", "P": "purl"}
_NAMES = glossary(TABLES["needlework"])
_NAME = re.compile(
    rf"\b({'|'.join(sorted(_NAMES, key=len, reverse=True))})\b\.?(?=[\s,;:)*]|$|\.$)"
)
_CAPITAL = re.compile(r"\b(H?DC|SC|RS|WS|[RS]nds?|Rep|Beg|Inc|Dec|Sl st|Sk|Yo|Dc|Sc|Hdc)\b")
_SIDES = {"RS": "right side", "WS": "wrong side"}


def expand(text: str) -> str:
    """ "Ch 3, 2 dc in next st" -> "Chain 3, 2 double crochet in next stitch"."""
    if not _is_one(text):
        return text
    text = _CHAIN.sub(lambda m: f"{m[1]}hain ", _FROM_STAR.sub(r"\1 star", text))
    text = _KNIT.sub(lambda m: f"{_STITCHES[m[1].upper()]} {m[2]}", text)
    text = _CAPITAL.sub(_capital, text)
    return _NAME.sub(lambda m: _NAMES[m[1]] + "." * (m[0][-1] == "."), text)


def _is_one(text: str) -> bool:
    # A chain of `in` takes a tenth of what one search for all of them does.
    short = " sc" in text or " dc" in text or " sts" in text or "hdc" in text or "DC" in text
    knit = (
        "2tog" in text
        or "sl st" in text
        or "ssk" in text
        or "Rnd" in text
        or "rnd" in text
        or "Ch " in text
    )
    return (short or knit) and _SURE.search(text) is not None


def _capital(match: re.Match[str]) -> str:
    short = match[1]
    if short in _SIDES:
        return _SIDES[short]
    name = _NAMES.get(short.lower(), short)
    return name if short.isupper() else name.capitalize()
