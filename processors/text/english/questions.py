"""Which English questions end like statements: those that ask with a word ("Where is it?"), not
those that yes or no answers ("Is it here?").
"""

from __future__ import annotations

import re

# a period ends a sentence if a capital follows: not in "at two a.m. with him?"
_END = re.compile(r"[?!]+|\.(?=[”’\"')]*\s+[“‘\"'(]*[A-Z])")
_CLAUSE = re.compile(r"[,;:—–]|\s-\s")
_WORD = re.compile(r"[a-z]+")
_ASKING = re.compile(r"what|who|whom|whose|which|when|where|why|how")
_YES_OR_NO = re.compile(
    r"is|are|was|were|am|do|does|did|have|has|had|can|could|will|would|shall|should|may|might|must"
    r"|(is|are|was|were|do|does|did|have|has|had|could|would|should|wo|ca|ai)n"  # isn't
)
# what may come before the word that decides: "But from where is it?"
_BEFORE = re.compile(
    r"and|but|so|then|well|oh|now|okay|ok|yes|no|hey|hi|um|or|because|exactly|just|to|from|for|"
    r"with|in|on|at|of|by|about|since|until"
)


def close_asking(text: str) -> str:
    """Change "?" to "." where a question asks with a word, and has others."""
    sentences, start = [], 0
    for end in _END.finditer(text):
        sentence = text[start : end.end()]
        sentences.append(_closed(sentence) if end[0] == "?" else sentence)
        start = end.end()
    return "".join(sentences) + text[start:]


def _closed(question: str) -> str:
    words = [_WORD.findall(clause) for clause in _CLAUSE.split(question.lower())]
    firsts = [first for clause in words if (first := _first(clause))]
    if not firsts or sum(map(len, words)) == 1 or _YES_OR_NO.fullmatch(firsts[0]):
        return question
    return f"{question[:-1]}." if any(map(_ASKING.fullmatch, firsts)) else question


def _first(words: list[str]) -> str:
    return next((word for word in words if not _BEFORE.fullmatch(word)), "")
