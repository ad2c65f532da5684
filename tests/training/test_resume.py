"""Resuming is exact: a run stopped anywhere ends with the same bits as an uninterrupted one."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import torch
from toys import Gan, Regressor, ToyData, start, trainer

from recital.utils import checkpoint
from recital.utils.errors import CheckpointError, ConfigError, RecitalError
from recital.utils.files import locked, sha256_of
from recital.utils.ranges import ForInference
from recital.utils.training.log import Exhibit
from recital.utils.training.optimizers import OptimizerConfig
from recital.utils.training.train_config import TrainConfig

KILLS = 10


def final_state(directory: Path) -> dict[str, bytes]:
    """The files of the last checkpoint that determine the run: weights, averages, optimizers."""
    path = checkpoint.find(directory)
    return {file.name: file.read_bytes() for file in path.rglob("*.safetensors")}


def until(condition: Callable[[], Any], process: BaseProcess, pause: float = 0.002) -> None:
    deadline = time.monotonic() + 60
    while not condition() and process.is_alive():
        assert time.monotonic() < deadline
        time.sleep(pause)


def newest_step(directory: Path) -> int:
    found = checkpoint.find_checkpoints(directory)
    return checkpoint.step_of(found[0]) if found else -1


@pytest.mark.parametrize("n_workers", [0, 2])
@pytest.mark.parametrize("cls", [Regressor, Gan])
def test_stopped_in_the_middle_of_an_epoch(tmp_path: Path, n_workers: int, cls: Any) -> None:
    """With dropout, EMA, accumulation and validation; an epoch is 6 batches, 3 steps."""

    def fit(directory: Path, **changes: Any) -> None:
        torch.manual_seed(0)
        settings: dict[str, Any] = {
            "ema_decay": 0.9,
            "gradient_accumulation": 2,
            "n_workers": n_workers,
        }
        settings |= {"valid": ToyData(6), "valid_every_steps": 3, **changes}
        trainer(directory, cls(), **settings).fit(resume=True)

    fit(tmp_path / "once", max_epoch=4)
    fit(tmp_path / "twice", max_steps=5)
    torch.rand(3)  # another process would have other generators
    fit(tmp_path / "twice", max_steps=10, n_workers=0)
    fit(tmp_path / "twice", max_epoch=4)
    assert newest_step(tmp_path / "twice") == 12
    assert final_state(tmp_path / "twice") == final_state(tmp_path / "once")


def test_a_share_of_what_is_learned(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """The averages of a fine-tuning are between the weights before and what is learned, also where
    it was stopped.
    """
    trainer(tmp_path / "before", max_steps=3).fit()

    def fit(name: str, *stops: int, **changes: Any) -> Path:
        for stop in stops:
            torch.manual_seed(0)
            trainer(tmp_path / name, max_steps=stop, ema_decay=0.9, **changes).fit(
                resume=True, checkpoint=tmp_path / "before", resume_type="finetune"
            )
        return checkpoint.find(tmp_path / name)

    def averages(path: Path) -> dict[str, torch.Tensor]:
        return checkpoint.read_tensors(path / checkpoint.MODEL)

    before = averages(checkpoint.find(tmp_path / "before"))
    whole = averages(fit("whole", 8))
    shared = averages(fit("shared", 8, ema_share=0.7))
    for name, first in before.items():
        expected = first + 0.7 * (whole[name] - first)
        assert torch.allclose(shared[name], expected, rtol=0, atol=1e-6)
        assert not torch.allclose(shared[name], whole[name], rtol=0, atol=1e-4)
    fit("stopped", 5, 8, ema_share=0.7)
    assert final_state(tmp_path / "stopped") == final_state(tmp_path / "shared")
    # what is trained is not shared
    raw = "train/weights.safetensors"
    ends = [(checkpoint.find(tmp_path / n) / raw).read_bytes() for n in ("whole", "shared")]
    assert ends[0] == ends[1]
    with caplog.at_level("INFO"):
        trainer(tmp_path / "new", max_steps=1, ema_decay=0.9, ema_share=0.7).fit()
    assert "ema_share has no effect" in caplog.text + capsys.readouterr().out
    with pytest.raises(ConfigError, match=r"set train\.ema_decay too"):
        TrainConfig({}, ema_share=0.7)


def test_what_begins_untrained_is_learned_whole(tmp_path: Path) -> None:
    """A share of new symbols would be a share of noise."""
    trainer(tmp_path / "before", max_steps=3).fit()
    first: list[str] = []

    def adapt(model: Any, weights: Any, before: Any) -> tuple[dict[str, torch.Tensor], list[str]]:
        first[:] = [next(name for name in weights if weights[name].ndim > 1)]
        return {**weights, first[0]: weights[first[0]].clone()}, ["it is new"]

    found = {}
    for share in (1.0, 0.5):
        torch.manual_seed(0)
        run = trainer(tmp_path / str(share), max_steps=6, ema_decay=0.9, ema_share=share)
        run.run.adapt = adapt
        run.fit(checkpoint=tmp_path / "before", resume_type="finetune")
        path = checkpoint.find(tmp_path / str(share))
        found[share] = checkpoint.read_tensors(path / checkpoint.MODEL)
    assert first
    for name, learned in found[1.0].items():
        assert torch.equal(learned, found[0.5][name]) == (name in first), name


def test_killed_at_random_moments(tmp_path: Path) -> None:
    """SIGKILL, every other time while a checkpoint is being written."""
    settings: dict[str, Any] = {"max_epoch": 9, "save_every_steps": 1, "ema_decay": 0.9}
    interrupted, half_written = tmp_path / "killed", 0

    def writing() -> list[Path]:
        return list((interrupted / "checkpoint").glob(".writing-*"))

    for i in range(KILLS):
        process = start(interrupted, **settings)
        goal = newest_step(interrupted) + random.randint(1, 3)
        until(lambda goal=goal: newest_step(interrupted) >= goal, process)
        if i % 2:
            until(writing, process, pause=0)
        else:
            time.sleep(random.uniform(0, 0.03))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert process.exitcode == -signal.SIGKILL, "the run ended before it was killed"
        half_written += len(writing())
    assert half_written
    trainer(interrupted, **settings).fit(resume=True)
    trainer(tmp_path / "once", **{**settings, "save_every_steps": None}).fit()
    assert newest_step(interrupted) == 54
    assert final_state(interrupted) == final_state(tmp_path / "once")


@pytest.mark.parametrize(
    ("number", "n_workers"), [(signal.SIGTERM, 2), (signal.SIGUSR1, 0), (signal.SIGINT, 0)]
)
def test_a_signal_saves_and_exits_with_a_code_of_its_own(
    tmp_path: Path, number: signal.Signals, n_workers: int
) -> None:
    """Signal the whole process group, as Slurm does: the loader's workers must not die of it."""
    settings: dict[str, Any] = {"max_epoch": 2000, "log_every_steps": 1, "n_workers": n_workers}
    process = start(tmp_path / "a", **settings)
    log = tmp_path / "a" / "log.jsonl"
    until(lambda: log.is_file() and len(log.read_text().splitlines()) > 3, process)
    assert process.pid is not None
    os.killpg(process.pid, number)
    process.join(60)
    assert process.exitcode == 75
    stopped = newest_step(tmp_path / "a")
    assert stopped > 3
    settings = {"max_steps": stopped + 4, "max_epoch": 2000}
    trainer(tmp_path / "a", **settings).fit(resume=True)
    trainer(tmp_path / "once", **settings).fit()
    assert final_state(tmp_path / "a") == final_state(tmp_path / "once")


@pytest.mark.parametrize(
    ("changes", "data", "message"),
    [
        ({"batch_size": 5}, ToyData(), r"train\.batch_size: 4 -> 5"),
        ({"optimizer": OptimizerConfig(lr=0.5)}, ToyData(), r"train\.optimizer\.lr: 0\.01 -> 0\.5"),
        ({"seed": 1}, ToyData(), r"train\.seed: 1234 -> 1"),
        ({}, ToyData(21), r"dataset\.utterances: 22 -> 21"),
    ],
)
def test_what_has_changed_is_named(
    tmp_path: Path, changes: dict[str, Any], data: ToyData, message: str
) -> None:
    trainer(tmp_path, max_steps=1).fit()
    with pytest.raises(CheckpointError, match=message):
        trainer(tmp_path, data=data, **changes).fit(resume=True)
    with pytest.raises(CheckpointError, match=r"network\.0\.weight is \[8, 4\], expected \[9, 4\]"):
        trainer(tmp_path, Regressor(width=9)).fit(resume=True)


class Spoken(Regressor):
    """A model with a setting of inference."""

    def __init__(self, width: int = 8, pace: ForInference[float] = 1.0) -> None:
        super().__init__(width)
        self.pace = pace


def test_what_is_for_inference_may_change(tmp_path: Path) -> None:
    """The new value is in the next checkpoint. States of older versions have it in their record."""

    def fit(steps: int, **section: Any) -> None:
        made = trainer(tmp_path, Spoken(), max_steps=steps)
        made.run.resolved_config = {"model_type": "Toy", "model": section}
        made.fit(resume=True)

    fit(1, width=8, pace=1.0)
    newest = checkpoint.find(tmp_path)
    rewrite_state(newest, lambda state: state["common"]["model"].update(pace=1.0))
    fit(2, width=8, pace=2.0)
    fit(3, width=8)
    with pytest.raises(CheckpointError, match=r"model\.width: 8 -> 9"):
        fit(4, width=9)
    configs = [
        checkpoint.read_json(p / checkpoint.CONFIG) for p in checkpoint.find_checkpoints(tmp_path)
    ]
    assert [config["model"].get("pace") for config in configs] == [None, 2.0, 1.0]


def test_a_setting_that_an_older_version_did_not_know_was_at_its_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        known = TrainConfig.common
        older.setattr(
            TrainConfig, "common", lambda c: {k: v for k, v in known(c).items() if k != "freeze"}
        )
        trainer(tmp_path, max_steps=1).fit()
    with pytest.raises(CheckpointError, match=r"train\.freeze: \[\] -> \['network.0.bias'\]"):
        trainer(tmp_path, max_steps=2, freeze=("network.0.bias",)).fit(resume=True)
    trainer(tmp_path, max_steps=2).fit(resume=True)
    assert newest_step(tmp_path) == 2


def rewrite_state(checkpoint_: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change `train/state.json`, and its hash with it."""
    path, listed = checkpoint_ / checkpoint.STATE, checkpoint_ / checkpoint.MANIFEST
    state = json.loads(path.read_text())
    change(state)
    path.write_text(json.dumps(state))
    entry = {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
    listed.write_text(json.dumps({**json.loads(listed.read_text()), checkpoint.STATE: entry}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("position"), "position: is missing"),
        (lambda state: state.update(position={"steps": 1}), "did you mean 'step'"),
        (lambda state: state.pop("random"), "random: is missing"),
        (lambda state: state.update(ema_updates=[]), "ema_updates: expected"),
        (lambda state: state["common"].pop("train"), r"common\.train: expected"),
        (lambda state: state["common"].pop("processes"), r"common\.processes: expected"),
    ],
)
def test_a_state_of_another_version_is_one_line(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    trainer(tmp_path, max_steps=1).fit()
    rewrite_state(checkpoint.find(tmp_path), lambda state: (state.pop("stale"), state.pop("step")))
    trainer(tmp_path, max_steps=2).fit(resume=True)
    rewrite_state(checkpoint.find(tmp_path), change)
    with pytest.raises(CheckpointError, match=f"{message}.*--resume_type finetune"):
        trainer(tmp_path, max_steps=3).fit(resume=True)


@pytest.mark.parametrize(
    "line", ['{"epoch": 1}', '{"step": "1"}', "[]", "5", '{"step', "\udcff", "[" * 100_000]
)
def test_a_line_of_the_log_that_is_not_ours_is_dropped(tmp_path: Path, line: str) -> None:
    trainer(tmp_path, max_steps=1, log_every_steps=1).fit()
    log = tmp_path / "log.jsonl"
    with log.open("a", encoding="utf-8", errors="surrogateescape") as file:
        file.write(f"{line}\n")
    trainer(tmp_path, max_steps=2, log_every_steps=1).fit(resume=True)
    steps = [json.loads(line)["step"] for line in log.read_text().splitlines()]
    assert sorted(set(steps)) == [1, 2]


def test_going_on_from_an_older_checkpoint_sets_the_newer_aside(tmp_path: Path) -> None:
    trainer(tmp_path, max_steps=5, save_every_steps=1, keep_last=9).fit()
    second = checkpoint.find_checkpoints(tmp_path)[3]
    assert checkpoint.step_of(second) == 2
    trainer(tmp_path, max_steps=3).fit(checkpoint=second)
    assert [checkpoint.step_of(p) for p in checkpoint.find_checkpoints(tmp_path)] == [3, 2, 1]
    assert len(list((tmp_path / "checkpoint").glob("abandoned-*"))) == 3


def test_a_broken_newest_checkpoint_costs_its_steps_alone(tmp_path: Path) -> None:
    trainer(tmp_path / "a", max_steps=5, save_every_steps=2).fit()
    newest = checkpoint.find_checkpoints(tmp_path / "a")[0]
    (newest / "train" / "optimizer-network.safetensors").write_bytes(b"")
    trainer(tmp_path / "a", max_steps=5).fit(resume=True)
    trainer(tmp_path / "once", max_steps=5).fit()
    assert final_state(tmp_path / "a") == final_state(tmp_path / "once")


def test_a_resumed_log_has_each_step_once(tmp_path: Path) -> None:
    trainer(tmp_path, max_steps=5, log_every_steps=1, save_every_steps=2).fit()
    for path in checkpoint.find_checkpoints(tmp_path)[:1]:
        checkpoint.remove(path)
    trainer(tmp_path, max_steps=7, log_every_steps=1).fit(resume=True)
    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    assert [line.partition(",")[0] for line in lines] == [f'{{"step": {i}' for i in range(1, 8)]


def test_two_trainings_do_not_share_a_folder(tmp_path: Path) -> None:
    with locked(tmp_path, "a training"), pytest.raises(RecitalError, match="in use by a training"):
        trainer(tmp_path, max_steps=1).fit()
    trainer(tmp_path, max_steps=1).fit()


def test_a_disk_that_refuses_the_log_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("torch.utils.tensorboard.SummaryWriter.add_scalar", full)
    with pytest.raises(RecitalError, match="the log cannot be written: No space left"):
        trainer(tmp_path, max_steps=2, log_every_steps=1).fit()


def test_pictures_that_fail_do_not_end_a_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def show(model: object, batch: object) -> list[Exhibit]:
        raise RuntimeError("MKL FFT error")

    subject = trainer(tmp_path, valid=ToyData(6), show=show, max_steps=2)
    subject.fit()
    assert subject.run.position.step == 2
    assert "no pictures and sounds of this validation: RuntimeError: MKL" in capsys.readouterr().out
