"""The source of voiced speech: F0 from a mel, its phase, and pulses."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.contract.audio import AudioConfig
from recital.utils.floats import widest

KERNEL = 5
N_LAYERS = 3
N_BINS = 128  # of log F0; the tracker returns their weighted mean
TINY = 1e-4


class PitchTracker(nn.Module):
    """F0 of each frame of a mel: the mean of log-spaced candidates, weighted by probability."""

    candidates: Tensor

    def __init__(self, n_mels: int, channels: int, f_min: float, f_max: float) -> None:
        """`f_min` and `f_max` (Hz) are the lowest and the highest candidate."""
        super().__init__()
        widths = [n_mels] + [channels] * N_LAYERS
        self.layers = nn.ModuleList(
            nn.Conv1d(n_in, n_out, KERNEL, padding=KERNEL // 2)
            for n_in, n_out in zip(widths, widths[1:], strict=False)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(channels) for _ in range(N_LAYERS))
        self.out = nn.Linear(channels, N_BINS + 1)
        spaced = torch.linspace(math.log(f_min), math.log(f_max), N_BINS)
        self.register_buffer("candidates", spaced, persistent=False)
        self.context_frames = N_LAYERS * (KERNEL // 2)

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """mel [B, n_mels, T], normalised -> log F0 (of Hz) and the logit of being voiced,
        [B, T] each, in float32.
        """
        hidden = mel
        for layer, norm in zip(self.layers, self.norms, strict=True):
            hidden = F.gelu(norm(layer(hidden).transpose(1, 2))).transpose(1, 2)
        out = self.out(hidden.transpose(1, 2)).float()
        likely = out[..., :N_BINS].softmax(dim=2)
        return likely @ self.candidates, out[..., N_BINS]


def at_starts(f0: Tensor) -> Tensor:
    """F0 at the centres of frames -> F0 at their first samples, [B, T] each."""
    return (f0 + torch.cat([f0[:, :1], f0[:, :-1]], dim=1)) / 2


class PhaseTrack:
    """Integrates F0 to a phase, chunk by chunk. F0 is linear between the starts of frames."""

    def __init__(self, audio: AudioConfig) -> None:
        self.seconds = audio.hop_length / audio.sample_rate
        self.last: tuple[Tensor, Tensor] | None = None  # F0 and phase of the last frame

    def __call__(self, f0: Tensor) -> Tensor:
        """F0 at the starts of frames [B, t], Hz -> phases there, in [0, 1) cycles."""
        f0 = f0.to(widest(f0.device))
        before, phase = self.last or (f0[:, :1], torch.zeros_like(f0[:, :1]))
        passed = (torch.cat([before, f0[:, :-1]], dim=1) + f0) * (self.seconds / 2)
        if self.last is None:
            passed[:, 0] = 0.0
        phases = (phase + passed.cumsum(dim=1)) % 1.0
        self.last = f0[:, -1:], phases[:, -1:]
        return phases.float()


def pulses(f0: Tensor, phase: Tensor, audio: AudioConfig) -> Tensor:
    """F0 in Hz and phase in cycles at the starts of frames, [B, T] each -> the sum of all harmonics
    below half the sample rate, cosines of equal amplitude, of unit power: [B, T * hop_length].
    """
    hop, rate = audio.hop_length, audio.sample_rate
    after = torch.cat([f0[:, 1:], f0[:, -1:]], dim=1)
    n = torch.arange(hop, device=f0.device, dtype=f0.dtype)
    slope = (after - f0)[..., None] / hop
    cycles = phase[..., None] + (f0[..., None] * n + slope * n.square() / 2) / rate
    harmonics = (rate / 2 / (f0[..., None] + slope * n)).floor().clamp(min=1.0)
    angle = torch.pi * (cycles - cycles.round())  # half of the phase's: [B, T, hop]
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
