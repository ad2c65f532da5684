"""The source of a vocoder that F0 drives: its phase, found chunk by chunk, on arrays of NumPy as on
tensors of torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from recital.modules.contract.audio import AudioConfig
from recital.modules.signal.arrays import A, concatenate, narrow, widen
from recital.modules.signal.streaming import split_rows, windows

TRACKED_FRAMES = 32  # frames per call of the F0 tracker


def at_starts(f0: A) -> A:
    """F0 at the centres of frames -> F0 at their first samples, [B, T] each."""
    return (f0 + concatenate([f0[:, :1], f0[:, :-1]], 1)) / 2


class PhaseTrack:
    """Integrates F0 to a phase, chunk by chunk. F0 is linear between the starts of frames."""

    def __init__(self, audio: AudioConfig) -> None:
        self.seconds = audio.hop_length / audio.sample_rate
        self.last: tuple[Any, Any] | None = None  # F0 and phase of the last frame

    def __call__(self, f0: A) -> A:
        """F0 at the starts of frames [B, t], Hz -> phases there, in [0, 1) cycles."""
        f0 = widen(f0)
        before, phase = self.last or (f0[:, :1], 0.0 * f0[:, :1])
        passed = (concatenate([before, f0[:, :-1]], 1) + f0) * (self.seconds / 2)
        if self.last is None:  # the first phase is 0
            passed = concatenate([0.0 * passed[:, :1], passed[:, 1:]], 1)
        phases = (phase + passed.cumsum(1)) % 1.0
        self.last = f0[:, -1:], phases[:, -1:]
        return narrow(phases)


def find_source(
    track: Callable[[A], tuple[A, A]],
    context_frames: int,
    audio: AudioConfig,
    mel_chunks: Iterable[A],
) -> Iterator[tuple[A, A]]:
    """Chunks of a mel [B, n_mels, t] -> chunks with their source [B, 3, t']: F0 at the start of
    each frame (Hz), voicing, and the phase there (cycles), which continues from chunk to chunk.

    `track` maps a mel to F0 (Hz) and voicing (1 or 0), [B, t] each, and depends on
    `context_frames` frames on each side.
    """
    phase_track = PhaseTrack(audio)

    def found(mel: A, _: int) -> A:
        f0, voiced = track(mel)
        return concatenate([mel, at_starts(f0)[:, None], voiced[:, None]], 1)

    # the phase accumulates rounding differences, so the bits of F0 must not depend on chunks
    for rows in windows(found, context_frames + 1, mel_chunks, TRACKED_FRAMES, aligned=True):
        mel, source = split_rows(rows, audio.n_mels)
        assert source is not None
        yield mel, concatenate([source, phase_track(source[:, 0])[:, None]], 1)
