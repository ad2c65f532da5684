"""All metrics: names, units and meaning, how they are averaged, and their confidence intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

RESAMPLES = 1000
CONFIDENCE = 0.95

Sums = Callable[[str], np.ndarray]  # name of a value -> its sum over each resample


@dataclass(frozen=True)
class Metric:
    """One row of the tables. `of_sums` computes the figure of one or many utterances from the sums
    of their values; without it the figure is the mean of the value `name`.
    """

    name: str
    label: str
    unit: str
    better: Literal["lower", "higher", "zero", ""]
    explained: str
    digits: int = 3
    of_sums: Callable[[Sums], np.ndarray] | None = None


def ratio(numerator: str, denominator: str, factor: float = 1.0) -> Callable[[Sums], np.ndarray]:
    """A metric as a sum over a sum; 0 / 0 is NaN."""
    return lambda total: factor * _divide(total(numerator), total(denominator))


def _divide(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator == 0, np.nan, numerator / denominator)


def _f0_difference(total: Sums) -> np.ndarray:
    mine = _divide(total("f0_sum"), total("voiced_frames"))
    theirs = _divide(total("reference_f0_sum"), total("reference_voiced_frames"))
    return 100.0 * (_divide(mine, theirs) - 1.0)


def _rate_difference(total: Sums) -> np.ndarray:
    return 100.0 * (_divide(total("reference_speech_seconds"), total("speech_seconds")) - 1.0)


def _pause_places(total: Sums) -> np.ndarray:
    both = total("pauses") + total("reference_pauses")
    return 2.0 * _divide(total("shared_pauses"), both)


def _duration_spread(total: Sums) -> np.ndarray:
    return 100.0 * np.sqrt(_divide(total("duration_squares"), total("phones")))


def _duration_spread_ratio(total: Sums) -> np.ndarray:
    mine = _divide(total("duration_squares"), total("phones"))
    theirs = _divide(total("reference_duration_squares"), total("reference_phones"))
    return np.sqrt(_divide(mine, theirs))


METRICS = (
    Metric(
        "wer", "word error rate", "", "lower", "errors over words", 4,
        ratio("word_errors", "words"),
    ),
    Metric(
        "cer", "character error rate", "", "lower", "errors over characters", 4,
        ratio("character_errors", "characters"),
    ),
    Metric(
        "wer_ratio", "WER over the recordings'", "", "lower", "1: as intelligible as they are", 3,
        ratio("word_errors", "reference_word_errors"),
    ),
    Metric("distillmos", "DistillMOS", "", "higher", "naturalness from 1 to 5, at one level"),
    Metric("dnsmos_p808", "DNSMOS, P.808", "", "higher", "quality from 1 to 5, at one level"),
    Metric("dnsmos_overall", "DNSMOS, overall", "", "higher", "P.835; from 1 to 5, at one level"),
    Metric(
        "likeness", "speaker similarity", "", "higher",
        "cosine with the mean of the other recordings' voices",
    ),
    Metric(
        "strangers", "strangers who are closer", "%", "lower",
        "of --strangers_dir: whose cosine is above the speaker similarity", 1,
    ),
    Metric("f0_spread", "F0, spread in a sentence", "semitones", "", "standard deviation", 2),
    Metric(
        "f0_movement", "F0, fast movement", "semitones", "",
        "root mean square about the running mean over 0.25 s", 2,
    ),
    Metric(
        "final_fall", "F0, final movement", "semitones", "",
        "last 0.15 s of voiced speech against the 0.5 s before", 2,
    ),
    Metric("pauses", "pauses", "", "", "a text; 0.12 s or more, 35 dB below the loudest 10 ms", 2),
    Metric(
        "pause_seconds", "length of a pause", "s", "", "mean", 3, ratio("pause_sum", "pauses")
    ),
    Metric(
        "pause_places", "pauses at the recording's places", "", "higher", "F1, within 0.15 s", 3,
        _pause_places,
    ),
    Metric(
        "duration_spread", "durations, spread", "%", "",
        "standard deviation of a phone's durations over their mean, by the voice's aligner", 1,
        _duration_spread,
    ),
    Metric(
        "duration_spread_ratio", "durations, spread over the recordings'", "", "",
        "below 1 if a voice is more regular", 3, _duration_spread_ratio,
    ),
    Metric(
        "fricatives", "fricatives, level", "dB", "", "from 4 to 8 kHz, over that of voiced speech",
        1,
    ),
    Metric(
        "fricatives_difference", "fricatives, difference", "dB", "zero",
        "of their level to the recording's", 1,
    ),
    Metric("loudness", "loudness", "LUFS", "", "ITU-R BS.1770-4", 1),
    Metric("mcd_13", "MCD, 13 coefficients", "dB", "lower", "mel-cepstral distortion, DTW"),
    Metric("mcd_24", "MCD, 24 coefficients", "dB", "lower", "mel-cepstral distortion, DTW"),
    Metric("log_f0_rmse", "log-F0 RMSE", "", "lower", "natural logarithm; voiced in both"),
    Metric("log_f0_correlation", "log-F0 correlation", "", "higher", "Pearson; voiced in both"),
    Metric("voicing_f1", "voicing F1", "", "higher", "voiced or not, frame by frame"),
    Metric("energy_error", "energy error", "dB", "lower", "mean |difference of frame levels|"),
    Metric("mel_l1", "mel L1", "", "lower", "mean |difference of log mels|"),
    Metric(
        "mel_deviation", "mel deviation", "", "",
        "over the recording's, in time; below 1 if a voice is smoothed",
    ),
    Metric("stft_distance", "multi-resolution STFT", "", "lower", "of waves that run in step"),
    Metric("pesq", "PESQ", "", "higher", "of waves that run in step"),
    Metric("visqol", "ViSQOL", "", "higher", "of waves that run in step; from 1 to 5"),
    Metric("stoi", "STOI", "", "higher", "of waves that run in step"),
    Metric("duration_error", "duration error", "s", "lower", "|difference of speech lengths|"),
    Metric(
        "speaking_rate", "speaking rate", "letters/s", "", "letters a second of speech", 2,
        ratio("letters", "speech_seconds"),
    ),
    Metric(
        "speaking_rate_difference", "speaking rate, difference", "%", "zero",
        "against the recordings'", 2, _rate_difference,
    ),
    Metric(
        "mean_f0", "mean F0", "Hz", "", "over voiced frames", 1, ratio("f0_sum", "voiced_frames")
    ),
    Metric(
        "mean_f0_difference", "mean F0, difference", "%", "zero", "against the recordings'", 2,
        _f0_difference,
    ),
    Metric(
        "skipped_words", "skipped words", "", "zero",
        "a text; not recognised here, but in the recording",
    ),
    Metric(
        "repeated_words", "repeated words", "", "zero", "a text; recognised twice only here"
    ),
    Metric("clicks", "clicks", "", "zero", "a text"),
    Metric("clipped", "clipped samples", "", "zero", "a text", 1),
    Metric("trailing_noise", "trailing noise", "s", "zero", "a text; sound after the end"),
    Metric(
        "real_time_factor", "real-time factor", "", "lower",
        "seconds of work per second of audio, as stage 3 measured", 4,
        ratio("busy_seconds", "busy_audio"),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A metric over many utterances, and its 95% confidence interval (None for one utterance)."""

    value: float
    low: float | None
    high: float | None
    n: int  # utterances that have it


def summarize(
    rows: Sequence[Mapping[str, float]], seed: int, metrics: Sequence[Metric] = METRICS
) -> dict[str, Figure]:
    """The figure of each metric with values in any of the rows (one per utterance, by name).

    Intervals are percentiles of the bootstrap over utterances (Efron, 1979): 1,000 resamples drawn
    with `seed`, the same for all metrics.
    """
    names = sorted({name for row in rows for name in row})
    values = {name: np.array([row.get(name, np.nan) for row in rows]) for name in names}
    generator = np.random.default_rng(seed)
    weights = np.ones((1, len(rows)))
    if len(rows) > 1:
        drawn = generator.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), RESAMPLES)
        weights = np.concatenate([weights, drawn])  # row 0 is the data itself
    figures = {}
    for metric in metrics:
        resampled, n = _resample(metric, values, weights)
        if n and np.isfinite(resampled[0]):
            figures[metric.name] = Figure(float(resampled[0]), *_interval(resampled[1:], n), n)
    return figures


def of_one(row: Mapping[str, float]) -> dict[str, float]:
    """The metrics of a single utterance; those without values are left out."""
    return {name: figure.value for name, figure in summarize([row], 0).items()}


def _resample(
    metric: Metric, values: Mapping[str, np.ndarray], weights: np.ndarray
) -> tuple[np.ndarray, int]:
    """The metric of each resample, and how many utterances have it."""
    needed: dict[str, None] = {}
    if metric.of_sums is None:
        needed[metric.name] = None
    else:
        metric.of_sums(lambda name: needed.setdefault(name) or np.zeros(1))
    if any(name not in values for name in needed):
        return np.array([np.nan]), 0
    # only utterances with all values of the metric count, so that the sums are over the same ones
    has = np.logical_and.reduce([np.isfinite(values[name]) for name in needed])
    counted = {name: weights[:, has] @ values[name][has] for name in needed}
    if metric.of_sums is None:
        return _divide(counted[metric.name], weights[:, has].sum(axis=1)), int(has.sum())
    return metric.of_sums(counted.__getitem__), int(has.sum())


def _interval(resampled: np.ndarray, n: int) -> tuple[float | None, float | None]:
    finite = resampled[np.isfinite(resampled)]
    if n < 2 or not len(finite):
        return None, None
    tail = 50.0 * (1.0 - CONFIDENCE)
    low, high = np.percentile(finite, (tail, 100.0 - tail))
    return float(low), float(high)
