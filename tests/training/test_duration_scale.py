"""`model.duration_scale`, measured on recordings."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from recital.bins.common.duration_scale import MOST, measured_duration_scale
from recital.modules.contract.batch import Batch


class Split:
    """Utterances of 10, 11, ... frames; each is read once."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.read: list[int] = []

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, key: tuple[int, int]) -> int:
        self.read.append(key[1])
        return key[1]

    def collate(self, items: list[int]) -> Batch:
        return Batch([str(i) for i in items], mel_lengths=torch.tensor([10 + i for i in items]))


class Voice(torch.nn.Linear):
    def __init__(self, share: float) -> None:
        super().__init__(1, 1)
        self.share = share

    def predicted_frames(self, batch: Batch) -> torch.Tensor:
        assert batch.mel_lengths is not None
        return self.share * batch.mel_lengths


def measure(share: float, *splits: Any) -> float:
    model: Any = Voice(share)
    return measured_duration_scale(model, splits)


def test_it_is_the_ratio_of_all_frames() -> None:
    valid, train = Split(5), Split(20)
    assert measure(0.8, valid, train) == pytest.approx(1.25)
    assert valid.read == list(range(5)) and train.read == list(range(20))


def test_as_many_are_read_as_are_enough_from_all_of_a_split() -> None:
    valid, train = Split(4), Split(10 * MOST)
    assert measure(0.5, valid, train) == 2.0
    assert len(valid.read) == 4 and len(set(train.read)) == MOST - 4
    assert train.read == sorted(train.read) and train.read[-1] > 9 * MOST
    valid, train = Split(2 * MOST), Split(1)
    measure(0.5, valid, train)
    assert len(valid.read) == MOST and train.read == []


def test_an_untrained_model_that_predicts_nothing_is_left_alone() -> None:
    assert measure(0.0, Split(3)) == measure(0.01, Split(3)) == 1.0
