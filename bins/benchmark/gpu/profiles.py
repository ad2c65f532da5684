"""torch's profiler over a step, as a table."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import torch
from torch.autograd import DeviceType
from torch.profiler import ProfilerActivity

from recital.bins.benchmark.common import device
from recital.modules.contract.batch import Batch

ROWS = 20


def profile(
    step: Callable[[Sequence[Batch]], None], batches: Sequence[Batch]
) -> tuple[float, float | None, str]:
    """Seconds of a step under the profiler, those in which the GPU computes (None on a CPU), and
    the kernels and operations that take the most time.
    """
    on_gpu = device() == "cuda"
    activities = [ProfilerActivity.CPU] + ([ProfilerActivity.CUDA] if on_gpu else [])
    with torch.profiler.profile(activities=activities) as found:
        began = time.perf_counter()
        step(batches)
        if on_gpu:
            torch.cuda.synchronize()
        seconds = time.perf_counter() - began
    events = found.key_averages()
    by_cpu = events.table(sort_by="self_cpu_time_total", row_limit=ROWS, max_name_column_width=80)
    if not on_gpu:
        return seconds, None, by_cpu
    kernels = [e for e in events if e.device_type != DeviceType.CPU and not e.is_user_annotation]
    busy = sum(e.self_device_time_total for e in kernels) / 1e6
    by_gpu = events.table(sort_by="self_cuda_time_total", row_limit=ROWS, max_name_column_width=80)
    return seconds, busy, f"{by_gpu}\n\n{by_cpu}"
