"""What a careless change of the core would break without any other test failing: each of these
kills a mutant that survived the suite.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import torch
from test_distributed import join, launch
from toys import Regressor, ToyData, trainer

from recital.modules.alignment.aligner import Aligner, Alignment, path_log_probs
from recital.processors.text.markup import DEEPEST, parse_markup
from recital.utils import checkpoint
from recital.utils.errors import DataError
from recital.utils.training.sampler import Sampler
from recital.utils.training.schedules import SchedulerConfig, learning_rate


def test_each_step_has_its_own_learning_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = SchedulerConfig("inverse_sqrt", warmup_steps=3)
    rates: list[float] = []

    def train(name: str, stops: tuple[int, ...]) -> list[float]:
        rates.clear()
        for stop in stops:
            subject = trainer(tmp_path / name, max_steps=stop, scheduler=scheduler)
            step = subject.networks.train_step

            def record(batches: Any, rate: float, meter: Any, step: Any = step) -> torch.Tensor:
                rates.append(rate)
                return step(batches, rate, meter)

            monkeypatch.setattr(subject.networks, "train_step", record)
            subject.fit(resume=True)
        return list(rates)

    expected = [learning_rate(scheduler, 0.01, step) for step in range(1, 6)]
    assert expected[0] < expected[1] < expected[2] > expected[3]
    assert train("once", (5,)) == pytest.approx(expected)
    assert train("twice", (2, 5)) == pytest.approx(expected)


def measured(tmp_path: Path, figures: list[float]) -> tuple[list[int], float]:
    """Steps of the checkpoints, and the best figure, of a run whose validations give `figures`."""
    left = iter(figures)
    subject = trainer(
        tmp_path,
        valid=ToyData(6),
        max_steps=len(figures),
        valid_every_steps=1,
        best_by="figure",
        keep_last=99,
    )
    subject.measure = lambda model: {"figure": next(left)}
    subject.fit()
    steps = [checkpoint.step_of(p) for p in checkpoint.find_checkpoints(tmp_path)]
    return sorted(steps), subject.run.best_loss


def test_a_better_validation_is_saved_and_a_worse_one_is_not(tmp_path: Path) -> None:
    # the last step is saved in any case
    assert measured(tmp_path, [3.0, 4.0, 2.0, 2.5, 9.0]) == ([1, 3, 5], 2.0)
    assert checkpoint.find(tmp_path, "best").name.split("_")[1] == "step-0000003"


def test_a_resumed_run_knows_that_it_was_validated(tmp_path: Path) -> None:
    options: dict[str, Any] = {"valid": ToyData(6), "max_steps": 2, "valid_every_steps": 1}
    trainer(tmp_path, **options).fit()
    subject = trainer(tmp_path, **options)
    calls: list[int] = []
    subject.measure = lambda model: calls.append(1) or {}
    subject.fit(resume=True)
    assert (subject.run.valid_step, calls) == (2, [])


def test_minutes_are_minutes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10**9, 5))  # each look at it is 5 s later
    monkeypatch.setattr("recital.utils.training.trainer.time.monotonic", lambda: next(clock))
    subject = trainer(tmp_path, max_epoch=100, max_minutes=1.0)
    subject.fit()
    assert 1 < subject.run.position.step <= 12


def test_two_processes_resume_with_dropout(tmp_path: Path) -> None:
    """Each with the random state of its own: with that of the other, the weights would differ."""
    settings: dict[str, Any] = {"model": Regressor, "model_arguments": {"dropout": 0.4}}
    assert join(launch(tmp_path / "once", **settings, max_steps=6)) == [0, 0]
    for stop in (3, 6):
        assert join(launch(tmp_path / "twice", **settings, max_steps=stop)) == [0, 0]
    once, twice = (
        checkpoint.read_tensors(checkpoint.find(tmp_path / name) / "model.safetensors")
        for name in ("once", "twice")
    )
    assert all(torch.equal(once[key], twice[key]) for key in once)


def test_a_checkpoint_is_on_the_disk_before_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[tuple[str, str]] = []
    sync, replace = os.fsync, os.replace

    def fsync(handle: int) -> None:
        events.append(("sync", os.path.basename(os.readlink(f"/proc/self/fd/{handle}"))))
        sync(handle)

    def rename(source: Any, target: Any) -> None:
        events.append(("rename", os.path.basename(target)))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", rename)
    checkpoint.save_model(tmp_path / "voice", {"w": torch.zeros(2)}, {"model_type": "Toy"})
    named = events.index(("rename", "voice"))
    before = {name for what, name in events[:named] if what == "sync"}
    assert {"model.safetensors", "config.json", "sha256.json", ".writing-voice"} <= before
    assert ("sync", tmp_path.name) in events[named:]


def test_a_tiny_last_batch_gives_each_process_another_item() -> None:
    sampler = Sampler([f"u{i}" for i in range(4)], [5] * 4, 4, None, 0, 4)
    assert [sampler.share([7, 8, 9], rank) for rank in range(4)] == [[7], [8], [9], [7]]
    assert sampler.share([7, 8], 3) == [8]


def test_the_prior_s_floor_leaves_what_it_excludes_excluded() -> None:
    torch.manual_seed(0)
    aligner = Aligner(n_mels=4, d_model=6, channels=4)
    prior = torch.zeros(1, 8, 5)
    prior[:, :, 2] = 1.0
    out = aligner(
        torch.randn(1, 5, 6),
        torch.randn(1, 4, 8),
        torch.tensor([5]),
        torch.tensor([8]),
        prior,
    )
    others = out.log_soft[0, :, [0, 1, 3, 4]]
    assert float(others.max()) < -12.0  # log(1e-8) is -18.4, log(1e-3) only -6.9


def test_a_path_of_no_probability_has_a_finite_loss() -> None:
    log_soft = torch.full((1, 3, 2), -1e9)
    alignment = Alignment(log_soft, log_soft, torch.zeros(1, 3, dtype=torch.long))
    torch.testing.assert_close(path_log_probs(alignment), torch.full((1, 3), 1e-12).log())


def test_markup_nests_to_a_limit() -> None:
    def nested(depth: int) -> str:
        return "<prosody rate='1.01'>" * depth + "Hello." + "</prosody>" * depth

    parse_markup(nested(DEEPEST))
    with pytest.raises(DataError, match=f"more than {DEEPEST} tags"):
        parse_markup(nested(DEEPEST + 1))
