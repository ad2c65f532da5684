"""Fast vocoders with a known context, for several tests."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.model import Vocoder

AUDIO = AudioConfig(16000, 64, 64, 16, 10, 0.0, None, padding="same")
CHANNELS = 12


class ToyVocoder(Vocoder):
    """Three convolutions with biases, zero padding at the ends, and a linear layer per frame, so
    wrong padding or cropping shows.

    A sample depends on 1 + 2 + 1 frames on either side.
    """

    context_frames = 4

    def __init__(self, audio: AudioConfig = AUDIO) -> None:
        super().__init__()
        self.audio = audio
        state = torch.random.get_rng_state()
        torch.manual_seed(3)
        self.layers = nn.ModuleList(
            nn.Conv1d(n_in, CHANNELS, size, padding=size // 2)
            for n_in, size in ((audio.n_mels, 3), (CHANNELS, 5), (CHANNELS, 3))
        )
        self.out = nn.Linear(CHANNELS, audio.hop_length)
        torch.random.set_rng_state(state)

    @torch.no_grad()
    def infer(self, mel: Tensor) -> Tensor:
        """[B, n_mels, T] -> [B, T * hop_length]."""
        hidden = mel
        for layer in self.layers:
            hidden = layer(hidden).tanh()
        return 0.3 * self.out(hidden.transpose(1, 2)).tanh().flatten(1)


class NoisyToy(ToyVocoder):
    """A vocoder that needs noise, a function of the frame, and hums if the mel is empty."""

    def draw_noise(self, batch_size: int, n_frames: int, seed: int = 0, start: int = 0) -> Tensor:
        places = torch.arange(start, start + n_frames).float()
        return (7.3 * places).sin().expand(batch_size, -1)

    @torch.no_grad()
    def infer(self, mel: Tensor, z: Tensor | None = None) -> Tensor:
        z = self.draw_noise(len(mel), mel.shape[2]) if z is None else z
        return super().infer(mel + z[:, None])

    def infer_windows(
        self, mel: Tensor, starts: Sequence[int], source: Tensor | None = None
    ) -> Tensor:
        noise = [self.draw_noise(1, mel.shape[2], start=start) for start in starts]
        return self.infer(mel, torch.cat(noise))


def random_mel(n_frames: int, seed: int = 0, audio: AudioConfig = AUDIO) -> Tensor:
    """[n_mels, n_frames]."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(audio.n_mels, n_frames, generator=generator)
