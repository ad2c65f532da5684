"""Frames a second of training at published sizes: the Trainer's step on random batches with the
lengths of LJSpeech, composed by the Trainer's sampler.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
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
from recital.bins.benchmark.gpu.alternatives import images_of_frames
from recital.bins.benchmark.gpu.job import Job, Row
from recital.bins.benchmark.gpu.profiles import profile
from recital.modules.contract.batch import Batch
from recital.modules.contract.model import AcousticModel, Model
from recital.utils.config import Tree, merge
from recital.utils.training.sampler import Sampler

FRAME_RATE, TOKEN_RATE = 22050 / 256, 15.2  # frames and characters per second of LJSpeech
CORPUS = 1536  # utterances that batches are drawn from
MOST_BATCHES = 8  # shapes of a measurement
LEAST_FOR_PROFILE = 15.0  # seconds
TIMED = 4.0  # seconds of a measurement

Step = Callable[[Sequence[Batch]], None]
Groups = list[list[Batch]]  # the batches of each step


class Speed(NamedTuple):
    """Sums over steps."""

    steps: int = 0
    seconds: float = 0.0
    frames: int = 0
    padded: int = 0  # frames with padding


class Setting(NamedTuple):
    """One measurement: items of a batch, batches of a step, and how products are computed."""

    size: int
    accumulation: int = 1
    precision: Precision = "bf16"
    compiled: bool = False
    tuned: bool = False  # cuDNN's benchmark
    images: bool = False  # `alternatives.images_of_frames`

    @property
    def label(self) -> str:
        many = f" x {self.accumulation}" if self.accumulation > 1 else ""
        how = "TF32" if self.precision == "no" else "bf16"
        ways = [", compiled"] * self.compiled + [", cuDNN's benchmark"] * self.tuned
        ways += [", channels last"] * self.images
        return f"batch {self.size}{many}, {how}{''.join(ways)}"


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
    settings = [Setting(32), Setting(32, images=True), Setting(128), Setting(128, images=True)]
    settings += [Setting(32, 8), Setting(32, 8, "no"), Setting(32, 1, "no")]
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
    settings = [Setting(128), Setting(128, 1, "no"), Setting(128, tuned=True), Setting(16)]
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

    def prepare(setting: Setting) -> tuple[Step, Groups]:
        model = build_acoustic(config)
        scale, most = (0.05, 2) if job.rehearse else (1.0, MOST_BATCHES)
        return _step(model, config, setting), utterances(model, setting, scale, most)

    _measure(job, name, settings, prepare, published, source, counted=1.0)


def _vocoder(
    job: Job, name: str, settings: Sequence[Setting], published: dict[str, int], source: str
) -> None:
    config = vocoder_config(name, {"model": SMALL[name]} if job.rehearse else {})
    n_frames: int = config["train"]["segment_frames"]

    def prepare(setting: Setting) -> tuple[Step, Groups]:
        model = build_vocoder(config, training=True)
        batches = [vocoder_batch(model, setting.size, n_frames) for _ in range(2)]
        return _step(model, config, setting), [[batch] for batch in batches]

    _measure(job, name, settings, prepare, published, source, counted=80 / n_frames)


def _measure(
    job: Job,
    name: str,
    settings: Sequence[Setting],
    prepare: Callable[[Setting], tuple[Step, Groups]],
    published: dict[str, int],
    source: str,
    counted: float,
) -> None:
    """A row for each setting, and the profile of the first. `prepare` returns the step and its
    batches, a list for each step.
    """
    if job.rehearse:
        settings = [
            s._replace(size=2, accumulation=min(s.accumulation, 2), compiled=False)
            for s in settings[:2]
        ]
    for i, setting in enumerate(settings):
        seconds = 0.0 if job.rehearse else min(TIMED, job.seconds / 6)
        if i and job.seconds_left() < 4 * seconds:
            job.row(what=name, setting=f"{setting.label}: not run, no time left")
            continue
        form = images_of_frames() if setting.images else nullcontext()
        with job.attempt(f"{name}, {setting.label}"), form:
            _forget()
            step, groups = prepare(setting)
            for n, speed in enumerate(time_steps(step, groups, seconds)):
                rate = speed.frames / speed.seconds
                row: Row = {
                    "what": name,
                    "setting": setting.label,
                    "step (ms)": 1000 * speed.seconds / speed.steps,
                    "frames/s": rate,
                    "padding (%)": 100 * (1 - speed.frames / speed.padded),
                    "steps": str(speed.steps),
                }
                if device() == "cuda":
                    row["memory (GiB)"] = torch.cuda.max_memory_allocated() / 2**30
                how = "TF32" if setting.precision == "no" else "bf16"
                if how in published:
                    row |= {"published": float(published[how]), "source": source}
                    row["times published"] = counted * rate / published[how]
                if n == 0:
                    job.row(**row)
                else:
                    job.better(**row)
    if not job.rehearse and job.seconds_left() < LEAST_FOR_PROFILE:
        return
    with job.attempt(f"{name}, {settings[0].label}, profile"):
        _forget()
        step, groups = prepare(settings[0])
        step(groups[0])
        seconds, busy, table = profile(step, groups[0])
        job.text(f"{name}, {settings[0].label}: a step of {1000 * seconds:.0f} ms", table)
        if busy is not None:
            label = f"{settings[0].label}: the GPU computes in a profiled step (ms)"
            job.row(what=name, setting=label, busy=1000 * busy)


def _step(model: Model, config: Tree, setting: Setting) -> Step:
    return trainer_step(
        model,
        config,
        precision=setting.precision,
        compile=setting.compiled,
        tf32=True,
        cudnn_benchmark=setting.tuned,
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


def time_steps(step: Step, groups: Groups, seconds: float) -> Iterator[Speed]:
    """Time steps, and yield a figure as soon as there is one. After a first step, which compiles
    and allocates, one of each shape (or as many as fit into twice `seconds`) is a first figure;
    passes over these shapes, for `seconds` or at least two steps, are the better one.
    """
    step(groups[0])
    _wait()
    turns, seen = [*groups[1:], groups[0]], list[list[Batch]]()
    speed = Speed()
    while len(seen) < len(turns) and speed.seconds <= 2 * seconds:
        seen.append(turns[len(seen)])
        speed = _timed(step, seen[-1:], speed)
        yield speed
    speed = Speed()
    while speed.steps < 2 or speed.seconds < seconds:
        speed = _timed(step, seen, speed)
        yield speed


def _timed(step: Step, groups: Groups, before: Speed) -> Speed:
    """Add a pass over some groups. The GPU is waited for at its end, as at each line of a log."""
    began = time.perf_counter()
    for group in groups:
        step(group)
    _wait()
    batches = [batch for group in groups for batch in group]
    return Speed(
        before.steps + len(groups),
        before.seconds + time.perf_counter() - began,
        before.frames + sum(map(_frames, batches)),
        before.padded + sum(map(_padded_frames, batches)),
    )


def _wait() -> None:
    if device() == "cuda":
        torch.cuda.synchronize()


def _forget() -> None:
    """Free the memory of the setting before."""
    gc.collect()
    if device() == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def _frames(batch: Batch) -> int:
    if batch.mel_lengths is None:  # segments of one length
        return _padded_frames(batch)
    return int(batch.mel_lengths.sum())


def _padded_frames(batch: Batch) -> int:
    assert batch.mel is not None
    return len(batch.ids) * batch.mel.shape[2]
