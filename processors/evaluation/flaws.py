"""Flaws that no distance shows: clicks, clipping, sound after the end of speech.

Each is a simple measurement with a threshold such that recordings show (almost) none and injected
flaws are found; figures in `docs/evaluation.md`.
"""

from __future__ import annotations

import numpy as np

FULL_SCALE = 0.999
CLIPPED_RUN = 3  # samples
CLICK_SECONDS = 0.001  # a click is shorter
CLICK_CONTEXT = 0.01  # seconds before and after that it is compared with
CLICK_RATIO = 8.0
CLICK_FLOOR = 0.01  # of full scale, of a third difference: 0.003 for a lone sample
FRAME_SECONDS = 0.01
END_SECONDS = 0.05
END_DB = -35.0  # relative to the loudest frame
ISLAND_DB = -45.0
ISLAND_SECONDS = 0.15
GAP_SECONDS = 0.25


def clipped_samples(wav: np.ndarray) -> int:
    """Samples of wav [S] at full scale, at least three of one sign in a row."""
    stretches = [*runs(wav >= FULL_SCALE), *runs(wav <= -FULL_SCALE)]
    return sum(stop - start for start, stop in stretches if stop - start >= CLIPPED_RUN)


def clicks(wav: np.ndarray, sample_rate: int) -> list[float]:
    """Times of clicks in wav [S], in seconds: the third difference is more than 8 times its maximum
    from 1 ms to 10 ms before, and after.

    Speech has no such points: glottal pulses are periodic, and a noise burst lasts longer.
    """
    sharp = np.abs(np.diff(wav.astype(np.float64), n=3, prepend=(0.0,) * 3))  # [S]
    inner, outer = round(CLICK_SECONDS * sample_rate), round(CLICK_CONTEXT * sample_rate)
    if len(sharp) <= outer:
        return []
    before = _largest(sharp, inner, outer)
    after = _largest(sharp[::-1], inner, outer)[::-1]
    context = np.maximum(before, after)
    found = runs((sharp > CLICK_FLOOR) & (sharp > CLICK_RATIO * context))
    places: list[float] = []
    for start, _ in found:
        if not places or start / sample_rate - places[-1] > CLICK_SECONDS:
            places.append(start / sample_rate)
    return places


def _largest(values: np.ndarray, inner: int, outer: int) -> np.ndarray:
    """For each t the largest of values[t - outer : t - inner], [S] -> [S]; 0 before the start."""
    padded = np.pad(values, (outer, 0))
    windows = np.lib.stride_tricks.sliding_window_view(padded, outer - inner)
    return windows[: len(values)].max(axis=1)


def levels(wav: np.ndarray, sample_rate: int) -> np.ndarray:
    """RMS of each 10 ms of wav [S] in dB below the loudest 10 ms; -inf for digital silence."""
    size = max(1, round(FRAME_SECONDS * sample_rate))
    frames = np.pad(wav, (0, -len(wav) % size)).reshape(-1, size)
    power = np.square(frames, dtype=np.float64).mean(axis=1)
    loudest = power.max(initial=0.0)
    with np.errstate(divide="ignore"):
        return 10.0 * np.log10(power / loudest if loudest > 0.0 else power)


def trailing_noise(wav: np.ndarray, sample_rate: int) -> float:
    """Seconds of unwanted sound at the end of wav [S], 0 if it ends cleanly.

    Either the last 50 ms are above -35 dB relative to the loudest 10 ms: speech breaks off or noise
    continues; the result is how long the level has been above that. Or the last run above -45 dB
    is shorter than 0.15 s and follows 0.25 s below: a blip.
    """
    level = levels(wav, sample_rate)
    last = round(END_SECONDS / FRAME_SECONDS)
    if len(level) <= last:
        return 0.0
    if level[-last:].min() > END_DB:
        quiet = np.flatnonzero(level <= END_DB)
        return float((len(level) - 1 - (quiet[-1] if len(quiet) else -1)) * FRAME_SECONDS)
    islands = runs(level > ISLAND_DB)
    if len(islands) < 2:
        return 0.0
    (start, stop), gap = islands[-1], islands[-1][0] - islands[-2][1]
    blip = stop - start < ISLAND_SECONDS / FRAME_SECONDS and gap >= GAP_SECONDS / FRAME_SECONDS
    return float((stop - start) * FRAME_SECONDS) if blip else 0.0


def runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """(start, stop) of each stretch of True in mask [S]."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
