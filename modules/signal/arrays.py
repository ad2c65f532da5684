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
