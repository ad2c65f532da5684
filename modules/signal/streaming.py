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
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from recital.modules.contract.model import Vocoder

CHUNK_FRAMES = 512  # of a long mel that are processed at a time
LONG_FRAMES = 2 * CHUNK_FRAMES  # a longer mel is vocoded in pieces
FADE_FRAMES = 8  # overlap of pieces that are cross-faded


Piece = tuple[Tensor, Tensor | None]  # frames of a mel [B, n_mels, t], their source [B, K, t]


def stream(
    vocoder: Vocoder,
    mel_chunks: Iterable[Tensor | np.ndarray],
    chunk_frames: int = CHUNK_FRAMES,
) -> Iterator[Tensor]:
    """Chunks of a mel, [n_mels, t] (or [B, n_mels, t]) of any length t -> pieces of its wav, [s]
    (or [B, s]), as soon as their context is known, each at most `chunk_frames` frames.

    Together the pieces have T * hop_length samples.
    """
    chunks: Iterator[Tensor] = (torch.as_tensor(chunk) for chunk in mel_chunks)
    first = next(chunks, None)
    if first is None:
        return
    chunks = itertools.chain([first], chunks)
    if first.dim() == 2:
        for wav in pieces(vocoder, vocoder.find_source(c[None] for c in chunks), chunk_frames):
            yield wav[0]
    else:
        yield from pieces(vocoder, vocoder.find_source(chunks), chunk_frames)


def pieces(
    vocoder: Vocoder, chunks: Iterable[Piece], chunk_frames: int = CHUNK_FRAMES
) -> Iterator[Tensor]:
    """Chunks of a mel with their source -> pieces of its wav [B, s]."""
    context = vocoder.context_frames
    if context is None:
        return _faded(vocoder, (mel for mel, _ in chunks), chunk_frames)

    def make(rows: Tensor, start: int) -> Tensor:
        return infer_rows(vocoder, rows, [start] * len(rows))

    joined = (join_rows(mel, source) for mel, source in chunks)
    return windows(make, context, joined, chunk_frames, vocoder.audio.hop_length)


def join_rows(mel: Tensor, source: Tensor | None) -> Tensor:
    """A mel and its source as rows of one array, [..., n_mels + K, t], to be cut together."""
    return mel if source is None else torch.cat([mel, source], dim=-2)


def split_rows(rows: Tensor, n_mels: int) -> Piece:
    """The inverse of `join_rows`."""
    mel, source = rows[..., :n_mels, :], rows[..., n_mels:, :]
    return mel, source if source.shape[-2] else None


def find_rows(vocoder: Vocoder, mel: Tensor) -> Tensor:
    """mel [n_mels, T] -> mel and source as rows, [n_mels + K, T]."""
    return torch.cat([join_rows(*found)[0] for found in vocoder.find_source([mel[None]])], dim=1)


def infer_rows(vocoder: Vocoder, rows: Tensor, starts: Sequence[int]) -> Tensor:
    """Windows of rows [B, n_mels + K, t] to waves [B, t * hop_length]: `Vocoder.infer_windows`."""
    mel, source = split_rows(rows, vocoder.audio.n_mels)
    return vocoder.infer_windows(mel, starts, source)


def infer_whole(vocoder: Vocoder, rows: Tensor) -> Tensor:
    """Rows of a whole mel [n_mels + K, T] -> its wav [T * hop_length], in pieces if it is longer
    than `LONG_FRAMES`.
    """
    if rows.shape[-1] <= LONG_FRAMES:
        return infer_rows(vocoder, rows[None], [0])[0]
    chunks = [split_rows(rows[None], vocoder.audio.n_mels)]
    return torch.cat([wav[0] for wav in pieces(vocoder, chunks)])


def windows(
    make: Callable[[Tensor, int], Tensor],
    context: int,
    chunks: Iterable[Tensor],
    chunk_frames: int = CHUNK_FRAMES,
    hop: int = 1,
    aligned: bool = False,
) -> Iterator[Tensor]:
    """Apply `make` to a long mel that arrives in chunks [B, n, t], in pieces of at most
    `chunk_frames` frames. `make` maps a window [B, n, w] and the frame where it starts to `hop`
    values per frame, [..., w * hop], that depend on `context` frames on each side. `aligned` pieces
    all have `chunk_frames` frames except the last, so that they are bit-identical however the mel
    is chunked.
    """
    held: Tensor | None = None  # frames from `first` on that are still needed
    first, done = 0, 0  # `done`: frames already yielded
    for chunk in itertools.chain(chunks, [None]):
        if chunk is not None:
            held = chunk if held is None else torch.cat([held, chunk], dim=-1)
        if held is None:
            return
        known = first + held.shape[-1]
        ready = known if chunk is None else known - context
        if aligned and chunk is not None:
            ready -= ready % chunk_frames
        while done < ready:
            stop = min(done + chunk_frames, ready)
            low, high = max(done - context, 0), min(stop + context, known)
            made = make(held[..., low - first : high - first], low)
            yield made[..., (done - low) * hop : (stop - low) * hop]
            done = stop
        keep = max(done - context, first)
        held, first = held[..., keep - first :], keep


def _faded(vocoder: Vocoder, chunks: Iterable[Tensor], chunk_frames: int) -> Iterator[Tensor]:
    """Cross-fade with constant power, as the phases of two overlapping pieces are unrelated."""
    hop = vocoder.audio.hop_length
    angle = torch.linspace(0, math.pi / 2, FADE_FRAMES * hop)
    held: Tensor | None = None
    tail: Tensor | None = None  # the continuation of the last piece, to be faded out
    for chunk in itertools.chain(chunks, [None]):
        if chunk is not None:
            held = chunk if held is None else torch.cat([held, chunk], dim=-1)
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
