"""The forward-sum loss in Triton, with its gradient: the forward-backward algorithm of CTC
(Graves et al. 2006, section 4.1), in float32 and in logarithms.

In every frame there are a state for each token and one for the blank before it, and a last blank:

    blank 0, token 0, blank 1, token 1, ... token N - 1, blank N

Tokens are all different, so a path may skip any blank between two of them.
"""

from __future__ import annotations

from typing import Any

import torch
import triton  # pyright: ignore[reportMissingImports]
import triton.language as tl  # pyright: ignore[reportMissingImports]
from torch import Tensor

STATES_A_WARP = 64
# the logarithm of 0: sums of it stay finite, so that no difference is NaN
NEVER = tl.constexpr(-1e30)


class ForwardSum(torch.autograd.Function):
    """scores [B, T, N], norms [B, T] (log of the sum of all scores and the blank), both lengths
    [B], the blank's score -> -log of the summed probability of all paths, [B]; 0 without a path.
    """

    @staticmethod
    def forward(
        ctx: Any,
        scores: Tensor,
        norms: Tensor,
        token_lengths: Tensor,
        mel_lengths: Tensor,
        blank: float,
    ) -> Tensor:
        scores, norms = scores.contiguous(), norms.contiguous()
        token_lengths, mel_lengths = token_lengths.contiguous(), mel_lengths.contiguous()
        # of each token's state, the log probability of all paths that end there
        before = torch.empty_like(scores)
        totals = scores.new_empty(len(scores))
        with torch.cuda.device_of(scores):
            _forward[(len(scores),)](
                scores,
                norms,
                before,
                totals,
                token_lengths,
                mel_lengths,
                blank,
                *scores.shape[1:],
                **_launch(scores.shape[2]),
            )
        ctx.save_for_backward(scores, norms, before, totals, token_lengths, mel_lengths)
        ctx.blank = blank
        return torch.where(mel_lengths >= token_lengths, -totals, 0.0)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        scores, norms, before, totals, token_lengths, mel_lengths = ctx.saved_tensors
        of_scores, of_norms = torch.zeros_like(scores), torch.zeros_like(norms)
        with torch.cuda.device_of(scores):
            _backward[(len(scores),)](
                scores,
                norms,
                before,
                totals,
                gradient.contiguous(),
                of_scores,
                of_norms,
                token_lengths,
                mel_lengths,
                ctx.blank,
                *scores.shape[1:],
                **_launch(scores.shape[2]),
            )
        return of_scores, of_norms, None, None, None


def _launch(n_tokens: int) -> dict[str, int]:
    block = triton.next_power_of_2(n_tokens + 1)
    return {"BLOCK": block, "num_warps": min(max(block // STATES_A_WARP, 1), 16)}


@triton.jit
def _either(a, b):  # type: ignore[no-untyped-def]
    """log(exp(a) + exp(b))"""
    return tl.maximum(a, b) + tl.log(1.0 + tl.exp(-tl.abs(a - b)))


@triton.jit
def _row(rows, t, n_tokens, real, frames):  # type: ignore[no-untyped-def]
    """Frame t of [T, N], [BLOCK]."""
    return tl.load(rows + t * n_tokens, mask=real & (t >= 0) & (t < frames), other=NEVER)


@triton.jit
def _norm(norms, t, frames):  # type: ignore[no-untyped-def]
    return tl.load(norms + t, mask=(t >= 0) & (t < frames), other=0.0)


@triton.jit(do_not_specialize=["blank", "n_frames", "n_tokens"])
def _forward(  # type: ignore[no-untyped-def]
    scores,
    norms,
    before,
    totals,
    token_lengths,
    mel_lengths,
    blank,
    n_frames,
    n_tokens,
    BLOCK: tl.constexpr,
):
    item = tl.program_id(0).to(tl.int64)
    tokens = tl.load(token_lengths + item).to(tl.int32)
    frames = tl.load(mel_lengths + item).to(tl.int32)
    n = tl.arange(0, BLOCK)
    real = n < tokens
    rows = scores + item * n_frames * n_tokens + n
    befores = before + item * n_frames * n_tokens + n
    norms += item * n_frames
    norm = tl.load(norms)
    token = tl.where(n == 0, _row(rows, 0, n_tokens, real, frames) - norm, NEVER)
    silent = tl.where(n == 0, blank - norm, NEVER)  # the blank before token n
    tl.store(befores, token, mask=real)
    # two frames in turn, each loaded two frames before it is used, which hides the latency
    row_a, norm_a = _row(rows, 1, n_tokens, real, frames), _norm(norms, 1, frames)
    row_b, norm_b = _row(rows, 2, n_tokens, real, frames), _norm(norms, 2, frames)
    for t in range(1, frames, 2):
        token, silent = _advance(token, silent, row_a, blank, norm_a, n)
        tl.store(befores + t * n_tokens, token, mask=real)
        row_a, norm_a = _row(rows, t + 2, n_tokens, real, frames), _norm(norms, t + 2, frames)
        if t + 1 < frames:
            token, silent = _advance(token, silent, row_b, blank, norm_b, n)
            tl.store(befores + (t + 1) * n_tokens, token, mask=real)
            row_b, norm_b = _row(rows, t + 3, n_tokens, real, frames), _norm(norms, t + 3, frames)
    last = tl.max(tl.where(n == tokens - 1, token, NEVER))
    silence = tl.max(tl.where(n == tokens, silent, NEVER))
    tl.store(totals + item, _either(last, silence))


@triton.jit
def _advance(token, silent, row, blank, norm, n):  # type: ignore[no-untyped-def]
    """The log probabilities of all paths to the states of a frame from those of the frame before.

    blank n: itself, token n - 1; token n: itself, blank n, token n - 1
    """
    left = tl.where(n > 0, tl.gather(token, tl.maximum(n - 1, 0), 0), NEVER)
    entering = _either(silent, left)
    return row - norm + _either(token, entering), blank - norm + entering


@triton.jit(do_not_specialize=["blank", "n_frames", "n_tokens"])
def _backward(  # type: ignore[no-untyped-def]
    scores,
    norms,
    before,
    totals,
    gradient,
    of_scores,
    of_norms,
    token_lengths,
    mel_lengths,
    blank,
    n_frames,
    n_tokens,
    BLOCK: tl.constexpr,
):
    """The gradient of a score is minus the probability of its state, given that a path is taken."""
    item = tl.program_id(0).to(tl.int64)
    tokens = tl.load(token_lengths + item).to(tl.int32)
    frames = tl.load(mel_lengths + item).to(tl.int32)
    n = tl.arange(0, BLOCK)
    real = n < tokens
    rows = scores + item * n_frames * n_tokens + n
    befores = before + item * n_frames * n_tokens + n
    gradients = of_scores + item * n_frames * n_tokens + n
    norms += item * n_frames
    of_norms += item * n_frames
    total = tl.load(totals + item)
    above = tl.load(gradient + item)
    # of each state, the log probability of all that follows it
    token = tl.where(n == tokens - 1, 0.0, NEVER)
    silent = tl.where(n == tokens, 0.0, NEVER)
    if frames >= tokens:
        end = frames - 1
        row, norm = _row(rows, end, n_tokens, real, frames), _norm(norms, end, frames)
        past = _row(befores, end, n_tokens, real, frames)
        for i in range(frames):
            t = frames - 1 - i
            # the frame before is loaded while this one is computed
            next_row, next_norm = (
                _row(rows, t - 1, n_tokens, real, frames),
                _norm(norms, t - 1, frames),
            )
            next_past = _row(befores, t - 1, n_tokens, real, frames)
            share = tl.exp(past + token - total)
            tl.store(gradients + t * n_tokens, -above * share, mask=real)
            tl.store(of_norms + t, above)
            token, silent = _retreat(token, silent, row, blank, norm, n, BLOCK)
            row, norm, past = next_row, next_norm, next_past


@triton.jit
def _retreat(token, silent, row, blank, norm, n, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def]
    """The log probabilities of all that follows the states of the frame before this one.

    blank n: itself, token n; token n: itself, blank n + 1, token n + 1
    """
    stays = token + row - norm
    leaves = _either(silent + blank - norm, stays)
    right = tl.gather(leaves, tl.minimum(n + 1, BLOCK - 1), 0)
    return _either(stays, right), leaves
