"""Mel to wave piece by piece: long input at a bounded memory, and audio before the mel is whole.

A vocoder's sample depends on `context_frames` frames of mel on either side. A piece is made of its
frames and that many around them, of which the samples are dropped, so that the pieces are those
that the whole would have given. Where a vocoder needs the whole (Griffin-Lim, whose
`context_frames` is None), pieces overlap and are faded into each other: near to the whole, not
equal to it.
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

CHUNK_FRAMES = 512  # of a long mel that are vocoded at a time
LONG_FRAMES = 2 * CHUNK_FRAMES  # a longer mel is vocoded in pieces
FADE_FRAMES = 8  # by which pieces overlap where they are faded


Piece = tuple[Tensor, Tensor | None]  # frames of a mel [B, n_mels, t], their source [B, K, t]


def stream(
    vocoder: Vocoder,
    mel_chunks: Iterable[Tensor | np.ndarray],
    chunk_frames: int = CHUNK_FRAMES,
) -> Iterator[Tensor]:
    """Chunks of a mel, [n_mels, t] (or [B, n_mels, t]) with any t each, to pieces of its wave,
    [s] (or [B, s]), as soon as they can be known; not more than `chunk_frames` frames a piece.

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
    """Chunks of a mel and their source to pieces of its wave [B, s]."""
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
    """What `join_rows` joined."""
    mel, source = rows[..., :n_mels, :], rows[..., n_mels:, :]
    return mel, source if source.shape[-2] else None


def find_rows(vocoder: Vocoder, mel: Tensor) -> Tensor:
    """mel [n_mels, T] -> it and its source as rows, [n_mels + K, T]."""
    return torch.cat([join_rows(*found)[0] for found in vocoder.find_source([mel[None]])], dim=1)


def infer_rows(vocoder: Vocoder, rows: Tensor, starts: Sequence[int]) -> Tensor:
    """Windows of rows [B, n_mels + K, t] to waves [B, t * hop_length]: `Vocoder.infer_windows`."""
    mel, source = split_rows(rows, vocoder.audio.n_mels)
    return vocoder.infer_windows(mel, starts, source)


def infer_whole(vocoder: Vocoder, rows: Tensor) -> Tensor:
    """Rows of a whole mel [n_mels + K, T] to its wave [T * hop_length], in pieces where it is
    longer than `LONG_FRAMES`.
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
    """What `make` makes of a long mel that comes in chunks [B, n, t], piece by piece, each of at
    most `chunk_frames` frames. `make` takes a window [B, n, w] and the frame where it begins, and
    gives `hop` values a frame, [..., w * hop], that depend on `context` frames on either side.
    `aligned` pieces have `chunk_frames` frames but for the last, so that their last bits too are
    the same however the mel comes.
    """
    held: Tensor | None = None  # frames from `first` on that may still be needed
    first, done = 0, 0  # `done`: frames whose values are out
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
    """Powers add up where two pieces overlap: their phases have nothing to do with each other."""
    hop = vocoder.audio.hop_length
    angle = torch.linspace(0, math.pi / 2, FADE_FRAMES * hop)
    held: Tensor | None = None
    tail: Tensor | None = None  # the samples behind the last piece, as it would go on
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
