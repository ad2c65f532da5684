"""Stage 1 and the start of a training on corpora of any size, up to 10,000 hours (5 million
utterances).

Each step is a process of its own, so that its memory is its own. The corpus is `big_corpus`'s; the
model is a FastPitch of a few thousand parameters, so that its steps take no time.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from recital.bins.benchmark.big_corpus import LAYOUT, write_corpus, write_features
from recital.bins.benchmark.common import Figures, in_process
from recital.bins.common.command import cores
from recital.bins.common.experiment import load_experiment
from recital.models import stage_1_features
from recital.preprocessors.entries import Corpus
from recital.preprocessors.plan import Plan, open_plan
from recital.preprocessors.shard_work import Work
from recital.processors.dataset import SpeechDataset
from recital.processors.features import fingerprint
from recital.processors.text import TextProcessor, symbols_for
from recital.utils.config import ROOT
from recital.utils.errors import RecitalError
from recital.utils.storage import Folder, open_folder
from recital.utils.training.loader import make_loader
from recital.utils.training.sampler import EndlessBatches, Sampler

RECIPE = ROOT / "egs/tts/FastPitch/exp_config.json"
SIZES = (10_000, 100_000)
STACK = "{n_layers: 1, n_heads: 1, d_head: 8, d_inner: 16}"
PREDICTOR = "{n_layers: 1, channels: 8}"
N_WORKERS = 2
WARM_UP = 200  # batches before memory is read


def bench_scale(items: Sequence[int] = SIZES, minutes: float = 0.5) -> Figures:
    """Figures of each step at each size, and how they grow; `minutes` of reading batches."""
    found: dict[int, dict[str, float]] = {}
    for n_items in items:
        with tempfile.TemporaryDirectory() as folder:
            found[n_items] = {}
            # shown at once: a large corpus takes an hour
            for part in measure_size(Path(folder), n_items, minutes):
                found[n_items] |= part
                for name, value in part.items():
                    print(f"  {n_items:>9,}  {name:<44} {value:.4g}", flush=True)
    figures: Figures = {
        f"{n_items:,}: {name}": value
        for n_items, row in found.items()
        for name, value in row.items()
    }
    for name in next(iter(found.values())) if len(found) > 1 else ():
        figures[f"growth: {name}"] = growth({n: float(row[name]) for n, row in found.items()})
    return figures


def growth(values: dict[int, float]) -> str:
    """A fixed part and one for each million utterances, fitted to relative errors."""
    n, y = np.array(list(values)) / 1e6, np.array(list(values.values()))
    weight = 1 / np.maximum(np.abs(y), 1e-3)
    (slope, fixed) = np.polyfit(n, y, 1, w=weight)
    return f"{fixed:.3g} + {slope:.3g} for each million"


def measure_size(folder: Path, n_items: int, minutes: float) -> Iterator[dict[str, float]]:
    """The figures of each step, in order, on a new corpus in `folder`."""
    write_corpus(folder / "corpus", n_items)
    yield _apart(write_all_features, folder, "writing the synthetic shards")
    yield _apart(_plan_anew, folder, "stage 1: plan of what to do, first time")
    yield _apart(_plan_again, folder, "stage 1: plan of what to do, restart")
    jobs = f"--jobs={cores()}"
    first = run_command("preprocess", folder, jobs)
    yield _named("stage 1: after the features (first time)", first)
    yield _named("stage 1: nothing to do", run_command("preprocess", folder, jobs))
    start = run_command("train", folder, "--name=big", "--set=train.max_steps=1")
    yield _named("stage 2: one step and its checkpoint", start)
    resumed = run_command("train", folder, "--name=big", "--resume", "--set=train.max_steps=2")
    yield _named("stage 2: resumed, one step", resumed)
    yield _apart(_open, folder, "stage 2: opening the dataset")
    yield {"plan of an epoch (CPU s)": in_process(_plan_epoch, folder)}
    yield in_process(_read_batches, folder, minutes)


def settings(folder: Path) -> list[str]:
    """`--set`s of a small model on the corpus."""
    values = {
        "dataset": '["big"]',
        "dataset_layout": json.dumps({"big": LAYOUT}),
        "dataset_path": json.dumps({"big": str(folder / "corpus")}),
        "preprocess.processed_dir": json.dumps(str(folder / "data")),
        "log_dir": json.dumps(str(folder / "log")),
        "text": "{$replace: true, cleaners: 'basic_cleaners', symbol_set: 'english_basic'}",
        "model.d_model": "16",
        "model.encoder": STACK,
        "model.decoder": STACK,
        "model.duration_predictor": PREDICTOR,
        "model.pitch_predictor": PREDICTOR,
        "model.energy_predictor": PREDICTOR,
        "model.aligner": "{channels: 8}",
        "train.n_workers": str(N_WORKERS),
        # its pictures and sounds take longer than the rest
        "preprocess.valid": "1",
    }
    return [f"{key}={value}" for key, value in values.items()]


class Used(NamedTuple):
    """CPU time, time by the clock and memory of a process."""

    seconds: float  # by the clock: on a machine with other work, more than it needs
    cpu_seconds: float
    megabytes: float  # the largest process


def _named(name: str, used: Used) -> dict[str, float]:
    return {
        f"{name} (s)": used.seconds,
        f"{name} (CPU s)": used.cpu_seconds,
        f"{name} (MB)": used.megabytes,
    }


def command_words(command: str, folder: Path, *more: str) -> list[str]:
    """A command of Recital on the corpus."""
    words = [sys.executable, "-m", f"recital.bins.{command}", f"--config={RECIPE}"]
    return [*words, *(f"--set={value}" for value in settings(folder)), *more]


def run_command(command: str, folder: Path, *more: str) -> Used:
    """Run a command of Recital. Raises `RecitalError` if it fails."""
    log = folder / "log.txt"
    began = time.perf_counter()
    with log.open("wb") as file:
        words = command_words(command, folder, *more)
        process = subprocess.Popen(words, cwd=ROOT, stdout=file, stderr=file)
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        last = log.read_text(errors="replace").strip().splitlines()[-1:]
        raise RecitalError(f"{command}: ended with {status}: {last}")
    return Used(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3)


def _apart(step: Callable[[Path], None], folder: Path, name: str) -> dict[str, float]:
    """Seconds and memory of a step in a new process, without its start."""
    return _named(name, in_process(_measured, step, folder))


def _measured(step: Callable[[Path], None], folder: Path) -> Used:
    began, before = time.perf_counter(), time.process_time()
    step(folder)
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - before
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return Used(seconds, cpu_seconds, largest)


def write_all_features(folder: Path) -> None:
    """The shards of the corpus in `folder`, as stage 1 would make them."""
    experiment, tree = load_experiment(RECIPE, settings(folder))
    store = folder / "data" / "big"
    features = stage_1_features(tree)
    write_features(folder / "corpus", store, features, experiment.audio, experiment.preprocess)


def _plan_anew(folder: Path) -> None:
    """From the metadata to the plan."""
    _plan(folder, open_folder(folder / "elsewhere"))


def _plan_again(folder: Path) -> None:
    """From a plan that holds to the first shard that is missing: a restart of a killed stage 1."""
    experiment, tree = load_experiment(RECIPE, settings(folder))
    audio, preprocess, store = experiment.audio, experiment.preprocess, experiment.store("big")
    names = {f: f"{f}-{fingerprint(f, audio, preprocess)}" for f in stage_1_features(tree)}
    shards = _plan(folder, store.index).shards
    assert not Work(store.folder, folder / "corpus", names, shards, audio, preprocess).missing()


def _plan(folder: Path, index: Folder) -> Plan:
    return open_plan(Corpus(folder / "corpus"), LAYOUT, {}, index)


def _dataset(folder: Path) -> SpeechDataset:
    experiment, _ = load_experiment(RECIPE, settings(folder))
    assert experiment.text is not None
    store = experiment.store("big")
    return SpeechDataset(
        {"big": store},
        "train",
        needs=frozenset({"tokens", "mel", "pitch", "energy"}),
        audio=experiment.audio,
        preprocess=experiment.preprocess,
        text=TextProcessor(experiment.text, symbols_for(experiment.text)),
    )


def _open(folder: Path) -> None:
    _dataset(folder)


def _plan_epoch(folder: Path) -> float:
    data = _dataset(folder)
    began = time.process_time()
    Sampler(data.ids, data.lengths, 16, 20_000, seed=1, world_size=8).plan(0)
    return time.process_time() - began


def _read_batches(folder: Path, minutes: float) -> dict[str, float]:
    """Batches from the middle of an epoch on, as a resumed training reads them."""
    data = _dataset(folder)
    began = time.perf_counter()
    sampler = Sampler(data.ids, data.lengths, 16, seed=1)
    batches = EndlessBatches(sampler, [0], 0, len(sampler.plan(0)) // 2)
    loader = iter(make_loader(data, batches, n_workers=N_WORKERS, pin_memory=False))
    next(loader)
    first = time.perf_counter() - began
    for _ in islice(loader, WARM_UP):
        pass
    workers = multiprocessing.active_children()
    processes = [os.getpid(), *(p.pid for p in workers if p.pid is not None)]
    before, began, read = sum(map(private_mb, processes)), time.perf_counter(), 0
    while time.perf_counter() - began < 60 * minutes:
        next(loader)
        read += 1
    seconds = time.perf_counter() - began
    grown = sum(map(private_mb, processes)) - before
    return {
        "first batch of a resumed epoch (s)": first,
        "batches of 16 per second": read / seconds,
        "rank and workers, not shared (MB)": before,
        "growth in 1,000 batches (MB)": 1000 * grown / max(read, 1),
    }


def private_mb(process: int) -> float:
    """The memory of a process that no other shares, in MB."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1e3
