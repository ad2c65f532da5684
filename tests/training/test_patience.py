"""`train.patience`: a run that ends early, with its best weights, and stays ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from toys import ToyData, trainer, weights

from recital.utils import checkpoint
from recital.utils.errors import Preempted
from recital.utils.training.trainer import Trainer

Weights = dict[int, dict[str, Tensor]]


def patient(directory: Path, figures: Iterator[float], seen: Weights, **changes: Any) -> Trainer:
    """A run of at most 9 steps, each validated, whose validations give `figures`; `seen` gets the
    weights of each.
    """
    subject = trainer(
        directory,
        valid=ToyData(6),
        max_steps=9,
        valid_every_steps=1,
        best_by="figure",
        **changes,
    )

    def measure(model: nn.Module) -> dict[str, float]:
        seen[subject.run.position.step] = weights(model)
        return {"figure": next(figures)}

    subject.measure = measure
    return subject


def newest(directory: Path) -> tuple[int, dict[str, Tensor]]:
    path = checkpoint.find(directory)
    return checkpoint.step_of(path), checkpoint.read_tensors(path / checkpoint.MODEL)


@pytest.mark.parametrize("options", [{}, {"save_every_steps": 1}, {"ema_decay": 0.5}])
def test_a_run_ends_with_its_best_weights(tmp_path: Path, options: dict[str, Any]) -> None:
    seen: Weights = {}
    ended = patient(tmp_path, iter([3.0, 2.0, 2.5, 2.4]), seen, patience=2, **options)
    ended.fit()
    assert (ended.run.position.step, ended.run.last_loss, list(seen)) == (4, 2.0, [1, 2, 3, 4])
    steps = [checkpoint.step_of(path) for path in checkpoint.find_checkpoints(tmp_path)]
    assert len(set(steps)) == len(steps)
    step, last = newest(tmp_path)
    assert step == 4 and all(torch.equal(last[name], seen[2][name]) for name in last)
    assert any(not torch.equal(last[name], seen[4][name]) for name in last)

    # it is over: started again, it neither trains nor validates
    again = patient(tmp_path, iter([]), {}, patience=2, **options)
    again.fit(resume=True)
    assert again.run.position.step == 4
    found = newest(tmp_path)
    assert found[0] == 4 and all(torch.equal(found[1][name], last[name]) for name in last)

    # with more patience it goes on, from these weights
    more = patient(tmp_path, iter([2.3, 1.0, 1.0, 1.0, 1.0]), {}, patience=5, **options)
    more.fit(resume=True)
    assert more.run.position.step == 9 and more.run.last_loss == 1.0


def test_the_last_step_ends_with_the_best_weights_too(tmp_path: Path) -> None:
    seen: Weights = {}
    patient(tmp_path, iter([5.0, 1.0, *[2.0] * 7]), seen, patience=99).fit()
    step, last = newest(tmp_path)
    assert step == 9 and all(torch.equal(last[name], seen[2][name]) for name in last)


@pytest.mark.parametrize("options", [{}, {"ema_decay": 0.5}])
def test_each_checkpoint_is_completed_with_its_own_weights(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    """What is found for its config is of the weights of inference, at the end of the best ones; it
    is no change of the run that goes on.
    """

    def completed(directory: Path, figures: Iterator[float]) -> Trainer:
        subject = patient(directory, figures, {}, patience=2, save_every_steps=1, **options)
        subject.complete = lambda model: {"model": {"first": float(model.network[0].weight[0, 0])}}
        return subject

    completed(tmp_path, iter([3.0, 2.0, 2.5, 2.4])).fit()
    found = []
    for path in checkpoint.find_checkpoints(tmp_path):
        config = checkpoint.read_json(path / checkpoint.CONFIG)
        weight = checkpoint.read_tensors(path / checkpoint.MODEL)["network.0.weight"]
        assert config["model"] == {"width": 8, "first": float(weight[0, 0])}
        found.append(config["model"]["first"])
    assert len(set(found)) == len(found) - 1 > 1  # the last has the weights of the best
    completed(tmp_path, iter([])).fit(resume=True)


def test_without_patience_a_run_ends_with_its_last_weights(tmp_path: Path) -> None:
    seen: Weights = {}
    patient(tmp_path, iter([5.0, 1.0, *[2.0] * 7]), seen).fit()
    step, last = newest(tmp_path)
    assert step == 9 and all(torch.equal(last[name], seen[9][name]) for name in last)


def test_a_stopped_run_still_counts(tmp_path: Path) -> None:
    def until_third() -> Iterator[float]:
        yield from (1.0, 2.0)
        os.kill(os.getpid(), signal.SIGTERM)
        yield 2.0

    with pytest.raises(Preempted):
        patient(tmp_path, until_third(), {}, patience=3).fit()
    ended = patient(tmp_path, iter([2.0]), {}, patience=3)
    ended.fit(resume=True)
    assert ended.run.position.step == 4


def test_without_validations_all_steps_run(tmp_path: Path) -> None:
    subject = trainer(tmp_path, max_steps=5, patience=1)
    subject.fit()
    assert newest(tmp_path)[0] == 5
