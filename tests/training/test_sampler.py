"""Batches: every item once per epoch, within the budget, the same for any number of processes."""

from __future__ import annotations

import hashlib
import tracemalloc
from itertools import islice

import numpy as np
import pytest

from recital.utils.errors import ConfigError, DataError
from recital.utils.random import generator
from recital.utils.training.sampler import EndlessBatches, OnePass, Sampler


def lengths(n: int = 501) -> list[int]:
    return [int(x) for x in generator("lengths", n).integers(20, 900, n)]


def sampler(n: int = 501, **changes: object) -> Sampler:
    settings: dict[str, object] = {"batch_size": 16, "seed": 3}
    return Sampler([f"u{i}" for i in range(n)], lengths(n), **{**settings, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("world_size", [1, 2, 3])
@pytest.mark.parametrize("max_frames", [None, 3000])
def test_every_item_once_an_epoch_within_the_budget(
    world_size: int, max_frames: int | None
) -> None:
    subject = sampler(world_size=world_size, max_frames=max_frames)
    for epoch in (0, 1):
        plan = subject.plan(epoch)
        assert sorted(i for batch in plan for i in batch) == list(range(501))
        for batch in plan:
            shares = [subject.share(batch, rank) for rank in range(world_size)]
            assert all(0 < len(share) <= 16 for share in shares)
            for share in shares if max_frames else ():
                assert len(share) * max(subject.lengths[i] for i in share) <= 3000


def test_plans_repeat_by_seed_and_epoch_and_differ_otherwise() -> None:
    assert sampler().plan(4) == sampler().plan(4)
    assert sampler().plan(4) != sampler().plan(5)
    assert sampler().plan(4) != sampler(seed=4).plan(4)
    together = [{frozenset(b) for b in sampler().plan(epoch)} for epoch in (0, 1)]
    assert not together[0] & together[1]  # different batches, not only a different order


def test_batches_hold_like_lengths() -> None:
    subject = sampler()
    plan = subject.plan(0)
    padded = sum(len(b) * max(subject.lengths[i] for i in b) for b in plan)
    assert 1 - sum(subject.lengths) / padded < 0.08


def test_two_processes_see_what_one_sees_with_twice_the_batch() -> None:
    one, two = sampler(batch_size=16), sampler(batch_size=8, world_size=2)
    for batch, again in zip(one.plan(2), two.plan(2), strict=True):
        assert sorted(two.share(again, 0) + two.share(again, 1)) == sorted(batch)


def test_the_rest_is_not_a_tiny_batch() -> None:
    assert sorted(len(b) for b in sampler(33).plan(0)) == [8, 9, 16]


def test_a_process_without_an_item_repeats_one() -> None:
    subject = sampler(3, batch_size=1, world_size=2)
    shares = [[subject.share(batch, rank) for batch in subject.plan(0)] for rank in (0, 1)]
    assert len(shares[0]) == len(shares[1]) == 2
    assert {i for rank in shares for batch in rank for i in batch} == {0, 1, 2}
    assert all(len(batch) == 1 for rank in shares for batch in rank)


def test_the_stream_goes_on_from_any_position() -> None:
    subject = sampler(world_size=2)
    n = len(subject.plan(0))
    whole = list(islice(EndlessBatches(subject, [1]), 2 * n + 3))
    later = list(islice(EndlessBatches(subject, [1], epoch=1, first_batch=2), n + 1))
    assert later == whole[n + 2 :]
    assert {epoch for epoch, _ in whole[-1]} == {2}


def test_validation_is_one_pass_in_one_order() -> None:
    subject = sampler()
    assert list(OnePass(subject, 0)) == list(OnePass(subject, 0))
    assert len(OnePass(subject, 0)) == len(subject.plan(0))


def test_what_cannot_be_batched_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"max_frames: 100 is less than the length \d+ of u\d+"):
        sampler(max_frames=100)
    with pytest.raises(DataError, match="1 utterances cannot be shared by 2 processes"):
        sampler(1, world_size=2)


def test_a_process_takes_the_shares_of_several() -> None:
    """Share after share of each global batch, as those processes would have taken them."""
    subject = sampler(world_size=4)
    streams = [islice(EndlessBatches(subject, [rank]), 6) for rank in (1, 3)]
    alone = [list(stream) for stream in streams]
    both = list(islice(EndlessBatches(subject, [1, 3]), 12))
    assert both == [batch for pair in zip(*alone, strict=True) for batch in pair]


@pytest.mark.parametrize(
    ("max_frames", "world_size", "weighted", "expected"),
    [
        (None, 1, False, "9dbf8561edfcf02a"),
        (3000, 2, False, "7bf1be2e0dc53f2a"),
        (3000, 1, True, "1d2966638d9ed88a"),
    ],
)
def test_the_order_of_a_seed_is_that_of_runs_that_are_to_go_on(
    max_frames: int | None, world_size: int, weighted: bool, expected: str
) -> None:
    weights = [(0.3, 1.0, 2.5)[i % 3] for i in range(501)] if weighted else None
    for numbers in (lengths(), np.array(lengths(), np.int32)):
        subject = Sampler(
            [f"u{i}" for i in range(501)], numbers, 16, max_frames, 3, world_size, weights
        )
        found = repr([list(subject.plan(0)), list(subject.plan(7))])
        assert hashlib.sha256(found.encode()).hexdigest()[:16] == expected


def test_an_epoch_of_many_items_is_planned_on_arrays() -> None:
    """A tenth of the goal for 5 million items, 500 MB; `benchmark scale` has the seconds."""
    n = 500_000
    numbers = generator("lengths", n).integers(20, 1700, n).astype(np.int32)
    subject = Sampler(range(n), numbers, 16, 20000, world_size=8)  # type: ignore[arg-type]
    tracemalloc.start()
    plan = subject.plan(1)
    assert subject.plan(1) is plan  # asked for by the loader and by the Trainer
    assert tracemalloc.get_traced_memory()[1] < 50e6
    assert len(plan[len(plan) // 2 :]) == len(plan) - len(plan) // 2
    tracemalloc.stop()
    assert np.array_equal(np.sort(plan.items), np.arange(n))
