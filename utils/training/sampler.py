"""Batches as a pure function of (lengths, seed, epoch), so that any position of a run can be
restored.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recital.utils.errors import ConfigError, DataError
from recital.utils.random import generator

BUCKET = math.log(1.08)  # items whose lengths differ by less than about 8% may share a batch


@dataclass(frozen=True)
class Sampler:
    """Batches of items of similar length. `batch_size` and `max_frames` (padded: items times the
    longest) are per process.

    A global batch is that of all processes: process r takes its items r, r + world_size, r + 2
    world_size, … So two processes with batch_size b together process exactly the batches of one
    process with 2b. (Only approximately with `max_frames`, a budget per process.)
    """

    ids: Sequence[str]
    lengths: Sequence[int]
    batch_size: int
    max_frames: int | None = None
    seed: int = 0
    world_size: int = 1
    weights: Sequence[float] | None = None  # how often each item occurs in an epoch; None: once

    def __post_init__(self) -> None:
        if len(self.ids) < self.world_size:
            raise DataError(
                f"{len(self.ids)} utterances cannot be shared by {self.world_size} processes; use "
                "fewer processes"
            )
        if self.weights is not None and sum(self.weights) < self.world_size + 1:
            raise ConfigError(
                "dataset_weights: leave less than one utterance for each process; raise them"
            )
        if self.max_frames is not None:
            longest = max(range(len(self.ids)), key=self.lengths.__getitem__)
            if self.lengths[longest] > self.max_frames:
                raise ConfigError(
                    f"train.max_frames: {self.max_frames} is less than the length "
                    f"{self.lengths[longest]} of "
                    f"{self.ids[longest]}; raise it, or lower preprocess.max_seconds"
                )

    def plan(self, epoch: int) -> list[list[int]]:
        """The global batches of an epoch, as indices; each item is in one of them, or as many as
        its weight.
        """
        random = generator(self.seed, "batches", epoch)
        # Logarithmic buckets whose borders move from epoch to epoch, in random order within.
        order = random.permutation(self._items(epoch))
        offset = random.random()
        buckets = {
            int(i): math.floor(math.log(max(self.lengths[i], 1)) / BUCKET + offset) for i in order
        }
        batches = self._cut(
            sorted(map(int, order), key=buckets.__getitem__)
        )  # stable: random within a bucket
        return [batches[i] for i in random.permutation(len(batches))]

    def _items(self, epoch: int) -> list[int]:
        """The items of an epoch. One of weight 0.3 occurs in 3 of 10 epochs; which ones depends on
        its place in a random order of the items of that weight. So epochs have equally many items,
        and no item is ever more than one occurrence ahead of its weight.
        """
        if self.weights is None:
            return list(range(len(self.ids)))
        items: list[int] = []
        for weight in sorted(set(self.weights)):
            same = [i for i, w in enumerate(self.weights) if w == weight]
            places = generator(self.seed, "weights", str(weight)).permutation(len(same))
            for i, place in zip(same, places / len(same), strict=True):
                turns = math.floor((epoch + 1) * weight + place) - math.floor(
                    epoch * weight + place
                )
                items += [i] * turns
        return sorted(items)

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

    def _fits(self, batch: list[int], item: int) -> bool:
        share = -(-(len(batch) + 1) // self.world_size)  # items of the process with the most
        if share > self.batch_size:
            return False
        longest = max(self.lengths[item], max((self.lengths[i] for i in batch), default=0))
        return self.max_frames is None or share * longest <= self.max_frames

    def _cut(self, order: Sequence[int]) -> list[list[int]]:
        batches: list[list[int]] = [[]]
        for item in order:
            if not self._fits(batches[-1], item):
                batches.append([])
            batches[-1].append(item)
        if len(batches) > 1:  # a small rest would have a noisy gradient: even it out
            before, last = batches[-2:]
            while len(before) > len(last) + 1 and self._fits(last, before[-1]):
                last.append(before.pop())
        return batches


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
