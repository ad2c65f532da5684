"""The alignment of a batch of FastPitch: its search and its loss, on the device and as they were
without kernels of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from recital.bins.benchmark.common import device, median_seconds
from recital.bins.benchmark.gpu.job import Job
from recital.modules.alignment import forward_sum
from recital.modules.alignment.monotonic import scan, search

SIZE, FRAMES, TOKENS = 32, 870, 190  # the longest utterances of LJSpeech, as in a large batch


def measure(job: Job) -> None:
    """Milliseconds of each way, and whether the paths are those of the CPU."""
    size, frames, tokens = (4, 40, 9) if job.rehearse else (SIZE, FRAMES, TOKENS)
    generator = torch.Generator().manual_seed(0)
    log_probs = torch.randn(size, frames, tokens, generator=generator).log_softmax(2).to(device())
    token_lengths = torch.linspace(0.5 * tokens, tokens, size).long().to(device())
    mel_lengths = torch.linspace(0.5 * frames, frames, size).long().to(device())
    lengths = token_lengths, mel_lengths
    expected = _on_the_cpu(log_probs, *lengths)
    ways: dict[str, Callable[..., Tensor]] = {
        "on the device": search,
        "on the CPU, by numba": _on_the_cpu,
        "scan in torch": scan,
    }
    for name, find in ways.items():
        with job.attempt(f"search: {name}"):
            same = bool((find(log_probs, *lengths) == expected).all())
            _row(job, f"search: {name}", partial(find, log_probs, *lengths), same=str(same))
    sums = {"torch's CTC": forward_sum._by_ctc}
    if device() == "cuda":
        sums["on the device"] = forward_sum._by_triton
    for name, sum_of in sums.items():
        with job.attempt(f"loss and gradient: {name}"):
            scores = log_probs.clone().requires_grad_()
            run = partial(_loss_and_gradient, sum_of, scores, lengths)
            _row(job, f"loss and gradient: {name}", run, loss=float(run()))


def _row(job: Job, what: str, run: Callable[[], object], **cells: float | str) -> None:
    times = 2 if job.rehearse else 10
    job.row(what=what, **{"ms": 1000 * median_seconds(run, times, 2)}, **cells)


def _on_the_cpu(log_probs: Tensor, token_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    path = search(log_probs.cpu(), token_lengths.cpu(), mel_lengths.cpu())
    return path.to(log_probs.device)


def _loss_and_gradient(
    sums: Callable[..., Tensor], scores: Tensor, lengths: tuple[Tensor, Tensor]
) -> Tensor:
    scores.grad = None
    loss = sums(scores, *lengths, -1.0).sum()
    loss.backward()
    return loss.detach()
