"""Viterbi's search of `hmm.py`, compiled for the CPU. Imported lazily, since it imports numba."""

from __future__ import annotations

import math

import numpy as np

from recital.utils.compiled import compiled


@compiled()
def best_path(scores: np.ndarray, optional: np.ndarray) -> np.ndarray:
    """Log-likelihoods of the states of a chain [T, K] float32, and which may be left out [K] bool
    -> the state of each frame [T] int64, with the largest sum; empty if no path fits.
    """
    n_frames, n_states = scores.shape
    back = np.zeros((n_frames, n_states), np.uint8)  # how many states before
    best = np.full(n_states, -math.inf)
    for k in range(n_states):
        best[k] = scores[0, k]
        if not optional[k]:
            break
    for t in range(1, n_frames):
        for k in range(n_states - 1, -1, -1):  # downwards: those below are of the frame before
            top, step = best[k], 0
            j = k - 1
            while j >= 0:
                if best[j] > top:
                    top, step = best[j], k - j
                if not optional[j]:
                    break
                j -= 1
            best[k] = top + scores[t, k]
            back[t, k] = step
    last = n_states - 1
    k = last
    while optional[k] and k > 0:
        k -= 1
        if best[k] > best[last]:
            last = k
    path = np.zeros(n_frames if best[last] > -math.inf else 0, np.int64)
    state = last
    for t in range(len(path) - 1, -1, -1):
        path[t] = state
        state -= back[t, state]
    return path
