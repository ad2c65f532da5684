"""The memory of a training that goes on: the rank's and its loader workers', every few minutes.

The command `train` on `big_corpus`'s corpus, with the tiny model of `scale`. Only memory that no
other process shares counts: what is mapped from the store is the system's to drop.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from recital.bins.benchmark.big_corpus import write_corpus
from recital.bins.benchmark.common import Figures, in_process
from recital.bins.benchmark.scale import (
    command_words,
    private_mb,
    run_command,
    write_all_features,
)
from recital.utils.config import ROOT
from recital.utils.errors import RecitalError

N_READINGS = 12
FAILED = "its log ends with"


def bench_long_run(items: Sequence[int] = (10_000,), minutes: float = 5.0) -> Figures:
    """Train for some minutes on each size of corpus, and read the memory `N_READINGS` times."""
    figures: Figures = {}
    for n_items in items:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_corpus(folder / "corpus", n_items)
            in_process(write_all_features, folder)
            run_command("preprocess", folder, "--jobs=1")
            for label, value in train_and_watch(folder, minutes).items():
                figures[f"{n_items:,}: {label}"] = value
    return figures


def train_and_watch(folder: Path, minutes: float) -> Figures:
    """Private MB of the rank and of all its workers, after each twelfth of the time."""
    words = command_words("train", folder, "--name=long", f"--set=train.max_minutes={minutes}")
    log = folder / "log.txt"
    with log.open("wb") as file:
        process = subprocess.Popen(words, cwd=ROOT, stdout=file, stderr=file)
    readings: list[tuple[float, float, float]] = []
    began = time.monotonic()
    try:
        while len(readings) < N_READINGS:
            if process.poll() is not None:
                last = log.read_text(errors="replace").strip().splitlines()[-1:]
                raise RecitalError(f"train: ended with {process.returncode}; {FAILED} {last}")
            # the last a little before the end, when the workers are still there
            due = 60 * minutes * (len(readings) + 0.9) / N_READINGS
            if (passed := time.monotonic() - began) < due:
                time.sleep(min(due - passed, 5.0))
                continue
            rank, workers = private_mb(process.pid), sum(map(private_mb, children(process.pid)))
            readings.append((passed / 60, rank, workers))
            print(
                f"  {passed / 60:5.1f} min  rank {rank:.1f} MB  workers {workers:.1f} MB",
                flush=True,
            )
        process.wait()
    finally:
        process.kill()
        process.wait()
    at, rank, workers = np.array(readings).T
    figures: Figures = {
        f"after {m:.1f} min, rank and workers (MB)": f"{r:.1f} and {w:.1f}" for m, r, w in readings
    }
    half = N_READINGS // 2
    for name, values in (("rank", rank), ("workers", workers)):
        slope = float(np.polyfit(at[half:], values[half:], 1)[0])
        figures[f"{name}, growth in the second half (MB an hour)"] = 60 * slope
    figures["the run's last line"] = log.read_text(errors="replace").strip().splitlines()[-1]
    return figures


def children(process: int) -> Iterator[int]:
    """The processes that a process has started."""
    for task in os.scandir(f"/proc/{process}/task"):
        yield from map(int, Path(task.path, "children").read_text().split())
