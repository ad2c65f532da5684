"""Joins the pieces of a text: faded ends, and whole frames of silence between them.

first job ..fades | 0000 | fades.. job ..fades | 0000 | fades.. last job   # (0s are silence)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from recital.modules.contract.audio import AudioConfig
from recital.processors.speech.jobs import Job

JOINT_FADE = 0.005  # seconds on both sides of a joint, against clicks


@dataclass(frozen=True)
class Speech:
    """A synthesized text. Frames are those of `mel`; a pause between two pieces belongs to the
    token before it.
    """

    text: str
    spoken: str  # the text in words, as the voice was given it
    wav: np.ndarray  # float32 [S] in [-1, 1]
    sample_rate: int  # Hz
    tokens: list[int]
    token_names: list[str]
    durations: list[int]  # frames per token; they sum to T
    pitch: list[float] | None  # Hz per token; None if the model predicts none
    mel: np.ndarray  # float32 [n_mels, T] log mel
    failures: Sequence[str] = ()  # why pieces failed that are kept all the same

    @property
    def seconds(self) -> float:
        """Length of the wave."""
        return len(self.wav) / self.sample_rate


class Edges(NamedTuple):
    """Silence and fades around the wave of one job."""

    before: int  # frames of silence
    after: int
    rise: int  # faded samples
    fall: int


def edges_of(job: Job, audio: AudioConfig, *, first: bool, last: bool) -> Edges:
    """The edges of a job, which may be the first or last of its text."""
    silent = job.breaks[0], job.breaks[1] + (0.0 if last else job.pause)
    before, after = (round(s * audio.sample_rate / audio.hop_length) for s in silent)
    joint = round(JOINT_FADE * audio.sample_rate)
    return Edges(
        before, after, joint if before or not first else 0, joint if after or not last else 0
    )


def join_jobs(text: str, jobs: Sequence[Job], audio: AudioConfig, fade_out: float) -> Speech:
    """Join the jobs of a text, each with its wav; the last `fade_out` seconds fade to 0."""
    wavs, mels = [], []
    durations: list[int] = []
    for job in jobs:
        assert job.mel is not None and job.durations is not None and job.wav is not None
        edges = edges_of(job, audio, first=job is jobs[0], last=job is jobs[-1])
        silent = (edges.before, edges.after)
        wav = fade_part(job.wav, 0, len(job.wav), edges.rise, edges.fall)
        wavs.append(np.pad(wav, [n * audio.hop_length for n in silent]))
        mels.append(np.pad(job.mel, ((0, 0), silent), constant_values=audio.silence))
        frames = [int(d) for d in job.durations]
        frames[0] += edges.before
        frames[-1] += edges.after
        durations += frames
    wav = fade(np.concatenate(wavs), round(fade_out * audio.sample_rate))
    hz = [float(v) for job in jobs if job.pitch_hz is not None for v in job.pitch_hz]
    return Speech(
        text=text,
        spoken=" ".join(job.text for job in jobs if job.text),
        wav=np.clip(wav, -1.0, 1.0),
        sample_rate=audio.sample_rate,
        tokens=[token for job in jobs for token in job.tokens],
        token_names=[name for job in jobs for name in job.names],
        durations=durations,
        pitch=hz or None,
        mel=np.concatenate(mels, axis=1),
        failures=[job.failure for job in jobs if job.failure is not None],
    )


def fade(wav: np.ndarray, length: int) -> np.ndarray:
    """A copy of wav [S] whose last `length` samples fade linearly to 0."""
    length = min(length, len(wav))
    if length == 0:
        return wav
    ramp = np.ones(len(wav), dtype=np.float32)
    ramp[len(wav) - length :] = np.linspace(1.0, 0.0, length, dtype=np.float32)
    return wav * ramp


def fade_part(wav: np.ndarray, start: int, total: int, rise: int, fall: int) -> np.ndarray:
    """wav [n] -> [n]: fade this part, which starts at sample `start` of a wave of `total` samples,
    whose first `rise` and last `fall` samples are faded.
    """
    places = np.arange(start, start + len(wav))
    gain = np.ones(len(wav), dtype=np.float32)
    for length, distance in ((rise, places), (fall, total - 1 - places)):
        gain *= np.clip(distance / max(min(length, total) - 1, 1), 0.0, 1.0) if length else 1.0
    return wav * gain


def fade_last(pieces: Iterable[np.ndarray], length: int) -> Iterator[np.ndarray]:
    """`fade` for a wav in pieces [n]; the last `length` samples are held back until the end."""
    held = np.zeros(0, dtype=np.float32)
    for piece in pieces:
        held = np.concatenate([held, piece]) if len(held) else piece
        if len(held) > length:
            yield held[: len(held) - length]
            held = held[len(held) - length :]
    if len(held):
        yield fade(held, length)
