"""What NumPy and torch call differently, so that code which cuts and joins works on both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

A = TypeVar("A", bound=Any)  # an array of NumPy or a tensor of torch


def concatenate(parts: Sequence[A], axis: int) -> A:
    """Join arrays, or tensors, along an axis."""
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts, axis)  # type: ignore[return-value]
    import torch

    return torch.cat(list(parts), axis)  # type: ignore[return-value]


def sigmoid(values: A) -> A:
    """The logistic function."""
    if isinstance(values, np.ndarray):
        return (1 + np.tanh(values / 2)) / 2  # type: ignore[return-value]
    return values.sigmoid()


def widen(values: A) -> A:
    """In the widest type of its device."""
    if isinstance(values, np.ndarray):
        return values.astype(np.float64)  # type: ignore[return-value]
    from recital.utils.floats import widest

    return values.to(widest(values.device))


def narrow(values: A) -> A:
    """In float32."""
    if isinstance(values, np.ndarray):
        return values.astype(np.float32)  # type: ignore[return-value]
    return values.float()


def last_marked(values: A, marks: A) -> A:
    """Values [B, T], and marks of them (True or False) -> the last marked value up to each place;
    0 before the first.

    values   5 6 7 8 9
    marks    0 0 1 0 1
    result   0 0 7 7 9
    """
    beyond = marks.shape[1] + 1  # where values without a mark go
    if isinstance(values, np.ndarray):
        places = marks.cumsum(1)
        table = np.zeros((len(values), beyond + 1), values.dtype)
        np.put_along_axis(table, np.where(marks, places, beyond), values, 1)
        return np.take_along_axis(table, places, 1)  # type: ignore[return-value]
    import torch

    places = marks.long().cumsum(1)
    table = values.new_zeros(values.shape[0], beyond + 1)
    table = table.scatter(1, torch.where(marks, places, beyond), values)
    return table.gather(1, places)
