"""Durations from attention weights, and detection of attention that does not follow the text."""

from __future__ import annotations

import torch
from torch import Tensor

from recital.modules.layers.masking import length_mask

STUCK_SECONDS = 1.5  # on one token; the longest pauses of a sentence take half of that
SKIPPED = 4  # consecutive tokens without attention; a few unspoken ones are common
REPEATED = 4  # tokens that the attention jumps back
LEAST_VISITED = 3  # at least one token in 3 must have the largest weight of some frame
SEEN = 0.1  # frames: a token with a smaller total weight counts as skipped


def attention_durations(weights: Tensor, token_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    """Count the frames whose largest weight is on each token: weights [B, T, N] -> [B, N] int64,
    which sum to the frames of each item (FastPitch 1.0, arXiv 2006.06873, section 2.3).
    """
    padded = ~length_mask(token_lengths, weights.shape[2])[:, None]
    tokens = weights.masked_fill(padded, -1.0).argmax(2)  # [B, T]
    real = length_mask(mel_lengths, weights.shape[1]).long()
    return real.new_zeros(len(weights), weights.shape[2]).scatter_add_(1, tokens, real)


def attention_failure(weights: Tensor, frame_rate: float) -> str | None:
    """The failure of the attention of one item, [T, N], at `frame_rate` frames a second; None if it
    went from the first token to the last.
    """
    n_frames, n_tokens = weights.shape
    if n_frames == 0:
        return "stopped before the first frame"
    path = weights.argmax(1)  # [T]
    visited = len(path.unique())
    if visited * LEAST_VISITED < n_tokens:
        return f"looked at only {visited} of {n_tokens} tokens"
    changes = (path[1:] != path[:-1]).nonzero()[:, 0] + 1
    edges = torch.cat([changes.new_zeros(1), changes, changes.new_full((1,), n_frames)])
    longest = int(edges.diff().max())
    if longest > STUCK_SECONDS * frame_rate:
        token = int(path[edges[:-1][edges.diff().argmax()]])
        return f"got stuck at token {token + 1} of {n_tokens} for {longest / frame_rate:.1f} s"
    furthest = path.cummax(0).values
    back, frame = (furthest - path).max(0)
    if back >= REPEATED:
        return f"went back over {int(back)} tokens, from token {int(furthest[frame]) + 1}"
    unseen = (weights.sum(0) < SEEN).tolist()
    run = 0
    for token, missed in enumerate([*unseen, False]):
        if not missed and run >= min(SKIPPED, n_tokens):
            return f"skipped {run} tokens, from token {token - run + 1} of {n_tokens}"
        run = run + 1 if missed else 0
    return None
