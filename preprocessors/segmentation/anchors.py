"""Where a recording and a text are surely together: phones that are heard in the order of the text.

Runs of a few phones that are in both are chained, as genomes are aligned (minimap2, arXiv
1708.01492). A chain skips what is not read and what is not written, however long it is.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

import numpy as np

SHORT_TEXT = 100_000  # phones, some two hours: in a longer one, short runs are everywhere
MOST = 30  # places in the text that a run may have
NEAR = 150  # phones heard, around an anchor
LEAST = 3  # runs of the chain near an anchor that lie on its diagonal, on either side
SLOPE = 1.6  # how much faster than the other one of the two may run there


class Anchor(NamedTuple):
    """A place of the recording and of the text."""

    frame: int
    phone: int  # of the text


def find_anchors(
    heard: np.ndarray, frames: np.ndarray, phones: np.ndarray, apart: int
) -> list[Anchor]:
    """Places at least `apart` frames from each other: of phones heard [M] in the middle of `frames`
    [M], and the phones of a text [N].
    """
    n = 4 if len(phones) < SHORT_TEXT else 5
    chain = _chain(*_matches(heard, phones, n))
    if not len(chain):
        return []
    support = _support(chain, n)
    anchors: list[Anchor] = []
    best = 0
    for (i, j), weight in zip(chain, support, strict=True):
        if weight < LEAST:
            continue
        place = Anchor(int(frames[i + n // 2]), int(j) + n // 2)
        if anchors and place.frame < anchors[-1].frame + apart:
            if weight > best and (len(anchors) < 2 or place.frame >= anchors[-2].frame + apart):
                anchors[-1], best = place, weight
            continue
        anchors.append(place)
        best = weight
    return anchors


def _matches(heard: np.ndarray, phones: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Places (i, j) of runs of a length that are in both, sorted by i, and of one i from the last
    j.
    """
    runs, written = _runs(heard, length), _runs(phones, length)
    order = np.argsort(written, kind="stable")
    first = np.searchsorted(written, runs, "left", order)
    n = np.searchsorted(written, runs, "right", order) - first
    n[n > MOST] = 0
    i = np.repeat(np.arange(len(runs)), n)
    # the k-th match of a run, from the last
    k = np.arange(len(i)) - np.repeat(np.cumsum(n) - n, n)
    return i, order[first[i] + n[i] - 1 - k]


def _runs(phones: np.ndarray, length: int) -> np.ndarray:
    """A number for each run of phones."""
    n = max(0, len(phones) - length + 1)
    numbers = np.zeros(n, np.int64)
    for k in range(length):
        numbers = numbers * 64 + phones[k : k + n]
    return numbers


def _chain(i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """The longest chain of matches that rise in both, [C, 2]; of one i, j fall, so that no chain
    has two of them.
    """
    tops: list[int] = []  # the smallest j that ends a chain of each length
    ends: list[int] = []  # its match
    before = np.full(len(i), -1)
    for n, place in enumerate(j.tolist()):
        length = bisect_left(tops, place)
        if length:
            before[n] = ends[length - 1]
        if length == len(tops):
            tops.append(place)
            ends.append(n)
        else:
            tops[length], ends[length] = place, n
    chain = []
    n = ends[-1] if ends else -1
    while n >= 0:
        chain.append((i[n], j[n]))
        n = before[n]
    return np.array(chain[::-1]).reshape(-1, 2)


def _support(chain: np.ndarray, length: int) -> np.ndarray:
    """How many matches near each one of the chain [C, 2] lie on its diagonal, on both sides the
    fewer; of runs of a `length` that overlap, one counts.
    """
    heard, written = chain[:, 0], chain[:, 1]
    support = np.zeros(len(chain), np.int64)
    for n in range(len(chain)):
        a, b = np.searchsorted(heard, [heard[n] - NEAR, heard[n] + NEAR + 1])
        d_heard, d_written = np.abs(heard[a:b] - heard[n]), np.abs(written[a:b] - written[n])
        fits = (d_written <= SLOPE * d_heard + length) & (d_heard <= SLOPE * d_written + length)
        places = np.unique((heard[a:b] - heard[n])[fits] // length)
        support[n] = min((places < 0).sum(), (places > 0).sum())
    return support
