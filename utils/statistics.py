"""Statistics of a quantity over a corpus by speaker. Without torch, whose import stage 1 would wait
for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from recital.utils.errors import DataError


class Statistics(NamedTuple):
    """Mean, standard deviation and range, in the quantity's own unit."""

    mean: float
    std: float
    low: float  # of all values
    high: float


def by_speaker(
    quantity: str, values: Iterable[tuple[int, np.ndarray]], n_speakers: int
) -> list[Statistics]:
    """The statistics of each speaker over all (speaker, array) pairs, one array at a time.

    A speaker without values, or with constant ones, gets the statistics of all. Raises `DataError`
    if no speaker's values vary.
    """
    sums = np.zeros((n_speakers, 3))  # count, sum, sum of squares
    low, high = np.full(n_speakers, np.inf), np.full(n_speakers, -np.inf)
    for speaker, array in values:
        if array.size:
            wide = array.astype(np.float64)
            sums[speaker] += wide.size, wide.sum(), np.square(wide).sum()
            low[speaker] = min(low[speaker], wide.min())
            high[speaker] = max(high[speaker], wide.max())
    everybody = _statistics(sums.sum(0), low.min(), high.max())
    if everybody is None:
        raise DataError(f"{quantity}: expected values that vary, found none in any recording")
    rows = zip(sums, low, high, strict=True)
    return [_statistics(*row) or everybody for row in rows]


def pitch_by_speaker(pitch: Iterable[tuple[int, np.ndarray]], n_speakers: int) -> list[Statistics]:
    """The statistics of F0 (Hz) over voiced frames, by speaker. Raises `DataError` without any."""
    voiced = ((speaker, hz[hz > 0]) for speaker, hz in pitch)
    try:
        return by_speaker("pitch", voiced, n_speakers)
    except DataError as error:
        raise DataError(f"{error}; look at preprocess.pitch") from None


def _statistics(sums: np.ndarray, low: float, high: float) -> Statistics | None:
    """Statistics from sums; None if the values are constant."""
    count, total, squares = sums
    if count < 2:
        return None
    mean = total / count
    variance = squares / count - mean**2
    return Statistics(mean, variance**0.5, low, high) if variance > 0 else None
