"""The precision of a run, from the config and the capabilities of the device."""

from __future__ import annotations

import functools
import math
import os
import time
from pathlib import Path
from typing import Literal

import torch

from recital.utils.errors import ConfigError
from recital.utils.training.train_config import TrainConfig

Precision = Literal["no", "bf16", "fp16"]

CPU_UNITS = {"avx512_bf16", "amx_bf16", "bf16"}  # flags of x86 and Arm in /proc/cpuinfo
SIZE, TIMES = 512, 5  # of the timed matrix products


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
) -> tuple[Precision, str | None]:
    """The precision of a run, and a note for the user or None.

    `wanted` is `train.precision`: "auto" is bf16 if the device supports it, else fp32; None is the
    value of `accelerate`, from its own config. Raises `ConfigError` for fp16 on a CPU.
    """
    note = None
    if wanted is None:
        if accelerate not in ("no", "bf16", "fp16"):
            raise ConfigError(
                f"accelerate's mixed_precision: expected no, bf16 or fp16: {accelerate}"
            )
        precision: Precision = accelerate  # type: ignore[assignment]
    elif wanted == "auto":
        precision = "bf16" if has_bf16(device) else "no"
    else:
        precision = wanted
    if wanted is not None and accelerate not in ("no", precision):
        here = f", here {precision!r}," if wanted == "auto" else ""
        note = (
            f"train.precision {wanted!r}{here} overrides accelerate's mixed_precision "
            f"{accelerate!r}; set it to null to take that one"
        )
    if precision == "fp16" and device.type == "cpu":
        raise ConfigError("train.precision: 'fp16' needs a GPU; use 'auto' or 'no' on a CPU")
    if precision == "bf16" and device.type == "cpu" and not has_bf16(device):
        slow = f"{slow_bf16()}; set train.precision to 'auto'"
        note = slow if note is None else f"{note}\n{slow}"
    return precision, note


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
