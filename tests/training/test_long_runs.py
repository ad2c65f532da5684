"""Long runs: signs of life, the speed of epochs, and checkpoints that are never removed."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from toys import ToyData, trainer
from tqdm import tqdm

from recital.utils import checkpoint
from recital.utils.training.announce import Alive


def test_a_slow_validation_is_not_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("recital.utils.training.announce.LOG_SECONDS", 0.05)
    run = trainer(tmp_path, max_steps=1, valid=ToyData(6))

    def measure(model: Any) -> dict[str, float]:
        time.sleep(0.3)
        return {}

    run.measure = measure
    run.fit()
    out = capsys.readouterr().out
    assert out.count("validating: 0 s so far") >= 3


def test_the_bar_of_a_terminal_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recital.utils.training.announce.TERMINAL_SECONDS", 0.05)
    terminal = io.StringIO()
    bar: tqdm[Any] = tqdm(total=3, file=terminal, disable=False)
    with Alive("training", bar) as alive:
        shown = [len(terminal.getvalue())]
        with alive.now("saving"):
            for _ in range(3):
                time.sleep(0.15)
                shown.append(len(terminal.getvalue()))
        assert alive.doing == "training"
    assert shown == sorted(set(shown)) and "saving: " in terminal.getvalue()
    ended = len(terminal.getvalue())
    time.sleep(0.15)
    assert len(terminal.getvalue()) == ended
    bar.close()


def test_the_log_has_the_speed_of_each_epoch(tmp_path: Path) -> None:
    trainer(tmp_path, max_epoch=2, log_every_steps=2).fit()
    records = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    epochs = [r for r in records if "epoch_items_per_second" in r]
    assert [(r["epoch"], r["step"]) for r in epochs] == [(1, 6), (2, 12)]
    assert all(r["epoch_frames_per_second"] > r["epoch_items_per_second"] > 0 for r in epochs)
    assert any(r.get("items_per_second", 0) > 0 for r in records)


@pytest.mark.parametrize(
    ("keys", "kept"),
    [
        ({"keep_milestones": 2}, [12, 24, 30]),
        ({"keep_milestones": (1, 3)}, [6, 18, 30]),
        ({"keep_every_steps": 10}, [10, 20, 30]),
        ({}, [30]),
    ],
)
def test_milestones_are_never_removed(
    tmp_path: Path, keys: dict[str, Any], kept: list[int]
) -> None:
    """Six steps an epoch; the last checkpoint is at the end, and without a validation no best."""
    every = {"save_every_steps": 2, "save_every_epochs": None}
    trainer(tmp_path, max_epoch=5, keep_last=1, **every, **keys).fit()
    found = checkpoint.find_checkpoints(tmp_path)
    assert sorted(checkpoint.step_of(path) for path in found) == kept


def test_a_milestone_is_saved_even_if_nothing_else_is(tmp_path: Path) -> None:
    keys = {"save_every_epochs": None, "keep_last": 1, "keep_milestones": (2,)}
    trainer(tmp_path, max_epoch=3, **keys).fit()
    assert sorted(map(checkpoint.step_of, checkpoint.find_checkpoints(tmp_path))) == [12, 18]
