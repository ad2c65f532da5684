"""From short-time spectra back to a wave, on the frames of an `AudioConfig`."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.contract.audio import AudioConfig

LEAST_WEIGHT = 1e-3  # of the summed squared windows


def overlap_add(frames: Tensor, hop_length: int) -> Tensor:
    """[B, T, n_fft] -> [B, n_fft + (T - 1) * hop_length]."""
    size, n_frames = frames.shape[2], frames.shape[1]
    n_parts = -(-size // hop_length)
    frames = F.pad(frames, (0, n_parts * hop_length - size))
    parts = frames.unflatten(2, (n_parts, hop_length))
    summed = sum(
        F.pad(parts[:, :, i], (0, 0, i, n_parts - 1 - i)) for i in range(n_parts)
    )  # [B, T + n_parts - 1, hop]
    assert isinstance(summed, Tensor)
    return summed.flatten(1)[:, : size + (n_frames - 1) * hop_length]


class InverseStft(nn.Module):
    """Windowed frames are added up and divided by the sum of their squared windows: the least
    squares inverse (Griffin and Lim, 1984, eq. 6). Always float32.
    """

    window: Tensor

    def __init__(self, audio: AudioConfig, pad: int | None = None) -> None:
        """`pad` samples of the first frame stand before the wave; by default as in `audio`."""
        super().__init__()
        self.audio = audio
        self.pad = audio.pad if pad is None else pad
        side = audio.n_fft - audio.win_length
        window = F.pad(torch.hann_window(audio.win_length), (side // 2, side - side // 2))
        self.register_buffer("window", window, persistent=False)

    @property
    def context_frames(self) -> int:
        """Frames on either side that a sample depends on."""
        audio = self.audio
        before = (audio.n_fft - 1 - self.pad) // audio.hop_length
        after = (self.pad + audio.hop_length - 1) // audio.hop_length
        return max(before, after)

    def forward(self, spectrum: Tensor) -> Tensor:
        """Complex [B, T, n_fft // 2 + 1] -> wav [B, T * hop_length]."""
        audio = self.audio
        frames = torch.fft.irfft(spectrum, n=audio.n_fft) * self.window
        weight = overlap_add(
            self.window.square().expand(1, spectrum.shape[1], -1), audio.hop_length
        ).clamp(min=LEAST_WEIGHT)
        wav = overlap_add(frames, audio.hop_length) / weight
        length = spectrum.shape[1] * audio.hop_length
        wav = wav[:, self.pad : self.pad + length]
        return F.pad(wav, (0, length - wav.shape[1]))
