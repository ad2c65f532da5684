"""Code shared by the benchmarks: timing, the machine, models of published sizes with random
weights, and the Trainer's training step.
"""

from __future__ import annotations

import math
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Literal, ParamSpec, TypeVar

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import Tensor

from recital.models import build
from recital.modules.contract.batch import Batch
from recital.modules.contract.model import AcousticModel, Model, Vocoder
from recital.utils.config import ROOT, Tree, build_section, load_config, merge
from recital.utils.training import precision
from recital.utils.training.compilation import resolve_backend
from recital.utils.training.loader import to_device
from recital.utils.training.log import Meter
from recital.utils.training.networks import Networks
from recital.utils.training.schedules import learning_rate
from recital.utils.training.train_config import TrainConfig

if TYPE_CHECKING:
    from recital.processors.speech.synthesizer import Synthesizer

Figures = dict[str, float | str]
Precision = Literal["no", "bf16"]

N_SYMBOLS = 148
P = ParamSpec("P")
T = TypeVar("T")
LABELS: dict[Precision, str] = {"no": "fp32", "bf16": "bf16"}


def device() -> str:
    """The device of the benchmarks."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def has_bf16() -> bool:
    """Whether this machine has bf16 units. A CPU without is far slower in bf16 than in fp32."""
    return precision.has_bf16(torch.device(device()))


def peak_memory() -> float:
    """Peak MB of the largest finished child process."""
    unit = 1 if sys.platform == "darwin" else 1024  # bytes per unit of the system's count
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e6


def in_process(function: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    """Call a function in a new process, whose memory is its own."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        return pool.submit(function, *args, **more).result()


def seconds_of(function: Callable[[], object]) -> float:
    """Wall seconds of one call, including the GPU's work."""
    before = time.perf_counter()
    function()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - before


def median_seconds(
    function: Callable[[], object], times: int, warm_up: int, longest: float = math.inf
) -> float:
    """The median of `times` calls after `warm_up` calls; of fewer, if all take more than `longest`
    seconds.
    """
    taken: list[float] = []
    while len(taken) < warm_up + times and sum(taken) <= longest:
        taken.append(seconds_of(function))
    return statistics.median(taken[warm_up:] or taken[-1:])


def stream_seconds(voice: Synthesizer, text: str) -> tuple[float, float]:
    """Seconds until the first and the last samples of a stream."""
    start = time.perf_counter()
    pieces = voice.stream(text)
    next(pieces)
    first = time.perf_counter() - start
    for _ in pieces:
        pass
    return first, time.perf_counter() - start


def audio_seconds(model: Model, n_frames: int) -> float:
    """Duration in seconds of a number of mel frames."""
    return n_frames * model.audio.hop_length / model.audio.sample_rate


def acoustic_config(name: str, changes: Mapping[str, object] | None = None) -> Tree:
    """`config/tts/<name>.json` with changes, and the symbols and the speaker of random data."""
    tree = merge(load_config(ROOT / "config" / "tts" / f"{name}.json"), changes or {})
    return tree | {"symbols": [str(i) for i in range(N_SYMBOLS)], "speakers": ["0"]}


def vocoder_config(name: str, changes: Mapping[str, object] | None = None) -> Tree:
    """`config/vocoder/<name>.json` with changes."""
    return merge(load_config(ROOT / "config" / "vocoder" / f"{name}.json"), changes or {})


def build_acoustic(config: Tree) -> AcousticModel:
    """A model with random weights, and statistics of a synthetic corpus."""
    torch.manual_seed(0)
    model = build(config)
    assert isinstance(model, AcousticModel)
    model.learn_statistics(_arrays)
    return model.to(device())


def build_vocoder(config: Tree, training: bool = False) -> Vocoder:
    """A model with random weights."""
    torch.manual_seed(0)
    model = build(config, training=training)
    assert isinstance(model, Vocoder)
    return model.to(device())


def _arrays(feature: str) -> Iterator[tuple[int, np.ndarray]]:
    """A feature of the only speaker: mel [n_mels, T], or pitch (Hz) and others [T]."""
    values = np.linspace(120.0, 280.0, 1000, dtype=np.float32)
    yield 0, np.tile(values / 100 - 6, (80, 1)) if feature == "mel" else values


def acoustic_batch(
    model: AcousticModel, size: int, tokens: tuple[int, int], frames: tuple[int, int]
) -> Batch:
    """Random utterances with the fields that the model needs; lengths are spread evenly over
    `tokens` and `frames`.
    """
    return random_utterances(
        model, torch.linspace(*tokens, size).long(), torch.linspace(*frames, size).long()
    )


def random_utterances(model: AcousticModel, token_lengths: Tensor, mel_lengths: Tensor) -> Batch:
    """Random utterances of the given lengths, [B] each, with the fields that the model needs."""
    size, n, t = len(token_lengths), int(token_lengths.max()), int(mel_lengths.max())
    ends = mel_lengths[:, None] * torch.arange(n + 1) // token_lengths[:, None]  # of tokens, frames
    needs = model.needs
    batch = Batch(
        ids=[str(i) for i in range(size)],
        tokens=torch.randint(1, N_SYMBOLS, (size, n)),
        token_lengths=token_lengths,
        mel=torch.randn(size, model.audio.n_mels, t),
        mel_lengths=mel_lengths,
        pitch=200 + 50 * torch.randn(size, t) if "pitch" in needs else None,
        energy=20 * torch.rand(size, t) if "energy" in needs else None,
        durations=ends.clamp(max=mel_lengths[:, None]).diff() if "durations" in needs else None,
    )
    return to_device(batch, torch.device(device()))


def vocoder_batch(model: Vocoder, size: int, frames: int) -> Batch:
    """Random mels and waves."""
    n_mels, samples = model.audio.n_mels, frames * model.audio.hop_length
    return Batch(
        ids=[str(i) for i in range(size)],
        mel=torch.randn(size, n_mels, frames, device=device()),
        wav=torch.rand(size, samples, device=device()) - 0.5,
    )


def training_step(
    model: Model, config: Tree, batch: Batch, dtype: Precision, compiled: bool = False
) -> Callable[[], None]:
    """A function that trains `model` for one step on `batch`; see `trainer_step`."""
    step = trainer_step(model, config, precision=dtype, compile=compiled)
    return lambda: step([batch])


def trainer_step(
    model: Model, config: Tree, **changes: Precision | bool
) -> Callable[[Sequence[Batch]], None]:
    """A function that trains `model` for one step on the mean over some batches, with the `train`
    section of its config and `changes` to it: the Trainer's `Networks.train_step`, with its losses'
    weights, optimizer, clipping and settings of the GPU.
    """
    tree = {**config["train"], **changes}
    section = build_section(TrainConfig, tree, "train")
    dtype = section.precision
    assert dtype is not None
    precision.use_gpu_settings(section, torch.device(device()))
    # accelerate keeps the precision of its first Accelerator for the whole process
    AcceleratorState._reset_state(True)
    backend, _ = resolve_backend(section.compile, accelerate="no")
    networks = Networks(model, section, Accelerator(mixed_precision=dtype), backend)
    rate = learning_rate(section.scheduler, section.optimizer.lr, step=1)
    meter = Meter()
    model.train()

    def step(batches: Sequence[Batch]) -> None:
        model.begin_step(0)
        networks.train_step(batches, rate, meter)

    return step


def training_figures(
    prepare: Callable[[Precision], tuple[Callable[[], None], int]], steps: int, warm_up: int
) -> Figures:
    """Median seconds of a step and frames per second, in fp32 and, if supported, in bf16 (on a GPU
    only in bf16). `prepare` returns the step for a precision and the frames of its batch.
    """
    seconds: dict[Precision, float] = {}
    figures: Figures = {}
    precisions: list[Precision] = ["bf16"] if device() == "cuda" else ["no", "bf16"]
    for dtype in precisions:
        label = LABELS[dtype]
        if dtype == "bf16" and not has_bf16():
            return figures | {label: "not measured: this CPU is slower in bf16"}
        step, frames = prepare(dtype)
        seconds[dtype] = median_seconds(step, steps, warm_up)
        figures[f"{label} step (s)"] = seconds[dtype]
        figures[f"{label} frames/s"] = frames / seconds[dtype]
    if len(seconds) == 2:
        figures["bf16 against fp32 (x)"] = seconds["no"] / seconds["bf16"]
    return figures
