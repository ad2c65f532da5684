"""The source of voiced speech as pulses, and the phase of its filters."""

from __future__ import annotations

import torch
from torch import Tensor

from recital.modules.contract.audio import AudioConfig
from recital.modules.signal.pitch_source import cycles, harmonics_below_nyquist
from recital.modules.signal.spectra import Spectrum, irfft, polar, rfft, spectrum_of

TINY = 1e-4


def pulses(f0: Tensor, phase: Tensor, audio: AudioConfig) -> Tensor:
    """F0 in Hz and phase in cycles at the starts of frames, [B, T] each -> the sum of all harmonics
    below half the sample rate, cosines of equal amplitude, of unit power: [B, T * hop_length]. The
    highest one fades out as it gets there: cut off, it would be a click that the last bit of F0
    moves.
    """
    turned = cycles(f0, phase, audio)
    below = harmonics_below_nyquist(f0, audio).clamp(min=1.5)
    highest = below.floor()
    weight = below - highest  # of the highest; the others have 1
    angle = torch.pi * (turned - turned.round())  # half of the phase's: [B, T, hop]
    small = angle.sin()
    near = small.abs() < TINY
    # Dirichlet's kernels, without the highest harmonic and with it
    without, including = (((2 * highest + sign) * angle).sin() for sign in (-1, 1))
    kernel = torch.lerp(without, including, weight) / torch.where(near, 1.0, small)
    summed = (torch.where(near, 2 * below - 1, kernel) - 1) / 2
    return (summed * (2 / (highest - 1 + weight.square())).sqrt()).flatten(1)


def minimum_phase(log_magnitude: Tensor) -> Spectrum:
    """Log magnitudes [..., n_fft // 2 + 1] -> the complex spectrum of the minimum-phase filter with
    these magnitudes: the cepstrum folded onto its causal side.
    """
    half = int(log_magnitude.shape[-1]) - 1
    cepstrum = irfft(spectrum_of(log_magnitude, torch.zeros_like(log_magnitude)), 2 * half)
    # 1 2 2 2 1 0 0 0 (half = 4), made on the device: a copy would wait for it
    places = torch.arange(2 * half, device=cepstrum.device)
    fold = (places % half == 0).to(cepstrum) + 2 * ((places > 0) & (places < half)).to(cepstrum)
    log_spectrum = rfft(cepstrum * fold)
    return polar(log_spectrum.real.exp(), log_spectrum.imag)
