"""Frames a second of training at published sizes: the Trainer's step on random batches with the
lengths of LJSpeech, composed by the Trainer's sampler.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch

from recital.bins.benchmark.acoustic import GIVEN_DURATIONS
from recital.bins.benchmark.common import (
    Precision,
    acoustic_config,
    build_acoustic,
    build_vocoder,
    device,
    random_utterances,
    trainer_step,
    vocoder_batch,
    vocoder_config,
)
from recital.bins.benchmark.gpu.job import Job, Row
from recital.bins.benchmark.gpu.profiles import profile
from recital.modules.contract.batch import Batch
from recital.modules.contract.model import AcousticModel, Model
from recital.utils.config import Tree, merge
from recital.utils.training.sampler import Sampler

FRAME_RATE, TOKEN_RATE = 22050 / 256, 15.2  # frames and characters per second of LJSpeech
CORPUS = 1536  # utterances that batches are drawn from
MOST_BATCHES = 8  # shapes of a measurement
TIMED = 5.0  # seconds of a measurement, at least two passes over its batches

Step = Callable[[Sequence[Batch]], None]


class Setting(NamedTuple):
    """One measurement: items of a batch, batches of a step, and how products are computed."""

    size: int
    accumulation: int = 1
    precision: Precision = "bf16"
    compiled: bool = False

    @property
    def label(self) -> str:
        many = f" x {self.accumulation}" if self.accumulation > 1 else ""
        how = "TF32" if self.precision == "no" else "bf16"
        return f"batch {self.size}{many}, {how}{', compiled' if self.compiled else ''}"


# the sizes of a rehearsal
STACK: Tree = {"n_layers": 1, "d_inner": 16}
SMALL: dict[str, Tree] = {
    "fastpitch": {"d_model": 16, "encoder": STACK, "decoder": STACK},
    "fastspeech2": {"d_model": 16, "encoder": STACK, "decoder": STACK, "postnet": {"channels": 8}},
    "tacotron2": {
        "d_model": 16,
        "decoder": {"prenet_size": 8, "attention_rnn_size": 16, "decoder_rnn_size": 16},
        "postnet": {"channels": 8},
    },
    "hifigan": {
        "generator": {"channels": 16},
        "discriminators": {"mpd": {"periods": [2], "channels": 1}, "msd": None},
    },
    "vocos": {
        "generator": {"d_model": 16, "n_layers": 1, "d_inner": 16},
        "discriminators": {"mpd": {"periods": [2], "channels": 1}, "mrd": None},
    },
}


def fastpitch(job: Job) -> None:
    """Published: A100 80 GB, batch 32 with 8 accumulated, averaged over an epoch. Batch 32 alone is
    what each of 8 GPUs does in the published recipe.
    """
    settings = [
        Setting(32),
        Setting(32, 8),
        Setting(32, 8, "no"),
        Setting(128),
        Setting(32, 1, "no"),
    ]
    published = {"TF32": 97_735, "bf16": 101_730}
    _acoustic(job, "fastpitch", settings, published, "NVIDIA, A100, batch 32 x 8")


def fastpitch_compiled(job: Job) -> None:
    """With `train.compile`."""
    _acoustic(job, "fastpitch", [Setting(32, 1, "bf16", True)], {"bf16": 101_730}, "NVIDIA, A100")


def fastspeech2(job: Job) -> None:
    """With given durations, as the references train it."""
    settings = [Setting(16), Setting(64), Setting(16, 1, "no")]
    _acoustic(job, "fastspeech2", settings, {}, "none published", GIVEN_DURATIONS)


def tacotron2(job: Job) -> None:
    """Published: A100, batch 128."""
    published = {"TF32": 26_484, "bf16": 31_499}
    settings = [Setting(128), Setting(128, 1, "no"), Setting(48)]
    _acoustic(job, "tacotron2", settings, published, "NVIDIA, A100, batch 128")


def hifigan(job: Job) -> None:
    """V1, segments of 8192 samples. NVIDIA counts 80 frames for a segment, its mel bands, in place
    of 32: the published figure is compared with ours counted so.
    """
    settings = [Setting(128), Setting(16), Setting(128, 1, "no"), Setting(16, 1, "no")]
    published = {"TF32": 12_055, "bf16": 15_579}
    _vocoder(job, "hifigan", settings, published, "NVIDIA, A100, batch 128, as they count")


def vocos(job: Job) -> None:
    """Segments of 16384 samples, batch 16."""
    _vocoder(job, "vocos", [Setting(16), Setting(16, 1, "no"), Setting(64)], {}, "none published")


def _acoustic(
    job: Job,
    name: str,
    settings: Sequence[Setting],
    published: dict[str, int],
    source: str,
    changes: Tree | None = None,
) -> None:
    small: Tree = {"model": SMALL[name]} if job.rehearse else {}
    config = acoustic_config(name, merge(changes or {}, small))

    def prepare(setting: Setting) -> tuple[Step, list[list[Batch]], float, float]:
        model = build_acoustic(config)
        step = _step(model, config, setting, cudnn_benchmark=False)
        scale, most = (0.05, 2) if job.rehearse else (1.0, MOST_BATCHES)
        batches = utterances(model, setting, scale, most)
        real = _mean([_frames(group) for group in batches])
        padded = _mean(
            [
                sum(len(b.ids) * b.mel.shape[2] for b in group if b.mel is not None)
                for group in batches
            ]
        )
        return step, batches, real, padded

    _measure(job, name, settings, prepare, published, source, counted=1.0)


def _vocoder(
    job: Job, name: str, settings: Sequence[Setting], published: dict[str, int], source: str
) -> None:
    config = vocoder_config(name, {"model": SMALL[name]} if job.rehearse else {})
    n_frames: int = config["train"]["segment_frames"]

    def prepare(setting: Setting) -> tuple[Step, list[list[Batch]], float, float]:
        model = build_vocoder(config, training=True)
        step = _step(model, config, setting, cudnn_benchmark=True)
        batches = [
            [vocoder_batch(model, setting.size, n_frames)] for _ in range(1 if job.rehearse else 4)
        ]
        frames = float(setting.size * n_frames)
        return step, batches, frames, frames

    _measure(job, name, settings, prepare, published, source, counted=80 / n_frames)


def _measure(
    job: Job,
    name: str,
    settings: Sequence[Setting],
    prepare: Callable[[Setting], tuple[Step, list[list[Batch]], float, float]],
    published: dict[str, int],
    source: str,
    counted: float,
) -> None:
    """A row for each setting, and the profile of the first. `prepare` returns the step, its batches
    (a list for each step), and the mean real and padded frames of a step.
    """
    for i, setting in enumerate(settings):
        if job.rehearse:
            few = min(setting.accumulation, 2)
            setting = setting._replace(size=2, accumulation=few, compiled=False)
        if job.seconds_left() < 2 * TIMED and not job.rehearse:
            job.row(what=name, setting=setting.label, failed="not run: no time left")
            continue
        with job.attempt(f"{name}, {setting.label}"):
            _forget()
            step, batches, real, padded = prepare(setting)
            seconds = seconds_of_step(step, batches, 0.0 if job.rehearse else TIMED)
            row: Row = {
                "what": name,
                "setting": setting.label,
                "step (ms)": 1000 * seconds,
                "frames/s": real / seconds,
                "padding (%)": 100 * (1 - real / padded),
            }
            if device() == "cuda":
                row["memory (GiB)"] = torch.cuda.max_memory_allocated() / 2**30
            how = "TF32" if setting.precision == "no" else "bf16"
            if how in published:
                row |= {"published": float(published[how]), "source": source}
                row["times published"] = counted * real / seconds / published[how]
            job.row(**row)
            if i == 0:
                busy, table = profile(step, batches)
                job.text(f"{name}, {setting.label}", table)
                if busy is not None:
                    label = f"{setting.label}: share of the time that the GPU computes"
                    job.row(what=name, setting=label, share=busy / seconds)


def _step(model: Model, config: Tree, setting: Setting, cudnn_benchmark: bool) -> Step:
    return trainer_step(
        model,
        config,
        precision=setting.precision,
        compile=setting.compiled,
        tf32=True,
        cudnn_benchmark=cudnn_benchmark,
    )


def utterances(
    model: AcousticModel, setting: Setting, scale: float, most: int
) -> list[list[Batch]]:
    """About `most` batches, a list for each step; seconds of LJSpeech times `scale`."""
    frames, tokens = lengths_of_speech(CORPUS, scale)
    sampler = Sampler([str(i) for i in range(CORPUS)], frames, setting.size)
    plan = sampler.plan(0)[: max(most, setting.accumulation)]
    made = [
        random_utterances(
            model,
            torch.tensor([tokens[i] for i in batch]),
            torch.tensor([frames[i] for i in batch]),
        )
        for batch in plan
    ]
    n = setting.accumulation
    return [made[i : i + n] for i in range(0, len(made), n)]


def lengths_of_speech(n: int, scale: float) -> tuple[list[int], list[int]]:
    """Frames and tokens of `n` utterances: their seconds are normal, cut off, as LJSpeech's."""
    random = np.random.default_rng(0)
    seconds = np.clip(random.normal(6.57, 2.19, n), 1.1, 10.1) * scale
    frames = np.maximum(seconds * FRAME_RATE, 4).astype(int)
    tokens = np.maximum(seconds * TOKEN_RATE, 2).astype(int)
    return frames.tolist(), tokens.tolist()


def seconds_of_step(step: Step, batches: Sequence[Sequence[Batch]], least: float) -> float:
    """Mean seconds of a step, over passes of all batches for `least` seconds or at least two
    passes, after a pass to warm up. The GPU is waited for once a pass, as a training waits at each
    line of its log.
    """
    for group in batches:
        step(group)
    _wait()
    began, n = time.perf_counter(), 0
    while n < 2 * len(batches) or time.perf_counter() - began < least:
        for group in batches:
            step(group)
        _wait()
        n += len(batches)
    return (time.perf_counter() - began) / n


def _wait() -> None:
    if device() == "cuda":
        torch.cuda.synchronize()


def _forget() -> None:
    """Free the memory of the setting before."""
    gc.collect()
    if device() == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def _frames(batches: Sequence[Batch]) -> float:
    return float(sum(int(b.mel_lengths.sum()) for b in batches if b.mel_lengths is not None))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
