"""Monotonic alignment search, compiled for the CPU. Imported lazily, since it imports numba."""

from __future__ import annotations

import numpy as np

from recital.utils.compiled import compiled


@compiled()
def monotonic_paths(
    log_probs: np.ndarray, token_lengths: np.ndarray, mel_lengths: np.ndarray
) -> np.ndarray:
    """`modules.alignment.monotonic.search`: log_probs [B, T, N] float32, both lengths [B] -> [B, T]
    int64.
    """
    n_items, n_frames, n_tokens = log_probs.shape
    path = np.zeros((n_items, n_frames), np.int64)
    moved = np.zeros((n_frames, n_tokens), np.bool_)
    best = np.zeros(n_tokens, np.float32)
    for b in range(n_items):
        tokens, frames = token_lengths[b], mel_lengths[b]
        best[0] = log_probs[b, 0, 0]
        best[1:] = -np.inf
        for t in range(1, frames):
            for n in range(
                tokens - 1, -1, -1
            ):  # downwards: best[n - 1] still belongs to the previous frame
                moved[t, n] = n > 0 and best[n - 1] >= best[n]
                before = best[n - 1] if moved[t, n] else best[n]
                best[n] = log_probs[b, t, n] + before
        token = tokens - 1
        path[b, frames:] = token
        for t in range(frames - 1, -1, -1):
            path[b, t] = token
            if t > 0 and moved[t, token]:
                token -= 1
    return path
