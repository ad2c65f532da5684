"""Mel-cepstra and mel-cepstral distortion (Kubichek, 1993).

The cepstra are the usual ones: WORLD's spectral envelope (CheapTrick, Morise, 2015) with its
frequency axis warped by an all-pass filter, SPTK's mel-cepstrum. SPTK itself is not needed: the
warping is a matrix (Oppenheim and Johnson, 1972), and WORLD comes as a wheel.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from recital.processors.audio_files import resample
from recital.processors.evaluation.alignment import distances, dtw

MCD_CONSTANT = 10.0 * np.sqrt(2.0) / np.log(10.0)  # 6.1419: a cepstral distance in dB
ORDER = 24  # the highest coefficient
SAMPLE_RATE = 16000  # Hz; wider recordings are resampled to this, the band that mels cover


def mel_cepstra(
    wav: np.ndarray, pitch: np.ndarray, centers: np.ndarray, sample_rate: int, order: int = ORDER
) -> np.ndarray:
    """wav [S], its F0 [T] in Hz (0 unvoiced) and frame centres [T] in seconds ->
    mel-cepstra [T, order + 1] float64 of the natural logarithm of the amplitude, of the band up to
    8 kHz.

    This makes voices of different sample rates comparable, and keeps an empty band above a mel's
    f_max from dominating: Griffin-Lim copies of a 22 kHz voice are at 3.0 dB, or 11.0 dB with
    their empty band from 8 to 11 kHz.
    """
    import pyworld

    if sample_rate > SAMPLE_RATE:
        wav, sample_rate = resample(wav, sample_rate, SAMPLE_RATE), SAMPLE_RATE

    # [T, F], power
    envelope = pyworld.cheaptrick(
        wav.astype(np.float64), pitch.astype(np.float64), centers.astype(np.float64), sample_rate
    )
    return warp_envelope(envelope, warping_factor(sample_rate), order)


def warp_envelope(envelope: np.ndarray, alpha: float, order: int) -> np.ndarray:
    """Power spectra [T, N / 2 + 1] -> mel-cepstra [T, order + 1]: log|H| = sum of c_m cos(m w~),
    where w~ is w warped by alpha.
    """
    cepstra = np.fft.irfft(np.log(envelope), axis=1)[:, : envelope.shape[1]]
    cepstra[:, 0] /= 2.0  # half the log of a power; the others count for both sides
    return cepstra @ warping_matrix(cepstra.shape[1], alpha, order).T


@cache
def warping_matrix(n: int, alpha: float, order: int) -> np.ndarray:
    """Cepstra [n] to warped ones: [order + 1, n]. Column m holds the first coefficients of
    ((w + alpha) / (1 + alpha w)) ** m as a power series in the warped delay w.
    """
    matrix = np.zeros((order + 1, n))
    matrix[0, 0] = 1.0
    for m in range(1, n):
        for k in range(order + 1):
            shifted = matrix[k - 1, m - 1] - alpha * matrix[k - 1, m] if k else 0.0
            matrix[k, m] = shifted + alpha * matrix[k, m - 1]
    return matrix


@cache
def warping_factor(sample_rate: int) -> float:
    """The alpha whose all-pass phase is closest to the mel scale, in steps of 0.001: 0.455 at
    22.05 kHz. Both axes are scaled to [0, 1].
    """
    hz = np.linspace(0.0, sample_rate / 2, 1001)
    mel = np.log1p(hz / 1000.0) / np.log1p(sample_rate / 2000.0)  # Fant's scale, as in SPTK
    w = np.pi * hz / hz[-1]
    alphas = np.arange(0.0, 1.0, 0.001)[:, None]
    warped = w + 2.0 * np.arctan2(alphas * np.sin(w), 1.0 - alphas * np.cos(w))
    errors = np.square(warped / np.pi - mel).mean(axis=1)
    return round(float(alphas[errors.argmin(), 0]), 3)


def mcd(reference: np.ndarray, synthesis: np.ndarray, n_coefficients: int) -> float:
    """Mel-cepstral distortion in dB of cepstra [T1, order + 1] and [T2, order + 1].

    The mean over the frames of a DTW path of 10 sqrt(2) / ln 10 * sqrt(sum of (c_m - c'_m)^2 over
    m = 1 ... n_coefficients); c_0, the level, is left out. The path minimizes this sum.
    """
    kept = slice(1, n_coefficients + 1)
    if n_coefficients >= reference.shape[1]:
        raise ValueError(f"{n_coefficients} coefficients: the cepstra have {reference.shape[1]}")
    cost = distances(reference[:, kept], synthesis[:, kept])
    path = dtw(cost)
    return float(MCD_CONSTANT * cost[path[:, 0], path[:, 1]].mean())
