"""A whole recording and its whole text: pieces between anchors, each aligned by `search`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from recital.preprocessors.segmentation.anchors import Anchor, find_anchors
from recital.preprocessors.segmentation.listening import RATE, STEP, Heard, best_phones
from recital.preprocessors.segmentation.script import Script

APART = 20 * RATE  # frames between anchors, at least
MARGIN = 4 * RATE  # frames behind an anchor that are searched with what is before it
STEP_FRAMES = 60 * RATE  # frames of a piece where anchors are too far apart
PHONES_A_SECOND = 30  # more than anybody says
LARGEST = 40_000_000  # frames times phones that are searched together


class Alignment(NamedTuple):
    """When each word is said, in frames [W], both -1 of one that is not."""

    starts: np.ndarray
    stops: np.ndarray
    apart: np.ndarray  # [W] whether there is speech before it that is not in the text
    costs: np.ndarray  # [N] how unlikely each phone was heard there, in nats


class _Piece(NamedTuple):
    """Frames and words that are searched together; of these, words that end by `until` are kept."""

    start: int
    stop: int
    first: int
    last: int
    until: int


def align_recording(heard: Heard, script: Script) -> Alignment:
    """Align all words with all frames."""
    n_words = len(script.words)
    found = Alignment(
        np.full(n_words, -1),
        np.full(n_words, -1),
        np.zeros(n_words, bool),
        np.zeros(len(script.phones)),
    )
    frame = word = 0
    for anchor in _targets(heard, script):
        is_end = anchor.frame == len(heard.costs)
        while True:
            piece = _piece(frame, word, anchor, len(heard.costs), script)
            whole = _size(piece, script) <= LARGEST
            if not whole:
                piece = _clipped(piece, script, behind=is_end)
                whole = _size(piece, script) <= LARGEST
            if not whole:
                piece = _step(frame, word, script)
            _search(piece, heard, script, found)
            said = np.flatnonzero(found.starts[word : piece.last] >= 0)
            if len(said):
                word += int(said[-1]) + 1
                frame = int(found.stops[word - 1])
            # what is left before the next piece is not in the text
            frame = max(frame, piece.until - MARGIN)
            if whole:
                break
    return found


def _search(piece: _Piece, heard: Heard, script: Script, found: Alignment) -> None:
    """Align a piece, and keep what it has up to its end."""
    from recital.preprocessors.segmentation.search import align

    if piece.stop <= piece.start or piece.last <= piece.first:
        return
    first = script.first[piece.first : piece.last + 1]
    rows = np.ascontiguousarray(heard.costs[piece.start : piece.stop])
    phones = script.phones[first[0] : first[-1]]
    times = align(rows, phones, first - first[0], STEP)
    for w in np.flatnonzero(times.starts >= 0).tolist():
        stop = int(times.stops[w])
        if piece.start + stop > piece.until:
            break
        n = piece.first + w
        found.starts[n], found.stops[n] = piece.start + times.starts[w], piece.start + stop
        found.apart[n] = times.apart[w]
        span = slice(int(first[w] - first[0]), int(first[w + 1] - first[0]))
        edges = np.append(times.phone_starts[span], stop)
        found.costs[script.first[n] : script.first[n + 1]] = _costs(rows, phones[span], edges)


def _costs(rows: np.ndarray, phones: np.ndarray, edges: np.ndarray) -> list[float]:
    """The costs of a word's phones; what follows the first frame of one may be the blank."""
    costs = []
    for k, phone in enumerate(phones.tolist()):
        block = rows[edges[k] : edges[k + 1]]
        total = int(block[0, phone]) + int(np.minimum(block[1:, phone], block[1:, 0]).sum())
        costs.append(total / STEP)
    return costs


def _targets(heard: Heard, script: Script) -> Iterator[Anchor]:
    """The anchors, and the end of both."""
    phones, frames = best_phones(heard.costs)
    yield from find_anchors(phones, frames, script.phones, APART)
    yield Anchor(len(heard.costs), len(script.phones))


def _piece(frame: int, word: int, until: Anchor, n_frames: int, script: Script) -> _Piece:
    stop = min(n_frames, until.frame + MARGIN)
    last = _word(script, until.phone + _most_phones(MARGIN))
    return _Piece(frame, stop, word, max(last, word), until.frame)


def _step(frame: int, word: int, script: Script) -> _Piece:
    """A piece of a minute, of a larger one that is not aligned by itself."""
    last = _word(script, int(script.first[word]) + _most_phones(STEP_FRAMES))
    return _Piece(frame, frame + STEP_FRAMES, word, last, frame + STEP_FRAMES - MARGIN)


def _clipped(piece: _Piece, script: Script, *, behind: bool) -> _Piece:
    """A piece without the words for which its frames are too few: those after its start, or of the
    last one of a recording those `behind` what is said.
    """
    most = _most_phones(piece.stop - piece.start)
    if behind:
        last = _word(script, int(script.first[piece.first]) + most)
        return piece._replace(last=min(last, piece.last))
    first = _word(script, int(script.first[piece.last]) - most)
    return piece._replace(first=max(first, piece.first))


def _size(piece: _Piece, script: Script) -> int:
    n_phones = int(script.first[piece.last] - script.first[piece.first])
    return (piece.stop - piece.start) * n_phones


def _most_phones(n_frames: int) -> int:
    return n_frames * PHONES_A_SECOND // RATE


def _word(script: Script, phone: int) -> int:
    """The first word that begins at a phone or after it; the number of words beyond the last."""
    return int(np.searchsorted(script.first, min(max(phone, 0), script.first[-1]), "left"))
