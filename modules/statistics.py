"""The distribution of a quantity over a corpus."""

from __future__ import annotations

from typing import NamedTuple


class Statistics(NamedTuple):
    """In the quantity's own unit."""

    mean: float
    std: float
    low: float  # of all values
    high: float
