"""Texts split into the pieces that are synthesized together, and the state of each piece."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from recital.modules.contract.audio import AudioConfig
from recital.processors.speech.backend import Predicted
from recital.processors.speech.plan import Plan, Sentence
from recital.processors.text import NothingToSpeak, TextProcessor
from recital.processors.text.markup import Style, is_marked_up, parse_markup, style_after
from recital.processors.text.sentences import middle
from recital.processors.text.words import without_styles
from recital.utils.errors import DataError

FASTEST = 25.0  # tokens a second
LOUDEST = 1000.0  # of a log mel; what a voice with broken weights gives is beyond it, or NaN


@dataclass
class Job:
    """One piece of a text: N tokens, T frames."""

    text_index: int
    text: str  # normalized; the second half of a cut one has none
    tokens: list[int]
    names: list[str]  # of the tokens
    pause: float  # seconds of silence after it, unless it is the last of its text
    breaks: tuple[float, float] = (0.0, 0.0)  # seconds of requested silence before and after
    styles: list[Style] | None = None  # of marked-up text, one per token
    # Values per token: those of `Controls`, and "pitch" in Hz (0 keeps the prediction); of a plan
    # also "energy" (NaN keeps the prediction) and "durations" in frames.
    by_token: dict[str, list[float]] = field(default_factory=dict)
    planned: Sentence | None = None  # of a plan
    mel: np.ndarray | None = None  # [n_mels, T]
    durations: np.ndarray | None = None  # [N] frames
    pitch_hz: np.ndarray | None = None  # [N]
    energy: np.ndarray | None = None  # [N]
    failure: str | None = None  # why an attention-based model failed
    wav: np.ndarray | None = None  # [T * hop_length], without fades

    def take(self, out: Predicted, row: int) -> None:
        """Keep what the acoustic model predicted: row `row` of a batch."""
        n = len(self.tokens)
        self.mel = out.mel[row, :, : int(out.mel_lengths[row])]
        self.durations = out.durations[row, :n]
        self.pitch_hz = None if out.pitch_hz is None else out.pitch_hz[row, :n]
        self.energy = None if out.energy is None else out.energy[row, :n]
        hop = 0 if out.wav is None else out.wav.shape[1] // out.mel.shape[2]
        self.wav = None if out.wav is None else out.wav[row, : self.mel.shape[1] * hop]
        self.failure = None if out.failures is None else out.failures[row]
        if not self.mel.shape[1]:
            self.failure = "gave it no frame at all"
        elif not self.audible:
            self.failure = "gave it a mel that is not finite"

    @property
    def audible(self) -> bool:
        """Whether there is a mel of finite numbers."""
        mel = self.mel
        return mel is not None and mel.shape[1] > 0 and bool((np.abs(mel) <= LOUDEST).all())

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
                planned=None,
                mel=None,
                wav=None,
                failure=None,
            )
            for part in (slice(cut), slice(cut, None))
        )
        second.text = ""
        first.pause, first.breaks = 0.0, (self.breaks[0], 0.0)
        second.breaks = (0.0, self.breaks[1])
        return first, second


def jobs_of(
    texts: Sequence[str | Plan],
    processor: TextProcessor,
    audio: AudioConfig,
    max_letters: float = math.inf,
) -> list[Job]:
    """Split texts, or plans of them, into jobs, in order within each text. Raises `DataError` for
    wrong tags, for symbols unknown to the voice and for a plan with other frames, `NothingToSpeak`
    for a text without words.
    """
    plans = {i: text for i, text in enumerate(texts) if isinstance(text, Plan)}
    written = {i: text for i, text in enumerate(texts) if not isinstance(text, Plan)}
    jobs = [job for i, plan in plans.items() for job in _planned_jobs(i, plan, processor, audio)]
    return jobs + _written_jobs(written, processor, max_letters)


def _written_jobs(
    texts: Mapping[int, str], processor: TextProcessor, max_letters: float
) -> list[Job]:
    for text in texts.values():
        if not isinstance(text, str):
            raise DataError(f"text: expected a str, found {type(text).__name__} {text!r:.80}")
        if len(text) > max_letters:
            raise DataError(
                f"the text {text[:40]!r} has {len(text)} letters, more than the {max_letters:.0f} "
                "that max_seconds allows; cut it, or raise that"
            )
    marked = {i: text for i, text in texts.items() if is_marked_up(text)}
    jobs = [job for i, text in marked.items() for job in _marked_jobs(i, text, processor)]
    pieces = [
        (i, piece)
        for i, text in texts.items()
        if i not in marked
        for piece in processor.pieces(text)
    ]
    # A piece such as "…" of a longer text has no tokens and is skipped.
    encoded = processor.encode_many([p.text for _, p in pieces], silent=True, rewritten=True)
    for (i, piece), tokens in zip(pieces, encoded, strict=True):
        if tokens:
            names = processor.token_names(tokens)
            jobs.append(Job(i, piece.text, tokens, names, piece.pause))
    with_words = {job.text_index for job in jobs}
    for i, text in texts.items():
        if i in marked and i not in with_words:
            raise NothingToSpeak(f"nothing to speak in the text {text[:80]!r}: only markup")
        if i not in with_words:
            processor.encode(text)  # raises with the reason
    return jobs


def require_bounded(
    jobs: Sequence[Job], texts: Sequence[str | Plan], max_seconds: float, audio: AudioConfig
) -> None:
    """Raise `DataError` for a text that would take more than `max_seconds` to say: by its pauses,
    by the durations of a plan, and by its tokens at a pace that nobody speaks.
    """
    for i, text in enumerate(texts):
        own = [job for job in jobs if job.text_index == i]
        pauses = sum(sum(job.breaks) + job.pause for job in own)
        planned = sum(job.planned.frames for job in own if job.planned is not None)
        seconds = pauses + max(
            sum(len(job.tokens) for job in own) / FASTEST,
            planned * audio.hop_length / audio.sample_rate,
        )
        if seconds > max_seconds:
            words = text.text if isinstance(text, Plan) else text
            raise DataError(
                f"the text {words[:40]!r} would last {seconds / 60:.0f} minutes or more, beyond "
                f"max_seconds {max_seconds:g}; cut it, or raise that"
            )


def _planned_jobs(
    text_index: int, plan: Plan, processor: TextProcessor, audio: AudioConfig
) -> Iterator[Job]:
    if (plan.sample_rate, plan.hop_length) != (audio.sample_rate, audio.hop_length):
        raise DataError(
            f"controls: their frames are {plan.hop_length} samples at {plan.sample_rate} Hz; those "
            f"of this voice are {audio.hop_length} at {audio.sample_rate}: plan with this voice"
        )
    for i, sentence in enumerate(plan.sentences):
        for name in sentence.tokens:
            if name not in processor.ids:
                raise DataError(
                    f"controls.sentences[{i}].tokens: {name!r:.80} is no symbol of this voice; "
                    "plan with this voice"
                )
        by_token: dict[str, list[float]] = {"durations": [float(d) for d in sentence.durations]}
        if any(hz is not None for hz in sentence.pitch):
            by_token["pitch"] = [hz or 0.0 for hz in sentence.pitch]
        if any(energy is not None for energy in sentence.energy):
            by_token["energy"] = [math.nan if e is None else e for e in sentence.energy]
        silent = (sentence.before * plan.frame_seconds, sentence.after * plan.frame_seconds)
        yield Job(
            text_index,
            sentence.text,
            [processor.ids[name] for name in sentence.tokens],
            list(sentence.tokens),
            pause=0.0,
            breaks=silent,
            by_token=by_token,
            planned=sentence,
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
            names = processor.token_names(tokens)
            job = Job(text_index, without_styles(piece.text), tokens, names, piece.pause)
            job.styles = [styles[n] for n in numbers]
            job.breaks, waiting = (waiting, 0.0), 0.0
            jobs.append(job)
        if jobs and seconds:
            jobs[-1].breaks = (jobs[-1].breaks[0], jobs[-1].breaks[1] + seconds)
            jobs[-1].pause = 0.0
        elif seconds:
            waiting += seconds
    return jobs
