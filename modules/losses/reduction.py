"""Means over the global batch, so that two processes equal one process with twice the batch."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, distributed

from recital.utils.floats import widest


def batch_means(terms: Mapping[str, tuple[Tensor, Tensor]]) -> dict[str, Tensor]:
    """name -> (total, count) of this process's part of the batch -> name -> mean over the parts of
    all processes.

    Data parallelism averages the gradients of W processes, each of a loss of its own; dividing by
    the mean count of a process, sum(counts) / W, makes that average the gradient of the mean over
    the global batch, however unevenly the items are distributed. The average of the returned
    values over the processes is the global mean. All counts share one all_reduce. Under `no_grad`
    nothing is exchanged, since processes may validate different numbers of batches.
    """
    counts = torch.stack([count.detach().to(widest(count.device)) for _, count in terms.values()])
    if _shared():
        distributed.all_reduce(counts)
        counts = counts / distributed.get_world_size()
    counts = counts.clamp(min=1e-8)
    return {
        name: total / count.to(total.dtype)
        for (name, (total, _)), count in zip(terms.items(), counts, strict=True)
    }


def counted(mean: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """The mean of `n` items -> (total, count) for `batch_means`, on the device of the mean."""
    return n * mean, torch.full((), float(n), device=mean.device)


def global_mean(mean: Tensor) -> Tensor:
    """A value of `batch_means`, averaged over the processes, without gradient: the same number on
    each of them.
    """
    mean = mean.detach().clone()
    if _shared():
        distributed.all_reduce(mean)
        mean /= distributed.get_world_size()
    return mean


def _shared() -> bool:
    return torch.is_grad_enabled() and distributed.is_available() and distributed.is_initialized()
