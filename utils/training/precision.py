"""The precision of a run, from the config and the capabilities of the device."""

from __future__ import annotations

import functools
import math
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import torch
from torch import nn

from recital.utils.errors import ConfigError
from recital.utils.training.train_config import TrainConfig

Precision = Literal["no", "bf16", "fp16"]

CPU_UNITS = {"avx512_bf16", "amx_bf16", "bf16"}  # flags of x86 and Arm in /proc/cpuinfo
SIZE, TIMES = 512, 5  # of the timed matrix products
DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}
# a small layer of each kind that a device may lack in half precision, and the shape of its input
LAYERS: dict[type[nn.Module], tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    nn.Linear: (lambda: nn.Linear(8, 8), (2, 8)),
    nn.Conv1d: (lambda: nn.Conv1d(8, 8, 3), (1, 8, 8)),
    nn.ConvTranspose1d: (lambda: nn.ConvTranspose1d(8, 8, 3), (1, 8, 8)),
    nn.Conv2d: (lambda: nn.Conv2d(8, 8, 3), (1, 8, 8, 8)),
    nn.LSTM: (lambda: nn.LSTM(8, 8), (4, 2, 8)),
    nn.GRU: (lambda: nn.GRU(8, 8), (4, 2, 8)),
}


def training_device() -> torch.device:
    """The kind of device that a run takes: a GPU of CUDA where there is one and the launcher has
    not asked for the CPU.
    """
    asked = os.environ.get("ACCELERATE_USE_CPU", "").lower() in ("1", "true", "yes")
    return torch.device("cuda" if torch.cuda.is_available() and not asked else "cpu")


def has_bf16(device: torch.device) -> bool:
    """Whether products are faster in bfloat16 than in float32: not if they are emulated, and not
    with every unit, so that a CPU's are timed.
    """
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        return bool(CPU_UNITS & cpu_flags()) and slowdown() < 1
    return False


def cpu_flags() -> set[str]:
    """The flags in /proc/cpuinfo; empty without such a file."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n")
    except OSError:
        return set()
    named = (line for line in lines if line.startswith(("flags", "Features")))
    return {flag for line in named for flag in line.partition(":")[2].split()}


def resolve_precision(
    wanted: Literal["no", "bf16", "fp16", "auto"] | None,
    accelerate: str,
    device: torch.device,
    model: nn.Module,
) -> tuple[Precision, str | None]:
    """The precision in which `model` is trained, and a note for the user or None.

    `wanted` is `train.precision`: "auto" is bf16 if the device supports it, else fp32; None is the
    value of `accelerate`, from its own config. Raises `ConfigError` for a precision in which the
    device cannot compute the model.
    """
    note = None
    if wanted is None:
        if accelerate not in ("no", "bf16", "fp16"):
            raise ConfigError(
                f"accelerate's mixed_precision: expected no, bf16 or fp16: {accelerate}"
            )
        precision: Precision = accelerate  # type: ignore[assignment]
    elif wanted == "auto":
        faster = has_bf16(device) and unsupported(model, "bf16", device) is None
        precision = "bf16" if faster else "no"
    else:
        precision = wanted
    if wanted is not None and accelerate not in ("no", precision):
        here = f", here {precision!r}," if wanted == "auto" else ""
        note = (
            f"train.precision {wanted!r}{here} overrides accelerate's mixed_precision "
            f"{accelerate!r}; set it to null to take that one"
        )
    if (why := unsupported(model, precision, device)) is not None:
        said_by = "train.precision" if wanted is not None else "accelerate's mixed_precision"
        raise ConfigError(f"{said_by}: {precision!r} {why}; use 'auto' or 'no'")
    if precision == "bf16" and device.type == "cpu" and not has_bf16(device):
        slow = f"{slow_bf16()}; set train.precision to 'auto'"
        note = slow if note is None else f"{note}\n{slow}"
    return precision, note


def unsupported(model: nn.Module, precision: Precision, device: torch.device) -> str | None:
    """Why `device` cannot compute `model` in `precision`, to follow its name in a message; None if
    it can. A small layer of each kind that the model has is tried, forward and backward.
    """
    if precision == "no":
        return None
    if precision == "fp16" and device.type == "cpu":
        return "needs a GPU"
    kinds = {kind for kind in LAYERS for m in model.modules() if isinstance(m, kind)}
    for kind in (kind for kind in LAYERS if kind in kinds):
        make, shape = LAYERS[kind]
        try:
            _try_layer(make, shape, precision, device)
        except RuntimeError as error:
            reason = str(error).strip().partition("\n")[0].partition(". ")[0]
            return f"is not for this {device.type}, which has no {kind.__name__} in it ({reason})"
    return None


def _try_layer(
    make: Callable[[], nn.Module], shape: tuple[int, ...], precision: str, device: torch.device
) -> None:
    # its weights are drawn: the generators are left as they were
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        layer = make().to(device)
        for training in (False, True):
            x = torch.zeros(shape, device=device, requires_grad=training)
            with (
                torch.autocast(device.type, DTYPES[precision]),
                torch.set_grad_enabled(training),
            ):
                out = layer(x)
            if training:
                (out[0] if isinstance(out, tuple) else out).sum().backward()


def use_gpu_settings(config: TrainConfig, device: torch.device) -> None:
    """Apply `train.tf32` and `train.cudnn_benchmark`, which only CUDA knows. Null leaves torch's
    defaults: TF32 in convolutions, not in matrix products.
    """
    if device.type != "cuda":
        return
    if config.tf32 is not None:
        torch.backends.cuda.matmul.allow_tf32 = config.tf32
        torch.backends.cudnn.allow_tf32 = config.tf32
    torch.backends.cudnn.benchmark = config.cudnn_benchmark


def slow_bf16() -> str:
    """What to say of a CPU on which bfloat16 is slower."""
    return f"bf16 is slow on this CPU: a product takes {slowdown():.1f} times as long as in fp32"


@functools.cache
def slowdown() -> float:
    """Measure how many times longer a product takes in bfloat16 than in float32."""
    a = torch.ones(SIZE, SIZE)
    fast: dict[torch.dtype, float] = {}
    # in turn and the fastest of some, since other work on the machine only makes them longer
    for _ in range(TIMES):
        for dtype in (torch.float32, torch.bfloat16):
            factor = a.to(dtype)
            before = time.perf_counter()
            factor @ factor
            fast[dtype] = min(fast.get(dtype, math.inf), time.perf_counter() - before)
    return fast[torch.bfloat16] / max(fast[torch.float32], 1e-9)
