"""Mels of any number and length to waves, by any `Vocoder`: in batches, in chunks, or as they come.

A convolutional vocoder's sample depends on `context_frames` frames of mel on either side. So what
is made of a window of the mel equals what is made of the whole, but for that many frames at the
ends of the window, unless they are the ends of the mel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from recital.modules.audio import AudioConfig
from recital.modules.denoiser import Denoiser
from recital.modules.model import Vocoder
from recital.processors.segments import silence
from recital.utils.errors import DataError

CHUNK_FRAMES = 512  # of a long mel that are made at a time
BATCH_FRAMES = 8192  # of all mels of a batch, padding included
LONG_FRAMES = 2048  # mels above are made in chunks, alone


class StreamingVocoder:
    """A `Vocoder` around another: batches, bounded memory, streams, and denoising."""

    def __init__(self, vocoder: Vocoder, denoising_strength: float = 0.0) -> None:
        """`denoising_strength` is how much of what the vocoder hums by itself is taken off; see
        `modules/denoiser.py`. Raises `DataError` where it is negative.
        """
        if not 0.0 <= denoising_strength < float("inf"):
            raise DataError(f"denoising_strength: expected 0 or more, found {denoising_strength}")
        self.vocoder: Any = vocoder
        self.audio: AudioConfig = vocoder.audio
        self.denoising_strength = denoising_strength
        self.denoiser = Denoiser(vocoder) if denoising_strength else None
        self.context_frames: int | None = getattr(vocoder, "context_frames", None)
        if self.denoiser is not None and self.context_frames is not None:
            # half a window to the spectra that a sample is made of, and half to what these saw
            self.context_frames += -(-self.audio.n_fft // self.audio.hop_length)

    def infer(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]."""
        return torch.cat(list(self.pieces(mel)), dim=1)

    def pieces(self, mel: Tensor, first: int = CHUNK_FRAMES) -> Iterator[Tensor]:
        """mel [B, n_mels, T] -> its wave in pieces [B, S], made when they are asked for.

        The first is of `first` frames, each further one is twice as long, up to `CHUNK_FRAMES`.
        A vocoder without `context_frames` (Griffin-Lim) gives one piece.
        """
        mel = self._checked(mel)
        n_frames, hop, context = mel.shape[2], self.audio.hop_length, self.context_frames
        size = n_frames if context is None else first
        start = 0
        while start < n_frames:
            stop = min(start + size, n_frames)
            low = max(0, start - (context or 0))
            window = mel[..., low : stop + (context or 0)]
            wav = self._make(window, [low] * len(mel))
            yield wav[:, (start - low) * hop : (stop - low) * hop]
            start, size = stop, min(2 * size, CHUNK_FRAMES)

    def stream(self, mel_chunks: Iterable[Tensor]) -> Iterator[Tensor]:
        """Chunks [B, n_mels, t] of a mel, of any lengths, -> its wave [B, S] as it comes.

        Each piece goes as far as `context_frames` before the end of what is known; together they
        are the wave of the whole mel. Raises `DataError` for a chunk of another shape.
        """
        known: Tensor | None = None  # frames from `low` on, of which `done - low` are spoken
        low = done = 0
        context, hop = self.context_frames, self.audio.hop_length
        for chunk in self._split(mel_chunks):
            known = chunk if known is None else torch.cat([known, chunk], dim=2)
            if context is None:
                continue
            ready = low + known.shape[2] - context
            if ready > done:
                wav = self._make(known, [low] * len(known))
                yield wav[:, (done - low) * hop : (ready - low) * hop]
                done = ready
                keep = max(low, done - context)
                known, low = known[..., keep - low :], keep
        if known is not None:
            yield self._make(known, [low] * len(known))[:, (done - low) * hop :]

    def infer_batch(self, mels: Sequence[Tensor]) -> list[Tensor]:
        """mels [n_mels, T_i] -> waves [T_i * hop_length], each as it would be alone.

        They are padded at their ends with silence. What the padding reaches, the last
        `context_frames` of each, is made again, without it.
        """
        context, hop = self.context_frames, self.audio.hop_length
        longest = max(mel.shape[1] for mel in mels)
        if len(mels) == 1 or context is None or longest > LONG_FRAMES:
            return [self.infer(mel[None])[0] for mel in mels]
        mels = [self._checked(mel[None])[0] for mel in mels]
        padded = mels[0].new_full((len(mels), len(mels[0]), longest), silence(self.audio))
        for row, mel in zip(padded, mels, strict=True):
            row[:, : mel.shape[1]] = mel
        made = self._make(padded, [0] * len(mels))
        waves = [w[: m.shape[1] * hop].clone() for w, m in zip(made, mels, strict=True)]
        short = [i for i, mel in enumerate(mels) if mel.shape[1] < longest]
        tails = [i for i in short if mels[i].shape[1] > 2 * context]
        for i in set(short) - set(tails):
            waves[i] = self.infer(mels[i][None])[0]
        if tails:
            ends = torch.stack([mels[i][:, -2 * context :] for i in tails])
            made = self._make(ends, [mels[i].shape[1] - 2 * context for i in tails])
            for i, wav in zip(tails, made, strict=True):
                waves[i][-context * hop :] = wav[-context * hop :]
        return waves

    def infer_many(self, mels: Sequence[Tensor]) -> list[Tensor]:
        """mels [n_mels, T_i] of any number -> waves [T_i * hop_length], in their order."""
        waves: list[Tensor] = [torch.empty(0)] * len(mels)
        for batch in self.batches([mel.shape[1] for mel in mels]):
            for i, wav in zip(batch, self.infer_batch([mels[i] for i in batch]), strict=True):
                waves[i] = wav
        return waves

    def batches(self, lengths: Sequence[int]) -> list[list[int]]:
        """Indices of mels of like lengths that go together well."""
        return batch_by_length(lengths, BATCH_FRAMES)

    def _make(self, mel: Tensor, starts: Sequence[int]) -> Tensor:
        """mel [B, n_mels, T], frames `starts[i]` and on of mel i, -> wav [B, T * hop_length]."""
        options = {}
        if hasattr(self.vocoder, "draw_noise"):
            draw: Callable[..., Tensor] = self.vocoder.draw_noise
            options["z"] = torch.cat([draw(1, mel.shape[2], start=start) for start in starts])
        wav: Tensor = self.vocoder.infer(mel, **options).float()
        if self.denoiser is not None and wav.shape[1] > self.audio.n_fft // 2:
            wav = self.denoiser(wav, self.denoising_strength)[:, 0]
        return wav

    def _split(self, mel_chunks: Iterable[Tensor]) -> Iterator[Tensor]:
        """The chunks in parts of at most `CHUNK_FRAMES`."""
        shape = None
        for chunk in mel_chunks:
            chunk = self._checked(chunk)
            if shape not in (None, len(chunk)):
                raise DataError(f"mel chunks: expected {shape} items as before, found {len(chunk)}")
            shape = len(chunk)
            yield from (part for part in chunk.split(CHUNK_FRAMES, dim=2) if part.shape[2])

    def _checked(self, mel: Tensor) -> Tensor:
        """On the vocoder's device. Raises `DataError` for another shape than [B, n_mels, T]."""
        if mel.dim() != 3 or mel.shape[1] != self.audio.n_mels:
            raise DataError(
                f"mel: expected the shape [B, {self.audio.n_mels}, T], found {list(mel.shape)}"
            )
        return mel.to(self._device(), torch.float32)

    def _device(self) -> torch.device:
        parameters = getattr(self.vocoder, "parameters", lambda: iter(()))()
        buffers = getattr(self.vocoder, "buffers", lambda: iter(()))()
        for tensor in (*parameters, *buffers):
            return tensor.device
        return torch.device("cpu")


def batch_by_length(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Indices, shortest first, in groups whose number times their greatest length is at most
    `most` (or that hold one).
    """
    groups: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if groups and (len(groups[-1]) + 1) * lengths[i] <= most:
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups
