"""The denoiser of NVIDIA's WaveGlow and HiFi-GAN recipes: what a vocoder hums where the mel says
nothing is taken off its spectrum.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

BIAS_FRAMES = 88  # of the mel of zeros, of whose wave the first spectrum is the bias


class Denoiser(nn.Module):
    """Of any vocoder. Spectra have the n_fft and hop_length of its mel, and a Hann window."""

    window: Tensor
    bias: Tensor

    def __init__(self, vocoder: Any) -> None:
        """`vocoder.noiseless`, where there is one, holds the options of `infer` that keep noise
        out of its bias.
        """
        super().__init__()
        audio = vocoder.audio
        self.n_fft, self.hop_length = audio.n_fft, audio.hop_length
        tensors = [*vocoder.parameters(), *vocoder.buffers()]
        device = tensors[0].device if tensors else torch.device("cpu")
        self.register_buffer("window", torch.hann_window(self.n_fft, device=device))
        mel = torch.zeros(1, audio.n_mels, BIAS_FRAMES, device=device)
        with torch.no_grad():
            wav = vocoder.infer(mel, **getattr(vocoder, "noiseless", {})).float()
            self.register_buffer("bias", self._stft(wav).abs()[:, :, :1])  # [1, n_fft // 2 + 1, 1]

    @torch.no_grad()
    def forward(self, wav: Tensor, strength: float = 0.1) -> Tensor:
        """wav [B, S], S above n_fft / 2 -> [B, 1, S]."""
        spectrum = self._stft(wav.float())
        magnitude = (spectrum.abs() - strength * self.bias).clamp(min=0)
        quiet = torch.polar(magnitude, spectrum.angle())
        denoised = torch.istft(
            quiet, self.n_fft, self.hop_length, window=self.window, length=wav.shape[1]
        )
        return denoised[:, None]

    def _stft(self, wav: Tensor) -> Tensor:
        return torch.stft(
            wav, self.n_fft, self.hop_length, window=self.window, return_complex=True
        )  # [B, n_fft // 2 + 1, T]; reflected at both ends
