"""Text to speech: a text processor, an acoustic model and a vocoder with the same mel spectrogram.
Everything here works on arrays, whatever runs the two models (`backend.py`).

text --jobs.py--> jobs --prosody.py--> mels --vocoder--> wavs --joining.py--> one wav
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from numbers import Integral
from pathlib import Path

import numpy as np

from recital.processors.speech.backend import Acoustics, Waves
from recital.processors.speech.controls import Control, Controls
from recital.processors.speech.jobs import FASTEST, Job, jobs_of, require_bounded
from recital.processors.speech.joining import Speech, edges_of, fade_last, fade_part, join_jobs
from recital.processors.speech.plan import Plan, Sentence, Word
from recital.processors.speech.prosody import predict, spread
from recital.processors.text import TextProcessor
from recital.processors.text.words import voicing, word_spans
from recital.utils.config import nearest
from recital.utils.errors import DataError

BATCH_SIZE = 16  # pieces of text


class Synthesizer:
    """A voice. `wav, sample_rate = synthesizer("Hello.", pace=1.1)`; any length of text."""

    def __init__(
        self,
        acoustic: Acoustics,
        vocoder: Waves,
        text: TextProcessor,
        *,
        speakers: Sequence[str] = (),
    ) -> None:
        """Raises `ConfigError` with the fields in which the mels of the two models differ."""
        acoustic.audio.require_same(vocoder.audio, "voice", "vocoder")
        self.acoustic = acoustic
        self.vocoder = vocoder
        self.text = text
        self.speakers = list(speakers)
        self.audio = acoustic.audio

    def __call__(
        self,
        text: str | Plan,
        *,
        speaker: str | int | None = None,
        pitch: Sequence[float] | None = None,
        **controls: Control,
    ) -> tuple[np.ndarray, int]:
        """Synthesize one text: float32 [S] in [-1, 1], and the sample rate.

        The text may contain the tags of `processors/text/markup.py`. `pitch` is one number per
        token, in Hz (0 keeps the prediction); for the others see `Controls`. A plan speaks in place
        of its text, with its own durations, pitch, energy and speaker. Raises `DataError` for
        an empty text, wrong tags, an unknown speaker or a control out of range.
        """
        speech = self.synthesize(
            [text], speaker=speaker, controls=Controls.of(controls), pitch=pitch
        )[0]
        return speech.wav, speech.sample_rate

    def synthesize(
        self,
        texts: Sequence[str | Plan],
        *,
        speaker: str | int | None = None,
        controls: Controls | None = None,
        pitch: Sequence[float] | None = None,
        batch_size: int | None = None,
        keep_failed: bool = False,
    ) -> list[Speech]:
        """Synthesize many texts, their pieces batched by length. `pitch` as in `__call__`, for a
        single text only. `batch_size` is that of both models (default: `BATCH_SIZE` pieces for the
        acoustic model, and the vocoder's own). With `keep_failed`, a text on which the voice fails
        is returned as it came out, with `failures`.
        """
        controls = controls or Controls()
        jobs = self._jobs(texts, controls, pitch)
        speaker_id = self.speaker_id(_speaker_of(texts, speaker))
        size = batch_size or BATCH_SIZE
        jobs = predict(self.acoustic, jobs, controls, speaker_id, size, keep_failed)
        silent = [job for job in jobs if job.wav is None]
        mels = [job.mel for job in silent if job.mel is not None]
        waves = self.vocoder.infer_many(mels, batch_size)
        for job, wav in zip(silent, waves, strict=True):
            job.wav = wav
        for job in jobs:
            assert job.wav is not None
            if not np.isfinite(job.wav).all():
                said = "".join(job.names)[:80]
                raise DataError(f"the vocoder gave a wave that is not finite, in: {said!r}")
        return [
            join_jobs(
                text.text if isinstance(text, Plan) else text,
                [job for job in jobs if job.text_index == i],
                self.audio,
                controls.fade_out,
            )
            for i, text in enumerate(texts)
        ]

    def stream(
        self,
        text: str | Plan,
        *,
        speaker: str | int | None = None,
        pitch: Sequence[float] | None = None,
        start: float = 0.0,
        **controls: Control,
    ) -> Iterator[np.ndarray]:
        """Synthesize one text like `__call__`, but yield the wav in pieces, float32 [s], as soon as
        each is ready. Errors in the arguments are raised before the first.

        Of a plan, only what is heard from `start` seconds on is made: the last word of a sentence
        is there as soon as the first.
        """
        changes = Controls.of(controls)
        jobs = self._jobs([text], changes, pitch)
        if start and not (isinstance(text, Plan) and start > 0):
            raise DataError(f"start: expected 0 or more seconds of a plan, found {start!r:.80}")
        first = round(start * self.audio.sample_rate / self.audio.hop_length)
        pieces = self._stream(jobs, self.speaker_id(_speaker_of([text], speaker)), changes, first)
        return fade_last(pieces, round(changes.fade_out * self.audio.sample_rate))

    def plan(
        self,
        text: str | Plan,
        *,
        speaker: str | int | None = None,
        first: int = 0,
        most: int | None = None,
        **controls: Control,
    ) -> Plan:
        """What `__call__` would say, with its mels and without a wave: the durations, pitch and
        energy of each token. Of a plan, what becomes of it. Of a long text perhaps a part: from
        sentence `first` on, at most `most` sentences.
        """
        changes = Controls.of(controls)
        jobs = self._jobs([text], changes, None)
        speaker = self.speaker_name(_speaker_of([text], speaker))
        total = len(jobs)
        if not 0 <= first < total:
            raise DataError(f"first: expected 0 to {total - 1}, a sentence of it, found {first}")
        if most is not None and most < 1:
            raise DataError(f"most: expected a number of sentences from 1, found {most}")
        end = total if most is None else min(first + most, total)
        # one by one, as `stream` does: in a batch, a duration may be rounded the other way
        jobs = predict(
            self.acoustic, jobs[first:end], changes, self.speaker_id(speaker), batch_size=1
        )
        return Plan(
            text.text if isinstance(text, Plan) else text,
            speaker,
            self.audio.sample_rate,
            self.audio.hop_length,
            [
                self._sentence(
                    job,
                    self.text.speaking(changes.language),
                    first=first == 0 and job is jobs[0],
                    last=end == total and job is jobs[-1],
                )
                for job in jobs
            ],
            editable=self.acoustic.takes_durations,
            total=total,
        )

    def _sentence(self, job: Job, text: TextProcessor, *, first: bool, last: bool) -> Sentence:
        """The planned sentence of a job, from its predictions."""
        assert job.mel is not None and job.durations is not None
        edges = edges_of(job, self.audio, first=first, last=last)
        n = len(job.tokens)
        pitch = [None] * n if job.pitch_hz is None else job.pitch_hz.tolist()
        voiced = voicing(job.names, text)
        spans = word_spans(job.text, job.names, text) if job.planned is None else ()
        return Sentence(
            job.text,
            job.names,
            [int(frames) for frames in job.durations],
            [hz if real else None for hz, real in zip(pitch, voiced, strict=True)],
            [None] * n if job.energy is None else job.energy.tolist(),
            job.planned.words if job.planned else [Word(*span) for span in spans],
            edges.before,
            edges.after,
            job.mel,
        )

    def add_speaker(self, name: str, recordings: Sequence[str | Path]) -> None:
        """Add a speaker from recordings of theirs, for a voice that is conditioned on the vectors
        of a speaker encoder. Raises `CheckpointError` for another voice, `DataError` for a name
        that is taken or a recording that cannot be used.
        """
        from recital.processors.speech.reference import read_reference

        if name in self.speakers:
            raise DataError(f"speaker: the voice has a {name!r} already; choose another name")
        reference = read_reference(recordings, self.audio)
        self.acoustic.add_speaker(reference.vector, reference.pitch)
        self.speakers.append(name)

    def speaker_id(self, speaker: str | int | None) -> int | None:
        """The model's number of a speaker, given by name or number; None if the voice has only
        one. Raises `DataError` for one that it does not have.
        """
        if speaker is None and len(self.speakers) <= 1:
            return None
        if speaker is not None and (
            not isinstance(speaker, (str, Integral)) or isinstance(speaker, bool)
        ):
            raise DataError(f"speaker: expected a name or a number, found {speaker!r:.80}")
        given = "" if speaker is None else str(speaker)
        number = int(given) if given.isdecimal() else -1
        if given not in self.speakers and not 0 <= number < max(len(self.speakers), 1):
            wrong = f"no speaker {given!r}" if given else "expected the name of a speaker"
            last = len(self.speakers) - 1
            known = ", ".join(self.speakers) or "this voice has one, without a name"
            known += f", or their numbers from 0 to {last}" if last > 0 else ""
            raise DataError(f"{wrong}{nearest(given, self.speakers)}; known: {known}")
        found = self.speakers.index(given) if given in self.speakers else number
        return found if len(self.speakers) > 1 else None

    def speaker_name(self, speaker: str | int | None) -> str | None:
        """The name of a speaker given by name or number; None if the voice has only one, unless
        its name was given. Raises `DataError` as `speaker_id`.
        """
        number = self.speaker_id(speaker)
        if number is not None:
            return self.speakers[number]
        return speaker if isinstance(speaker, str) and speaker in self.speakers else None

    def _jobs(
        self, texts: Sequence[str | Plan], controls: Controls, pitch: Sequence[float] | None
    ) -> list[Job]:
        """The jobs of texts with the values of their tokens, each text of at most `max_seconds`."""
        if any(isinstance(text, Plan) for text in texts):
            controls.require_none("a plan")
        # markup has letters that are not said
        longest = 4 * FASTEST * controls.max_seconds
        spoken = self.text.speaking(controls.language)
        jobs = jobs_of(texts, spoken, self.audio, max_letters=longest)
        require_bounded(jobs, texts, controls.max_seconds, self.audio)
        spread(jobs, len(texts), controls, pitch)
        return jobs

    def _stream(
        self, jobs: list[Job], speaker_id: int | None, controls: Controls, start: int
    ) -> Iterator[np.ndarray]:
        """The wav from frame `start` on."""
        hop = self.audio.hop_length
        for whole in jobs:
            if whole.planned and start >= (n := whole.planned.all_frames):
                start -= n
                continue
            parts = predict(self.acoustic, [whole], controls, speaker_id)
            for job in parts:
                assert job.mel is not None
                first = job is parts[0] and whole is jobs[0]
                last = job is parts[-1] and whole is jobs[-1]
                edges = edges_of(job, self.audio, first=first, last=last)
                if edges.before > start:
                    yield np.zeros((edges.before - start) * hop, np.float32)
                start = max(start - edges.before, 0)
                n_frames = job.mel.shape[1]
                done, total = start * hop, n_frames * hop
                whole_wav = None if job.wav is None else [job.wav[done:]]
                for wav in whole_wav or self.vocoder.stream_mel(job.mel, start):
                    yield fade_part(wav, done, total, edges.rise, edges.fall)
                    done += len(wav)
                start = max(start - n_frames, 0)
                if edges.after > start:
                    yield np.zeros((edges.after - start) * hop, np.float32)
                start = 0


def _speaker_of(texts: Sequence[str | Plan], speaker: str | int | None) -> str | int | None:
    """The named speaker, else that of the plan, of a single one."""
    if speaker is None and len(texts) == 1 and isinstance(texts[0], Plan):
        return texts[0].speaker
    return speaker
