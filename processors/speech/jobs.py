"""Texts split into the pieces that are synthesized together, and the state of each piece."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from torch import Tensor

from recital.modules.contract.model import Acoustic
from recital.processors.text import NothingToSpeak, TextProcessor
from recital.processors.text.markup import Style, is_marked_up, parse_markup, style_after
from recital.processors.text.sentences import middle
from recital.utils.errors import DataError

FASTEST = 25.0  # tokens a second
LOUDEST = 1000.0  # of a log mel; what a voice with broken weights gives is beyond it, or NaN


@dataclass
class Job:
    """One piece of a text: N tokens, T frames."""

    text_index: int
    tokens: list[int]
    names: list[str]  # of the tokens
    pause: float  # seconds of silence after it, unless it is the last of its text
    breaks: tuple[float, float] = (0.0, 0.0)  # seconds of requested silence before and after
    styles: list[Style] | None = None  # of marked-up text, one per token
    # Values per token: those of `Controls`, and "pitch" in Hz (0 keeps the prediction).
    by_token: dict[str, list[float]] = field(default_factory=dict)
    mel: Tensor | None = None  # [n_mels, T]
    durations: Tensor | None = None  # [N] frames
    pitch_hz: Tensor | None = None  # [N]
    failure: str | None = None  # why an attention-based model failed
    wav: np.ndarray | None = None  # [T * hop_length], without fades

    def take(self, out: Acoustic, row: int, pitch_hz: Tensor | None) -> None:
        """Keep what the acoustic model predicted: row `row` of a batch, pitch [B, C, N]."""
        n = len(self.tokens)
        repeats = out.durations if out.repeats is None else out.repeats
        self.mel = out.mel[row, :, : int(out.mel_lengths[row])]
        self.durations = repeats[row, :n]
        self.pitch_hz = None if pitch_hz is None else pitch_hz[row, 0, :n]
        self.failure = None if out.failures is None else out.failures[row]
        if not self.mel.shape[1]:
            self.failure = "gave it no frame at all"
        elif not bool((self.mel.abs() <= LOUDEST).all()):
            self.failure = "gave it a mel that is not finite"

    def halves(self) -> tuple[Job, Job] | None:
        """Split at the punctuation mark or blank nearest to the middle into two jobs without
        predictions; None if there is nowhere to split.
        """
        cut = middle(self.names)
        if cut is None:
            return None
        first, second = (
            replace(
                self,
                tokens=self.tokens[part],
                names=self.names[part],
                styles=self.styles[part] if self.styles else None,
                by_token={name: values[part] for name, values in self.by_token.items()},
                mel=None,
                failure=None,
            )
            for part in (slice(cut), slice(cut, None))
        )
        first.pause, first.breaks = 0.0, (self.breaks[0], 0.0)
        second.breaks = (0.0, self.breaks[1])
        return first, second


def jobs_of(
    texts: Sequence[str], processor: TextProcessor, max_letters: float = math.inf
) -> list[Job]:
    """Split texts into jobs, in order within each text. Raises `DataError` for wrong tags or
    symbols unknown to the voice, `NothingToSpeak` for a text without words.
    """
    for text in texts:
        if not isinstance(text, str):
            raise DataError(f"text: expected a str, found {type(text).__name__} {text!r:.80}")
        if len(text) > max_letters:
            raise DataError(
                f"the text {text[:40]!r} has {len(text)} letters, more than the {max_letters:.0f} "
                "that max_seconds allows; cut it, or raise that"
            )
    marked = {i: text for i, text in enumerate(texts) if is_marked_up(text)}
    jobs = [job for i, text in marked.items() for job in _marked_jobs(i, text, processor)]
    pieces = [
        (i, piece)
        for i, text in enumerate(texts)
        if i not in marked
        for piece in processor.pieces(text)
    ]
    # A piece such as "…" of a longer text has no tokens and is skipped.
    encoded = processor.encode_many([p.text for _, p in pieces], silent=True, rewritten=True)
    for (i, piece), tokens in zip(pieces, encoded, strict=True):
        if tokens:
            jobs.append(Job(i, tokens, processor.token_names(tokens), piece.pause))
    with_words = {job.text_index for job in jobs}
    for i, text in enumerate(texts):
        if i in marked and i not in with_words:
            raise NothingToSpeak(f"nothing to speak in the text {text[:80]!r}: only markup")
        if i not in with_words:
            processor.encode(text)  # raises with the reason
    return jobs


def require_bounded(jobs: Sequence[Job], texts: Sequence[str], max_seconds: float) -> None:
    """Raise `DataError` for a text that would take more than `max_seconds` to say: by its pauses,
    and by its tokens at a pace that nobody speaks.
    """
    for i, text in enumerate(texts):
        own = [job for job in jobs if job.text_index == i]
        pauses = sum(sum(job.breaks) + job.pause for job in own)
        seconds = pauses + sum(len(job.tokens) for job in own) / FASTEST
        if seconds > max_seconds:
            raise DataError(
                f"the text {text[:40]!r} would last {seconds / 60:.0f} minutes or more, beyond "
                f"max_seconds {max_seconds:g}; cut it, or raise that"
            )


def _marked_jobs(text_index: int, text: str, processor: TextProcessor) -> list[Job]:
    """Split at breaks; each piece has the styles of its tags."""
    markup = parse_markup(text)
    styles = markup.styles
    jobs: list[Job] = []
    number, waiting = 0, 0.0
    for marked_piece, seconds in markup.pieces():
        for piece in processor.pieces(marked_piece):
            try:
                tokens, numbers = processor.encode_marked(piece.text, number, rewritten=True)
            except NothingToSpeak:
                continue
            finally:
                number = style_after(piece.text, number)
            job = Job(text_index, tokens, processor.token_names(tokens), piece.pause)
            job.styles = [styles[n] for n in numbers]
            job.breaks, waiting = (waiting, 0.0), 0.0
            jobs.append(job)
        if jobs and seconds:
            jobs[-1].breaks = (jobs[-1].breaks[0], jobs[-1].breaks[1] + seconds)
            jobs[-1].pause = 0.0
        elif seconds:
            waiting += seconds
    return jobs
