"""Distances between a wave and its recording, without time warping: for the validation of vocoders
during training and the evaluation of time-aligned waves.
"""

from __future__ import annotations

import importlib.util
import logging
import math
from functools import cache

import numpy as np
import torch

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.mel import MelSpectrogram
from recital.modules.losses.stft_loss import RESOLUTIONS, MultiResolutionStft
from recital.processors.audio_files import resample
from recital.processors.features import PitchConfig
from recital.processors.pitch import estimate_pitch

log = logging.getLogger(__name__)

# of `wave_metrics`
FIGURES = (
    "mel_l1", "log_f0_rmse", "log_f0_correlation", "voicing_f1", "stft_distance", "pesq",
)  # fmt: skip
WIDE_BAND, NARROW_BAND = 16000, 8000  # Hz, the two rates of PESQ


def wave_metrics(
    wav_hat: np.ndarray, wav: np.ndarray, audio: AudioConfig, pitch: PitchConfig | None = None
) -> dict[str, float]:
    """Distances of wav_hat [S] to wav [S], floats in [-1, 1]; the longer one is cut.

    | name | meaning |
    |---|---|
    | `mel_l1` | mean of abs(mel(wav_hat) - mel(wav)), log mels as `audio` defines them |
    | `stft_distance` | see `stft_distance` |
    | `log_f0_rmse`, `log_f0_correlation`, `voicing_f1` | see `compare_pitch` |
    | `pesq` | see `pesq_score` |

    Metrics that cannot be computed are left out: the recording is shorter than a frame, has no
    voiced frame, or the library `pesq` is missing, which is logged once.
    """
    n = min(len(wav_hat), len(wav))
    a, b = wav_hat[:n].astype(np.float32), wav[:n].astype(np.float32)
    found: dict[str, float] = {}
    if n > audio.pad and audio.n_frames(n) > 0:
        with torch.inference_mode():
            mel_hat, mel = MelSpectrogram(audio)(torch.from_numpy(np.stack([a, b])))
        found["mel_l1"] = float((mel_hat - mel).abs().mean())
        f0_hat, f0 = (estimate_pitch(w, audio, pitch or PitchConfig()) for w in (a, b))
        found |= compare_pitch(f0, f0_hat)
    found["stft_distance"] = stft_distance(a, b)
    if importlib.util.find_spec("pesq") is None:
        _say_without_pesq()
    found["pesq"] = pesq_score(a, b, audio.sample_rate)
    return {name: value for name, value in found.items() if math.isfinite(value)}


def compare_pitch(recorded: np.ndarray, made: np.ndarray) -> dict[str, float]:
    """Compare F0 of paired frames, [L] and [L] in Hz with 0 for unvoiced; NaN if there is nothing
    to measure.

    `log_f0_rmse`: root of the mean of (ln made - ln recorded)^2 over the frames voiced in both
    (0.01 is 17 cents); `log_f0_correlation`: Pearson's, over the same; `voicing_f1`:
    2 TP / (2 TP + FP + FN) of "voiced", the recording being the truth.
    """
    voiced, voiced_hat = recorded > 0, made > 0
    both = voiced & voiced_hat
    values = {"log_f0_rmse": np.nan, "log_f0_correlation": np.nan, "voicing_f1": np.nan}
    if both.any():
        a, b = (np.log(track[both].astype(np.float64)) for track in (recorded, made))
        values["log_f0_rmse"] = float(np.sqrt(np.square(a - b).mean()))
        if both.sum() > 1 and a.std() > 0 and b.std() > 0:
            values["log_f0_correlation"] = float(np.corrcoef(a, b)[0, 1])
    if n := int(voiced.sum() + voiced_hat.sum()):
        values["voicing_f1"] = float(2 * both.sum() / n)
    return values


def stft_distance(wav_hat: np.ndarray, wav: np.ndarray) -> float:
    """Spectral convergence plus log magnitude, the mean of three resolutions (eq. 6 of arXiv
    1910.11480), of wav_hat [S] to wav [S]; NaN if they are too short, or `wav` is digital silence.
    """
    if len(wav) <= max(n_fft for n_fft, _, _ in RESOLUTIONS) // 2 or not wav.any():
        return math.nan
    with torch.inference_mode():
        pair = torch.from_numpy(np.stack([wav_hat, wav]))
        return float(MultiResolutionStft()(pair[:1], pair[1:])[0])


def pesq_score(wav_hat: np.ndarray, wav: np.ndarray, sample_rate: int) -> float:
    """PESQ of wav_hat [S] to wav [S], MOS-LQO from 1.0 to 4.6: wide band (ITU-T P.862.2) after
    resampling to 16 kHz, or narrow band (P.862.1) at 8 kHz for lower rates.

    NaN if the library `pesq` is missing, the rate is below 8 kHz, or it finds no speech.
    """
    silent = not (wav.any() and wav_hat.any())
    if sample_rate < NARROW_BAND or silent or importlib.util.find_spec("pesq") is None:
        return math.nan
    import pesq

    rate = WIDE_BAND if sample_rate >= WIDE_BAND else NARROW_BAND
    recorded, made = (resample(w, sample_rate, rate) for w in (wav, wav_hat))
    try:
        return float(pesq.pesq(rate, recorded, made, "wb" if rate == WIDE_BAND else "nb"))
    except pesq.PesqError:  # no utterance, or less than a quarter of a second
        return math.nan


def visqol_score(wav_hat: np.ndarray, wav: np.ndarray, sample_rate: int) -> float:
    """ViSQOL v3 in speech mode (arXiv 2004.09584) of wav_hat [S] to wav [S] at 16 kHz, MOS-LQO from
    1 to 5, by the polynomial of its similarity.

    NaN if the library `visqol` is missing, or if it finds nothing to compare.
    """
    if not (wav.any() and wav_hat.any()) or importlib.util.find_spec("visqol") is None:
        return math.nan
    recorded, made = (resample(w, sample_rate, WIDE_BAND) for w in (wav, wav_hat))
    threads = torch.get_num_threads()
    try:
        return float(_visqol().measure_from_arrays(recorded, made, WIDE_BAND).moslqo)
    except (ValueError, IndexError):  # shorter than its patches
        return math.nan
    finally:
        # numba, which it uses, gives torch as many as there are cores
        torch.set_num_threads(threads)


@cache
def _visqol():  # type: ignore[no-untyped-def]
    from visqol import VisqolApi

    judge = VisqolApi()
    # its other mapping needs a TensorFlow runtime, other modes libsvm, which needs a compiler
    judge.create(mode="speech", use_lattice_model=False)
    return judge


@cache
def _say_without_pesq() -> None:
    # a source distribution, so pip has to compile it
    log.warning("pesq is not installed: no PESQ (pip install pesq; it needs a C compiler)")
