"""Letters to sounds, for words that no dictionary has.

A joint-sequence model (Bisani and Ney, "Joint-sequence models for grapheme-to-phoneme conversion",
2008): a word is a sequence of graphones, each a letter with the phones it makes (none, one or two),
and an n-gram with Kneser-Ney smoothing says how likely a sequence is. `bins/train_letters.py` makes
the data file from CMUdict; `docs/text.md` has its error rates.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

Gram = tuple[int, ...]
Chain = tuple[int, Any] | None  # graphones, the last one first

FILE = Path(__file__).with_name("letters.npz")
BEAM = 12
MARGIN = 10.0  # of log likelihood: what is that much worse than the best is given up
DISCOUNTS = (0.6, 0.75, 0.8, 0.85, 0.9, 0.9, 0.9, 0.9)  # of orders 1, 2, …
START = 0  # the graphone before a word; the empty letter ends it


class Graphone(NamedTuple):
    """A letter, and its phones "" to "K S"."""

    letter: str
    phones: str


class LetterModel:
    """The n-grams, and the beam search over them."""

    def __init__(
        self, graphones: Sequence[Graphone], grams: Iterable[tuple[Gram, int]], order: int
    ) -> None:
        self.graphones = list(graphones)
        self.order = order
        self.by_letter: dict[str, list[int]] = {}
        for i, graphone in enumerate(self.graphones[1:], 1):
            self.by_letter.setdefault(graphone.letter, []).append(i)
        self.counts: dict[Gram, dict[int, int]] = {}
        for gram, count in grams:
            self.counts.setdefault(gram[:-1], {})[gram[-1]] = count
        self.totals = {context: sum(seen.values()) for context, seen in self.counts.items()}

    def pronounce(self, word: str) -> str:
        """The most likely phones of a word in the letters a to z; "" where nothing fits. Time and
        memory grow with the word's length, no faster.
        """
        # a score, the last graphones, and all of them as a chain of (graphone, those before)
        beam: list[tuple[float, Gram, Chain]] = [(0.0, (START,), None)]
        for letter in (*word, ""):
            candidates = self.by_letter.get(letter, [])
            grown: list[tuple[float, Gram, Chain]] = []
            for score, context, chain in beam:
                for graphone, p in zip(
                    candidates, self._probabilities(context, candidates), strict=True
                ):
                    longer = (*context, graphone)[1 - self.order :]
                    grown.append((score + math.log(p), longer, (graphone, chain)))
            grown.sort(key=lambda hypothesis: hypothesis[0], reverse=True)
            beam = [h for h in grown[:BEAM] if h[0] > grown[0][0] - MARGIN]
        if not beam:
            return ""
        phones, chain = [], beam[0][2]
        while chain is not None:
            graphone, chain = chain
            phones.append(self.graphones[graphone].phones)
        return " ".join(p for p in reversed(phones) if p)

    def _probabilities(self, context: Gram, candidates: list[int]) -> list[float]:
        """Interpolated Kneser-Ney, from the shortest context to the longest."""
        p = [1.0 / len(self.graphones)] * len(candidates)
        for length in range(len(context) + 1):
            tail = context[len(context) - length :]
            seen = self.counts.get(tail)
            if seen is None:
                break  # a longer context that ends so was never seen either
            total, discount = self.totals[tail], DISCOUNTS[length]
            rest = discount * len(seen) / total
            p = [
                max(seen.get(c, 0) - discount, 0.0) / total + rest * q
                for c, q in zip(candidates, p, strict=True)
            ]
        return p

    def save(self, path: Path) -> None:
        """Compressed arrays: the n-grams of each order in sorted rows, and their counts."""
        arrays: dict[str, np.ndarray] = {
            "graphones": np.array([f"{g.letter} {g.phones}" for g in self.graphones]),
        }
        for order in range(1, self.order + 1):
            grams = sorted(
                (*context, last)
                for context, seen in self.counts.items()
                if len(context) == order - 1
                for last in seen
            )
            rows = np.array(grams, dtype=np.uint16).reshape(-1, order)
            arrays[f"grams{order}"] = np.ascontiguousarray(rows.T)  # columns compress better
            arrays[f"counts{order}"] = np.array(
                [self.counts[g[:-1]][g[-1]] for g in grams], dtype=np.uint32
            )
        np.savez_compressed(path, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path) -> LetterModel:
        """What `save` wrote; nothing is unpickled."""
        with np.load(path, allow_pickle=False) as arrays:
            graphones = [Graphone(*str(g).split(" ", 1)) for g in arrays["graphones"]]
            order = sum(name.startswith("grams") for name in arrays.files)
            grams = [
                (tuple(gram), count)
                for n in range(1, order + 1)
                for gram, count in zip(
                    arrays[f"grams{n}"].T.tolist(), arrays[f"counts{n}"].tolist(), strict=True
                )
            ]
        return cls(graphones, grams, order)


@lru_cache(maxsize=1)
def _model() -> LetterModel:
    return LetterModel.load(FILE)


_NOT_A_LETTER = re.compile(r"[^a-z]")


@lru_cache(maxsize=16384)
def letter_to_sound(word: str) -> str:
    """The likely ARPAbet of a word; accents and signs are taken off first."""
    ascii_word = unicodedata.normalize("NFKD", word.lower())
    return _model().pronounce(_NOT_A_LETTER.sub("", ascii_word))
