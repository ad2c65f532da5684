"""The source of a vocoder that F0 drives: its phase, found chunk by chunk, on arrays of NumPy as on
tensors of torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from recital.modules.contract.audio import AudioConfig
from recital.modules.signal.arrays import A, concatenate, last_marked, narrow, widen
from recital.modules.signal.streaming import split_rows, windows

TRACKED_FRAMES = 32  # frames per call of the F0 tracker


def at_starts(f0: A) -> A:
    """F0 at the centres of frames -> F0 at their first samples, [B, T] each."""
    return (f0 + concatenate([f0[:, :1], f0[:, :-1]], 1)) / 2


class PhaseTrack:
    """Integrates F0 to a phase, chunk by chunk. F0 is linear between the starts of frames. Where
    nothing was voiced for some frames, the phase is 0: the integral would gather the rounding of
    a whole text, in which runtimes differ. (No spectrum of a voiced frame reaches that far.)
    """

    def __init__(self, audio: AudioConfig) -> None:
        self.seconds = audio.hop_length / audio.sample_rate
        self.quiet_frames = -(-(audio.n_fft - audio.pad) // audio.hop_length)
        # F0 and phase of the last frame, and the voicing of those before the next chunk
        self.last: tuple[Any, Any, Any] | None = None

    def __call__(self, f0: A, voiced: A) -> A:
        """F0 (Hz) and voicing (1 or 0) at the starts of frames [B, t] -> phases there, in [0, 1)
        cycles.
        """
        f0, n_frames = widen(f0), f0.shape[1]
        if self.last is None:  # the first phase is 0, and there was silence before it
            silence = [0.0 * voiced[:, :1]] * (self.quiet_frames - 1)
            before, phase, heard = -f0[:, :1], 0.0 * f0[:, :1], concatenate([*silence, voiced], 1)
        else:
            before, phase, heard = self.last
            heard = concatenate([heard, voiced], 1)
        passed = (concatenate([before, f0[:, :-1]], 1) + f0) * (self.seconds / 2)
        summed = phase + passed.cumsum(1)
        lately: Any = sum(heard[:, i : i + n_frames] for i in range(self.quiet_frames))
        phases = (summed - last_marked(summed, lately == 0)) % 1.0
        self.last = f0[:, -1:], phases[:, -1:], heard[:, n_frames:]
        return narrow(phases)


def whole_source(f0: A, voiced: A, audio: AudioConfig) -> A:
    """F0 (Hz) at the centres of frames and voicing (1 or 0) of a whole text, [B, T] -> its source
    [B, 3, T]: F0 at the start of each frame, voicing, and the phase there (cycles).
    """
    starts = at_starts(f0)
    rows = (starts, voiced, PhaseTrack(audio)(starts, voiced))
    return concatenate([row[:, None] for row in rows], 1)


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
        yield mel, concatenate([source, phase_track(source[:, 0], source[:, 1])[:, None]], 1)
