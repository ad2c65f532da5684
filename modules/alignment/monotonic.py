"""Monotonic alignment search (Glow-TTS, arXiv 2005.11129, section 3.1), on the device of its input:
numba on the CPU, Triton on CUDA, and a scan in torch elsewhere and where Triton does not run.

All three return the same paths bit for bit, for they add and compare the same float32 numbers in
the same order.
"""

from __future__ import annotations

import functools
import logging

import torch
from torch import Tensor

from recital.modules.layers.masking import length_mask

logger = logging.getLogger(__name__)


@torch.library.custom_op("recital::monotonic_search", mutates_args=())
def search(log_probs: Tensor, token_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    """The most probable path that starts at the first token, skips none and ends at the last.

    log_probs [B, T, N] of any float type, both lengths [B] -> the token of each frame, [B, T]
    int64; past an item's end its last token. On ties the step from the previous token wins. An item
    with fewer frames than tokens passes through its last tokens only. A custom operator, so that
    `torch.compile` does not trace into it.

        tokens   c  . . . . x x    # log_probs [T, N] transposed; x: path = 0 0 1 1 2 2
                 b  . . x x . .
                 a  x x . . . .
        frames      0 1 2 3 4 5
    """
    return scan(log_probs, token_lengths, mel_lengths)


@search.register_fake
def _(log_probs: Tensor, token_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    return log_probs.new_empty(log_probs.shape[:2], dtype=torch.int64)


@search.register_kernel("cpu")
def _(log_probs: Tensor, token_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    # numba is slow to import, and speaking needs no search
    from recital.modules.alignment.monotonic_cpu import monotonic_paths

    lengths = token_lengths.numpy(), mel_lengths.numpy()
    return torch.from_numpy(monotonic_paths(log_probs.detach().float().numpy(), *lengths))


@search.register_kernel("cuda")
def _(log_probs: Tensor, token_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    if not triton_runs(log_probs.device):
        return scan(log_probs, token_lengths, mel_lengths)
    # triton comes with torch for CUDA only
    from recital.modules.alignment.monotonic_cuda import monotonic_paths

    return monotonic_paths(log_probs, token_lengths, mel_lengths)


@functools.cache
def triton_runs(device: torch.device) -> bool:
    """Whether Triton runs on `device`, as one search shows: it needs a C compiler, and a GPU that
    it knows. Without it, a line says that the alignment is slower.
    """
    try:
        from recital.modules.alignment.monotonic_cuda import monotonic_paths

        one = torch.ones(1, dtype=torch.int64, device=device)
        monotonic_paths(torch.zeros(1, 1, 1, device=device), one, one)
    except Exception as error:
        logger.debug("Triton", exc_info=True)
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        logger.warning("alignment: Triton does not run here, what is slower does (%s)", reason)
        return False
    return True


def scan(log_probs: Tensor, token_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    """`search` as a scan over the frames, for any device and without waiting for it."""
    log_probs = log_probs.detach().float()
    n_items, n_frames, n_tokens = log_probs.shape
    moved = log_probs.new_zeros(n_frames, n_items, n_tokens, dtype=torch.bool)
    best = torch.full_like(log_probs[:, 0], -torch.inf)
    best[:, 0] = log_probs[:, 0, 0]
    for t in range(1, n_frames):
        torch.ge(best[:, :-1], best[:, 1:], out=moved[t, :, 1:])
        best = log_probs[:, t] + torch.where(moved[t], best.roll(1, 1), best)
    moved &= length_mask(mel_lengths, n_frames).T[:, :, None]
    path = mel_lengths.new_empty(n_items, n_frames, dtype=torch.int64)
    token = token_lengths.long() - 1
    for t in range(n_frames - 1, -1, -1):
        path[:, t] = token
        token = token - moved[t].gather(1, token[:, None])[:, 0].long()
    return path
