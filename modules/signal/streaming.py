"""Mel to wav in pieces: long input in bounded memory, and audio before the mel is complete.

A sample depends on `context_frames` frames of mel on each side. A piece is generated from a window
of its own frames and that context, whose samples are dropped, so that the pieces equal the whole:

    mel         0 1 2 3 4 5 6 7 8 9 ...
    window 0    0 1 2 3 c c             # context_frames = 2, 4 frames per piece
    window 1        c c 4 5 6 7 c c     # (c: context, its samples are dropped)
    window 2                c c 8 9 ...

A vocoder that needs the whole mel (Griffin-Lim, whose `context_frames` is None) gets overlapping
pieces that are cross-faded: close to the whole, but not equal.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from recital.modules.contract.audio import AudioConfig
from recital.modules.signal.arrays import concatenate

CHUNK_FRAMES = 512  # of a long mel that are processed at a time
LONG_FRAMES = 2 * CHUNK_FRAMES  # a longer mel is vocoded in pieces
FIRST_FRAMES = 24  # of the first streamed piece, without its context
SOURCE_FRAMES = 64  # of a streamed mel whose source is found at a time
FADE_FRAMES = 8  # overlap of pieces that are cross-faded


Array = Any  # of NumPy, or a tensor of torch: what the vocoder takes
Piece = tuple[Array, Array | None]  # frames of a mel [B, n_mels, t], their source [B, K, t]


class Windowed(Protocol):
    """The methods of a vocoder that are used here: see `modules/contract/model.py`."""

    @property
    def audio(self) -> AudioConfig: ...  # noqa: D102

    @property
    def context_frames(self) -> int | None: ...  # noqa: D102

    def infer(self, mel: Array) -> Array: ...  # noqa: D102

    def find_source(self, mel_chunks: Iterable[Array]) -> Iterator[Piece]: ...  # noqa: D102

    def infer_windows(  # noqa: D102
        self, mel: Array, starts: Sequence[int], source: Array | None = None
    ) -> Array: ...


def growing_chunks(mel: Array, context_frames: int | None) -> Iterator[Array]:
    """Split a mel [n_mels, T] that is too long to be held twice into a short first chunk and
    further ones that double in length. `context_frames` is the vocoder's.
    """
    start, size = 0, FIRST_FRAMES + (context_frames or 0)
    while start < mel.shape[-1]:
        yield mel[..., start : start + size]
        start, size = start + size, min(2 * size, CHUNK_FRAMES)


def stream_mel(vocoder: Windowed, mel: Array, start: int = 0) -> Iterator[Array]:
    """A whole mel [n_mels, T] -> pieces of its wav from frame `start` on, [s]: the first is short,
    so that it starts early, and the windows of the further ones double, so that all cost little
    more than the whole.
    """
    hop, context = vocoder.audio.hop_length, vocoder.context_frames
    if context is None:
        ahead = start * hop
        for wav in stream(vocoder, [mel]):
            if ahead < len(wav):
                yield wav[ahead:]
            ahead = max(ahead - len(wav), 0)
        return
    total = mel.shape[-1]
    parts = (mel[None, ..., i : i + SOURCE_FRAMES] for i in range(0, total, SOURCE_FRAMES))
    found = (join_rows(*piece)[0] for piece in vocoder.find_source(parts))
    rows = next(found, mel)
    done, size = start, FIRST_FRAMES
    while done < total:
        # a short rest would cost a window of its own
        stop = done + size if done + size + context < total else total
        low, high = max(done - context, 0), min(stop + context, total)
        while rows.shape[-1] < high:  # the first piece does not wait for the source of all
            rows = concatenate([rows, next(found)], 1)
        wav = infer_rows(vocoder, rows[None, :, low:high], [low])[0]
        yield wav[(done - low) * hop : (stop - low) * hop]
        done, size = stop, min(2 * (size + context), CHUNK_FRAMES)


def stream(
    vocoder: Windowed, mel_chunks: Iterable[Array], chunk_frames: int = CHUNK_FRAMES
) -> Iterator[Array]:
    """Chunks of a mel, [n_mels, t] (or [B, n_mels, t]) of any length t -> pieces of its wav, [s]
    (or [B, s]), as soon as their context is known, each at most `chunk_frames` frames.

    Together the pieces have T * hop_length samples.
    """
    chunks = iter(mel_chunks)
    first = next(chunks, None)
    if first is None:
        return
    chunks = itertools.chain([first], chunks)
    if len(first.shape) == 2:
        for wav in pieces(vocoder, vocoder.find_source(c[None] for c in chunks), chunk_frames):
            yield wav[0]
    else:
        yield from pieces(vocoder, vocoder.find_source(chunks), chunk_frames)


def pieces(
    vocoder: Windowed, chunks: Iterable[Piece], chunk_frames: int = CHUNK_FRAMES
) -> Iterator[Array]:
    """Chunks of a mel with their source -> pieces of its wav [B, s]."""
    context = vocoder.context_frames
    if context is None:
        return _faded(vocoder, (mel for mel, _ in chunks), chunk_frames)

    def make(rows: Array, start: int) -> Array:
        return infer_rows(vocoder, rows, [start] * len(rows))

    joined = (join_rows(mel, source) for mel, source in chunks)
    return windows(make, context, joined, chunk_frames, vocoder.audio.hop_length)


def join_rows(mel: Array, source: Array | None) -> Array:
    """A mel and its source as rows of one array, [..., n_mels + K, t], to be cut together."""
    return mel if source is None else concatenate([mel, source], -2)


def split_rows(rows: Array, n_mels: int) -> Piece:
    """The inverse of `join_rows`."""
    mel, source = rows[..., :n_mels, :], rows[..., n_mels:, :]
    return mel, source if source.shape[-2] else None


def find_rows(vocoder: Windowed, mel: Array) -> Array:
    """mel [n_mels, T] -> mel and source as rows, [n_mels + K, T]."""
    return concatenate([join_rows(*found)[0] for found in vocoder.find_source([mel[None]])], 1)


def infer_rows(vocoder: Windowed, rows: Array, starts: Sequence[int]) -> Array:
    """Windows of rows [B, n_mels + K, t] to waves [B, t * hop_length]: `Vocoder.infer_windows`."""
    mel, source = split_rows(rows, vocoder.audio.n_mels)
    return vocoder.infer_windows(mel, starts, source)


def infer_whole(vocoder: Windowed, rows: Array) -> Array:
    """Rows of a whole mel [n_mels + K, T] -> its wav [T * hop_length], in pieces if it is longer
    than `LONG_FRAMES`.
    """
    if rows.shape[-1] <= LONG_FRAMES:
        return infer_rows(vocoder, rows[None], [0])[0]
    chunks = [split_rows(rows[None], vocoder.audio.n_mels)]
    return concatenate([wav[0] for wav in pieces(vocoder, chunks)], 0)


def windows(
    make: Callable[[Array, int], Array],
    context: int,
    chunks: Iterable[Array],
    chunk_frames: int = CHUNK_FRAMES,
    hop: int = 1,
    aligned: bool = False,
) -> Iterator[Array]:
    """Apply `make` to a long mel that arrives in chunks [B, n, t], in pieces of at most
    `chunk_frames` frames. `make` maps a window [B, n, w] and the frame where it starts to `hop`
    values per frame, [..., w * hop], that depend on `context` frames on each side. `aligned` pieces
    all have `chunk_frames` frames except the last, so that they are bit-identical however the mel
    is chunked; those that one chunk gives are yielded as one, for fewer windows after them.
    """
    held: Array | None = None  # frames from `first` on that are still needed
    first, done = 0, 0  # `done`: frames already yielded
    for chunk in itertools.chain(chunks, [None]):
        if chunk is not None:
            held = chunk if held is None else concatenate([held, chunk], -1)
        if held is None:
            return
        known = first + held.shape[-1]
        ready = known if chunk is None else known - context
        if aligned and chunk is not None:
            ready -= ready % chunk_frames
        together = []
        while done < ready:
            stop = min(done + chunk_frames, ready)
            low, high = max(done - context, 0), min(stop + context, known)
            made = make(held[..., low - first : high - first], low)
            piece = made[..., (done - low) * hop : (stop - low) * hop]
            done = stop
            if aligned:
                together.append(piece)
            else:
                yield piece
        if together:
            yield concatenate(together, -1)
        keep = max(done - context, first)
        held, first = held[..., keep - first :], keep


def _faded(vocoder: Windowed, chunks: Iterable[Array], chunk_frames: int) -> Iterator[Array]:
    """Cross-fade with constant power, as the phases of two overlapping pieces are unrelated."""
    import torch

    hop = vocoder.audio.hop_length
    angle = torch.linspace(0, math.pi / 2, FADE_FRAMES * hop)
    held: Array | None = None
    tail: Array | None = None  # the continuation of the last piece, to be faded out
    for chunk in itertools.chain(chunks, [None]):
        if chunk is not None:
            held = chunk if held is None else concatenate([held, chunk], -1)
        assert held is not None
        window = chunk_frames + FADE_FRAMES
        while held.shape[-1] > window or (chunk is None and held.shape[-1] > 0):
            ended = held.shape[-1] <= window
            wav = vocoder.infer(held[..., :window])
            if tail is not None:
                n = min(tail.shape[-1], wav.shape[-1])
                rise, fall = (ramp[:n].to(wav.device) for ramp in (angle.sin(), angle.cos()))
                wav = torch.cat([wav[..., :n] * rise + tail[..., :n] * fall, wav[..., n:]], dim=-1)
            yield wav if ended else wav[..., : chunk_frames * hop]
            tail = wav[..., chunk_frames * hop :]
            held = held[..., held.shape[-1] if ended else chunk_frames :]
