"""Multi-resolution STFT loss (Parallel WaveGAN, arXiv 1910.11480, section 2.2): a loss for
training and a distance between two recordings.

Beyond the paper: magnitudes are floored at 1e-7 before the logarithm, and the norms of eq. 4 are
taken per recording, so that a batch's value is the mean of its recordings'.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from recital.modules.signal.stft import Stft, power

FLOOR = 1e-7  # of a magnitude, before the logarithm

# (n_fft, hop_length, win_length) in samples: table 1 of the paper
RESOLUTIONS = ((1024, 120, 600), (2048, 240, 1200), (512, 50, 240))


class Magnitude(nn.Module):
    """Linear magnitudes of a short-time Fourier transform, in float32 whatever the precision
    around it.
    """

    def __init__(self, n_fft: int, hop_length: int, win_length: int) -> None:
        super().__init__()
        self.stft = Stft(n_fft, hop_length, win_length, pad=n_fft // 2)

    def forward(self, wav: Tensor) -> Tensor:
        """wav [B, S] -> [B, n_fft // 2 + 1, 1 + S // hop_length]; S must exceed n_fft / 2."""
        with torch.autocast(wav.device.type, enabled=False):
            magnitude = power(self.stft(wav.float())).clamp(min=FLOOR**2).sqrt()
            return magnitude.transpose(1, 2)  # [B, T, F] -> [B, F, T]


class MultiResolutionStft(nn.Module):
    """The mean over some resolutions of spectral convergence and log magnitude distance (eq. 6)."""

    def __init__(self, resolutions: Sequence[tuple[int, int, int]] = RESOLUTIONS) -> None:
        super().__init__()
        self.spectra = nn.ModuleList(Magnitude(*resolution) for resolution in resolutions)

    def forward(self, wav_hat: Tensor, wav: Tensor) -> Tensor:
        """wav_hat [B, S], wav [B, S] -> [B], a distance of each pair."""
        total = wav.new_zeros(len(wav), dtype=torch.float32)
        for spectrum in self.spectra:
            mine, theirs = spectrum(wav_hat), spectrum(wav)
            total = total + spectral_convergence(mine, theirs) + log_magnitude(mine, theirs)
        return total / len(self.spectra)

    def energy_distance(self, one: Tensor, other: Tensor, wav: Tensor) -> Tensor:
        """Generalized energy distance (arXiv 2008.01160, eq. 5): `one` and `other` [B, S], two
        generated samples, and `wav` [B, S], a recording -> [B], the distances of the samples to
        `wav` minus the distance to each other. In expectation it is minimal if all have the same
        distribution. Norms are divided by the norm of `wav`, as in eq. 4 above.
        """
        total = wav.new_zeros(len(wav), dtype=torch.float32)
        for spectrum in self.spectra:
            a, b, x = spectrum(one), spectrum(other), spectrum(wav)
            norm = torch.linalg.vector_norm(x, dim=(1, 2))
            for left, right, sign in ((a, x, 1.0), (b, x, 1.0), (a, b, -1.0)):
                apart = torch.linalg.vector_norm(left - right, dim=(1, 2)) / norm
                total = total + sign * (apart + log_magnitude(left, right))
        return total / len(self.spectra)


def spectral_convergence(magnitude_hat: Tensor, magnitude: Tensor) -> Tensor:
    """Magnitudes [B, F, T] -> [B]: || |S| - |S_hat| ||_F / || |S| ||_F (eq. 4)."""
    error = torch.linalg.vector_norm(magnitude - magnitude_hat, dim=(1, 2))
    return error / torch.linalg.vector_norm(magnitude, dim=(1, 2))


def log_magnitude(magnitude_hat: Tensor, magnitude: Tensor) -> Tensor:
    """Magnitudes [B, F, T] -> [B]: the mean of |log |S| - log |S_hat|| (eq. 5)."""
    return (magnitude.log() - magnitude_hat.log()).abs().mean(dim=(1, 2))
