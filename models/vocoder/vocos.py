"""Vocos (arXiv 2306.00814): a generator at the frame rate. It predicts magnitudes and phases, which
an inverse STFT turns into a wav.

Beyond the paper, as in its authors' code: magnitudes are clipped at 100. If the wav starts at the
centre of the first frame ("center"), that code returns (T - 1) hops of samples; here there are T,
the last from the same overlapping frames.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from recital.models.vocoder.gan import GanVocoder, Generator
from recital.modules.contract.audio import AudioConfig
from recital.modules.layers.convnext import FrameNetwork
from recital.modules.signal.spectra import polar
from recital.modules.signal.stft import InverseStft
from recital.utils.ranges import Depth, Level, Positive, Width

MAX_MAGNITUDE = 100.0


class VocosGenerator(Generator):
    """Sections 3.2 and 3.3: backbone and inverse Fourier head."""

    mel_mean: Tensor
    mel_std: Tensor

    def __init__(
        self,
        audio: AudioConfig,
        d_model: Width = 512,
        n_layers: Depth = 8,
        d_inner: Width = 1536,
        mel_mean: Level = 0.0,
        mel_std: Positive = 1.0,
        padding: Literal["center", "same"] | None = None,
    ) -> None:
        """`mel_mean` and `mel_std` normalise the input. `padding` defines where the wav starts in
        the first frame; the default is that of the mel.
        """
        super().__init__()
        self.register_buffer("mel_mean", torch.tensor(mel_mean), persistent=False)
        self.register_buffer("mel_std", torch.tensor(mel_std), persistent=False)
        self.frames = FrameNetwork(audio.n_mels, audio.n_fft + 2, d_model, n_layers, d_inner)
        pads = {"center": audio.n_fft // 2, "same": (audio.n_fft - audio.hop_length) // 2}
        self.istft = InverseStft(*audio.framing, pads[padding or audio.padding])
        self.context_frames = self.frames.context_frames + self.istft.context_frames

    def forward(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]."""
        out = self.frames((mel - self.mel_mean) / self.mel_std)
        with torch.autocast(mel.device.type, enabled=False):
            log_magnitude, phase = out.float().chunk(2, dim=2)  # [B, T, n_fft // 2 + 1] each
            magnitude = log_magnitude.exp().clamp(max=MAX_MAGNITUDE)
            spectrum = polar(magnitude, phase)
            wav: Tensor = self.istft(spectrum)
        return wav


class Vocos(GanVocoder):
    """Vocos: its generator with the adversarial training of `gan.py`."""

    generator: VocosGenerator
