"""Text to tokens."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from recital.processors.text.cleaners import CLEANERS, collapse_whitespace
from recital.processors.text.numbers import expand_currency
from recital.processors.text.symbols import MARKS, STRESSES, symbol_set
from recital.utils.config import nearest
from recital.utils.errors import ConfigError, DataError

log = logging.getLogger(__name__)

_BRACES = re.compile(r"\{([^}]*)\}")  # symbols by hand: {HH AH0 L OW1}


@dataclass(frozen=True)
class TextConfig:
    """The `text` section: how a text becomes tokens, in training and in inference alike."""

    cleaners: str | None = "english_cleaners_v2"  # None: the text as it stands
    symbol_set: str = "english_basic"
    phonemizer: Literal["espeak"] | None = None  # None: letters
    voice: str = "en-us"  # of the phonemizer
    edge_symbol: str | None = None  # put at both ends, to hold the silence there

    def __post_init__(self) -> None:
        if self.cleaners is not None and self.cleaners not in CLEANERS:
            hint = nearest(self.cleaners, CLEANERS) or "; known: null, " + ", ".join(CLEANERS)
            raise ConfigError(f"text.cleaners: no cleaners {self.cleaners!r}{hint}")
        if self.edge_symbol is not None and self.edge_symbol not in symbol_set(self.symbol_set):
            raise ConfigError(
                f"text.edge_symbol: {self.edge_symbol!r} is no symbol of {self.symbol_set}"
            )


def symbols_for(config: TextConfig) -> list[str]:
    """The symbols that a voice trained with this config has."""
    return list(symbol_set(config.symbol_set))


def normalize(text: str, cleaners: str | None = "english_cleaners_v2") -> str:
    """The text in the words that are spoken; what stands in braces stays as it is."""
    if cleaners is None:
        return collapse_whitespace(text).strip()
    clean = CLEANERS[cleaners]
    pieces = re.findall(r"\{[^}]+\}|\S+", expand_currency(text))
    return collapse_whitespace(
        " ".join(piece if piece[0] == "{" else clean(piece) for piece in pieces)
    )


def text_to_tokens(
    text: str, *, cleaners: str = "english_cleaners_v2", symbol_set: str = "english_basic"
) -> list[int]:
    """The tokens of a text in letters, with ARPAbet symbols in braces."""
    config = TextConfig(cleaners=cleaners, symbol_set=symbol_set)
    return TextProcessor(config, symbols_for(config)).encode(text)


class TextProcessor:
    """Text to tokens, for one voice: `symbols` are those of its checkpoint."""

    def __init__(self, config: TextConfig, symbols: Sequence[str]) -> None:
        self.config = config
        self.symbols = list(symbols)
        self.ids = {symbol: i for i, symbol in enumerate(self.symbols)}
        if config.edge_symbol is not None and config.edge_symbol not in self.ids:
            raise ConfigError(
                f"text.edge_symbol: {config.edge_symbol!r} is not among the voice's symbols"
            )

    def encode(self, text: str) -> list[int]:
        """The tokens of one text; `DataError` where nothing in it can be spoken."""
        return self.encode_many([text])[0]

    def encode_many(self, texts: Sequence[str]) -> list[list[int]]:
        """The tokens of many texts, phonemized in one batch.

        A symbol that the voice does not know is left out, as the reference does, with a warning
        that names it. Raises `DataError` for a text of which nothing is left.
        """
        parts = [
            _BRACES.split(normalize(text, self.config.cleaners)) for text in texts
        ]  # [plain, in braces, plain, …]
        spelt = self._spell([plain for part in parts for plain in part[::2]])
        unknown: Counter[str] = Counter()
        encoded = []
        for text, part in zip(texts, parts, strict=True):
            names: list[str] = []
            for i, piece in enumerate(part):
                names = self._join(
                    names, [self._by_hand(s) for s in piece.split()] if i % 2 else next(spelt)
                )
            tokens = [self.ids[name] for name in names if self._knows(name, unknown)]
            if not any(self.symbols[token] not in (" ", "_", *MARKS) for token in tokens):
                raise DataError(
                    f"nothing to speak in the text {text[:80]!r}: "
                    "expected words in letters that the voice knows"
                )
            if self.config.edge_symbol is not None:
                edge = self.ids[self.config.edge_symbol]
                tokens = [edge, *tokens, edge]
            encoded.append(tokens)
        if unknown:
            named = ", ".join(f"{symbol!r} ({count})" for symbol, count in unknown.most_common(10))
            log.warning(
                "left out %d symbols that the voice does not know: %s", unknown.total(), named
            )
        return encoded

    def token_names(self, tokens: Iterable[int]) -> list[str]:
        """The symbols of tokens."""
        return [self.symbols[token] for token in tokens]

    def _spell(self, texts: list[str]) -> Iterator[list[str]]:
        if self.config.phonemizer is None:
            return map(list, texts)
        from recital.processors.espeak import phonemize

        return (
            [self._nearest_phone(p) for p in phones]
            for phones in phonemize(texts, self.config.voice)
        )

    def _join(self, names: list[str], more: list[str]) -> list[str]:
        """Letters bring their own blanks, phonemes of two pieces are two words."""
        between = (
            [" "] if self.config.phonemizer and names and more and more[0] not in MARKS else []
        )
        return names + between + more

    def _by_hand(self, symbol: str) -> str:
        return (
            "@" + symbol if "@" + symbol in self.ids or self.config.phonemizer is None else symbol
        )

    def _knows(self, name: str, unknown: Counter[str]) -> bool:
        if name in self.ids:
            return True
        unknown[name] += 1
        return False

    def _nearest_phone(self, phone: str) -> str:
        """A foreign phoneme without its modifiers (bʰ -> b, iːː -> i), where the voice knows
        only that.
        """
        if phone in self.ids:
            return phone
        stress = phone[0] if phone[0] in STRESSES else ""
        base = "".join(
            c
            for c in unicodedata.normalize("NFD", phone)
            if unicodedata.category(c) not in ("Mn", "Lm")
        )
        forms = (stress + base, base, stress + base[:1], base[:1])
        return next((form for form in forms if form in self.ids), phone)
