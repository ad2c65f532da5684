"""Short-time Fourier transforms: the one framing of waves, and the one overlap-add of frames.

    wav                1 2 3 4 5 6 7
    padded         3 2 1 2 3 4 5 6 7 6 5   # pad = 2 on each side, reflected
    frame 0        3 2 1 2                 # n_fft = 4 samples under the window
    frame 1            1 2 3 4             # hop_length = 2 samples later
    frame 2                3 4 5 6

A window of `win_length` is in the middle of its frame:

    window         0 0 w w w w 0 0         # n_fft = 8, win_length = 4
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.layers.reflection import reflect, reflect_items
from recital.modules.signal.spectra import (
    Spectrum,
    irfft,
    is_real_arithmetic,
    rfft,
    rfft_folded,
)
from recital.utils.errors import ConfigError

LEAST_WEIGHT = 1e-3  # of the summed squared windows


def hann_window(n_fft: int, win_length: int) -> Tensor:
    """Hann's window in the middle of a frame, [n_fft]."""
    side = n_fft - win_length
    return F.pad(torch.hann_window(win_length), (side // 2, side - side // 2))


def power(spectrum: Spectrum) -> Tensor:
    """Squared magnitudes of a complex spectrum, of the same shape."""
    return spectrum.real.square() + spectrum.imag.square()


def overlap_add(frames: Tensor, hop_length: int) -> Tensor:
    """[B, T, n_fft] -> [B, n_fft + (T - 1) * hop_length].

    frame 0        a b c d
    frame 1            e f g h         # hop_length = 2
    sum            a b c d g h
                       e f
    """
    size, n_frames = int(frames.shape[2]), frames.shape[1]
    n_parts = -(-size // hop_length)
    if short := n_parts * hop_length - size:
        frames = F.pad(frames, (0, short))
    parts = frames.unflatten(2, (n_parts, hop_length))
    if is_real_arithmetic():  # a graph has no sums in place
        summed = F.pad(parts[:, :, 0], (0, 0, 0, n_parts - 1))
        for i in range(1, n_parts):
            summed = summed + F.pad(parts[:, :, i], (0, 0, i, n_parts - 1 - i))
    else:
        summed = frames.new_zeros(frames.shape[0], n_frames + n_parts - 1, hop_length)
        for i in range(n_parts):
            summed[:, i : i + n_frames] += parts[:, :, i]
    return summed.flatten(1)[:, : size + (n_frames - 1) * hop_length]


def cut_frames(wav: Tensor, n_fft: int, hop_length: int) -> Tensor:
    """wav [B, S] -> [B, T, n_fft], with T = 1 + (S - n_fft) // hop_length."""
    n_frames = 1 + (wav.shape[1] - n_fft) // hop_length
    n_parts = -(-n_fft // hop_length)
    size = (n_frames + n_parts - 1) * hop_length
    wav = F.pad(wav, (0, (n_parts - 1) * hop_length))[:, :size]
    rows = wav.unflatten(1, (-1, hop_length))
    parts = [rows[:, i : i + n_frames] for i in range(n_parts)]
    return torch.cat(parts, dim=2)[..., :n_fft]


class Stft(nn.Module):
    """Waves to spectra."""

    window: Tensor

    def __init__(self, n_fft: int, hop_length: int, win_length: int, pad: int = 0) -> None:
        """All in samples; `pad` of them are reflected on each side."""
        super().__init__()
        if not 0 < hop_length <= win_length <= n_fft:
            raise ConfigError(
                f"n_fft {n_fft}, hop_length {hop_length}, win_length {win_length} are invalid: "
                "expected 0 < hop_length <= win_length <= n_fft"
            )
        self.n_fft, self.hop_length, self.pad = n_fft, hop_length, pad
        self.register_buffer("window", hann_window(n_fft, win_length), persistent=False)

    def forward(self, wav: Tensor, fold: bool = False, lengths: Tensor | None = None) -> Spectrum:
        """wav [B, S] float32, S above 0 -> complex [B, T, n_fft // 2 + 1], with
        T = 1 + (S + 2 * pad - n_fft) // hop_length; with `fold`, as `spectra.folded`. With
        `lengths` [B] in samples, each wave is reflected at its own end, so that a batch equals its
        items.
        """
        if lengths is not None:
            wav = reflect_items(wav, lengths, self.pad)
        elif self.pad:
            wav = reflect(wav[:, None], self.pad, self.pad)[:, 0]
        if is_real_arithmetic():
            frames = cut_frames(wav, self.n_fft, self.hop_length) * self.window
            return rfft_folded(frames) if fold else rfft(frames)
        spectrum = torch.stft(
            wav, self.n_fft, self.hop_length, window=self.window, center=False, return_complex=True
        )
        return spectrum.transpose(1, 2)  # [B, F, T] -> [B, T, F]


class InverseStft(nn.Module):
    """Spectra to waves: windowed frames are added up and divided by the sum of their squared
    windows, the least squares inverse (Griffin and Lim, 1984, eq. 6). Always float32.
    """

    window: Tensor

    def __init__(self, n_fft: int, hop_length: int, win_length: int, pad: int = 0) -> None:
        """All in samples; `pad` of them come before the wave in the first frame."""
        super().__init__()
        self.n_fft, self.hop_length, self.pad = n_fft, hop_length, pad
        self.register_buffer("window", hann_window(n_fft, win_length), persistent=False)

    @property
    def context_frames(self) -> int:
        """Frames on each side that a sample depends on."""
        before = (self.n_fft - 1 - self.pad) // self.hop_length
        after = (self.pad + self.hop_length - 1) // self.hop_length
        return max(before, after)

    def forward(self, spectrum: Spectrum) -> Tensor:
        """Complex [B, T, n_fft // 2 + 1] -> wav [B, T * hop_length]."""
        n_frames = spectrum.shape[1]
        return self.cut(self.add_up(spectrum) / self.weight(n_frames), n_frames)

    def add_up(self, spectrum: Spectrum) -> Tensor:
        """Complex [B, T, n_fft // 2 + 1] -> the sum of the windowed frames,
        [B, n_fft + (T - 1) * hop_length].
        """
        frames = irfft(spectrum, self.n_fft) * self.window
        return overlap_add(frames, self.hop_length)

    def weight(self, n_frames: int) -> Tensor:
        """The sum of the squared windows of T frames, [1, n_fft + (T - 1) * hop_length]."""
        squares = self.window.square().expand(1, n_frames, -1)
        return overlap_add(squares, self.hop_length).clamp(min=LEAST_WEIGHT)

    def cut(self, wav: Tensor, n_frames: int) -> Tensor:
        """[B, n_fft + (T - 1) * hop_length] -> the `hop_length` samples of each frame,
        [B, T * hop_length].

            pad = 2        p p 1 2 3 4 p p
            cut                1 2 3 4
        """
        length = n_frames * self.hop_length
        wav = wav[:, self.pad : self.pad + length]
        return F.pad(wav, (0, length - wav.shape[1]))
