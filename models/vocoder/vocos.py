"""Vocos (arXiv 2306.00814): a generator that never leaves the frame rate. It predicts magnitudes
and phases, and an inverse Fourier transform makes the wave of them.

Beyond the paper, as in its authors' code: magnitudes end at 100. Where the wave begins at the
centre of the first frame ("center"), that code leaves (T - 1) hops of samples; here there are T,
the last of them from the same overlapping frames. Two options are ours: `mel_guided` scales the
predicted magnitudes to the mel's, so that the network need only learn what the mel leaves open;
`refine_iterations` of Griffin-Lim follow in inference, from the network's phases instead of random
ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.vocoder.gan import TRAINING_ONLY, GanVocoder, build_gan
from recital.models.vocoder.griffin_lim import GriffinLim
from recital.modules.audio import AudioConfig
from recital.modules.istft import InverseStft
from recital.modules.mel import mel_filters
from recital.utils.errors import ConfigError

__all__ = ["TRAINING_ONLY", "VocosGenerator", "build"]

KERNEL = 7
EPS = 1e-6  # of layer norms
MAX_MAGNITUDE = 100.0


class ConvNeXtBlock(nn.Module):
    """Section 3.3 (ConvNeXt, arXiv 2201.03545, in one dimension): a depthwise convolution, then
    a wide layer for each frame.
    """

    def __init__(self, d_model: int, d_inner: int, scale: float) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(d_model, d_model, KERNEL, padding=KERNEL // 2, groups=d_model)
        self.norm = nn.LayerNorm(d_model, eps=EPS)
        self.widen = nn.Linear(d_model, d_inner)
        self.narrow = nn.Linear(d_inner, d_model)
        self.scale = nn.Parameter(torch.full((d_model,), scale))

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, T, C] -> [B, T, C]."""
        near = self.depthwise(hidden.transpose(1, 2)).transpose(1, 2)
        return hidden + self.scale * self.narrow(F.gelu(self.widen(self.norm(near))))


class MelGuide(nn.Module):
    """Scales magnitudes towards a mel: by the ratio of the wanted mel to their own, spread over
    the bins as a geometric mean, weighted by the filters. Bins without a filter keep theirs.
    """

    filters: Tensor  # [n_mels, n_fft // 2 + 1]
    spread: Tensor  # [n_mels, n_fft // 2 + 1]; each bin's weights sum to 1, or to 0

    def __init__(self, audio: AudioConfig) -> None:
        super().__init__()
        if audio.log_base != "e":
            raise ConfigError("model.generator.mel_guided: expected audio.log_base 'e'")
        filters = torch.from_numpy(mel_filters(audio))
        self.log_floor = math.log(audio.log_floor)
        self.register_buffer("filters", filters, persistent=False)
        spread = filters / filters.sum(0).clamp(min=1e-8)
        self.register_buffer("spread", spread, persistent=False)

    def forward(self, log_magnitude: Tensor, mel: Tensor) -> Tensor:
        """log_magnitude [B, T, n_fft // 2 + 1], mel [B, n_mels, T] -> log magnitudes, the same
        shape.
        """
        own = (log_magnitude.exp() @ self.filters.T).clamp(min=1e-8).log()  # [B, T, n_mels]
        wanted = mel.transpose(1, 2).clamp(min=self.log_floor)
        return log_magnitude + (wanted - own) @ self.spread


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
        mel_guided: bool = False,
        refine_iterations: int = 0,
    ) -> None:
        """`mel_mean` and `mel_std` normalise the input. `padding` says where the wave begins in
        the first frame; by default as the mel has it. `refine_iterations` of Griffin-Lim bring
        what inference makes nearer to the mel.
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
        self.guide = MelGuide(audio) if mel_guided else None
        self.istft = InverseStft(audio, pads[padding or audio.padding])
        self.context_frames = (n_layers + 1) * (KERNEL // 2) + self.istft.context_frames
        self.refine_iterations = refine_iterations
        self.griffin_lim = GriffinLim(audio) if refine_iterations else None
        if self.griffin_lim is not None:  # its first analysis, each iteration, its last synthesis
            self.context_frames += (refine_iterations + 2) * self.griffin_lim.refine_frames
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
            if self.guide is None:
                magnitude = log_magnitude.exp().clamp(max=MAX_MAGNITUDE)
            else:
                magnitude = self.guide(log_magnitude, mel.float()).exp()
            spectrum = torch.complex(magnitude * phase.cos(), magnitude * phase.sin())
            wav: Tensor = self.istft(spectrum)
        return wav

    @torch.no_grad()
    def infer(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]."""
        wav: Tensor = self(mel)
        if self.griffin_lim is not None:
            wav = self.griffin_lim.refine(mel, wav, self.refine_iterations)
        return wav


def build(config: Mapping[str, Any]) -> GanVocoder:
    """The vocoder of a resolved config, of which it reads audio and model."""
    return build_gan(config, VocosGenerator)
