"""The ranges of a config's numbers, as annotations: `dropout: DropRate` in a signature is the
whole check (`utils/config.py`). The limits are far above practical values; they catch nonsense and
runs that would never end. `ForInference[Scale]` says what a value is for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, without an end that is `open_low` or `open_high`."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False
    odd: bool = False

    def __contains__(self, value: float) -> bool:
        if not self.low <= value <= self.high:  # of NaN, too
            return False
        ends = (self.open_low and value == self.low) or (self.open_high and value == self.high)
        return not ends and not (self.odd and value % 2 == 0)

    def __str__(self) -> str:
        if self.open_low and self.high == math.inf:
            return f"above {self.low:g}"
        low = f"above {self.low:g}" if self.open_low else f"from {self.low:g}"
        return f"{low} to {'below ' if self.open_high else ''}{self.high:.12g}"


class NotEmpty:
    """A list with at least one value."""


Some = Annotated[Sequence[T], NotEmpty()]


class OnlyForInference:
    """What a resumed training may change, since no step depends on it."""


ForInference = Annotated[T, OnlyForInference()]

Width = Annotated[int, Range(1, 16384)]  # channels and the like
Depth = Annotated[int, Range(1, 128)]  # layers, stages, heads
Kernel = Annotated[int, Range(1, 255, odd=True)]  # an even one has no centre
Samples = Annotated[int, Range(1, 32768)]  # of a frame, a hop, a stride
Count = Annotated[int, Range(0, 10**9)]
Many = Annotated[int, Range(1, 10**9)]
Seed = Annotated[int, Range(0, 2**63 - 1)]
Share = Annotated[float, Range(0, 1)]
DropRate = Annotated[float, Range(0, 1, open_high=True)]
Fraction = Annotated[float, Range(0, 1, open_low=True, open_high=True)]
Weight = Annotated[float, Range(0, 1e9)]
Temperature = Annotated[float, Range(0, 10)]  # of what is drawn, as --temperature
Positive = Annotated[float, Range(0, 1e9, open_low=True)]
Scale = Annotated[float, Range(0, 100, open_low=True)]
Frames = Annotated[float, Range(0, 100_000, open_low=True)]
Hertz = Annotated[float, Range(0, 384000, open_low=True)]
Level = Annotated[float, Range(-1000, 1000)]  # of a log mel, of decibels
