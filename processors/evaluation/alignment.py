"""Dynamic time warping: which frame of a synthesis goes with which frame of a recording."""

from __future__ import annotations

import numpy as np


def distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Euclidean distances between rows: [T1, C], [T2, C] -> [T1, T2] float64."""
    total = np.zeros((len(first), len(second)))
    for a, b in zip(first.T, second.T, strict=True):  # |a|^2 + |b|^2 - 2ab would lose digits
        total += np.square(a[:, None] - b)
    return np.sqrt(total)


def dtw(cost: np.ndarray) -> np.ndarray:
    """The path of the least sum of costs, cost [T1, T2] -> [L, 2] of frames (first, second).

    It runs from (0, 0) to (T1 - 1, T2 - 1) by steps (1, 1), (1, 0) and (0, 1) of equal weight and
    without a limit of slope (Sakoe and Chiba, 1978, symmetric form without doubled diagonals);
    between equals the diagonal wins, then the step of the first.
    """
    rows, columns = cost.shape
    if rows == 0 or columns == 0:
        raise ValueError(f"cost {cost.shape}: expected at least one frame on either side")
    # Anti-diagonal d holds the cells (i, d - i), at index i + 1: each needs only the two before it.
    came = np.zeros((rows + columns - 1, rows), np.uint8)  # 0 diagonal, 1 first, 2 second
    before = np.full(rows + 1, np.inf)
    last = np.full(rows + 1, np.inf)
    before[0] = 0.0  # what (0, 0) comes from
    for d in range(rows + columns - 1):
        i = np.arange(max(0, d - columns + 1), min(d, rows - 1) + 1)
        steps = np.stack([before[i], last[i], last[i + 1]])  # from (-1, -1), (-1, 0), (0, -1)
        came[d, i] = best = steps.argmin(axis=0)
        total = np.full(rows + 1, np.inf)
        total[i + 1] = cost[i, d - i] + steps[best, np.arange(len(i))]
        before, last = last, total
    return _backwards(came, rows - 1, columns - 1)


def _backwards(came: np.ndarray, i: int, j: int) -> np.ndarray:
    path = [(i, j)]
    while i or j:
        step = came[i + j, i]
        i, j = i - (step != 2), j - (step != 1)
        path.append((i, j))
    return np.array(path[::-1])


def diagonal(first: int, second: int) -> np.ndarray:
    """The path of two recordings that run in step: frame t with frame t, [min(T1, T2), 2]."""
    frames = np.arange(min(first, second))
    return np.stack([frames, frames], axis=1)
