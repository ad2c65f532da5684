"""Jobs to mels, with the pace, and the changes of pitch and energy, of each token."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from recital.processors.speech.backend import Acoustics, Predicted, Prosody
from recital.processors.speech.controls import BY_TOKEN, SAMPLING, Controls, plain
from recital.processors.speech.jobs import Job
from recital.utils.errors import DataError

UNSAMPLED = {
    "temperature": "draws nothing",
    "n_steps": "has no steps to choose",
    "duration_temperature": "draws no durations",
}
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
    acoustics: Acoustics,
    jobs: Sequence[Job],
    controls: Controls,
    speaker_id: int | None,
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
            _predict_batch(acoustics, batch, controls, speaker_id)
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
            acoustics, halves, controls, speaker_id, batch_size, keep_failed, cuts - 1
        )
    return spoken


def _predict_batch(
    acoustics: Acoustics, jobs: Sequence[Job], controls: Controls, speaker_id: int | None
) -> None:
    lengths = np.array([len(job.tokens) for job in jobs])
    tokens = np.zeros((len(jobs), lengths.max()), np.int64)
    for row, job in zip(tokens, jobs, strict=True):
        row[: len(job.tokens)] = job.tokens
    for name in SAMPLING:
        if getattr(controls, name) is not None and name not in acoustics.sampling_controls:
            raise DataError(f"{name}: this voice {UNSAMPLED[name]}, so it cannot be changed")
    predicted = acoustics.predict(tokens, lengths, prosody_of(jobs, controls), speaker_id)
    _require_followed(predicted, jobs, controls)
    for i, job in enumerate(jobs):
        job.take(predicted, i)


def prosody_of(jobs: Sequence[Job], controls: Controls) -> Prosody:
    """The numbers of each token of a batch of jobs: the controls, then the tags of marked-up text,
    then explicit values per token.
    """
    scale = _by_token(jobs, "pitch_scale", controls.pitch_scale)
    scale *= (-1.0 if controls.pitch_invert else 1.0) * (0.0 if controls.pitch_flatten else 1.0)
    semitones = _by_token(jobs, "semitones", controls.pitch_shift_semitones)
    pace = _by_token(jobs, "pace", controls.pace)
    for i, job in enumerate(jobs):
        if job.styles:
            semitones[i, : len(job.styles)] += [style.semitones for style in job.styles]
            pace[i, : len(job.styles)] *= [style.pace for style in job.styles]
    return Prosody(
        pace=pace,
        pitch_scale=scale,
        pitch_shift=_by_token(jobs, "pitch_shift", controls.pitch_shift),
        pitch_semitones=semitones,
        pitch_hz=_by_token(jobs, "pitch", 0.0),
        energy_scale=_by_token(jobs, "energy_scale", controls.energy_scale),
        energy=_by_token(jobs, "energy", math.nan),
        durations=_by_token(jobs, "durations", -1.0),
        pitch_function=controls.pitch_function,
        temperature=controls.temperature,
        n_steps=controls.n_steps,
        duration_temperature=controls.duration_temperature,
    )


def _require_followed(predicted: Predicted, jobs: Sequence[Job], controls: Controls) -> None:
    """Raise `DataError` for a change of something that the voice does not predict."""
    changed = controls.changed()
    of_energy = [f"{name}: " for name in changed if name == "energy_scale"]
    of_pitch = [f"{name}: " for name in changed if name.startswith("pitch")]
    of_energy += [""] * any(
        math.isfinite(e) for job in jobs for e in job.by_token.get("energy", ())
    )
    of_pitch += [""] * any(
        "pitch" in job.by_token or any(style.semitones for style in job.styles or ())
        for job in jobs
    )
    if of_energy and predicted.energy is None:
        raise DataError(f"{of_energy[0]}this voice predicts no energy, so it cannot be changed")
    if of_pitch and predicted.pitch_hz is None:
        raise DataError(f"{of_pitch[0]}this voice predicts no pitch, so it cannot be changed")


def _by_token(jobs: Sequence[Job], name: str, value: float | Sequence[float]) -> np.ndarray:
    """A control of each token, float32 [B, N]; in padding it has no influence."""
    padding = value if isinstance(value, (int, float)) else 1.0
    shape = len(jobs), max(len(job.tokens) for job in jobs)
    rows = np.full(shape, padding, np.float32)
    for row, job in zip(rows, jobs, strict=True):
        row[: len(job.tokens)] = job.by_token.get(name, value)
    return rows
