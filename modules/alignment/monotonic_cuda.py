"""Monotonic alignment search in Triton. Imported lazily, since Triton comes with torch for CUDA
only.
"""

from __future__ import annotations

import torch
import triton  # pyright: ignore[reportMissingImports]
import triton.language as tl  # pyright: ignore[reportMissingImports]
from torch import Tensor

TOKENS_A_WARP = 64


def monotonic_paths(log_probs: Tensor, token_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    """`modules.alignment.monotonic.search` on a GPU, without waiting for it.

    A program (a block of threads) takes an item. The first kernel walks through the frames with the
    best score of each token in registers and writes whether the best path to it has moved; the
    second walks back.
    """
    n_items, n_frames, n_tokens = log_probs.shape
    path = log_probs.new_empty(n_items, n_frames, dtype=torch.int64)
    if path.numel() == 0:
        return path
    # [B, T, N]; in memory that no path crosses, whatever was there
    moved = log_probs.new_empty(log_probs.shape, dtype=torch.int8)
    token_lengths, mel_lengths = token_lengths.contiguous(), mel_lengths.contiguous()
    block = triton.next_power_of_2(n_tokens)
    n_warps = min(max(block // TOKENS_A_WARP, 1), 16)
    sizes = n_frames, n_tokens
    with torch.cuda.device_of(log_probs):
        _forward[(n_items,)](
            log_probs,
            moved,
            token_lengths,
            mel_lengths,
            *log_probs.stride(),
            *sizes,
            BLOCK=block,
            num_warps=n_warps,
        )
        _backward[(n_items,)](moved, path, token_lengths, mel_lengths, *sizes, num_warps=1)
    return path


@triton.jit(do_not_specialize=["stride_item", "stride_frame", "n_frames", "n_tokens"])
def _forward(  # type: ignore[no-untyped-def]
    log_probs,
    moved,
    token_lengths,
    mel_lengths,
    stride_item,
    stride_frame,
    stride_token,
    n_frames,
    n_tokens,
    BLOCK: tl.constexpr,
):
    """Write `moved` of the frames from 1 on."""
    item = tl.program_id(0).to(tl.int64)
    tokens = tl.load(token_lengths + item)
    frames = tl.load(mel_lengths + item).to(tl.int32)
    n = tl.arange(0, BLOCK)
    real = n < tokens
    log_probs += item * stride_item
    moved += item * n_frames * n_tokens
    best = tl.where(n == 0, tl.load(log_probs).to(tl.float32), float("-inf"))
    rows = log_probs + n * stride_token
    # four frames in turn, each loaded four frames before it is used, which hides the latency
    a = _row(rows, 1, stride_frame, real, frames)
    b = _row(rows, 2, stride_frame, real, frames)
    c = _row(rows, 3, stride_frame, real, frames)
    d = _row(rows, 4, stride_frame, real, frames)
    for t in range(1, frames, 4):
        best = _advance(best, a, moved, n, t, n_tokens, real, frames)
        a = _row(rows, t + 4, stride_frame, real, frames)
        best = _advance(best, b, moved, n, t + 1, n_tokens, real, frames)
        b = _row(rows, t + 5, stride_frame, real, frames)
        best = _advance(best, c, moved, n, t + 2, n_tokens, real, frames)
        c = _row(rows, t + 6, stride_frame, real, frames)
        best = _advance(best, d, moved, n, t + 3, n_tokens, real, frames)
        d = _row(rows, t + 7, stride_frame, real, frames)


@triton.jit
def _row(rows, t, stride_frame, real, frames):  # type: ignore[no-untyped-def]
    """Frame t, [BLOCK]; past the end and past the last token anything will do."""
    return tl.load(rows + t * stride_frame, mask=real & (t < frames), other=0.0).to(tl.float32)


@triton.jit
def _advance(best, scores, moved, n, t, n_tokens, real, frames):  # type: ignore[no-untyped-def]
    """The best scores [BLOCK] of frame t from those of the frame before."""
    left = tl.gather(best, tl.maximum(n - 1, 0), 0)
    moves = (n > 0) & (left >= best)
    tl.store(moved + t * n_tokens + n, moves.to(tl.int8), mask=real & (t < frames))
    return scores + tl.where(moves, left, best)


@triton.jit(do_not_specialize=["n_frames", "n_tokens"])
def _backward(  # type: ignore[no-untyped-def]
    moved, path, token_lengths, mel_lengths, n_frames, n_tokens
):
    """Write the path, from its last frame to its first."""
    item = tl.program_id(0).to(tl.int64)
    token = tl.load(token_lengths + item).to(tl.int32) - 1
    frames = tl.load(mel_lengths + item).to(tl.int32)
    moved += item * n_frames * n_tokens
    path += item * n_frames
    for i in range(n_frames):
        t = n_frames - 1 - i
        tl.store(path + t, token.to(tl.int64))
        inside = (t > 0) & (t < frames)
        token -= tl.load(moved + t * n_tokens + token, mask=inside, other=0).to(tl.int32)
