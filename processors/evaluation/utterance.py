"""One utterance of an evaluation: a recording and what each of the compared runs made of it."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from recital.modules.contract.audio import AudioConfig
from recital.processors.evaluation.analysis import Analysis, Clip, analyse
from recital.processors.evaluation.pair import (
    align,
    compare_frames,
    compare_waves,
    describe,
    describe_hearing,
)
from recital.processors.evaluation.recognizers import (
    RECOGNIZERS,
    Hearing,
    Recognizer,
    compare,
)
from recital.processors.evaluation.table import of_one
from recital.processors.features import PitchConfig, TrimConfig
from recital.utils.errors import RecitalError

PICTURE_RANGE = 13.5  # nepers from black to white: 117 dB


@dataclass(frozen=True)
class Settings:
    """How to measure: the same for all utterances and runs."""

    audio: AudioConfig
    pitch: PitchConfig = field(default_factory=PitchConfig)
    recorded: TrimConfig | None = None  # what stage 1 cut off the recordings
    trim: TrimConfig = field(default_factory=TrimConfig)  # of both, where they are not in step
    recognizer: str | None = None  # key of RECOGNIZERS
    recognizer_dir: Path | None = None


@dataclass(frozen=True)
class Pairing:
    """What belongs together: an id, its recording, and the wave of each run, by the run's name."""

    id: str
    text: str  # "": unknown
    reference: Clip
    synthesis: Mapping[str, Path]
    in_step: Mapping[str, bool]  # run -> whether its waves run in step with the recordings


@dataclass(frozen=True)
class Shown:
    """What a page draws of one wave."""

    clip: Clip
    start: float  # seconds of the clip before the first frame
    mel: np.ndarray  # uint8 [n_mels, T]: 0 is the floor of the picture
    pitch: np.ndarray  # float32 [T] Hz, 0 unvoiced
    heard: str | None = None
    tokens: tuple[tuple[float, str], ...] = ()  # (second of the clip, name), as stage 3 noted
    path_frames: np.ndarray | None = None  # [L, 2]: frames of the recording, and of this wave


@dataclass
class Measured:
    """What came of one wave."""

    values: dict[str, float] = field(default_factory=dict)  # sums and counts too
    metrics: dict[str, float] = field(default_factory=dict)  # those of `table.METRICS`
    shown: Shown | None = None
    hearing: Hearing | None = None
    error: str = ""


@dataclass
class Result:
    """What came of an utterance."""

    id: str
    text: str
    reference: Measured
    runs: dict[str, Measured]


def evaluate(pairing: Pairing, settings: Settings) -> Result:
    """Measure one utterance. A file that cannot be used becomes an `error` of its wave."""
    references = {
        in_step: _measure(
            pairing.reference,
            pairing.text,
            settings,
            settings.recorded if in_step else settings.trim,
        )
        for in_step in sorted(set(pairing.in_step.values()))
    }
    runs = {}
    for name, path in pairing.synthesis.items():
        in_step = pairing.in_step[name]
        reference, original = references[in_step]
        measured, analysis = _measure(
            Clip(path), pairing.text, settings, None if in_step else settings.trim
        )
        if reference.error and not measured.error:
            measured.error = f"its recording cannot be used: {reference.error}"
        if original is not None and analysis is not None:
            _compare(reference, measured, original, analysis, in_step)
        runs[name] = measured
    return Result(pairing.id, pairing.text, next(iter(references.values()))[0], runs)


def _measure(
    clip: Clip, text: str, settings: Settings, trim: TrimConfig | None
) -> tuple[Measured, Analysis | None]:
    try:
        analysis = analyse(clip, settings.audio, settings.pitch, trim)
        hearing = _hear(clip, text, settings)
    except RecitalError as error:
        return Measured(error=str(error)), None
    note = read_note(clip.path)
    values = describe(analysis, text) | _work(note)
    if hearing is not None and hearing.words:
        values |= describe_hearing(hearing)
    shown = Shown(
        clip,
        analysis.start,
        _picture(analysis.mel, settings.audio),
        analysis.pitch,
        hearing.heard if hearing else None,
        _tokens(note),
    )
    return Measured(values, of_one(values), shown, hearing), analysis


def _compare(
    reference: Measured,
    measured: Measured,
    original: Analysis,
    analysis: Analysis,
    in_step: bool,
) -> None:
    """Put what compares two waves into `measured`."""
    path = align(original, analysis, in_step)
    values = measured.values
    values |= {f"reference_{name}": value for name, value in reference.values.items()}
    values |= compare_frames(original, analysis, path)
    if in_step:
        values |= compare_waves(original, analysis)
    values["duration_error"] = abs(analysis.speech_seconds - original.speech_seconds)
    if measured.hearing is not None and measured.hearing.words:
        values |= describe_hearing(measured.hearing, reference.hearing)
    measured.metrics = of_one(values)
    assert measured.shown is not None
    measured.shown = dataclasses.replace(measured.shown, path_frames=path)


def _hear(clip: Clip, text: str, settings: Settings) -> Hearing | None:
    if settings.recognizer is None or not text:
        return None
    recognizer = _recognizer(settings.recognizer, settings.recognizer_dir)
    return compare(text, recognizer.transcribe(clip.load(recognizer.sample_rate)))


@cache
def _recognizer(name: str, directory: Path | None) -> Recognizer:
    """One for each process: loading takes seconds."""
    return RECOGNIZERS[name](directory)


def read_note(path: Path) -> dict[str, Any]:
    """The JSON that stage 3 leaves beside a wave; empty where there is none."""
    try:
        note = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _work(note: dict[str, Any]) -> dict[str, float]:
    """Seconds of work and of audio, by the real-time factor that stage 3 noted."""
    try:
        audio = float(note["seconds"])
        return {"busy_seconds": float(note["real_time_factor"]) * audio, "busy_audio": audio}
    except (KeyError, TypeError, ValueError):
        return {}


def _tokens(note: dict[str, Any]) -> tuple[tuple[float, str], ...]:
    try:
        pairs = zip(note["starts"], note["tokens"], strict=True)
        return tuple((float(start), str(name)) for start, name in pairs)
    except (KeyError, TypeError, ValueError):
        return ()


def _picture(mel: np.ndarray, audio: AudioConfig) -> np.ndarray:
    """Log mel -> uint8, on one scale for all: from the floor of the logarithm up 13.5 nepers."""
    nepers = mel * (1.0 if audio.log_base == "e" else math.log(10.0))
    scaled = (nepers - math.log(audio.log_floor)) / PICTURE_RANGE
    return np.clip(scaled * 255.0, 0, 255).astype(np.uint8)
