"""Dynamic time warping between the frames of a synthesis and of a recording."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

STEPS = np.array([[1, 1], [1, 0], [0, 1]])  # the first wins ties
EQUAL = np.ones(len(STEPS))


def distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Euclidean distances between rows: [T1, C], [T2, C] -> [T1, T2] float64."""
    total = np.zeros((len(first), len(second)))
    for a, b in zip(first.T, second.T, strict=True):  # |a|^2 + |b|^2 - 2ab would lose digits
        total += np.square(a[:, None] - b)
    return np.sqrt(total)


def dtw(cost: np.ndarray) -> np.ndarray:
    """The path with the least total cost: cost [T1, T2] -> [L, 2] of frames (first, second).

    It runs from (0, 0) to (T1 - 1, T2 - 1) in steps (1, 1), (1, 0) and (0, 1) of equal weight,
    without a slope limit (Sakoe and Chiba, 1978, symmetric form without doubled diagonals). On ties
    the diagonal wins, then the step along the first.
    """
    if 0 in cost.shape:
        raise ValueError(f"cost {cost.shape}: expected at least one frame on each side")
    import librosa

    _, path = librosa.sequence.dtw(
        C=cost, step_sizes_sigma=STEPS, weights_add=np.zeros(len(STEPS)), weights_mul=EQUAL
    )
    return path[::-1]


def diagonal(first: int, second: int) -> np.ndarray:
    """The path of two time-aligned recordings: frame t with frame t, [min(T1, T2), 2]."""
    frames = np.arange(min(first, second))
    return np.stack([frames, frames], axis=1)


def warp_to_first(
    seconds: Sequence[tuple[float, str]], path: np.ndarray, hop: float
) -> list[tuple[float, str]]:
    """Map named times of the second to times of the first, in seconds, along a path [L, 2]."""
    first = {int(s): int(r) for r, s in path[::-1]}  # the earliest matching frame
    last = int(path[-1, 1])
    return [(first[min(max(round(t / hop), 0), last)] * hop, name) for t, name in seconds]


def warp_to_second(values: np.ndarray, path: np.ndarray, n_frames: int) -> np.ndarray:
    """Map values [T1] of the first to the n_frames of the second along a path [L, 2] -> [T2]; 0
    where the path has no frame.
    """
    moved = np.zeros(n_frames, np.float32)
    moved[path[::-1, 1]] = values[path[::-1, 0]]
    return moved
