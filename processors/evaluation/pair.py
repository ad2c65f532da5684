"""Metrics of a synthesis against its recording, by the names of `table.py`."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Sequence

import numpy as np

from recital.processors.evaluation.alignment import diagonal, distances, dtw
from recital.processors.evaluation.analysis import Analysis
from recital.processors.evaluation.cepstrum import ORDER, mcd
from recital.processors.evaluation.recognizers import Recognition, skipped_words
from recital.processors.evaluation.waves import (
    compare_pitch,
    pesq_score,
    stft_distance,
    visqol_score,
)

Values = dict[str, float]


def align(reference: Analysis, synthesis: Analysis, in_step: bool) -> np.ndarray:
    """Pair the frames, [L, 2]: by DTW on 24 mel-cepstra without c_0, or frame by frame if the two
    are time-aligned.
    """
    if in_step:
        return diagonal(len(reference.pitch), len(synthesis.pitch))
    used = slice(1, ORDER + 1)
    return dtw(distances(reference.cepstra[:, used], synthesis.cepstra[:, used]))


def compare_frames(reference: Analysis, synthesis: Analysis, path: np.ndarray) -> Values:
    """Metrics per frame along path [L, 2]; mel-cepstral distortion, with DTW paths of its own; and
    the ratio of the mels' standard deviations over time.
    """
    r, s = path.T
    level = synthesis.level[s] - reference.level[r]
    return {
        "mcd_13": mcd(reference.cepstra, synthesis.cepstra, 13),
        "mcd_24": mcd(reference.cepstra, synthesis.cepstra, 24),
        "mel_l1": float(np.abs(reference.mel[:, r] - synthesis.mel[:, s]).mean()),
        "mel_deviation": _deviation(synthesis.mel) / _deviation(reference.mel),
        "energy_error": float(np.abs(level).mean()),
        **compare_pitch(reference.pitch[r], synthesis.pitch[s]),
    }


def _deviation(mel: np.ndarray) -> float:
    """Standard deviation of log mels [n_mels, T] over time, root mean square over the bands."""
    return float(np.sqrt(mel.var(axis=1).mean()))


def compare_waves(reference: Analysis, synthesis: Analysis) -> Values:
    """Distances of time-aligned waves; the longer one is cut. Metrics whose library is missing are
    left out.
    """
    n = min(len(reference.wav), len(synthesis.wav))
    a, b = reference.wav[:n], synthesis.wav[:n]
    values = {
        "stft_distance": stft_distance(b, a),
        "pesq": pesq_score(b, a, reference.sample_rate),
        "visqol": visqol_score(b, a, reference.sample_rate),
    }
    if available("pystoi"):
        from pystoi import stoi

        with warnings.catch_warnings():  # warns and returns 1e-5 if there are too few frames
            warnings.simplefilter("error", RuntimeWarning)
            try:
                values["stoi"] = float(stoi(a, b, reference.sample_rate))
            except RuntimeWarning:
                values["stoi"] = np.nan
    return values


def available(package: str) -> bool:
    """Whether a library can be imported, without importing it."""
    return importlib.util.find_spec(package) is not None


def describe(analysis: Analysis, text: str) -> Values:
    """Metrics of a single recording."""
    voiced = analysis.pitch[analysis.pitch > 0]
    return {
        "seconds": analysis.file_seconds,
        "speech_seconds": analysis.speech_seconds,
        "letters": float(sum(c.isalnum() for c in text)) if text else np.nan,
        "voiced_frames": float(len(voiced)),
        "f0_sum": float(voiced.sum(dtype=np.float64)),
        "clicks": float(analysis.clicks),
        "clipped": float(analysis.clipped),
        "trailing_noise": analysis.trailing,
    }


def describe_recognition(recognition: Recognition, recording: Recognition | None = None) -> Values:
    """Counts of errors, and of words that seem skipped or repeated."""
    values: dict[str, float] = {
        "words": recognition.words,
        "word_errors": recognition.word_errors,
        "characters": recognition.characters,
        "character_errors": recognition.character_errors,
        "deleted_words": len(recognition.deleted),
        "skipped_words": len(skipped_words(recognition, recording)),
        "repeated_words": len(extra_repeats(recognition, recording)),
    }
    return {name: float(value) for name, value in values.items()}


def extra_repeats(recognition: Recognition, recording: Recognition | None) -> Sequence[str]:
    """Words recognised twice here but not in the recording."""
    known = recording.repeated if recording else ()
    return [word for word in recognition.repeated if word not in known]
