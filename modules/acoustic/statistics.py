"""The distribution of a quantity over a corpus, speaker by speaker."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from recital.modules.contract.model import Arrays
from recital.utils.errors import DataError


class Statistics(NamedTuple):
    """In the quantity's own unit."""

    mean: float
    std: float
    low: float  # of all values
    high: float


def by_speaker(
    quantity: str, values: Iterable[tuple[int, np.ndarray]], n_speakers: int
) -> list[Statistics]:
    """Of each speaker, over all values of (speaker, array), one array at a time.

    A speaker of whom nothing is there, or nothing varies, has the statistics of all. Raises
    `DataError` where nobody's values vary.
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


def pitch_by_speaker(arrays: Arrays, n_speakers: int) -> list[Statistics]:
    """Of F0 (Hz) over voiced frames. Raises `DataError` where there is none."""
    voiced = ((speaker, hz[hz > 0]) for speaker, hz in arrays("pitch"))
    try:
        return by_speaker("pitch", voiced, n_speakers)
    except DataError as error:
        raise DataError(f"{error}; look at preprocess.pitch") from None


def _statistics(sums: np.ndarray, low: float, high: float) -> Statistics | None:
    """None where nothing varies."""
    count, total, squares = sums
    if count < 2:
        return None
    mean = total / count
    variance = squares / count - mean**2
    return Statistics(mean, variance**0.5, low, high) if variance > 0 else None
