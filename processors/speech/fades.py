"""Ends of waves that fall to silence, of whole waves and of those that come in pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np


def fade(wav: np.ndarray, length: int) -> np.ndarray:
    """A copy of wav [S] whose last `length` samples fall linearly to 0."""
    length = min(length, len(wav))
    if length == 0:
        return wav
    ramp = np.ones(len(wav), dtype=np.float32)
    ramp[len(wav) - length :] = np.linspace(1.0, 0.0, length, dtype=np.float32)
    return wav * ramp


def fade_part(wav: np.ndarray, start: int, total: int, rise: int, fall: int) -> np.ndarray:
    """Samples from `start` on of a wave of `total`, whose first `rise` and last `fall` samples
    are faded.
    """
    places = np.arange(start, start + len(wav))
    gain = np.ones(len(wav), dtype=np.float32)
    for length, distance in ((rise, places), (fall, total - 1 - places)):
        gain *= np.clip(distance / max(min(length, total) - 1, 1), 0.0, 1.0) if length else 1.0
    return wav * gain


def fade_last(pieces: Iterable[np.ndarray], length: int) -> Iterator[np.ndarray]:
    """`fade` of a wave that comes in pieces; its last `length` samples wait for the end."""
    held = np.zeros(0, dtype=np.float32)
    for piece in pieces:
        held = np.concatenate([held, piece]) if len(held) else piece
        if len(held) > length:
            yield held[: len(held) - length]
            held = held[len(held) - length :]
    if len(held):
        yield fade(held, length)
