"""Tables of words that are written as text."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words, in no order."""
    return frozenset(text.split())


def listed(text: str) -> tuple[str, ...]:
    """The words, in their order."""
    return tuple(text.split())
