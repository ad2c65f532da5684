"""Latency of FastPitch and HiFi-GAN V1, from token ids on the CPU to the wav on the device."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor

from recital.bins.benchmark.common import (
    N_SYMBOLS,
    acoustic_config,
    audio_seconds,
    build_acoustic,
    build_vocoder,
    device,
    vocoder_config,
)
from recital.bins.benchmark.gpu.alternatives import compiled_waves, images_of_frames, rows_of_waves
from recital.bins.benchmark.gpu.job import Job
from recital.bins.benchmark.gpu.training import SMALL
from recital.bins.common.processes import inference_precision
from recital.models.tts.fastpitch import model as fastpitch
from recital.modules.contract.model import AcousticModel, Vocoder
from recital.modules.fast.graphs import replay_stacks, replayed

Make = Callable[[AcousticModel, Vocoder, int, str, Job], Callable[[], Tensor]]
Form = Callable[[], AbstractContextManager[object]]
Case = tuple[str, Make, int, str]  # a way to speak, items, precision

TOKENS, FRAMES = 128, 693  # 128 characters, 8.05 s, as NVIDIA measures
REPEATS = 60
# NVIDIA, A100, TorchScript without denoising, ms: (precision, batch size)
PUBLISHED = {("fp16", 1): 18, ("fp16", 4): 42, ("fp16", 8): 82}
PUBLISHED |= {("TF32", 1): 24, ("TF32", 4): 68, ("TF32", 8): 125}


def measure(job: Job) -> None:
    """Batches of 1, 4 and 8 in TF32, bf16 and fp16, step by step and as one CUDA graph."""
    acoustic = build_acoustic(_config("fastpitch", job)).eval()
    vocoder = build_vocoder(_vocoder(job)).eval()
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    first: list[Case] = [
        ("step by step", _speaker, 1, "fp16"),
        ("CUDA graph", _graph, 1, "fp16"),
        ("runtime cuda_graphs", _replayed, 1, "fp16"),
        ("step by step", _speaker, 1, "TF32"),
    ]
    _measure(job, acoustic, vocoder, first)
    _parts(job, acoustic)
    more: list[Case] = [
        ("step by step", _speaker, size, how) for size in (4, 8) for how in ("fp16", "TF32")
    ]
    more += [("CUDA graph", _graph, size, "fp16") for size in (4, 8)]
    more += [("CUDA graph", _graph, 1, how) for how in ("TF32", "bf16")]
    more += [("runtime cuda_graphs", _replayed, 8, "fp16")]
    # the first again, to see what the order does
    more += [("step by step", _speaker, 1, how) for how in ("bf16", "fp16")]
    _measure(job, acoustic, vocoder, more)
    if not job.rehearse:
        _compiled(job, acoustic)


def _measure(job: Job, acoustic: AcousticModel, vocoder: Vocoder, cases: Sequence[Case]) -> None:
    for way, make, size, label in cases:
        with job.attempt(f"{way}, batch {size}, {label}"):
            speak = make(acoustic, vocoder, size, label, job)
            _row(job, f"{way}, batch {size}, {label}", speak, acoustic, size, label)


def _parts(job: Job, acoustic: AcousticModel) -> None:
    """Where the time of a graph goes, and what other forms of the models would take."""

    def rows(what: str, form: Form, precisions: Sequence[str], alone: bool = False) -> None:
        for label in precisions:
            named = f"CUDA graph, batch 1, {label}: {what}"
            with job.attempt(named), form():
                vocoder = None if alone else build_vocoder(_vocoder(job)).eval()
                _row(job, named, _graph(acoustic, vocoder, 1, label, job), acoustic, 0, label)

    rows("FastPitch alone", nullcontext, ("fp16", "TF32"), alone=True)
    rows("FastPitch alone, channels last", images_of_frames, ("fp16", "TF32"), alone=True)
    rows("both, FastPitch's channels last", images_of_frames, ("fp16",))
    rows("both, HiFi-GAN's samples last", rows_of_waves, ("fp16", "TF32"))


def _compiled(job: Job, acoustic: AcousticModel) -> None:
    """HiFi-GAN by torch.compile, within the graph."""
    named = "CUDA graph, batch 1, fp16: both, HiFi-GAN compiled"
    with job.attempt(named), compiled_waves():
        vocoder = build_vocoder(_vocoder(job)).eval()
        _row(job, named, _graph(acoustic, vocoder, 1, "fp16", job), acoustic, 0, "fp16")


def _precision(label: str) -> str:
    return "fp32" if label == "TF32" or device() == "cpu" else label


def _config(name: str, job: Job) -> dict[str, object]:
    return acoustic_config(name, {"model": SMALL[name]} if job.rehearse else {})


def _vocoder(job: Job) -> dict[str, object]:
    return vocoder_config("hifigan", {"model": SMALL["hifigan"]} if job.rehearse else {})


def _inputs(size: int, job: Job) -> tuple[Tensor, Tensor, Tensor]:
    """Tokens, their lengths and durations, on the CPU."""
    n, t = (8, 20) if job.rehearse else (TOKENS, FRAMES)
    ends = torch.arange(n + 1) * t // n
    durations = ends.diff().expand(size, n)
    return torch.randint(1, N_SYMBOLS, (size, n)), torch.full((size,), n), durations


def _speaker(
    acoustic: AcousticModel, vocoder: Vocoder, size: int, label: str, job: Job
) -> Callable[[], Tensor]:
    """What stage 3 does: both models' `infer` under autocast."""
    inputs = _inputs(size, job)
    precision = _precision(label)

    def speak() -> Tensor:
        moved = [x.to(device(), non_blocking=True) for x in inputs]
        with torch.inference_mode(), inference_precision(precision, torch.device(device())):
            mel = acoustic.infer(moved[0], moved[1], durations=moved[2]).mel
            return vocoder.infer(mel)

    return speak


def _replayed(
    acoustic: AcousticModel, vocoder: Vocoder, size: int, label: str, job: Job
) -> Callable[[], Tensor]:
    """`_speaker` of a voice with this runtime."""
    acoustic = copy.deepcopy(acoustic)
    replay_stacks(acoustic)
    return _speaker(acoustic, replayed(vocoder), size, label, job)


def _graph(
    acoustic: AcousticModel, vocoder: Vocoder | None, size: int, label: str, job: Job
) -> Callable[[], Tensor]:
    """Both models (or the first) captured as one graph, whose number of frames is fixed: how fast
    they are without the time of Python.
    """
    inputs = _inputs(size, job)
    static = [x.to(device()) for x in inputs]
    precision = _precision(label)
    n_frames = int(inputs[2][0].sum())

    def speak() -> Tensor:
        with torch.inference_mode(), inference_precision(precision, torch.device(device())):
            mel = acoustic.infer(static[0], static[1], durations=static[2]).mel
            return mel if vocoder is None else vocoder.infer(mel)

    if device() != "cuda":  # a rehearsal
        return speak
    with patch.object(fastpitch, "most_frames", lambda lengths: n_frames):
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                speak()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        # autocast's cached copies of weights would belong to the graph's memory
        with torch.cuda.graph(graph):
            wav = speak()

    def replay() -> Tensor:
        for target, source in zip(static, inputs, strict=True):
            target.copy_(source, non_blocking=True)
        graph.replay()
        return wav

    return replay


def _row(
    job: Job, what: str, speak: Callable[[], Tensor], model: AcousticModel, size: int, label: str
) -> None:
    times = []
    wav = speak()
    for i in range(3 if job.rehearse else REPEATS + 10):
        began = time.perf_counter()
        wav = speak()
        if device() == "cuda":
            torch.cuda.synchronize()
        if job.rehearse or i >= 10:
            times.append(1000 * (time.perf_counter() - began))
    p50, p90, p95, p99 = np.percentile(times, [50, 90, 95, 99]).tolist()
    n_frames = int(_inputs(1, job)[2].sum())
    samples = len(wav) * n_frames * model.audio.hop_length
    audio = audio_seconds(model, n_frames)
    extra: dict[str, float | str] = {}
    if (label, size) in PUBLISHED:
        extra = {"published (ms)": float(PUBLISHED[label, size])}
    if not bool(wav.isfinite().all()):
        extra["failed"] = "the output is not finite"
    job.row(
        what=what,
        **{"mean (ms)": sum(times) / len(times), "p50": p50, "p90": p90, "p95": p95, "p99": p99},
        **{"samples/s": samples / (sum(times) / len(times)) * 1000, "audio (s)": audio},
        **extra,
    )
