"""Letters to sounds, for words that no dictionary has.

A word is a sequence of graphones, each a letter with the phones it makes (none, one or two). A beam
search finds the best sequences of a network that sees all letters (`letter_network.py`); n-grams of
graphones with Kneser-Ney smoothing (Bisani and Ney, "Joint-sequence models for
grapheme-to-phoneme conversion", 2008) settle which of these it is. Words of equal length are
searched together. `bins/train_letters.py` makes the data file from CMUdict; `docs/text.md` has its
error rates.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from recital.processors.text.letter_network import LETTERS, N_BEFORE, NEVER, LetterNetwork

Gram = tuple[int, ...]

FILE = Path(__file__).with_name("letters.npz")
BEAM = 16
AT_ONCE = 64  # words
MARGIN = 5.0  # of the network's log likelihood: what is that much worse than the best is given up
N_GRAM_WEIGHT = 0.4  # of the n-grams' log likelihood, to the network's
DISCOUNTS = (0.6, 0.75, 0.8, 0.85, 0.9, 0.9, 0.9, 0.9)  # of orders 1, 2, …
START, END = 0, 1  # the graphones before and after a word
_STRESS = re.compile(r"\d")


class Graphone(NamedTuple):
    """A letter, and its phones "" to "K S"."""

    letter: str
    phones: str


class LetterModel:
    """The network, the n-grams, and the search."""

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
        """The most likely phones of a word in the letters a to z; "" for no letters. Time and
        memory grow with the word's length, no faster.
        """
        return self.pronounce_all([word])[0]

    def pronounce_all(self, words: Sequence[str]) -> list[str]:
        """The phones of each word: faster than one by one."""
        by_length: defaultdict[int, list[int]] = defaultdict(list)
        for i, word in enumerate(words):
            by_length[len(word)].append(i)
        phones = [""] * len(words)
        for length, rows in by_length.items():
            for start in range(0, len(rows), AT_ONCE) if length else ():
                some = rows[start : start + AT_ONCE]
                for i, found in zip(some, self._search([words[i] for i in some]), strict=True):
                    phones[i] = found
        return phones

    def _search(self, words: Sequence[str]) -> list[str]:
        """Beam search over words of equal length, by the network alone."""
        net = self.network
        letters = np.array([[LETTERS[letter] for letter in word] for word in words])
        encoded = net.encode(letters)
        n_words = len(words)
        row = np.arange(n_words)[:, None]
        before = np.zeros((n_words, BEAM, N_BEFORE), np.intp)
        states = np.zeros((n_words, BEAM), np.intp)
        scores = np.full((n_words, BEAM), NEVER, np.float32)
        scores[:, 0] = 0.0
        steps = []  # of each letter: which hypothesis was continued, with which label
        for t in range(letters.shape[1]):
            table = net.log_probabilities(letters[:, t], encoded[:, t], before, states)
            n_own = table.shape[2]
            grown = (scores[:, :, None] + table).reshape(n_words, -1)
            best = np.argsort(-grown, axis=1)[:, :BEAM]
            scores = grown[row, best]
            parents = best // n_own
            # what cannot be may point behind the last label
            labels = net.first[letters[:, t]][:, None] + best % n_own
            labels = np.minimum(labels, len(net.labels) - 1)
            states = net.next_states[states[row, parents], labels]
            before = np.concatenate([labels[:, :, None], before[row, parents, :-1]], axis=2)
            steps.append((parents, labels))
        paths = _paths(steps)
        return [self._best(*word) for word in zip(paths.tolist(), scores.tolist(), strict=True)]

    def _best(self, paths: list[list[int]], scores: list[float]) -> str:
        """The phones that are likeliest in all ways of writing and stressing them together, with
        the best of these stresses.
        """
        likely = [i for i, score in enumerate(scores) if score > scores[0] - MARGIN]
        if len(likely) > 1:
            totals = {i: scores[i] + N_GRAM_WEIGHT * self._log_joint(paths[i]) for i in likely}
            likely.sort(key=totals.__getitem__, reverse=True)
        else:
            totals = {0: 0.0}
        said: dict[str, str] = {}
        chances: defaultdict[str, float] = defaultdict(float)
        for i in likely:
            phones = " ".join(p for label in paths[i] if (p := self.network.labels[label][1]))
            bare = _STRESS.sub("", phones)
            said.setdefault(bare, phones)
            chances[bare] += math.exp(totals[i] - totals[likely[0]])
        return said[max(said, key=chances.__getitem__)]

    def _log_joint(self, path: Sequence[int]) -> float:
        """Log likelihood of graphones by interpolated Kneser-Ney."""
        sequence = (START, *(self.gram_of[label] for label in path), END)
        total = 0.0
        for end in range(1, len(sequence)):
            total += math.log(self._probability(sequence[max(0, end + 1 - self.order) : end + 1]))
        return total

    def _probability(self, gram: Gram) -> float:
        """The probability of the last graphone after the others, from the shortest context on."""
        *_, last = gram
        p = 1.0 / len(self.graphones)
        for start in range(len(gram) - 1, -1, -1):
            context = gram[start:-1]
            seen = self.counts.get(context)
            if seen is None:
                break  # a longer context that ends so was never seen either
            total, discount = self.totals[context], DISCOUNTS[len(context)]
            count = seen.get(last, 0)
            p = (max(count - discount, 0.0) + discount * len(seen) * p) / total
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


def _paths(steps: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """The labels of each hypothesis [W, BEAM, N], from those of each step and their parents."""
    n_words, beam = steps[0][0].shape
    row = np.arange(n_words)[:, None]
    where = np.tile(np.arange(beam), (n_words, 1))
    labels_from_last = []
    for parents, labels in reversed(steps):
        labels_from_last.append(labels[row, where])
        where = parents[row, where]
    return np.stack(labels_from_last[::-1], axis=2)


@lru_cache(maxsize=1)
def _model() -> LetterModel:
    return LetterModel.load(FILE)


_NOT_A_LETTER = re.compile(r"[^a-z]")


@lru_cache(maxsize=16384)
def letter_to_sound(word: str) -> str:
    """The likely ARPAbet of a word; accents and signs are taken off first."""
    ascii_word = unicodedata.normalize("NFKD", word.lower())
    return _model().pronounce(_NOT_A_LETTER.sub("", ascii_word))
