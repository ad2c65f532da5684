"""The best path of a text through a recording, compiled. Imported lazily, since it imports numba.

A path says a word's phones one after another, each for a frame or more, with the blank between
them where nothing is heard. Between two words it may leave the text: for speech that is not in it,
at `ASIDE` a frame, and it may go on at any later word. What a frame costs is measured from the
phone that is likeliest there, so a path that hears its own text perfectly costs nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recital.utils.compiled import compiled

ASIDE = 2.2  # nats a frame outside of the text
LEAVE = 12.0  # nats to leave the text
SKIP = 10.0  # nats to go on at a later word
SKIP_WORD = 0.1  # nats more for each word that is left out
FAR = np.float32(1e30)

# where a state's best path came from
STAY, PHONE, BLANK, OUTSIDE = range(4)
CHAINED = 128  # a flag of `outside`: the cheapest way to skip to here begins at an earlier word


class Times(NamedTuple):
    """When each word is said, in frames [W]: both -1 of one that is not."""

    starts: np.ndarray
    stops: np.ndarray
    apart: np.ndarray  # [W + 1] whether the path was outside of the text right before a word
    phone_starts: np.ndarray  # [N]


def align(costs: np.ndarray, phones: np.ndarray, first: np.ndarray, step: float) -> Times:
    """The times of words that begin with phones `first` [W + 1] of `phones` [N] in a recording's
    costs [T, n_phones] of `step` bytes a nat. The path begins before the first word and may end
    anywhere.
    """
    blank, said, outside, end = _forward(
        costs, phones.astype(np.int64), first.astype(np.int64), np.float32(1.0 / step)
    )
    phone_starts, phone_stops, apart = _backward(
        blank, said, outside, end, first.astype(np.int64), len(costs)
    )
    begin, finish = phone_starts[first[:-1]].copy(), phone_stops[first[1:] - 1].copy()
    unsaid = (begin < 0) | (finish < 0)
    begin[unsaid] = finish[unsaid] = -1
    return Times(begin, finish, apart, phone_starts)


@compiled()
def _forward(costs, phones, first, scale):  # type: ignore[no-untyped-def]
    """Where each state's best path came from, of each frame: blanks [T, N + 1], phones [T, N] and
    the outside of each word border [T, W + 1]; and the state in which the best path ends.
    """
    n_frames, n, n_words = len(costs), len(phones), len(first) - 1
    from_blank = np.zeros((n_frames, n + 1), np.uint8)
    from_said = np.zeros((n_frames, n), np.uint8)
    from_outside = np.zeros((n_frames, n_words + 1), np.uint8)
    blank, said = np.full(n + 1, FAR, np.float32), np.full(n, FAR, np.float32)
    outside = np.full(n_words + 1, FAR, np.float32)
    new_blank, new_said = blank.copy(), said.copy()
    new_outside = outside.copy()
    border = np.full(n + 1, -1, np.int64)  # the number of the word that begins with a phone
    for w in range(n_words + 1):
        border[first[w]] = w
    blank[0] = 0.0
    outside[0] = LEAVE
    for t in range(n_frames):
        row = costs[t]
        silence = row[0] * scale
        for i in range(n + 1):
            w = border[i]
            best, source = blank[i], STAY
            if i > 0 and said[i - 1] < best:
                best, source = said[i - 1], PHONE
            if w >= 0 and outside[w] < best:
                best, source = outside[w], OUTSIDE
            new_blank[i] = best + silence
            from_blank[t, i] = source
            if i == n:
                break
            best, source = said[i], STAY
            if i > 0 and said[i - 1] < best:
                best, source = said[i - 1], PHONE
            if blank[i] < best:
                best, source = blank[i], BLANK
            if w >= 0 and outside[w] < best:
                best, source = outside[w], OUTSIDE
            new_said[i] = best + row[phones[i]] * scale
            from_said[t, i] = source
        skipping = FAR
        for w in range(n_words + 1):
            i = first[w]
            best, source = outside[w], STAY
            if i > 0 and said[i - 1] + LEAVE < best:
                best, source = said[i - 1] + LEAVE, PHONE
            if blank[i] + LEAVE < best:
                best, source = blank[i] + LEAVE, BLANK
            if skipping < best:
                best, source = skipping, OUTSIDE
            flag = 0
            skipping = skipping + SKIP_WORD
            if outside[w] + SKIP < skipping:
                skipping = outside[w] + SKIP
            else:
                flag = CHAINED
            new_outside[w] = best + ASIDE
            from_outside[t, w] = source + flag
        blank, new_blank = new_blank, blank
        said, new_said = new_said, said
        outside, new_outside = new_outside, outside
    best, end = FAR, 0
    for i in range(n + 1):
        if blank[i] < best:
            best, end = blank[i], i
    for i in range(n):
        if said[i] < best:
            best, end = said[i], n + 1 + i
    for w in range(n_words + 1):
        if outside[w] < best:
            best, end = outside[w], 2 * n + 1 + w
    return from_blank, from_said, from_outside, end


@compiled()
def _backward(from_blank, from_said, from_outside, end, first, n_frames):  # type: ignore[no-untyped-def]
    """The first frame of each phone and the one after its last, both -1 of one that is not said;
    and before which words the path was outside.
    """
    n = from_said.shape[1]
    apart = np.zeros(len(first), np.bool_)
    starts, stops = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    if end <= n:
        kind, i = BLANK, end
    elif end <= 2 * n:
        kind, i = PHONE, end - n - 1
    else:
        kind, i = OUTSIDE, end - 2 * n - 1
    for t in range(n_frames - 1, -1, -1):
        if kind == BLANK:
            source = from_blank[t, i]
            if source == PHONE:
                kind, i = PHONE, i - 1
            elif source == OUTSIDE:
                kind, i = OUTSIDE, np.searchsorted(first, i)
        elif kind == PHONE:
            if stops[i] < 0:
                stops[i] = t + 1
            starts[i] = t
            source = from_said[t, i]
            if source == PHONE:
                i = i - 1
            elif source == BLANK:
                kind = BLANK
            elif source == OUTSIDE:
                kind, i = OUTSIDE, np.searchsorted(first, i)
        else:
            apart[i] = True
            source = from_outside[t, i] & 127
            if source == PHONE:
                kind, i = PHONE, first[i] - 1
            elif source == BLANK:
                kind, i = BLANK, first[i]
            elif source == OUTSIDE:
                i = i - 1
                while from_outside[t, i] & CHAINED:
                    i = i - 1
    return starts, stops, apart
