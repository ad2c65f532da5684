"""Vocos (arXiv 2306.00814): a generator that never leaves the frame rate. It predicts magnitudes
and phases, and an inverse Fourier transform makes the wave of them.

Beyond the paper, as in its authors' code: magnitudes end at 100. Where the wave begins at the
centre of the first frame ("center"), that code leaves (T - 1) hops of samples; here there are T,
the last of them from the same overlapping frames.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn

from recital.models.vocoder.gan import TRAINING_ONLY, GanVocoder, build_gan
from recital.modules.audio import AudioConfig
from recital.modules.convnext import EPS, KERNEL, ConvNeXtBlock
from recital.modules.istft import InverseStft

__all__ = ["TRAINING_ONLY", "VocosGenerator", "build"]

MAX_MAGNITUDE = 100.0


class VocosGenerator(nn.Module):
    """Sections 3.2 and 3.3: backbone and inverse Fourier head."""

    mel_mean: Tensor
    mel_std: Tensor

    def __init__(
        self,
        audio: AudioConfig,
        d_model: int = 512,
        n_layers: int = 8,
        d_inner: int = 1536,
        mel_mean: float = 0.0,
        mel_std: float = 1.0,
        padding: Literal["center", "same"] | None = None,
    ) -> None:
        """`mel_mean` and `mel_std` normalise the input. `padding` says where the wave begins in
        the first frame; by default as the mel has it.
        """
        super().__init__()
        self.register_buffer("mel_mean", torch.tensor(mel_mean), persistent=False)
        self.register_buffer("mel_std", torch.tensor(mel_std), persistent=False)
        self.first = nn.Conv1d(audio.n_mels, d_model, KERNEL, padding=KERNEL // 2)
        self.first_norm = nn.LayerNorm(d_model, eps=EPS)
        self.blocks = nn.ModuleList(
            ConvNeXtBlock(d_model, d_inner, 1 / n_layers) for _ in range(n_layers)
        )
        self.last_norm = nn.LayerNorm(d_model, eps=EPS)
        self.out = nn.Linear(d_model, audio.n_fft + 2)
        pads = {"center": audio.n_fft // 2, "same": (audio.n_fft - audio.hop_length) // 2}
        self.istft = InverseStft(audio, pads[padding or audio.padding])
        self.context_frames = (n_layers + 1) * (KERNEL // 2) + self.istft.context_frames
        for part in self.modules():
            if isinstance(part, (nn.Conv1d, nn.Linear)):
                nn.init.trunc_normal_(part.weight, std=0.02)
                assert part.bias is not None
                nn.init.zeros_(part.bias)

    def forward(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]."""
        hidden = self.first((mel - self.mel_mean) / self.mel_std).transpose(1, 2)  # [B, T, C]
        hidden = self.first_norm(hidden)
        for block in self.blocks:
            hidden = block(hidden)
        out = self.out(self.last_norm(hidden))
        with torch.autocast(mel.device.type, enabled=False):
            log_magnitude, phase = out.float().chunk(2, dim=2)  # [B, T, n_fft // 2 + 1] each
            magnitude = log_magnitude.exp().clamp(max=MAX_MAGNITUDE)
            spectrum = torch.complex(magnitude * phase.cos(), magnitude * phase.sin())
            wav: Tensor = self.istft(spectrum)
        return wav

    @torch.no_grad()
    def infer(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]."""
        wav: Tensor = self(mel)
        return wav


def build(config: Mapping[str, Any]) -> GanVocoder:
    """The vocoder of a resolved config, of which it reads audio and model."""
    return build_gan(config, VocosGenerator)
