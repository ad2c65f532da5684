"""Loudness of speech, ITU-R BS.1770-4: K-weighted power in blocks, gated, in LUFS."""

from __future__ import annotations

import math

import numpy as np

BLOCK_SECONDS, STEP_SECONDS = 0.4, 0.1
ABSOLUTE_GATE, RELATIVE_GATE = -70.0, -10.0  # LUFS; LU below the mean of what passes the first
OFFSET = -0.691  # so that a sine of 997 Hz at full scale is at -3.01 LUFS


def loudness(wav: np.ndarray, sample_rate: int) -> float:
    """wav [S] in [-1, 1] -> LUFS; -inf for silence. A wave shorter than 0.4 s is one block."""
    from scipy.signal import lfilter

    weighted = wav.astype(np.float64)
    for numerator, denominator in (_shelf(sample_rate), _high_pass(sample_rate)):
        weighted = lfilter(numerator, denominator, weighted)
    total = np.concatenate([[0.0], np.cumsum(np.square(weighted))])
    size, step = round(BLOCK_SECONDS * sample_rate), round(STEP_SECONDS * sample_rate)
    size = max(1, min(size, len(wav)))
    starts = np.arange(0, max(len(wav) - size, 0) + 1, step)
    power = (total[np.minimum(starts + size, len(wav))] - total[starts]) / size
    power = power[_lufs(power) > ABSOLUTE_GATE]
    if not len(power):
        return -math.inf
    gate = _lufs(power.mean()) + RELATIVE_GATE
    return float(_lufs(power[_lufs(power) > gate].mean()))


def _lufs(power: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return OFFSET + 10.0 * np.log10(power)


def _shelf(sample_rate: int) -> tuple[np.ndarray, np.ndarray]:
    """The first filter of the norm, at any rate: 4 dB more above 1.68 kHz."""
    gain, corner, q = 3.999843853973347, 1681.974450955533, 0.7071752369554196
    high = 10.0 ** (gain / 20.0)
    middle = high**0.4996667741545416
    k = math.tan(math.pi * corner / sample_rate)
    numerator = [high + middle * k / q + k * k, 2 * (k * k - high), high - middle * k / q + k * k]
    return np.array(numerator), _denominator(k, q)


def _high_pass(sample_rate: int) -> tuple[np.ndarray, np.ndarray]:
    """The second filter: less below 38 Hz."""
    corner, q = 38.13547087602444, 0.5003270373238773
    denominator = _denominator(math.tan(math.pi * corner / sample_rate), q)
    return np.array([1.0, -2.0, 1.0]) * denominator[0], denominator


def _denominator(k: float, q: float) -> np.ndarray:
    return np.array([1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k])
