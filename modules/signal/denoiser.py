"""The denoiser of NVIDIA's WaveGlow and HiFi-GAN recipes: the spectrum that a vocoder generates
from a mel of zeros (its bias) is subtracted from its output.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.contract.graph import Graph, followed
from recital.modules.contract.model import Vocoder
from recital.modules.signal.stft import InverseStft, Stft

TINY = 1e-12  # magnitude
BIAS_FRAMES = 88  # of the mel of zeros; the bias is the first spectrum of its wav


class Denoiser(nn.Module):
    """The denoiser of any vocoder. Spectra have the n_fft and hop_length of its mel, and a Hann
    window.
    """

    bias: Tensor

    def __init__(self, vocoder: Vocoder) -> None:
        super().__init__()
        audio = vocoder.audio
        framing = audio.n_fft, audio.hop_length, audio.n_fft
        tensors = [*vocoder.parameters(), *vocoder.buffers()]
        device = tensors[0].device if tensors else torch.device("cpu")
        self.stft = Stft(*framing, pad=audio.n_fft // 2).to(device)
        self.istft = InverseStft(*framing, pad=audio.n_fft // 2).to(device)
        mel = torch.zeros(1, audio.n_mels, BIAS_FRAMES, device=device)
        with torch.no_grad():
            wav = vocoder.infer_quiet(mel).float()
            bias = self.stft(wav)[:, :1].abs().transpose(1, 2)
            self.register_buffer("bias", bias)  # [1, n_fft // 2 + 1, 1]

    @torch.no_grad()
    def forward(self, wav: Tensor, strength: float = 0.1) -> Tensor:
        """wav [B, S], S above n_fft / 2 -> [B, 1, S]."""
        spectrum = self.stft(wav.float())  # [B, T, n_fft // 2 + 1]
        magnitude = spectrum.abs()
        wanted = (magnitude - strength * self.bias.transpose(1, 2)).clamp(min=0)
        quiet = spectrum * (wanted / magnitude.clamp(min=TINY))
        return self.istft(quiet)[:, None, : wav.shape[1]]


class Denoised(Vocoder):
    """A vocoder followed by its denoiser."""

    def __init__(self, vocoder: Vocoder, strength: float) -> None:
        """`strength` is the factor of the subtracted bias; 0.005 to 0.1 is usual."""
        super().__init__()
        self.vocoder = vocoder
        self.denoiser = Denoiser(vocoder)
        self.strength = strength
        self.audio = vocoder.audio
        self.sigma = vocoder.sigma

    @property
    def name(self) -> str:
        return self.vocoder.name

    @property
    def context_frames(self) -> int | None:
        """The vocoder's context and the frames of an n_fft: a denoised sample depends on the
        spectra around it, and these on as many samples again.
        """
        own = self.vocoder.context_frames
        return None if own is None else own + -(-self.audio.n_fft // self.audio.hop_length)

    def infer(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]."""
        return self._denoise(self.vocoder.infer(mel))

    def infer_windows(
        self, mel: Tensor, starts: Sequence[int], source: Tensor | None = None
    ) -> Tensor:
        return self._denoise(self.vocoder.infer_windows(mel, starts, source))

    def find_source(self, mel_chunks: Iterable[Tensor]) -> Iterator[tuple[Tensor, Tensor | None]]:
        return self.vocoder.find_source(mel_chunks)

    def graphs(self) -> list[Graph]:
        """The graphs of the vocoder, with the denoiser behind its wav."""
        return [
            replace(graph, facts={**graph.facts, "context_frames": self.context_frames})
            if graph.name == "vocoder"
            else graph
            for graph in followed(self.vocoder.graphs(), self._denoise)
        ]

    @torch.no_grad()
    def _denoise(self, wav: Tensor) -> Tensor:
        missing = max(self.audio.n_fft - wav.shape[1], 0)  # needed for reflection
        denoised: Tensor = self.denoiser(F.pad(wav, (0, missing)), self.strength)
        return denoised[:, 0, : wav.shape[1]]
