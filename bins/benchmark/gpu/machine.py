"""The GPU, and the speeds that bound everything else: a large product and a large copy."""

from __future__ import annotations

import platform
from collections.abc import Callable
from functools import partial

import torch

from recital.bins.benchmark.common import device, median_seconds
from recital.bins.benchmark.gpu.job import Job


def measure(job: Job) -> None:
    """Names, versions, memory; TFLOP/s of products in fp32, TF32 and bf16, GB/s of a copy."""
    job.row(what="device", value=_name())
    job.row(what="python", value=platform.python_version())
    job.row(what="torch", value=torch.__version__)
    if device() == "cuda":
        found = torch.cuda.get_device_properties(0)
        job.row(what="CUDA, cuDNN", value=f"{torch.version.cuda}, {torch.backends.cudnn.version()}")
        job.row(what="compute capability", value=f"{found.major}.{found.minor}")
        job.row(what="memory (GiB)", value=found.total_memory / 2**30)
    size = 256 if job.rehearse else 8192
    for label, dtype, tf32 in (
        ("fp32", torch.float32, False),
        ("TF32", torch.float32, True),
        ("bf16", torch.bfloat16, True),
    ):
        with job.attempt(f"product in {label}"):
            torch.backends.cuda.matmul.allow_tf32 = tf32
            a = torch.randn(size, size, device=device(), dtype=dtype)
            b = torch.randn(size, size, device=device(), dtype=dtype)
            seconds = _seconds(partial(torch.matmul, a, b))
            job.row(what=f"product of {size}, {label} (TFLOP/s)", value=2e-12 * size**3 / seconds)
    with job.attempt("copy"):
        n = 2**20 if job.rehearse else 2**30
        source = torch.randn(n // 4, device=device())
        target = torch.empty_like(source)
        seconds = _seconds(lambda: target.copy_(source))
        job.row(what="copy, read and written (GB/s)", value=2e-9 * n / seconds)


def _name() -> str:
    return torch.cuda.get_device_name() if device() == "cuda" else "no GPU: a rehearsal on the CPU"


def _seconds(function: Callable[[], object]) -> float:
    return median_seconds(function, times=7, warm_up=3)
