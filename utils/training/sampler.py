"""Batches as a pure function of (lengths, seed, epoch), so that any position of a run can be
restored.

Planned on whole arrays: an epoch of 5 million items takes seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np

from recital.utils.errors import ConfigError, DataError
from recital.utils.random import generator

BUCKET = math.log(1.08)  # items whose lengths differ by less than about 8% may share a batch
BLOCK = 1 << 16  # items whose lengths are Python numbers at once
Numbers = Sequence[int] | np.ndarray  # of integers, [n]


@dataclass(frozen=True, eq=False)
class Plan(Sequence[list[int]]):
    """The global batches of an epoch, in order: batch i is `items[ends[turns[i] - 1] :
    ends[turns[i]]]`.
    """

    items: np.ndarray  # [n_items] of indices, batch after batch
    ends: np.ndarray  # [n_batches], positions in `items`
    turns: np.ndarray  # [n_batches], the random order of the batches

    def __len__(self) -> int:
        return len(self.turns)

    @overload
    def __getitem__(self, index: int) -> list[int]: ...
    @overload
    def __getitem__(self, index: slice) -> Plan: ...
    def __getitem__(self, index: int | slice) -> list[int] | Plan:
        if isinstance(index, slice):
            return Plan(self.items, self.ends, self.turns[index])
        turn = self.turns[index]
        return self.items[self.ends[turn - 1] if turn else 0 : self.ends[turn]].tolist()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)


@dataclass(frozen=True)
class Sampler:
    """Batches of items of similar length. `batch_size` and `max_frames` (padded: items times the
    longest) are per process.

    A global batch is that of all processes: process r takes its items r, r + world_size, r + 2
    world_size, … So two processes with batch_size b together process exactly the batches of one
    process with 2b. (Only approximately with `max_frames`, a budget per process.)
    """

    ids: Sequence[str]
    lengths: Numbers
    batch_size: int
    max_frames: int | None = None
    seed: int = 0
    world_size: int = 1
    # how often each item occurs in an epoch; None: once
    weights: Sequence[float] | np.ndarray | None = None
    # the plans of the last epochs: the loader is an epoch ahead of the Trainer at most
    _plans: dict[int, Plan] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.ids) < self.world_size:
            raise DataError(
                f"{len(self.ids)} utterances cannot be shared by {self.world_size} processes; use "
                "fewer processes"
            )
        if self.weights is not None and np.sum(self.weights) < self.world_size + 1:
            raise ConfigError(
                "dataset_weights: leave less than one utterance for each process; raise them"
            )
        if self.max_frames is not None:
            longest = int(np.argmax(self.lengths))
            if self.lengths[longest] > self.max_frames:
                raise ConfigError(
                    f"train.max_frames: {self.max_frames} is less than the length "
                    f"{self.lengths[longest]} of "
                    f"{self.ids[longest]}; raise it, or lower preprocess.max_seconds"
                )

    def plan(self, epoch: int) -> Plan:
        """The global batches of an epoch, as indices; each item is in one of them, or as many as
        its weight.
        """
        if epoch not in self._plans:
            for old in sorted(self._plans)[:-1]:
                del self._plans[old]
            self._plans[epoch] = self._plan(epoch)
        return self._plans[epoch]

    def _plan(self, epoch: int) -> Plan:
        random = generator(self.seed, "batches", epoch)
        # Logarithmic buckets whose borders move from epoch to epoch, in random order within.
        order = random.permutation(self._items(epoch))
        buckets = self._buckets(random.random())[order]
        # stable: random within a bucket
        order = order[np.argsort(buckets, kind="stable")].astype(np.int32)
        ends = self._cut(order)
        return Plan(order, ends, random.permutation(len(ends)))

    def _buckets(self, offset: float) -> np.ndarray:
        """The bucket of each item, [n]. With `math.log`: NumPy's differs in last bits between
        processors, and the order of a run must not.
        """
        different, which = np.unique(np.asarray(self.lengths), return_inverse=True)
        found = [math.floor(math.log(max(n, 1)) / BUCKET + offset) for n in different.tolist()]
        return np.array(found, np.int16)[which]

    def _items(self, epoch: int) -> np.ndarray:
        """The items of an epoch. One of weight 0.3 occurs in 3 of 10 epochs; which ones depends on
        its place in a random order of the items of that weight. So epochs have equally many items,
        and no item is ever more than one occurrence ahead of its weight.
        """
        if self.weights is None:
            return np.arange(len(self.ids))
        weights = np.asarray(self.weights, np.float64)
        items = []
        for weight in np.unique(weights).tolist():
            same = np.flatnonzero(weights == weight)
            places = generator(self.seed, "weights", str(weight)).permutation(len(same)) / len(same)
            after, before = np.floor((epoch + 1) * weight + places), epoch * weight + places
            items.append(np.repeat(same, (after - np.floor(before)).astype(np.int64)))
        return np.sort(np.concatenate(items))

    def share(self, batch: Sequence[int], rank: int) -> list[int]:
        """The part of a global batch for process `rank`."""
        own = list(batch[rank :: self.world_size])
        # Fewer items than processes (a tiny last batch): repeat one, since no process may skip a
        # step.
        return own or [batch[rank % len(batch)]]

    def stream(
        self, ranks: Sequence[int], epoch: int, first_batch: int
    ) -> Iterator[list[tuple[int, int]]]:
        """Endless batches of `(epoch, index)` keys, from a position on, across epochs: of each
        global batch the shares `ranks`, one after the other.
        """
        while True:
            for batch in self.plan(epoch)[first_batch:]:
                for rank in ranks:
                    yield [(epoch, index) for index in self.share(batch, rank)]
            epoch, first_batch = epoch + 1, 0

    def _fits(self, count: int, longest: int) -> bool:
        """Whether a global batch of `count` items, the longest of `longest`, is within bounds."""
        # items of the process with the most
        share = -(-count // self.world_size)
        in_frames = self.max_frames is None or share * longest <= self.max_frames
        return share <= self.batch_size and in_frames

    def _cut(self, order: np.ndarray) -> np.ndarray:
        """The ends of the batches, [n_batches]: each is as large as fits. The last two are evened
        out, which moves items in `order`.
        """
        most = self.batch_size * self.world_size
        if self.max_frames is None:
            ends = np.append(np.arange(most, len(order), most), len(order))
        else:
            ends = np.array(self._cut_by_frames(order), np.int64)
        if len(ends) > 1:  # a small rest would have a noisy gradient: even it out
            start = int(ends[-3]) if len(ends) > 2 else 0
            ends[-2] = start + self._even(order[start:], int(ends[-2]) - start)
        return ends

    def _cut_by_frames(self, order: np.ndarray) -> list[int]:
        lengths = np.asarray(self.lengths)
        ends: list[int] = []
        count = longest = 0
        for block in range(0, len(order), BLOCK):
            numbers = lengths[order[block : block + BLOCK]].tolist()
            for place, length in enumerate(numbers, block):
                count, longest = count + 1, max(longest, length)
                if count > 1 and not self._fits(count, longest):
                    ends.append(place)
                    count, longest = 1, length
        return [*ends, len(order)]

    def _even(self, order: np.ndarray, cut: int) -> int:
        """Move items from the end of the first to the end of the second of two batches, in place;
        `cut` is the end of the first. Returns the new one.
        """
        old, longest = cut, int(np.asarray(self.lengths)[order[cut:]].max())
        while cut > len(order) - cut + 1:
            longest = max(longest, int(self.lengths[order[cut - 1]]))
            if not self._fits(len(order) - cut + 1, longest):
                break
            cut -= 1
        order[cut:] = np.concatenate([order[old:], order[cut:old][::-1]])
        return cut


@dataclass(frozen=True)
class EndlessBatches:
    """A DataLoader's `batch_sampler` over `Sampler.stream`: one loader, and its workers, serve a
    whole run.
    """

    sampler: Sampler
    ranks: Sequence[int]
    epoch: int = 0
    first_batch: int = 0

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        return self.sampler.stream(self.ranks, self.epoch, self.first_batch)


@dataclass(frozen=True)
class OnePass:
    """A DataLoader's `batch_sampler` over the batches of epoch 0, once, for validation."""

    sampler: Sampler
    rank: int

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        return iter(
            [
                [(0, i) for i in self.sampler.share(batch, self.rank)]
                for batch in self.sampler.plan(0)
            ]
        )

    def __len__(self) -> int:
        return len(self.sampler.plan(0))
