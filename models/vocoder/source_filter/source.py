"""The source of voiced speech as pulses, and the phase of its filters."""

from __future__ import annotations

import torch
from torch import Tensor

from recital.modules.contract.audio import AudioConfig
from recital.modules.signal.pitch_source import cycles, highest_harmonics

TINY = 1e-4


def pulses(f0: Tensor, phase: Tensor, audio: AudioConfig) -> Tensor:
    """F0 in Hz and phase in cycles at the starts of frames, [B, T] each -> the sum of all harmonics
    below half the sample rate, cosines of equal amplitude, of unit power: [B, T * hop_length].
    """
    turned = cycles(f0, phase, audio)
    harmonics = highest_harmonics(f0, audio)
    angle = torch.pi * (turned - turned.round())  # half of the phase's: [B, T, hop]
    small = angle.sin()
    near = small.abs() < TINY
    kernel = ((2 * harmonics + 1) * angle).sin() / torch.where(near, torch.ones_like(small), small)
    summed = (torch.where(near, 2 * harmonics + 1, kernel) - 1) / 2
    return (summed * (2 / harmonics).sqrt()).flatten(1)


def minimum_phase(log_magnitude: Tensor) -> Tensor:
    """Log magnitudes [..., n_fft // 2 + 1] -> the complex spectrum of the minimum-phase filter with
    these magnitudes: the cepstrum folded onto its causal side.
    """
    n = 2 * (log_magnitude.shape[-1] - 1)
    cepstrum = torch.fft.irfft(torch.complex(log_magnitude, torch.zeros_like(log_magnitude)), n=n)
    fold = cepstrum.new_zeros(n)
    fold[0] = fold[n // 2] = 1.0
    fold[1 : n // 2] = 2.0
    log_spectrum = torch.fft.rfft(cepstrum * fold)
    return torch.polar(log_spectrum.real.exp(), log_spectrum.imag)
