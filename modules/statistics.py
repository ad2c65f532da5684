"""The distribution of a quantity over a corpus."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np


class Statistics(NamedTuple):
    """In the quantity's own unit."""

    mean: float
    std: float
    low: float  # of all values
    high: float

    @classmethod
    def of(cls, arrays: Iterable[np.ndarray]) -> Statistics:
        """Over the values of all arrays, one at a time; zeros where there is no value."""
        count, total, squares, low, high = 0, 0.0, 0.0, np.inf, -np.inf
        for values in arrays:
            if values.size:
                wide = values.astype(np.float64)
                count += wide.size
                total, squares = total + wide.sum(), squares + np.square(wide).sum()
                low, high = min(low, wide.min()), max(high, wide.max())
        if not count:
            return cls(0.0, 0.0, 0.0, 0.0)
        mean = total / count
        return cls(mean, max(squares / count - mean**2, 0.0) ** 0.5, low, high)
