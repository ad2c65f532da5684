"""Letters to sounds, for words that no dictionary has.

A word is a sequence of graphones, each a letter with the phones it makes (none, one or two). Two
models say how likely a sequence is, and a beam search adds them: a network that sees all letters
(`letter_network.py`), and n-grams of graphones with Kneser-Ney smoothing (Bisani and Ney,
"Joint-sequence models for grapheme-to-phoneme conversion", 2008). `bins/train_letters.py` makes the
data file from CMUdict; `docs/text.md` has its error rates.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from recital.processors.text.letter_network import N_BEFORE, LetterNetwork, next_state

Gram = tuple[int, ...]
Chain = tuple[int, Any] | None  # graphones, the last one first

FILE = Path(__file__).with_name("letters.npz")
BEAM = 8
MARGIN = 5.0  # of log likelihood: what is that much worse than the best is given up
N_GRAM_WEIGHT = 0.6  # of the n-grams' log likelihood, to the network's
_STRESS = re.compile(r"\d")
DISCOUNTS = (0.6, 0.75, 0.8, 0.85, 0.9, 0.9, 0.9, 0.9)  # of orders 1, 2, …
START = 0  # the graphone before a word; the empty letter ends it


class Graphone(NamedTuple):
    """A letter, and its phones "" to "K S"."""

    letter: str
    phones: str


class _Hypothesis(NamedTuple):
    """A part of a word that is said: its score, what both models look back at, and all labels as a
    chain, the last one first.
    """

    score: float
    grams: Gram
    labels: Gram
    state: int
    chain: Chain


class LetterModel:
    """The network, the n-grams, and the beam search over both."""

    def __init__(
        self,
        network: LetterNetwork,
        graphones: Sequence[Graphone],
        grams: Iterable[tuple[Gram, int]],
        order: int,
    ) -> None:
        self.network = network
        self.graphones = list(graphones)
        self.order = order
        ids = {graphone: i for i, graphone in enumerate(self.graphones)}
        # the network's labels as the n-grams' graphones; -1 for what these do not have
        self.gram_of = [ids.get(Graphone(*label), -1) for label in network.labels]
        self.counts: dict[Gram, dict[int, int]] = {}
        for gram, count in grams:
            self.counts.setdefault(gram[:-1], {})[gram[-1]] = count
        self.totals = {context: sum(seen.values()) for context, seen in self.counts.items()}

    def pronounce(self, word: str) -> str:
        """The most likely phones of a word in the letters a to z; "" where nothing fits. Time and
        memory grow with the word's length, no faster.
        """
        if not word:
            return ""
        beam = [_Hypothesis(0.0, (START,), (0,) * N_BEFORE, 0, None)]
        for letter, encoded in zip(word, self.network.encode(word), strict=True):
            beam = self._step(beam, letter, encoded)
        return self._likeliest(beam)

    def _likeliest(self, beam: list[_Hypothesis]) -> str:
        """The phones that are likeliest in all ways of writing and stressing them together, with
        the best of these stresses.
        """
        said: dict[str, str] = {}
        chances: defaultdict[str, float] = defaultdict(float)
        for hypothesis in beam:
            phones = self._phones(hypothesis.chain)
            bare = _STRESS.sub("", phones)
            said.setdefault(bare, phones)  # the beam is sorted
            chances[bare] += math.exp(hypothesis.score - beam[0].score)
        return said[max(said, key=chances.__getitem__)]

    def _phones(self, chain: Chain) -> str:
        phones = []
        while chain is not None:
            label, chain = chain
            phones.append(self.network.labels[label][1])
        return " ".join(p for p in reversed(phones) if p)

    def _step(self, beam: list[_Hypothesis], letter: str, encoded: np.ndarray) -> list[_Hypothesis]:
        table = self.network.log_probabilities(
            letter, encoded, [h.labels for h in beam], [h.state for h in beam]
        )
        labels = self.network.of_letter[letter]
        grown = []
        for hypothesis, row in zip(beam, table, strict=True):
            near = np.flatnonzero(row > row.max() - MARGIN).tolist()
            likely = [int(labels[k]) for k in near]
            grams = [self.gram_of[label] for label in likely]
            joint = (
                self._probabilities(hypothesis.grams, grams) if len(beam) + len(near) > 2 else [1.0]
            )
            for k, label, gram, p in zip(near, likely, grams, joint, strict=True):
                grown.append(
                    _Hypothesis(
                        hypothesis.score + float(row[k]) + N_GRAM_WEIGHT * math.log(p),
                        (*hypothesis.grams, gram)[1 - self.order :],
                        (*hypothesis.labels[1:], label),
                        next_state(hypothesis.state, self.network.labels[label][1]),
                        (label, hypothesis.chain),
                    )
                )
        grown.sort(key=lambda h: h.score, reverse=True)
        return [h for h in grown[:BEAM] if h.score > grown[0].score - MARGIN]

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
        """Compressed arrays: the network; n-grams of each order in sorted rows; their counts."""
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
        np.savez_compressed(path, allow_pickle=False, **arrays, **self.network.stored())

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
            network = LetterNetwork.from_stored(
                {name: arrays[name] for name in arrays.files if name.startswith("network_")}
            )
        return cls(network, graphones, grams, order)


@lru_cache(maxsize=1)
def _model() -> LetterModel:
    return LetterModel.load(FILE)


_NOT_A_LETTER = re.compile(r"[^a-z]")


@lru_cache(maxsize=16384)
def letter_to_sound(word: str) -> str:
    """The likely ARPAbet of a word; accents and signs are taken off first."""
    ascii_word = unicodedata.normalize("NFKD", word.lower())
    return _model().pronounce(_NOT_A_LETTER.sub("", ascii_word))
