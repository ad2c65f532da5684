"""Features and their settings, whose fingerprint names a feature's folder.

One definition for stage 1, which writes features, and for the dataset, which reads them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Literal

from recital.modules.contract.audio import AudioConfig
from recital.utils.errors import ConfigError
from recital.utils.ranges import Count, Hertz, Range, Seed, Share

Seconds = Annotated[float, Range(0, 3600)]
FEATURES = ("mel", "pitch", "energy", "wav", "speaker_embedding")  # in the store, a folder each
SPEAKER_ENCODER = "resemblyzer 0.1.4"


@dataclass(frozen=True)
class PitchConfig:
    """F0 search; frequencies in Hz."""

    # "praat" is our fast restatement of Praat's method, "parselmouth" is Praat itself
    method: Literal["praat", "parselmouth", "dio", "harvest", "pyin"] = "praat"
    f_min: Hertz = 65.0
    f_max: Hertz = 600.0

    def __post_init__(self) -> None:
        if not 0 < self.f_min < self.f_max:
            raise ConfigError(
                f"preprocess.pitch: f_min {self.f_min:g} and f_max {self.f_max:g} Hz cannot be: "
                "expected 0 < f_min < f_max"
            )


@dataclass(frozen=True)
class TrimConfig:
    """Silence cut from both ends, measured on the level of short frames against the recording's
    peak.
    """

    threshold_db: Annotated[float, Range(-200, 0)] = -45.0  # below the peak
    keep_seconds: Seconds = 0.05  # kept on each side


@dataclass(frozen=True)
class PreprocessConfig:
    """The `preprocess` section: where features are stored and how they are computed."""

    processed_dir: str = "data"
    trim: TrimConfig | None = None
    pitch: PitchConfig = field(default_factory=PitchConfig)
    min_seconds: Seconds = 0.3
    max_seconds: Seconds = 20.0
    max_rejected: Share = 0.05  # of all recordings; more stops stage 1
    valid: Count = 32  # utterances, drawn by text
    test: Count = 40
    golden_test: Count = 8
    seed: Seed = 1234
    textgrid: str | None = None  # folder of MFA's TextGrids, relative to the corpus
    predicted_mels: str | None = None  # experiment whose --predict_mels output a vocoder trains on

    def __post_init__(self) -> None:
        name = self.predicted_mels
        if name is not None and (not name or name in (".", "..") or "/" in name):
            raise ConfigError(
                f"preprocess.predicted_mels: expected the plain name of an experiment, found {name}"
            )
        if self.textgrid is not None and self.trim is not None:
            raise ConfigError(
                "preprocess.trim: expected null with preprocess.textgrid, whose times are those of "
                "the whole recording"
            )


def recipe(feature: str, audio: AudioConfig, preprocess: PreprocessConfig) -> dict[str, Any]:
    """All settings that a feature's values depend on. `feature` is one of `FEATURES`."""
    source = {
        "sample_rate": audio.sample_rate,
        "trim": asdict(preprocess.trim) if preprocess.trim else None,
    }
    if feature == "wav":
        return source
    if feature == "speaker_embedding":
        return source | {"encoder": SPEAKER_ENCODER}
    if feature == "pitch":
        frames = {"hop_length": audio.hop_length, "n_fft": audio.n_fft, "padding": audio.padding}
        return source | frames | asdict(preprocess.pitch)
    return source | asdict(audio)  # mel and energy (the mel's norm)


def fingerprint(feature: str, audio: AudioConfig, preprocess: PreprocessConfig) -> str:
    """Twelve hex digits that change exactly when the feature's values would."""
    text = json.dumps([feature, recipe(feature, audio, preprocess)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def vocoder_fingerprint(feature: str, audio: AudioConfig, preprocess: PreprocessConfig) -> str:
    """The fingerprint of a feature for a vocoder, whose mels may be predicted ones."""
    if feature == "mel" and preprocess.predicted_mels is not None:
        return predicted(preprocess.predicted_mels)
    return fingerprint(feature, audio, preprocess)


def predicted(experiment: str) -> str:
    """The replacement for the fingerprint in the folder name of an experiment's predicted mels."""
    return f"predicted-{experiment}"
