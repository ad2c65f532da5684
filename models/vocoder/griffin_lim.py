"""Griffin-Lim, a vocoder without training.

Fast Griffin-Lim (Perraudin, Balazs and Søndergaard, "A fast Griffin-Lim algorithm", WASPAA 2013,
algorithm 2), on magnitudes found from the mel by non-negative least squares (Lee and Seung's
multiplicative updates, NeurIPS 2000).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.mel import MelSpectrogram
from recital.modules.contract.model import Vocoder
from recital.modules.fast.phases import TINY, with_magnitude
from recital.modules.signal.spectra import Spectrum, folded, polar
from recital.modules.signal.stft import InverseStft, Stft

LEAST = 1e-5  # smallest magnitude from which a refinement can grow
MOST_RAISED = 2.0  # largest factor per iteration of a refinement


class GriffinLim(Vocoder):
    """A vocoder for any `AudioConfig`. It is deterministic: the initial phases are drawn from a
    fixed seed. Phases are optimised for the whole mel, so it has no `context_frames`.
    """

    pinv: Tensor

    def __init__(
        self,
        audio: AudioConfig,
        n_iterations: int = 60,
        momentum: float = 0.99,
        n_updates: int = 20,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.audio = audio
        self.n_iterations = n_iterations
        self.momentum = momentum
        self.n_updates = n_updates
        self.seed = seed
        self.mel = MelSpectrogram(audio)
        self.register_buffer("pinv", torch.linalg.pinv(self.mel.filters), persistent=False)
        self.stft = Stft(*audio.framing)
        self.istft = InverseStft(*audio.framing, audio.pad)

    @torch.no_grad()
    def infer(self, mel: Tensor) -> Tensor:
        """Log mel [B, n_mels, T] -> wav [B, T * hop_length]."""
        if mel.shape[2] == 0:
            return torch.zeros(len(mel), 0, device=mel.device)
        with torch.autocast(mel.device.type, enabled=False):
            magnitude = self.magnitude(mel.float()).transpose(1, 2)  # [B, T, n_fft // 2 + 1]
            first = polar(magnitude, self._first_phases(magnitude))
            return self._consistent(first, self.n_iterations, self.momentum)

    def refine(
        self,
        mel: Tensor,
        wav: Tensor,
        n_iterations: int,
        momentum: float = 0.95,
        n_updates: int = 8,
    ) -> Tensor:
        """Refine a wav [B, T * hop_length] that another vocoder generated from `mel`.

        Its magnitudes are scaled to the mel in `n_updates` and made consistent in `n_iterations`,
        starting from its phases. Bins without a filter keep their magnitudes.
        """
        audio, n_frames = self.audio, mel.shape[-1]
        with torch.autocast(mel.device.type, enabled=False):
            size = audio.n_fft + (n_frames - 1) * audio.hop_length
            padded = F.pad(wav.float(), (audio.pad, audio.n_fft))[:, :size]
            spectrum = self.stft(padded)
            found = spectrum.abs()  # [B, T, n_fft // 2 + 1]
            own = found.clamp(min=LEAST)
            scaled = self._updated(own, self._target(mel.float()).transpose(1, 2), n_updates)
            magnitude = torch.where(self.mel.filters.sum(0) > 0, scaled, own)
            first = spectrum * (magnitude / found.clamp(min=TINY))
            return self._consistent(first, n_iterations, momentum, MOST_RAISED)

    @property
    def refine_frames(self) -> int:
        """Frames on each side that a frame of the next iteration depends on."""
        return (self.audio.n_fft - 1) // self.audio.hop_length

    def _consistent(
        self, first: Spectrum, n_iterations: int, momentum: float, most_raised: float = math.inf
    ) -> Tensor:
        """Complex [B, T, n_fft // 2 + 1] -> wav [B, T * hop_length] whose magnitudes are closest to
        those of `first`: algorithm 2. A bin cancelled by neighbouring frames has a random phase
        from rounding; the limit per iteration keeps it from becoming audible.
        """
        n_frames = first.shape[1]
        spectrum = folded(first)
        magnitude = spectrum.abs()
        weight = self.istft.weight(n_frames)
        before = torch.zeros_like(weight)
        for _ in range(n_iterations):
            wav = self.istft.add_up(spectrum) / weight
            # what the algorithm does with spectra, which are linear in waves, of a quarter the size
            beyond = torch.lerp(before, wav, 1 + momentum)
            spectrum = with_magnitude(self.stft(beyond, fold=True), magnitude, most_raised)
            before = wav
        wav = self.istft.add_up(spectrum) / weight
        return self.istft.cut(wav, n_frames).clamp(-1.0, 1.0)

    def magnitude(self, mel: Tensor) -> Tensor:
        """Log mel [B, n_mels, T] -> magnitudes [B, n_fft // 2 + 1, T] with the closest mel."""
        target = self._target(mel).transpose(1, 2)
        first = (target @ self.pinv.T).clamp(min=TINY) * (self.mel.filters.sum(0) > 0)
        return self._updated(first, target, self.n_updates).transpose(1, 2)

    def _target(self, mel: Tensor) -> Tensor:
        """Log mel -> mel, with the floor subtracted."""
        target = mel.exp() if self.audio.log_base == "e" else 10.0**mel
        return (target - self.audio.log_floor).clamp(min=0.0)

    def _updated(self, magnitude: Tensor, target: Tensor, n_updates: int) -> Tensor:
        """Multiplicative updates of magnitudes [B, T, n_fft // 2 + 1] towards a mel
        [B, T, n_mels].
        """
        filters = self.mel.filters
        wanted = target @ filters
        for _ in range(n_updates):
            found = (magnitude @ filters.T) @ filters
            magnitude = magnitude * (wanted / found.clamp(min=TINY))
        return magnitude

    def _first_phases(self, magnitude: Tensor) -> Tensor:
        """Draw phases frame by frame on the CPU, so that they depend neither on the device nor on
        the batch.
        """
        generator = torch.Generator().manual_seed(self.seed)
        phases = torch.rand(magnitude.shape[1:], generator=generator) * (2 * torch.pi)
        return phases.to(magnitude.device).expand_as(magnitude)
