"""Two CPU processes (gloo) give the weights of one process with twice the batch."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import torch
from toys import Gan, Regressor, start

from recital.utils import checkpoint
from recital.utils.errors import CheckpointError
from recital.utils.training.schedules import SchedulerConfig
from recital.utils.training.training_state import refuse_changes
from tests.conftest import ROOT


def launch(directory: Path, **settings: Any) -> list[BaseProcess]:
    """Start two processes with the environment that `accelerate launch` sets."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    shared |= {"LOCAL_WORLD_SIZE": "2", "ACCELERATE_USE_CPU": "true"}
    return [
        start(directory, {**shared, "RANK": rank, "LOCAL_RANK": rank}, **settings) for rank in "01"
    ]


def join(processes: list[BaseProcess]) -> list[int | None]:
    for process in processes:
        process.join(60)
    return [process.exitcode for process in processes]


def tensors(directory: Path) -> dict[str, torch.Tensor]:
    return checkpoint.read_tensors(checkpoint.find(directory) / "model.safetensors")


@pytest.mark.parametrize(
    ("model", "arguments", "settings"),
    [
        (Regressor, {"dropout": 0.0}, {"ema_decay": 0.9}),
        (Gan, {}, {}),
        (Gan, {}, {"gradient_accumulation": 2}),
        (Gan, {}, {"scheduler": SchedulerConfig("exponential", gamma=0.5)}),
    ],
)
def test_two_processes_are_one_with_twice_the_batch(
    tmp_path: Path, model: Any, arguments: dict[str, Any], settings: dict[str, Any]
) -> None:
    settings = {
        **settings,
        "model": model,
        "model_arguments": arguments,
        "max_epoch": 3,
        "log_every_steps": 1,
        "validate": True,
    }
    two = launch(tmp_path / "two", **settings, batch_size=2)
    one = start(tmp_path / "one", **settings, batch_size=4)
    assert join([*two, one]) == [0, 0, 0]
    for key, value in tensors(tmp_path / "one").items():
        torch.testing.assert_close(tensors(tmp_path / "two")[key], value, rtol=1e-5, atol=1e-6)
    logs = [(tmp_path / name / "log.jsonl").read_text().splitlines() for name in ("one", "two")]
    for mine, theirs in zip(*logs, strict=True):
        a, b = json.loads(mine), json.loads(theirs)
        for key in a:
            if key.startswith(("train/", "valid/", "gradient_norm/", "learning_rate")):
                assert b[key] == pytest.approx(a[key], rel=1e-4)


@pytest.mark.parametrize("model", [Regressor, Gan])
def test_a_run_goes_on_with_fewer_processes_and_with_more(tmp_path: Path, model: Any) -> None:
    """With one process of twice the batch, then two again, the weights are those of two processes
    throughout. One that takes both shares in turn averages their means, which is close to it.
    """
    whole = {"model": model, "max_epoch": 100, "batch_size": 2, "save_every_steps": 3}
    if model is Regressor:
        whole["model_arguments"] = {"dropout": 0.0}
    two, same, turns = (tmp_path / name for name in ("two", "same", "turns"))
    assert join(launch(two, **whole, max_steps=9)) == [0, 0]
    assert join(launch(same, **whole, max_steps=3)) == [0, 0]
    shutil.copytree(same, turns)
    one = start(turns, **whole, max_steps=9)
    assert join([start(same, **{**whole, "batch_size": 4}, max_steps=6), one]) == [0, 0]
    assert join(launch(same, **whole, max_steps=9)) == [0, 0]
    for key, value in tensors(two).items():
        torch.testing.assert_close(tensors(same)[key], value, rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(tensors(turns)[key], value, rtol=0.03, atol=3e-3)
    state = json.loads((checkpoint.find(turns) / checkpoint.STATE).read_text())
    assert state["common"]["processes"] == 2  # so two processes can go on again


def test_other_processes_that_would_change_the_batches_are_refused(tmp_path: Path) -> None:
    assert join([start(tmp_path, max_epoch=100, batch_size=2, max_steps=2)]) == [0]
    assert 0 not in join(launch(tmp_path, max_epoch=100, batch_size=2, max_steps=4))
    with pytest.raises(CheckpointError, match="train.batch_size times processes stays the same"):
        refuse_changes(tmp_path, {"processes": 1}, {"processes": 2})


def test_a_signal_to_one_process_stops_both_at_one_step(tmp_path: Path) -> None:
    processes = launch(tmp_path, max_epoch=5000, log_every_steps=1)
    log = tmp_path / "log.jsonl"
    while not (log.is_file() and len(log.read_text().splitlines()) > 3):
        assert all(p.is_alive() for p in processes)
        time.sleep(0.01)
    assert processes[1].pid is not None
    os.kill(processes[1].pid, signal.SIGTERM)
    assert join(processes) == [75, 75]
    stopped = checkpoint.step_of(checkpoint.find(tmp_path))
    again = launch(tmp_path, max_epoch=5000, max_steps=stopped + 2)
    assert join(again) == [0, 0]
    assert checkpoint.step_of(checkpoint.find(tmp_path)) == stopped + 2


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_process_that_is_lost_ends_the_other_in_one_line(tmp_path: Path, number: int) -> None:
    """Killed, or stuck."""
    processes = launch(tmp_path, max_epoch=10**6, log_every_steps=1, timeout_minutes=0.1)
    log = tmp_path / "log.jsonl"
    try:
        wait_until(lambda: log.is_file() and log.read_text().count("\n") > 3, 60)
        assert processes[1].pid is not None
        os.kill(processes[1].pid, number)
        processes[0].join(60)
        assert processes[0].exitcode == 1
        message = (tmp_path / "error0.txt").read_text()
        what = "has ended" if number == signal.SIGKILL else "did not answer for 0.1"
        assert f"another process of this run {what}" in message
    finally:
        for process in processes:
            process.kill()


WORKER = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}, {root!r}]
from toys import run
run(Path({directory!r}), {{"max_epoch": 10**6, "batch_size": 2}}, {{}})
"""
LAUNCHER = """
import os, subprocess, sys
shared = {shared!r}
workers = [
    subprocess.Popen(
        [sys.executable, "-c", {worker!r}],
        env={{**os.environ, **shared, "RANK": r, "LOCAL_RANK": r}},
    )
    for r in "01"
]
print(*(worker.pid for worker in workers), flush=True)
for worker in workers:
    worker.wait()
"""


def test_workers_end_when_their_launcher_is_killed(tmp_path: Path) -> None:
    """Otherwise a resumed run would find a second writer in its folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    shared |= {"LOCAL_WORLD_SIZE": "2", "ACCELERATE_USE_CPU": "true"}
    directory = tmp_path / "expt"
    worker = WORKER.format(tests=str(ROOT / "tests"), root=str(ROOT), directory=str(directory))
    script = LAUNCHER.format(shared=shared, worker=worker)
    launcher = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert launcher.stdout is not None
    pids = [int(pid) for pid in launcher.stdout.readline().split()]
    try:
        log = directory / "log.jsonl"
        wait_until(lambda: log.is_file() and log.read_text().count("\n") > 2, 60)
        assert all(map(alive, pids))
        launcher.kill()
        launcher.wait()
        wait_until(lambda: not any(map(alive, pids)), 30)
        # as after SIGTERM: they saved first
        assert checkpoint.find(directory)
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def alive(pid: int) -> bool:
    """Whether a process is running; a zombie is not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return status != "Z"


def wait_until(done: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.1)
