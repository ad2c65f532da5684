"""How fast the default FastPitch (46 million parameters) trains and speaks, on random data."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch

from recital.models import build
from recital.models.tts.fastpitch.model import FastPitch
from recital.modules.contract.batch import Batch
from recital.utils.config import ROOT, load_config
from recital.utils.optimizers import build_optimizer
from recital.utils.train_config import OptimizerConfig

N_SYMBOLS = 148
TOKENS, FRAMES = (80, 100), (500, 600)  # lengths are spread evenly over these


def bench_fastpitch_train() -> dict[str, float | str]:
    """Forward, losses, backward, clipping and AdamW. On a CPU batch 8 in fp32, and in bf16 where
    the CPU has it; on a GPU batch 64, compiled, in bf16.
    """
    if torch.cuda.is_available():
        return _figures("bf16 compiled", *_train("cuda", 64, torch.bfloat16, steps=30, warm_up=8))
    figures = _figures("fp32", *_train("cpu", 8, None, steps=5, warm_up=2))
    if "avx512_bf16" not in _cpu_flags():
        return figures | {"bf16": "not measured: this CPU has no avx512_bf16"}
    seconds, frames = _train("cpu", 8, torch.bfloat16, steps=5, warm_up=2)
    ratio = float(figures["fp32 step (s)"]) / seconds
    return figures | _figures("bf16", seconds, frames) | {"bf16 against fp32 (x)": ratio}


def bench_fastpitch_infer() -> dict[str, float | str]:
    """120 tokens to 720 frames, one utterance, fp32."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = _model().to(device).eval()
    tokens = torch.randint(1, N_SYMBOLS, (1, 120), device=device)
    lengths = torch.tensor([120], device=device)
    durations = torch.full((1, 120), 6.0, device=device)
    seconds = _median(lambda: model.infer(tokens, lengths, durations=durations), 10, 2)
    audio = 720 * model.audio.hop_length / model.audio.sample_rate
    return {"utterance (ms)": 1000 * seconds, "x real time": audio / seconds}


def _train(
    device: str, batch_size: int, precision: torch.dtype | None, steps: int, warm_up: int
) -> tuple[float, int]:
    """Median seconds of a step, and the (real) frames of its batch."""
    model = _model().to(device).train()
    batch = _batch(batch_size, device)
    optimizer = build_optimizer(OptimizerConfig(), list(model.parameters()))
    if device == "cuda":
        model.network.forward = torch.compile(model.network.forward)  # type: ignore[method-assign]

    def step() -> None:
        with torch.autocast(device, dtype=precision, enabled=precision is not None):
            ((_, losses),) = model.step(batch)
        optimizer.zero_grad()
        torch.stack(list(losses.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    assert batch.mel_lengths is not None
    return _median(step, steps, warm_up), int(batch.mel_lengths.sum())


def _figures(name: str, seconds: float, frames: int) -> dict[str, float | str]:
    return {f"{name} step (s)": seconds, f"{name} frames/s": frames / seconds}


def _model() -> FastPitch:
    torch.manual_seed(0)
    config = load_config(ROOT / "config" / "tts" / "fastpitch.json")
    model = build(config | {"symbols": [str(i) for i in range(N_SYMBOLS)], "speakers": ["0"]})
    assert isinstance(model, FastPitch)
    model.set_statistics(200.0, 50.0)
    return model


def _batch(size: int, device: str) -> Batch:
    token_lengths = torch.linspace(*TOKENS, size).long()
    mel_lengths = torch.linspace(*FRAMES, size).long()
    tokens, frames = int(token_lengths.max()), int(mel_lengths.max())
    batch = Batch(
        ids=[str(i) for i in range(size)],
        tokens=torch.randint(1, N_SYMBOLS, (size, tokens)),
        token_lengths=token_lengths,
        mel=torch.randn(size, 80, frames),
        mel_lengths=mel_lengths,
        pitch=200 + 50 * torch.randn(size, frames),
        energy=20 * torch.rand(size, frames),
    )
    return Batch(batch.ids, *(None if f is None else f.to(device) for f in batch[1:]))


def _median(function: Callable[[], object], times: int, warm_up: int) -> float:
    seconds = []
    for _ in range(warm_up + times):
        before = time.perf_counter()
        function()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - before)
    return statistics.median(seconds[warm_up:])


def _cpu_flags() -> set[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    return {flag for line in lines if line.startswith("flags") for flag in line.split()}
