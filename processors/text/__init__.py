"""Text to tokens: cleaners, symbols, and the processor that a voice carries."""

from __future__ import annotations

from recital.processors.text.cleaners import normalize
from recital.processors.text.processor import (
    NothingToSpeak,
    TextConfig,
    TextProcessor,
    symbols_for,
    text_to_tokens,
)

__all__ = [
    "NothingToSpeak",
    "TextConfig",
    "TextProcessor",
    "normalize",
    "symbols_for",
    "text_to_tokens",
]
