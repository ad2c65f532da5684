"""Jobs to mels, with the pace and the changes of predicted pitch and energy of each token.

Pitch changes are functions of the normalised value (FastPitch, arXiv 2006.06873, section 3.3).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from recital.modules.contract.model import Acoustic, AcousticModel
from recital.modules.layers.masking import length_mask
from recital.processors.speech.controls import BY_TOKEN, Controls, PitchFunction, plain
from recital.processors.speech.jobs import Job
from recital.utils.errors import DataError

CUTS = 3  # times that a job is halved if the voice fails on it


def spread(
    jobs: Sequence[Job], n_texts: int, controls: Controls, pitch: Sequence[float] | None
) -> None:
    """Distribute values per token over the jobs. Raises `DataError` unless there is one number for
    each token of a single text, and for a pitch out of range.
    """
    given = {name: getattr(controls, name) for name in BY_TOKEN}
    given = {name: value for name, value in given.items() if not isinstance(value, (int, float))}
    if pitch is not None:
        given["pitch"] = plain(pitch)
    for name, values in given.items():
        if not isinstance(values, list) or not all(isinstance(v, (int, float)) for v in values):
            raise DataError(f"{name}: expected a list of numbers, found {values!r:.80}")
    n_tokens = sum(len(job.tokens) for job in jobs)
    for name, values in given.items():
        if n_texts != 1 or len(values) != n_tokens:
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


def predict(
    acoustic: AcousticModel,
    jobs: Sequence[Job],
    controls: Controls,
    speaker_id: int | None,
    device: torch.device,
    batch_size: int = 16,
    keep_failed: bool = False,
    cuts: int = CUTS,
) -> list[Job]:
    """Predict the mels of the jobs, in order. A job on which the voice fails is halved, up to
    `CUTS` times; raises `DataError` if even that fails. With `keep_failed`, a job with a mel that
    can be heard is kept as it is.
    """
    for planned in (False, True):
        alike = [job for job in jobs if (job.planned is not None) == planned]
        alike.sort(key=lambda job: len(job.tokens))
        for start in range(0, len(alike), batch_size):
            batch = alike[start : start + batch_size]
            _predict_batch(acoustic, batch, controls, speaker_id, device)
    spoken: list[Job] = []
    for job in jobs:
        if job.failure is None or (keep_failed and job.audible):
            spoken.append(job)
            continue
        halves = job.halves() if cuts else None
        if halves is None:
            said = "".join(job.names)[:80]
            raise DataError(f"the voice {job.failure}, also in pieces, in: {said!r}")
        spoken += predict(
            acoustic, halves, controls, speaker_id, device, batch_size, keep_failed, cuts - 1
        )
    return spoken


def _predict_batch(
    acoustic: AcousticModel,
    jobs: Sequence[Job],
    controls: Controls,
    speaker_id: int | None,
    device: torch.device,
) -> None:
    rows = [torch.tensor(job.tokens) for job in jobs]
    tokens = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True).to(device)  # [B, N]
    lengths = torch.tensor([len(row) for row in rows], device=device)
    prosody = Prosody(jobs, controls, device)
    out = acoustic.infer(
        tokens,
        lengths,
        speaker=None if speaker_id is None else torch.full_like(lengths, speaker_id),
        pace=prosody.pace,
        durations=prosody.durations,
        pitch_transform=prosody.pitch,
        energy_transform=prosody.energy,
    )
    prosody.require_followed(out)
    hz = None if out.pitch is None else prosody.pitch.in_hz(out.pitch)
    for i, job in enumerate(jobs):
        job.take(out, i, hz)


class Prosody:
    """Arguments of `AcousticModel.infer` for a batch of jobs: `pace`, `durations` (of plans),
    `pitch` (a `PitchTransform`) and `energy` (an `EnergyTransform`).
    """

    def __init__(self, jobs: Sequence[Job], controls: Controls, device: torch.device) -> None:
        self.controls = controls
        self.pace = _by_token(jobs, "pace", controls.pace, device)
        pitch_scale = _by_token(jobs, "pitch_scale", controls.pitch_scale, device)
        energy_scale = _by_token(jobs, "energy_scale", controls.energy_scale, device)
        n_tokens = max(len(job.tokens) for job in jobs)
        given = torch.zeros(len(jobs), 1, n_tokens)  # Hz
        energy = torch.full((len(jobs), n_tokens), math.nan)
        durations = torch.zeros(len(jobs), n_tokens)
        semitones = torch.zeros(len(jobs), 1, n_tokens)
        for i, job in enumerate(jobs):
            n = len(job.tokens)
            given[i, 0, :n] = torch.tensor(job.by_token.get("pitch", [0.0] * n))
            energy[i, :n] = torch.tensor(job.by_token.get("energy", [math.nan] * n))
            durations[i, :n] = torch.tensor(job.by_token.get("durations", [0.0] * n))
            if job.styles:
                semitones[i, 0, :n] = torch.tensor([style.semitones for style in job.styles])
        self.changes_pitch = (
            controls.changes_pitch
            or bool(semitones.any())
            or any("pitch" in job.by_token for job in jobs)
        )
        self.pitch = PitchChange(controls, pitch_scale, given.to(device), semitones.to(device))
        self.changes_energy = controls.energy_scale != 1.0 or bool(energy.isfinite().any())
        self.energy = EnergyChange(energy_scale, energy.to(device))
        planned = all(job.planned is not None for job in jobs)
        self.durations = durations.to(device) if planned else None  # [B, N] frames

    def require_followed(self, out: Acoustic) -> None:
        """Raise `DataError` for a change of something that the voice does not predict."""
        if self.changes_energy and out.energy is None:
            raise DataError("this voice predicts no energy, so it cannot be changed")
        if self.changes_pitch and out.pitch is None:
            raise DataError("this voice predicts no pitch, so it cannot be changed")


class PitchChange:
    """A `PitchTransform`: the controls, then the tags of marked-up text, then explicit values per
    token.
    """

    def __init__(
        self, controls: Controls, scale: float | Tensor, given: Tensor, semitones: Tensor
    ) -> None:
        self.controls = controls
        self.scale = scale[:, None] if isinstance(scale, Tensor) else scale  # [B, 1, N]
        self.given = given  # [B, 1, N] Hz, 0 where the prediction stays
        self.semitones = semitones  # [B, 1, N] of marked-up text
        # Mean and std of the speakers in Hz, passed by the model; they broadcast to [B, C, N].
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
        if self.controls.pitch_function is not None:
            hz = _call(self.controls.pitch_function, changed * std + mean, token_lengths)
            changed = (hz - mean) / std * length_mask(token_lengths, pitch.shape[2])[:, None]
        if bool(self.semitones.any()):
            raised = (changed * std + mean) * 2.0 ** (self.semitones / 12.0)
            changed = torch.where(self.semitones != 0, (raised - mean) / std, changed)
        changed = torch.where(self.given > 0, (self.given - mean) / std, changed)
        self.statistics = mean, std
        return changed

    def in_hz(self, pitch: Tensor) -> Tensor:
        """The model's normalised pitch [B, 1, N] in Hz; only after the transform was called."""
        assert self.statistics is not None, "a model that predicts pitch calls the transform"
        mean, std = self.statistics
        return pitch * std + mean


class EnergyChange:
    """An `EnergyTransform`: a scale per token, then explicit values per token."""

    def __init__(self, scale: float | Tensor, given: Tensor) -> None:
        self.scale = scale  # a number, or [B, N]
        self.given = given  # [B, N], NaN where the prediction stays

    def __call__(self, energy: Tensor) -> Tensor:
        scale, given = self.scale, self.given
        if energy.dim() == 3:
            given = given[:, None]
            scale = scale[:, None] if isinstance(scale, Tensor) else scale
        return torch.where(given.isnan(), energy * scale, given)


def transform_pitch(
    pitch: Tensor,
    token_lengths: Tensor,
    *,
    mean: float | Tensor,
    std: float | Tensor,
    flatten: bool = False,
    invert: bool = False,
    scale: float | Tensor = 1.0,
    shift_hz: float = 0.0,
    shift_semitones: float = 0.0,
) -> Tensor:
    """Flatten, invert about the mean, scale, shift in Hz, then in semitones; in this order.

    pitch [B, C, N] normalised, token_lengths [B], mean and std in Hz; these and the scale are
    numbers, or tensors that broadcast -> [B, C, N], 0 in padding.
    """
    if flatten:
        pitch = pitch * 0.0
    if invert:
        pitch = -pitch
    pitch = pitch * scale + shift_hz / std
    if shift_semitones:
        hz = (pitch * std + mean) * 2.0 ** (shift_semitones / 12.0)
        pitch = (hz - mean) / std
    return pitch * length_mask(token_lengths, pitch.shape[2])[:, None]


def _call(function: PitchFunction, hz: Tensor, token_lengths: Tensor) -> Tensor:
    """The user's function on pitch [B, C, N] in Hz, for each of the C values of the tokens."""
    rows = []
    for row in hz.unbind(1):
        try:
            changed = function(row.clone(), token_lengths)
        except Exception as error:
            raise DataError(f"pitch_function: {type(error).__name__}: {error}") from None
        if not isinstance(changed, Tensor) or changed.shape != row.shape:
            found = list(changed.shape) if isinstance(changed, Tensor) else type(changed).__name__
            raise DataError(
                f"pitch_function: expected it to return a tensor {list(row.shape)}, found {found}"
            )
        if not bool(changed.isfinite().all()):
            raise DataError("pitch_function: returned a pitch that is not finite")
        rows.append(changed.to(row))
    return torch.stack(rows, dim=1)


def _by_token(
    jobs: Sequence[Job], name: str, value: float | Sequence[float], device: torch.device
) -> float | Tensor:
    """A control per token, [B, N], 1 in padding, or a number if all are equal. The pace of
    marked-up text multiplies it.
    """
    styled = name == "pace" and any(job.styles for job in jobs)
    if isinstance(value, (int, float)) and not styled:
        return value
    rows = torch.ones(len(jobs), max(len(job.tokens) for job in jobs))
    for row, job in zip(rows, jobs, strict=True):
        n = len(job.tokens)
        row[:n] = torch.tensor(job.by_token.get(name, [value] * n))
        if styled and job.styles:
            row[:n] *= torch.tensor([style.pace for style in job.styles])
    return rows.to(device)
