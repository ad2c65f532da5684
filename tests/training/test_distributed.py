"""Two CPU processes (gloo) give the weights of one process with twice the batch."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import torch
from toys import Gan, Regressor, start

from recital.utils import checkpoint
from recital.utils.schedules import SchedulerConfig


def launch(directory: Path, **settings: Any) -> list[BaseProcess]:
    """Two processes with the environment that `accelerate launch` gives them."""
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
