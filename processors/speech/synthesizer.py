"""Text to speech: a text processor, an acoustic model and a vocoder that agree on the mel
spectrogram.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from recital.modules.contract.model import Acoustic, AcousticModel, Vocoder
from recital.processors.segments import silence
from recital.processors.speech.controls import BY_TOKEN, Controls
from recital.processors.speech.fades import fade, fade_last, fade_part
from recital.processors.speech.pitch_control import transform_pitch
from recital.processors.speech.vocoding import growing_chunks, stream_arrays, vocode
from recital.processors.text import NothingToSpeak, TextProcessor
from recital.processors.text.markup import Style, is_marked_up, parse_markup, style_after
from recital.processors.text.sentences import middle
from recital.utils.config import nearest
from recital.utils.errors import DataError

JOIN_FADE = 0.005  # seconds at both sides of a joint: no click


@dataclass(frozen=True)
class Speech:
    """One text spoken. Frames are those of `mel`; a pause between two pieces counts to the token
    before it.
    """

    text: str
    wav: np.ndarray  # float32 [S] in [-1, 1]
    sample_rate: int  # Hz
    tokens: list[int]
    token_names: list[str]
    durations: list[int]  # frames, one a token; they sum to T
    pitch: list[float] | None  # Hz, one a token; None where the model predicts none
    mel: np.ndarray  # float32 [n_mels, T] log mel

    @property
    def seconds(self) -> float:
        """Length of the wave."""
        return len(self.wav) / self.sample_rate


@dataclass
class _Job:
    """One piece of a text on its way."""

    text_index: int
    tokens: list[int]
    pause: float  # seconds
    by_token: dict[str, list[float]] = field(default_factory=dict)  # pitch (Hz; 0 keeps the
    # prediction), and controls that differ from token to token
    styles: list[Style] | None = None  # of marked-up text, one a token
    breaks: tuple[float, float] = (0.0, 0.0)  # seconds of silence asked for before and after
    mel: Tensor | None = None  # [n_mels, T]
    wav: np.ndarray | None = None  # [T * hop_length], without fades
    durations: Tensor | None = None  # [N] frames
    pitch_hz: Tensor | None = None  # [N]
    failure: str | None = None  # of a voice whose attention can lose its way


class _Edges(NamedTuple):
    """Of a job's wave."""

    before: int  # frames of silence
    after: int
    rise: int  # samples that are faded
    fall: int


class Synthesizer:
    """A voice. `wav, sample_rate = synthesizer("Hello.", pace=1.1)`; any length of text."""

    def __init__(
        self,
        acoustic: AcousticModel,
        vocoder: Vocoder,
        text: TextProcessor,
        *,
        speakers: Sequence[str] = (),
        device: str | torch.device = "cpu",
    ) -> None:
        """Raises `ConfigError` with the differing fields where the two models do not agree on
        the mel.
        """
        acoustic.audio.require_same(vocoder.audio, "voice", "vocoder")
        self.acoustic = acoustic
        self.vocoder = vocoder
        self.text = text
        self.speakers = list(speakers)
        self.device = torch.device(device)
        self.audio = acoustic.audio

    def __call__(
        self,
        text: str,
        *,
        speaker: str | None = None,
        pitch: Sequence[float] | None = None,
        **controls: Any,
    ) -> tuple[np.ndarray, int]:
        """Speak one text: float32 [S] in [-1, 1], and the sample rate.

        The text may hold the tags of `processors/text/markup.py`. `pitch` is one number a token, in
        Hz (0 keeps what the model predicts); for the others see `Controls`. Raises `DataError` for
        an empty text, wrong tags, an unknown speaker or a control out of range.
        """
        speech = self.synthesize(
            [text], speaker=speaker, controls=Controls.of(controls), pitch=pitch
        )[0]
        return speech.wav, speech.sample_rate

    @torch.inference_mode()
    def synthesize(
        self,
        texts: Sequence[str],
        *,
        speaker: str | None = None,
        controls: Controls | None = None,
        pitch: Sequence[float] | None = None,
        batch_size: int = 16,
    ) -> list[Speech]:
        """Speak many texts, their pieces batched by length. `pitch` as in `__call__`, for a
        single text only.
        """
        controls = controls or Controls()
        jobs = self._jobs(texts)
        _spread(texts, jobs, controls, pitch)
        speaker_id = self.speaker_id(speaker)
        by_length = sorted(jobs, key=lambda job: len(job.tokens))
        for start in range(0, len(by_length), batch_size):
            self._predict(by_length[start : start + batch_size], speaker_id, controls)
        jobs = [part for job in jobs for part in self._mended(job, speaker_id, controls)]
        waves = vocode(self.vocoder, [job.mel for job in jobs if job.mel is not None])
        for job, wav in zip(jobs, waves, strict=True):
            job.wav = wav.float().cpu().numpy()
        return [
            self._join(text, [job for job in jobs if job.text_index == i], controls)
            for i, text in enumerate(texts)
        ]

    def stream(
        self,
        text: str,
        *,
        speaker: str | None = None,
        pitch: Sequence[float] | None = None,
        **controls: Any,
    ) -> Iterator[np.ndarray]:
        """Speak one text as `__call__` does, but give its wave in pieces, float32 [s], as soon as
        each is made. What is wrong with the arguments is raised before the first.
        """
        changes = Controls.of(controls)
        jobs = self._jobs([text])
        _spread([text], jobs, changes, pitch)
        pieces = self._stream(jobs, self.speaker_id(speaker), changes)
        return fade_last(pieces, round(changes.fade_out * self.audio.sample_rate))

    @torch.inference_mode()
    def _stream(
        self, jobs: list[_Job], speaker_id: int | None, controls: Controls
    ) -> Iterator[np.ndarray]:
        hop = self.audio.hop_length
        for whole in jobs:
            self._predict([whole], speaker_id, controls)
            parts = self._mended(whole, speaker_id, controls)
            for job in parts:
                assert job.mel is not None
                first = job is parts[0] and whole is jobs[0]
                edges = self._edges(job, first, job is parts[-1] and whole is jobs[-1])
                if edges.before:
                    yield np.zeros(edges.before * hop, np.float32)
                done, total = 0, job.mel.shape[1] * hop
                for wav in stream_arrays(self.vocoder, growing_chunks(self.vocoder, job.mel)):
                    yield fade_part(wav, done, total, edges.rise, edges.fall)
                    done += len(wav)
                if edges.after:
                    yield np.zeros(edges.after * hop, np.float32)

    def speaker_id(self, name: str | None) -> int | None:
        """The model's number for a speaker; None where the voice has only one."""
        if name is None and len(self.speakers) <= 1:
            return None
        if name not in self.speakers:
            wrong = "expected the name of a speaker" if name is None else f"no speaker {name!r}"
            known = ", ".join(self.speakers) or "this voice has one, without a name"
            raise DataError(f"{wrong}{nearest(name or '', self.speakers)}; known: {known}")
        return self.speakers.index(name) if len(self.speakers) > 1 else None

    def _jobs(self, texts: Sequence[str]) -> list[_Job]:
        marked = {i for i, text in enumerate(texts) if is_marked_up(text)}
        pieces = [
            (i, piece)
            for i, text in enumerate(texts)
            if i not in marked
            for piece in self.text.pieces(text)
        ]
        try:
            encoded: list[list[int] | None] = list(
                self.text.encode_many([piece.text for _, piece in pieces], rewritten=True)
            )
        except NothingToSpeak:
            encoded = [self._encode_or_none(piece.text) for _, piece in pieces]
        jobs = [
            _Job(i, tokens, piece.pause)
            for (i, piece), tokens in zip(pieces, encoded, strict=True)
            if tokens
        ]
        jobs += [job for i in sorted(marked) for job in self._marked_jobs(i, texts[i])]
        spoken = {job.text_index for job in jobs}
        for i, text in enumerate(texts):
            if i in marked - spoken:
                raise NothingToSpeak(f"nothing to speak in the text {text[:80]!r}: only markup")
            if i not in spoken:
                self.text.encode(text)  # raises, and says why
        return jobs

    def _encode_or_none(self, text: str) -> list[int] | None:
        """A piece such as "…" of a longer text has nothing to speak."""
        try:
            return self.text.encode_many([text], rewritten=True)[0]
        except NothingToSpeak:
            return None

    def _marked_jobs(self, text_index: int, text: str) -> list[_Job]:
        """The pieces between breaks, each in the styles of its tags."""
        markup = parse_markup(text)
        styles = markup.styles
        jobs: list[_Job] = []
        number, waiting = 0, 0.0
        for marked_piece, seconds in markup.pieces():
            for piece in self.text.pieces(marked_piece):
                try:
                    tokens, numbers = self.text.encode_marked(piece.text, number, rewritten=True)
                except NothingToSpeak:
                    continue
                finally:
                    number = style_after(piece.text, number)
                job = _Job(text_index, tokens, piece.pause, styles=[styles[n] for n in numbers])
                job.breaks, waiting = (waiting, 0.0), 0.0
                jobs.append(job)
            if jobs and seconds:
                jobs[-1].breaks = (jobs[-1].breaks[0], jobs[-1].breaks[1] + seconds)
                jobs[-1].pause = 0.0
            elif seconds:
                waiting += seconds
        return jobs

    def _predict(self, jobs: list[_Job], speaker_id: int | None, controls: Controls) -> None:
        lengths = torch.tensor([len(job.tokens) for job in jobs], device=self.device)
        tokens = torch.zeros(len(jobs), int(lengths.max()), dtype=torch.long)
        given = torch.zeros(len(jobs), 1, tokens.shape[1])  # Hz
        for row, given_row, job in zip(tokens, given[:, 0], jobs, strict=True):
            row[: len(job.tokens)] = torch.tensor(job.tokens)
            if "pitch" in job.by_token:
                given_row[: len(job.tokens)] = torch.tensor(job.by_token["pitch"])
        scales = {
            name: _by_token(jobs, tokens.shape[1], name, getattr(controls, name), self.device)
            for name in BY_TOKEN
        }
        pitch = _PitchChange(
            controls,
            scales["pitch_scale"],
            given.to(self.device),
            _semitones(jobs, tokens.shape[1]),
        )
        arguments: dict[str, Any] = {
            "speaker": None if speaker_id is None else torch.full_like(lengths, speaker_id),
            "pace": scales["pace"],
            "pitch_transform": pitch,
            "energy_transform": _EnergyChange(scales["energy_scale"]),
        }
        tokens = tokens.to(self.device)
        out: Acoustic = self.acoustic.infer(tokens, lengths, **arguments)
        if controls.energy_scale != 1.0 and out.energy is None:
            raise DataError("energy_scale: this voice predicts no energy")
        if out.pitch is None and (
            controls.changes_pitch
            or bool(pitch.semitones.any())
            or any("pitch" in job.by_token for job in jobs)
        ):
            raise DataError("this voice predicts no pitch, so that it cannot be changed")
        hz = None if out.pitch is None else pitch.in_hz(out.pitch)
        for i, job in enumerate(jobs):
            n = len(job.tokens)
            job.mel = out.mel[i, :, : int(out.mel_lengths[i])]
            repeats = out.durations if out.repeats is None else out.repeats
            job.durations = repeats[i, :n]
            job.pitch_hz = None if hz is None else hz[i, 0, :n]
            job.failure = None if out.failures is None else out.failures[i]
            if not job.mel.shape[1]:
                job.failure = "gave it no frame at all"

    def _mended(
        self, job: _Job, speaker_id: int | None, controls: Controls, cuts: int = 3
    ) -> list[_Job]:
        """A job that failed, spoken again in halves, and these in halves; `DataError` where even
        that does not help.
        """
        if job.failure is None:
            return [job]
        cut = middle(self.text.token_names(job.tokens)) if cuts else None
        if cut is None:
            said = "".join(self.text.token_names(job.tokens))
            raise DataError(f"the voice {job.failure}, also in pieces, in: {said[:80]!r}")
        parts = [replace(job, failure=None, mel=None) for _ in range(2)]
        for part, place in zip(parts, (slice(cut), slice(cut, None)), strict=True):
            part.tokens = job.tokens[place]
            part.styles = job.styles[place] if job.styles else None
            part.by_token = {name: values[place] for name, values in job.by_token.items()}
        parts[0].pause, parts[0].breaks = 0.0, (job.breaks[0], 0.0)
        parts[1].breaks = (0.0, job.breaks[1])
        self._predict(parts, speaker_id, controls)
        return [p for part in parts for p in self._mended(part, speaker_id, controls, cuts - 1)]

    def _frames(self, seconds: float) -> int:
        """Whole frames of silence."""
        return round(seconds * self.audio.sample_rate / self.audio.hop_length)

    def _edges(self, job: _Job, first: bool, last: bool) -> _Edges:
        """What stands around the wave of a job, the first or last of its text or neither."""
        before = self._frames(job.breaks[0])
        after = self._frames(job.breaks[1] + (0.0 if last else job.pause))
        joint = round(JOIN_FADE * self.audio.sample_rate)
        rise = joint if before or not first else 0
        return _Edges(before, after, rise, joint if after or not last else 0)

    def _join(self, text: str, jobs: list[_Job], controls: Controls) -> Speech:
        """Pieces with faded ends, and whole frames of silence between them."""
        audio = self.audio
        wavs, mels, durations = [], [], []
        for job in jobs:
            assert job.mel is not None and job.durations is not None and job.wav is not None
            edges = self._edges(job, job is jobs[0], job is jobs[-1])
            silent = (edges.before, edges.after)
            wav = fade_part(job.wav, 0, len(job.wav), edges.rise, edges.fall)
            wavs.append(np.pad(wav, [n * audio.hop_length for n in silent]))
            mel = job.mel.float().cpu().numpy()
            mels.append(np.pad(mel, ((0, 0), silent), constant_values=silence(audio)))
            frames = [int(d) for d in job.durations]
            frames[0] += edges.before
            frames[-1] += edges.after
            durations += frames
        tokens = [token for job in jobs for token in job.tokens]
        hz = [float(v) for job in jobs if job.pitch_hz is not None for v in job.pitch_hz]
        return Speech(
            text=text,
            wav=np.clip(
                fade(np.concatenate(wavs), round(controls.fade_out * audio.sample_rate)), -1.0, 1.0
            ),
            sample_rate=audio.sample_rate,
            tokens=tokens,
            token_names=self.text.token_names(tokens),
            durations=durations,
            pitch=hz or None,
            mel=np.concatenate(mels, axis=1),
        )


class _PitchChange:
    """A `pitch_transform` for `AcousticModel.infer`: the controls, then what is given for each
    token.
    """

    def __init__(
        self, controls: Controls, scale: float | Tensor, given: Tensor, semitones: Tensor
    ) -> None:
        self.controls = controls
        self.scale = scale[:, None] if isinstance(scale, Tensor) else scale  # [B, 1, N]
        self.given = given  # [B, 1, N] Hz, 0 where the prediction stays
        self.semitones = semitones.to(given.device)  # [B, 1, N] of marked-up text
        # Of the speakers, in Hz, as the model says them in the call: they broadcast to [B, C, N].
        self.statistics: tuple[Tensor, Tensor] | None = None

    def __call__(
        self, pitch: Tensor, token_lengths: Tensor, *, mean: Tensor, std: Tensor
    ) -> Tensor:
        changed = transform_pitch(
            pitch,
            token_lengths,
            mean=mean,
            std=std,
            flatten=self.controls.pitch_flatten,
            invert=self.controls.pitch_invert,
            scale=self.scale,
            shift_hz=self.controls.pitch_shift,
            shift_semitones=self.controls.pitch_shift_semitones,
        )
        if bool(self.semitones.any()):
            raised = (changed * std + mean) * 2.0 ** (self.semitones / 12.0)
            changed = torch.where(self.semitones != 0, (raised - mean) / std, changed)
        changed = torch.where(self.given > 0, (self.given - mean) / std, changed)
        self.statistics = mean, std
        return changed

    def in_hz(self, pitch: Tensor) -> Tensor:
        """What the model said after the call, [B, 1, N] normalised."""
        assert self.statistics is not None, "a model that predicts pitch calls the transform"
        mean, std = self.statistics
        return pitch * std + mean


class _EnergyChange:
    """An `energy_transform` for `AcousticModel.infer`: the scale of each token."""

    def __init__(self, scale: float | Tensor) -> None:
        self.scale = scale  # a number, or [B, N]

    def __call__(self, energy: Tensor) -> Tensor:
        scale = self.scale
        if isinstance(scale, Tensor) and energy.dim() == 3:
            scale = scale[:, None]
        return energy * scale


def _spread(
    texts: Sequence[str], jobs: list[_Job], controls: Controls, pitch: Sequence[float] | None
) -> None:
    """What differs from token to token, to the pieces that the tokens are in."""
    given = {name: getattr(controls, name) for name in BY_TOKEN}
    given = {name: value for name, value in given.items() if not isinstance(value, (int, float))}
    if pitch is not None:
        given["pitch"] = pitch
    n_tokens = sum(len(job.tokens) for job in jobs)
    for name, values in given.items():
        if len(texts) != 1 or len(values) != n_tokens:
            raise DataError(
                f"{name}: expected {n_tokens} numbers, one for each token of one text, "
                f"found {len(values)}"
            )
        start = 0
        for job in jobs:
            job.by_token[name] = list(values[start : start + len(job.tokens)])
            start += len(job.tokens)
    for hz in given.get("pitch", ()):
        if not (hz == 0 or 20 <= hz <= 2000):
            raise DataError(
                f"pitch: expected 20 to 2000 Hz, or 0 for what the model predicts, found {hz}"
            )


def _by_token(
    jobs: Sequence[_Job],
    n_tokens: int,
    name: str,
    value: float | Sequence[float],
    device: torch.device,
) -> float | Tensor:
    """A control of each token, [B, N], 1 in padding; the number, where all have the same. The pace
    of marked-up text multiplies it.
    """
    styled = name == "pace" and any(job.styles for job in jobs)
    if isinstance(value, (int, float)) and not styled:
        return value
    rows = torch.ones(len(jobs), n_tokens)
    for row, job in zip(rows, jobs, strict=True):
        n = len(job.tokens)
        row[:n] = torch.tensor(job.by_token.get(name, [value] * n))
        if styled and job.styles:
            row[:n] *= torch.tensor([style.pace for style in job.styles])
    return rows.to(device)


def _semitones(jobs: Sequence[_Job], n_tokens: int) -> Tensor:
    """[B, 1, N] how much higher each token is spoken."""
    semitones = torch.zeros(len(jobs), 1, n_tokens)
    for row, job in zip(semitones[:, 0], jobs, strict=True):
        if job.styles:
            row[: len(job.styles)] = torch.tensor([style.semitones for style in job.styles])
    return semitones
