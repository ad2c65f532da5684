"""F0 by autocorrelation: P. Boersma, "Accurate short-term analysis of the fundamental frequency and
the harmonics-to-noise ratio of a sampled sound", IFA Proceedings 17 (1993), with the settings of
Praat's "To Pitch (ac)".

The autocorrelation of a windowed frame is divided by the window's own (eq. 9); its maxima,
interpolated with a windowed sinc (eq. 22), are the candidates; the cheapest path through the
candidates of all frames is F0 (eq. 23 to 27). Implemented here rather than called from Praat for
speed: all frames of a recording go through each step as one array. Deviations: the interpolation
kernel spans 16 samples instead of 70, the maxima are found on a grid and by a parabola, and 8
candidates are kept instead of 14. docs/benchmarks.md compares the results with Praat's
(`benchmark pitch`).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch

PERIODS = 3  # of the lowest F0 in a window
SILENCE_THRESHOLD = 0.03  # of the recording's peak
VOICING_THRESHOLD = 0.45
OCTAVE_COST = 0.01
OCTAVE_JUMP_COST = 0.35  # per 10 ms step, as is the next
VOICED_UNVOICED_COST = 0.14
MAX_VOICED = 8  # candidates per frame; Praat keeps up to 14
REACH, STEPS = 16, 8  # of the interpolation: samples on either side, points per sample
MAX_CELLS = 1 << 14  # frames times paths per batch: a bound on memory
BLOCK = 256  # frames per block: fits a core's cache


def autocorrelation_pitch(
    wav: np.ndarray, centers: np.ndarray, sample_rate: int, f_min: float, f_max: float
) -> np.ndarray:
    """wav [S], frame centres [T] (evenly spaced samples) -> F0 [T] in Hz, 0 where unvoiced.

    Frames beyond the ends are padded with zeros.
    """
    analysis = _analysis(sample_rate, f_min, f_max)
    margin = analysis.half + analysis.period + 1
    before = max(0, margin - int(centers[0]))
    after = max(0, int(centers[-1]) + margin + 1 - len(wav))
    padded = np.pad(np.asarray(wav, np.float32), (before, after))
    peak = float(np.abs(padded - padded.mean()).max())
    if peak == 0.0:
        return np.zeros(len(centers))
    lags, strengths, intensity = analysis.candidates(padded, centers + before, peak)
    step = float(centers[1] - centers[0]) / sample_rate if len(centers) > 1 else 0.01
    return best_path(sample_rate / lags, strengths, intensity, f_max, step)


class _Analysis:
    """The window, its autocorrelation and sizes in samples, for one range of F0."""

    def __init__(self, sample_rate: int, f_min: float, f_max: float) -> None:
        self.period = int(sample_rate / f_min)
        self.half = int(PERIODS / f_min * sample_rate) // 2 - 1  # of the window
        size = 2 * self.half
        self.shortest = max(2.0, sample_rate / min(f_max, sample_rate / 2))  # lag
        self.last = min(size // PERIODS + 2, size - 1)  # lags below it are searched
        self.n_fft = fast_size(size + self.last + REACH + 2)
        angle = 2 * np.pi * np.arange(1, size + 1) / (size + 1)
        window = 0.5 - 0.5 * np.cos(angle)
        own = np.fft.irfft(np.abs(np.fft.rfft(window, self.n_fft)) ** 2)[: self.last + REACH + 2]
        self.window = torch.from_numpy(window).float()
        self.inverse = torch.from_numpy(own[0] / own).float()
        self.kernels = _kernels()

    def candidates(
        self, wav: np.ndarray, centers: np.ndarray, peak: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Lags [T, C] in samples (inf: none), strengths [T, C], intensities [T] from 0 to 1."""
        total = np.concatenate([[0.0], np.cumsum(wav, dtype=np.float64)])
        spans = total[centers + self.period + 1] - total[centers + 1 - self.period]
        means = (spans / (2 * self.period)).astype(np.float32)
        hop = int(centers[1] - centers[0]) if len(centers) > 1 else 1
        first = int(centers[0]) + 1 - self.half
        views = torch.from_numpy(wav)[first:].unfold(0, 2 * self.half, hop)
        lags = np.full((len(centers), MAX_VOICED), np.inf)
        strengths = np.full((len(centers), MAX_VOICED), -np.inf)
        intensity = np.empty(len(centers))
        middle = slice(max(0, self.half - self.period // 2 - 1), self.half + self.period // 2 + 1)
        used = 1
        for start in range(0, len(centers), BLOCK):
            rows = slice(start, start + BLOCK)
            frames = views[rows][: len(means[rows])] - torch.from_numpy(means[rows, None])
            frames *= self.window  # [t, window]
            intensity[rows] = frames[:, middle].abs().amax(1).numpy() / peak
            frame, lag, strength = self._maxima(self._correlation(frames))
            order = np.lexsort((-(strength + OCTAVE_COST * np.log2(1 / lag)), frame))
            frame, lag, strength = frame[order], lag[order], strength[order]
            # rank within the frame, the best first
            place = np.arange(len(frame)) - np.searchsorted(frame, frame)
            kept = place < MAX_VOICED
            at = (start + frame[kept], place[kept])
            lags[at], strengths[at] = lag[kept], strength[kept]
            used = max(used, int(place[kept].max(initial=0)) + 1)
        return lags[:, :used], strengths[:, :used], np.minimum(intensity, 1.0)

    def _correlation(self, frames: torch.Tensor) -> np.ndarray:
        """Windowed frames [t, window] -> normalised autocorrelation [t, lags from 0]."""
        spectrum = torch.fft.rfft(frames, self.n_fft)
        power = torch.addcmul(spectrum.real.square(), spectrum.imag, spectrum.imag)
        r = torch.fft.irfft(power, self.n_fft)[:, : len(self.inverse)]
        energy = r[:, :1].clamp(min=1e-30)  # digital silence has none
        return (r * (self.inverse / energy)).numpy()

    def _maxima(self, r: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Interpolated maxima of r [t, lags]: frame numbers, lags (samples), heights, [C] each."""
        first = max(2, int(self.shortest) - 1)
        here = r[:, first : self.last]
        found = (here > 0.5 * VOICING_THRESHOLD) & (here > r[:, first - 1 : self.last - 1])
        frame, index = np.nonzero(found & (here >= r[:, first + 1 : self.last + 1]))
        index += first
        taps = np.abs(index[:, None] + np.arange(-REACH, REACH + 1))  # r is even
        fine = r[frame[:, None], taps] @ self.kernels  # [candidates, 2 STEPS + 1]
        top = np.clip(fine.argmax(axis=1), 1, 2 * STEPS - 1)
        every = np.arange(len(top))
        left, mid, right = (fine[every, top + k].astype(np.float64) for k in (-1, 0, 1))
        curve = np.maximum(2 * mid - left - right, 1e-12)
        slope = (right - left) / 2
        shift = np.clip(slope / curve, -1.0, 1.0)
        height = mid + 0.5 * slope * shift
        lag = index + (top - STEPS + shift) / STEPS
        ok = lag > self.shortest
        height = np.where(height > 1.0, 1.0 / height, height)
        return frame[ok], lag[ok], height[ok]


@lru_cache(maxsize=4)
def _analysis(sample_rate: int, f_min: float, f_max: float) -> _Analysis:
    return _Analysis(sample_rate, f_min, f_max)


def best_path(
    f0: np.ndarray, strengths: np.ndarray, intensity: np.ndarray, f_max: float, step: float
) -> np.ndarray:
    """The best path through candidates [T, C] (Hz, 0: none; strengths), intensities [T] -> F0 [T].

    `step` is the time between frames, in seconds; F0 is in Hz, 0 where unvoiced. Frames without
    usable candidates separate the stretches, so each stretch has a path of its own.
    """
    change = VOICED_UNVOICED_COST * 0.01 / step
    jump = OCTAVE_JUMP_COST * 0.01 / step
    octaves = np.log2(np.maximum(f0, 1.0) / f_max)
    voiced = strengths + OCTAVE_COST * octaves
    unvoiced = 2.0 - intensity * (1 + VOICING_THRESHOLD) / SILENCE_THRESHOLD
    unvoiced = VOICING_THRESHOLD + np.maximum(0.0, unvoiced)
    # a frame below this is unvoiced in the best path, whatever its neighbours
    voiced[voiced < unvoiced[:, None] - 2 * change] = -np.inf
    there = voiced > -np.inf
    used = np.flatnonzero(there.any(axis=0)).max(initial=-1) + 1
    gain = np.concatenate([unvoiced[:, None], voiced[:, :used]], axis=1, dtype=np.float32)
    octaves = octaves[:, :used].astype(np.float32)

    pitch = np.zeros(len(f0))
    starts, ends = _runs(there.any(axis=1))
    order = np.argsort(starts - ends)  # the longest first
    while len(order):
        length = int((ends - starts)[order[0]])
        runs, order = np.split(order, [max(1, MAX_CELLS // length)])
        # one frame more than the longest: every path ends in state 0
        frames = starts[runs] + np.arange(length + 1)[:, None]  # [L, R]
        inside = frames < ends[runs]
        frames = np.minimum(frames, len(f0) - 1)
        local = np.where(inside[..., None], gain[frames], -np.inf)  # [L, R, S]
        local[..., 0] = np.where(inside, local[..., 0], 0.0)
        enter = np.where(starts[runs] > 0, change, 0.0)  # a recording may start and end voiced
        leave = np.where(ends[runs] < len(f0), change, 0.0)
        states = _viterbi(local, octaves[frames], inside, enter, leave, change, jump)
        chosen = states > 0
        pitch[frames[chosen]] = f0[frames[chosen], states[chosen] - 1]
    return pitch


def _viterbi(
    local: np.ndarray,
    octaves: np.ndarray,
    inside: np.ndarray,
    enter: np.ndarray,
    leave: np.ndarray,
    change: float,
    jump: float,
) -> np.ndarray:
    """The best states [L, R] of R parallel paths, with S = 1 + C states; 0 is unvoiced.

    local [L, R, S] scores each state, octaves [L, R, C] is log2 F0 of the voiced ones, inside
    [L, R] is False after a path's end. `change` is the cost of a switch between voiced and
    unvoiced, enter and leave [R] the cost at the first and last frame, `jump` the cost per octave.
    """
    score = np.ascontiguousarray(np.moveaxis(local, 2, 1), dtype=np.float32)  # [L, S, R]
    height = np.moveaxis(octaves, 2, 1)  # [L, C, R]
    length, n_states, n_runs = score.shape
    reached = np.zeros((length, n_states, n_states, n_runs), dtype=np.float32)  # [L, from, to, R]
    reached[:, 0, 1:] = -change
    reached[:, 1:, 0] = np.where(inside, -change, -leave)[:, None]
    reached[1:, 1:, 1:] = -jump * np.abs(height[:-1, :, None] - height[1:, None])
    score[0, 1:] -= enter.astype(np.float32)
    for t in range(1, length):
        reached[t] += score[t - 1][:, None]
        score[t] += reached[t].max(axis=0)
    before = reached.argmax(axis=1)  # [L, to, R]
    states = np.zeros((length, n_runs), dtype=np.int64)
    each = np.arange(n_runs)
    for t in range(length - 1, 0, -1):
        states[t - 1] = before[t, states[t], each]
    return states


def fast_size(n: int) -> int:
    """The smallest even number >= n without a prime factor above 5."""
    while True:
        rest = n
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1 and n % 2 == 0:
            return n
        n += 1


def _kernels() -> np.ndarray:
    """Raised-cosine-windowed sincs, [2 REACH + 1, 2 STEPS + 1]: column j interpolates at an offset
    of j / STEPS - 1 samples.
    """
    distance = np.arange(-REACH, REACH + 1)[:, None] - (np.arange(2 * STEPS + 1) / STEPS - 1.0)
    window = np.where(np.abs(distance) < REACH, 0.5 + 0.5 * np.cos(np.pi * distance / REACH), 0.0)
    return (np.sinc(distance) * window).astype(np.float32)


def _runs(flags: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Starts and ends of the stretches of True in flags [T]."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return edges[::2], edges[1::2]
