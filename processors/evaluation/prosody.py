"""Prosody of one recording, and its pauses against those of another reading of the sentence."""

from __future__ import annotations

import numpy as np

from recital.processors.evaluation.analysis import Analysis
from recital.processors.evaluation.flaws import FRAME_SECONDS, levels, runs

SEMITONES = 12.0 / np.log(2.0)  # a unit of the natural logarithm of F0
SLOW_SECONDS = 0.25  # movement of F0 within less is fast
END_SECONDS, BEFORE_SECONDS = 0.15, 0.5  # of voiced speech: the end, and what comes before it
LEAST_VOICED = 0.3  # seconds of it without which there is no figure of F0
PAUSE_DB, PAUSE_SECONDS = -35.0, 0.12  # below the loudest 10 ms
PLACE_SECONDS = 0.15  # two readings pause at one place if not farther apart

Values = dict[str, float]


def prosody(analysis: Analysis, hop_seconds: float) -> Values:
    """Figures by the names of `table.py`; those that a recording is too short for are left out."""
    found = pauses(analysis.wav, analysis.sample_rate)
    values = {
        "pauses": float(len(found)),
        "pause_sum": float(sum(stop - start for start, stop in found)),
        "loudness": analysis.lufs,
    }
    return values | melody(analysis.pitch, hop_seconds)


def pauses(wav: np.ndarray, sample_rate: int) -> list[tuple[float, float]]:
    """(start, stop) in seconds of each stretch of quiet between two sounds of wav [S]."""
    loud = levels(wav, sample_rate) > PAUSE_DB
    sounds = np.flatnonzero(loud)
    if not len(sounds):
        return []
    quiet = [(a, b) for a, b in runs(~loud) if sounds[0] < a and b <= sounds[-1]]
    seconds = [(a * FRAME_SECONDS, b * FRAME_SECONDS) for a, b in quiet]
    return [(a, b) for a, b in seconds if b - a >= PAUSE_SECONDS]


def shared_pauses(
    reference: Analysis, synthesis: Analysis, path: np.ndarray, hop_seconds: float
) -> Values:
    """How many pauses of the synthesis are at the place of one of the recording, each once, along
    the path [L, 2] of frames.
    """
    theirs = [_middle(p) for p in pauses(reference.wav, reference.sample_rate)]
    mine = [_middle(p) for p in pauses(synthesis.wav, synthesis.sample_rate)]
    frames = np.array(path)
    shared = 0
    for middle in mine:
        near = int(np.abs(frames[:, 1] - middle / hop_seconds).argmin())
        place = float(frames[near, 0] * hop_seconds)
        nearest = min(theirs, key=lambda other: abs(other - place), default=None)
        if nearest is not None and abs(nearest - place) <= PLACE_SECONDS:
            theirs.remove(nearest)
            shared += 1
    return {"shared_pauses": float(shared)}


def _middle(pause: tuple[float, float]) -> float:
    return sum(pause) / 2


def melody(pitch: np.ndarray, hop_seconds: float) -> Values:
    """Spread, fast movement and final fall of F0 in semitones; pitch [T] Hz, 0 unvoiced."""
    voiced = pitch > 0
    if voiced.sum() * hop_seconds < LEAST_VOICED:
        return {}
    heights = SEMITONES * np.log(pitch[voiced])
    last = max(1, round(END_SECONDS / hop_seconds))
    before = max(1, round(BEFORE_SECONDS / hop_seconds))
    end, rest = heights[-last:], heights[-last - before : -last]
    return {
        "f0_spread": float(heights.std()),
        "f0_movement": _fast(pitch, voiced, hop_seconds),
        "final_fall": float(np.median(end) - np.median(rest)) if len(rest) else np.nan,
    }


def _fast(pitch: np.ndarray, voiced: np.ndarray, hop_seconds: float) -> float:
    """Root mean square of F0 about its running mean over `SLOW_SECONDS`, semitones."""
    heights = SEMITONES * np.log(np.where(voiced, pitch, 1.0)) * voiced
    window = np.ones(2 * round(SLOW_SECONDS / hop_seconds / 2) + 1)
    count = np.convolve(voiced.astype(float), window, "same")
    mean = np.convolve(heights, window, "same") / np.maximum(count, 1.0)
    return float(np.sqrt(np.square(heights - mean)[voiced].mean()))
