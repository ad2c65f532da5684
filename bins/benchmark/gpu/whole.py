"""A whole training on a feature store: the loader alone, and the command `train` with it."""

from __future__ import annotations

import json
import string
import tempfile
import time
from itertools import islice
from pathlib import Path

import numpy as np

from recital.bins.benchmark.common import device
from recital.bins.benchmark.gpu.job import Job
from recital.bins.benchmark.gpu.training import SMALL, lengths_of_speech
from recital.bins.common.experiment import Experiment, load_experiment
from recital.bins.train import main as train
from recital.processors.dataset import SpeechDataset
from recital.processors.features import fingerprint
from recital.processors.store import (
    FeatureStore,
    Utterance,
    shard_file,
    to_json,
    write_lines,
    write_shard,
)
from recital.processors.text import TextProcessor, symbols_for
from recital.utils.training.loader import make_loader
from recital.utils.training.sampler import EndlessBatches, Sampler

NAME = "synthetic"
FEATURES = ("mel", "pitch", "energy")
PER_SHARD = 32


def measure(job: Job) -> None:
    """FastPitch with batch 32 and 8 loader processes on 2048 synthetic utterances."""
    with tempfile.TemporaryDirectory() as folder:
        config = _write_config(Path(folder), job)
        experiment, _ = load_experiment(config)
        _write_store(experiment, 24 if job.rehearse else 2048, 0.05 if job.rehearse else 1.0)
        with job.attempt("loader"):
            _loader(job, experiment)
        with job.attempt("train"):
            train(["-c", str(config), "--name", NAME])
            _rates(job, experiment.directory(NAME) / "log.jsonl")


def _write_config(folder: Path, job: Job) -> Path:
    settings: dict[str, object] = {
        "batch_size": 4 if job.rehearse else 32,
        "n_workers": 1 if job.rehearse else 8,
        "max_steps": 4 if job.rehearse else 240,
        "log_every_steps": 2 if job.rehearse else 20,
        "precision": "auto",
        "tf32": True,
        "valid_every_epochs": None,
        "save_every_epochs": None,
    }
    tree = {
        "base_config": "config/tts/fastpitch.json",
        "model_type": "FastPitch",
        "dataset": [NAME],
        "log_dir": str(folder / "ckpts"),
        "preprocess": {"processed_dir": str(folder / "data")},
        "text": {"cleaners": None},
        "train": settings,
    }
    if job.rehearse:
        tree["model"] = SMALL["fastpitch"]
    path = folder / "exp_config.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    return path


def _write_store(experiment: Experiment, n: int, scale: float) -> None:
    """A store as stage 1 writes it, of random features and letters."""
    random = np.random.default_rng(1)
    store = experiment.store(NAME)
    frames, tokens = lengths_of_speech(n, scale)
    letters = np.array(list(string.ascii_lowercase + "     "))
    lines = []
    for first in range(0, n, PER_SHARD):
        shard = f"{first // PER_SHARD:04d}"
        found: dict[str, dict[str, np.ndarray]] = {name: {} for name in FEATURES}
        for i in range(first, min(first + PER_SHARD, n)):
            t = frames[i]
            text = "a" + "".join(random.choice(letters, tokens[i] - 1))
            lines.append(
                to_json(Utterance(f"u{i}", f"u{i}.wav", text, seconds=t / 86, shard=shard))
            )
            found["mel"][f"u{i}"] = random.standard_normal((80, t), np.float32) - 5
            found["pitch"][f"u{i}"] = 200 + 40 * random.standard_normal(t, np.float32)
            found["energy"][f"u{i}"] = 20 * random.random(t, np.float32)
        for name, arrays in found.items():
            print_ = fingerprint(name, experiment.audio, experiment.preprocess)
            path = store.directory / f"{name}-{print_}" / shard_file(shard)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_shard(path, arrays, {})
    write_lines(store.directory / "manifest.jsonl", lines)
    ids, held = [f"u{i}" for i in range(n)], n // 16
    for split, part in (("train", ids[held:]), ("valid", ids[:held]), ("test", [])):
        write_lines(store.directory / f"{split}.txt", part)


def _loader(job: Job, experiment: Experiment) -> None:
    """Batches a second of the loader alone, pinned where there is a GPU."""
    assert experiment.text is not None
    data = SpeechDataset(
        {NAME: FeatureStore(experiment.store(NAME).directory)},
        "train",
        needs=frozenset({"tokens", *FEATURES}),
        audio=experiment.audio,
        preprocess=experiment.preprocess,
        text=TextProcessor(experiment.text, symbols_for(experiment.text)),
        round_lengths=True,
    )
    section = experiment.train
    sampler = Sampler(data.ids, data.lengths, section.batch_size)
    loader = make_loader(
        data,
        EndlessBatches(sampler, range(1)),
        n_workers=section.n_workers,
        pin_memory=device() == "cuda",
    )
    batches = iter(loader)
    next(batches)
    began, frames, tokens = time.perf_counter(), 0, 0
    n = 3 if job.rehearse else 200
    for batch in islice(batches, n):
        assert batch.mel_lengths is not None and batch.token_lengths is not None
        frames += int(batch.mel_lengths.sum())
        tokens += int(batch.token_lengths.sum())
    seconds = time.perf_counter() - began
    setting = f"batch {section.batch_size}, {section.n_workers} workers"
    job.row(
        what="loader alone",
        setting=setting,
        **{"frames/s": frames / seconds, "tokens/s": tokens / seconds},
    )


def _rates(job: Job, log: Path) -> None:
    """The speed that the run has logged, without its first line."""
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    rates = [line["frames_per_second"] for line in lines if "frames_per_second" in line]
    memory = [line["gpu_memory_gib"] for line in lines if "gpu_memory_gib" in line]
    cells: dict[str, float | str] = {"frames/s": float(np.median(rates[1:] or rates))}
    cells |= {"slowest": min(rates[1:] or rates), "fastest": max(rates)}
    if memory:
        cells["memory (GiB)"] = max(memory)
    job.row(what="command train, FastPitch", setting=f"{len(lines)} lines of the log", **cells)
