"""Splits into train, valid and test: no sentence occurs in two splits, unless they are given.

What decides is in arrays: an utterance takes 21 bytes and its id, where an object takes 760.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recital.processors.features import PreprocessConfig
from recital.processors.split_names import SPLITS
from recital.processors.store import Utterance, normal_text
from recital.processors.tables import from_blob

__all__ = ["Candidates", "choose", "normal_text", "split"]

GIVEN = ("", *SPLITS)  # `Candidates.given` numbers them
NONE = np.zeros(0, np.int64)


class Candidates:
    """The data by which utterances are split, by their place in the corpus."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.speakers: dict[str, int] = {}
        self._ids, self._id_ends = bytearray(), array("q")
        self._rank, self._speaker, self._given = array("Q"), array("i"), array("b")

    def noted(self, utterances: Iterable[Utterance]) -> Iterator[Utterance]:
        """The utterances, of which what decides is kept as they pass."""
        for u in utterances:
            self._ids += u.id.encode()
            self._id_ends.append(len(self._ids))
            self._rank.append(_rank(self.seed, normal_text(u.text)))
            self._speaker.append(self.speakers.setdefault(u.speaker, len(self.speakers)))
            self._given.append(GIVEN.index(u.split))
            yield u

    def __len__(self) -> int:
        return len(self._rank)

    def ids(self, rows: np.ndarray) -> Iterator[str]:
        """The ids of the utterances at some places."""
        blob, ends = np.array(self._ids, np.uint8), np.array(self._id_ends, np.int64)
        return (from_blob(blob, ends, row) for row in rows)

    @property
    def rank(self) -> np.ndarray:
        """[n] uint64: a hash of each text, by which texts are ordered and known to be equal."""
        return np.array(self._rank, np.uint64)

    @property
    def speaker(self) -> np.ndarray:
        """[n] int32: numbers in `speakers`."""
        return np.array(self._speaker, np.int32)

    @property
    def given(self) -> dict[str, np.ndarray]:
        """The places of the utterances that have each split, of those that any has."""
        numbers = np.array(self._given, np.int8)
        found = {name: np.flatnonzero(numbers == i) for i, name in enumerate(GIVEN)}
        return {name: rows for name, rows in found.items() if len(rows)}


def split(utterances: Iterable[Utterance], preprocess: PreprocessConfig) -> dict[str, list[str]]:
    """The ids of each split; see `choose`."""
    candidates = Candidates(preprocess.seed)
    for _ in candidates.noted(utterances):
        pass
    chosen = choose(candidates, preprocess)
    return {name: list(candidates.ids(rows)) for name, rows in chosen.items()}


def choose(candidates: Candidates, preprocess: PreprocessConfig) -> dict[str, np.ndarray]:
    """Places by split, in order. All takes of a text stay together, so the configured sizes are
    upper bounds; a small corpus gives a tenth each to valid and test.

    Each speaker's share of valid and test is that of the corpus, as far as whole texts allow.
    Texts are ordered by a hash of the seed and the text: adding or removing a recording moves at
    most those at the edges. golden_test is the first part of test. With two different texts test
    is empty, with one valid is empty as well.

    Splits that utterances have already are kept: with a given train, the others are in no split;
    valid is drawn if it is not given, test if neither it nor train is. A given golden_test is in
    test too.
    """
    given = candidates.given
    golden = given.get("golden_test", NONE)
    drawn = given.get("train" if "train" in given else "", NONE)
    texts = _Texts.of(drawn, candidates)
    cap = max(1, len(candidates) // 10)
    chosen = {
        "test": np.concatenate([given.get("test", NONE), golden]),
        "valid": given.get("valid", NONE),
    }
    if len(texts) > 2 and not ({"test", "train"} & given.keys()):
        size = max(min(preprocess.test, cap) - len(golden), 0)
        more, texts = texts.draw(size)
        chosen["test"] = np.concatenate([chosen["test"], more])
    if len(texts) > 1 and "valid" not in given:
        chosen["valid"], texts = texts.draw(min(preprocess.valid, cap))
    chosen["golden_test"] = golden if len(golden) else chosen["test"][: preprocess.golden_test]
    chosen["train"] = texts.rows
    return {name: np.sort(rows) for name, rows in chosen.items()}


@dataclass(frozen=True)
class _Texts:
    """Different texts, in the order in which they are drawn."""

    rows: np.ndarray  # the places of the utterances of the first text, then of the second, …
    sizes: np.ndarray  # utterances of each text
    speaker: np.ndarray  # of each place of the corpus, a number in `names`
    names: Sequence[str]

    @classmethod
    def of(cls, rows: np.ndarray, candidates: Candidates) -> _Texts:
        rank = candidates.rank[rows]
        order = np.argsort(rank, kind="stable")
        _, sizes = np.unique(rank, return_counts=True)
        return cls(rows[order], sizes, candidates.speaker, list(candidates.speakers))

    def __len__(self) -> int:
        return len(self.sizes)

    def draw(self, size: int) -> tuple[np.ndarray, _Texts]:
        """Take whole texts in order while they fit, at least one if size > 0; returns their places
        and the other texts.

        First texts that keep every speaker within its share, then any, while there is room.
        """
        if size <= 0:
            return NONE, self
        speaking = np.bincount(self.speaker[self.rows]).tolist()  # utterances of each speaker
        counts = {self.names[i]: n for i, n in enumerate(speaking) if n}
        shares = _shares(counts, size)
        ends = np.cumsum(self.sizes)
        left = np.ones(len(self), bool)
        taken: Counter[str] = Counter()
        room = size
        for strict in (True, False):
            for i in np.flatnonzero(left & (self.sizes <= room)):
                if room == 0:
                    break
                if self.sizes[i] > room:
                    continue
                rows = self.rows[ends[i] - self.sizes[i] : ends[i]]
                more = Counter(self.names[s] for s in self.speaker[rows].tolist())
                if strict and any(taken[s] + n > shares[s] for s, n in more.items()):
                    continue
                left[i] = False
                taken.update(more)
                room -= int(self.sizes[i])
        if left.all():
            left[np.argmin(self.sizes)] = False
        kept = np.repeat(left, self.sizes)
        return self.rows[~kept], _Texts(self.rows[kept], self.sizes[left], self.speaker, self.names)


def _shares(counts: Mapping[str, int], size: int) -> dict[str, int]:
    """Divide `size` among speakers in proportion to counts; largest remainders are rounded up."""
    total = sum(counts.values())
    exact = {speaker: size * n / total for speaker, n in counts.items()}
    shares = {speaker: int(share) for speaker, share in exact.items()}
    short = sorted(exact, key=lambda s: (shares[s] - exact[s], s))
    for speaker in short[: size - sum(shares.values())]:
        shares[speaker] += 1
    return shares


def _rank(seed: int, text: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed} {text}".encode()).digest()[:8], "big")
