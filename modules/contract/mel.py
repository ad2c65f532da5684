"""The mel spectrogram: one class computes the features, the input of a vocoder and the mel loss.

The common conventions are presets of `AudioConfig` under `config/audio/`: Tacotron 2 (`center`
padding, no epsilon under the root) and HiFi-GAN (`same` padding, 1e-9 under the root) differ by
half a hop in the position of frames, so they are never mixed.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from recital.modules.contract.audio import AudioConfig
from recital.modules.signal.stft import Stft, power

TINY = 1e-30  # a root's gradient is infinite at 0


def _hz_to_mel(hz: np.ndarray, scale: str) -> np.ndarray:
    """Slaney (Auditory Toolbox, 1998): linear below 1 kHz, 27 steps per factor of 6.4 above; HTK:
    2595 log10(1 + f/700).
    """
    if scale == "htk":
        return 2595.0 * np.log10(1.0 + hz / 700.0)
    step = np.log(6.4) / 27.0
    return np.where(hz < 1000.0, hz * 3 / 200, 15.0 + np.log(np.maximum(hz, 1e-10) / 1000.0) / step)


def _mel_to_hz(mel: np.ndarray, scale: str) -> np.ndarray:
    if scale == "htk":
        return 700.0 * (10.0 ** (mel / 2595.0) - 1.0)
    step = np.log(6.4) / 27.0
    return np.where(mel < 15.0, mel * 200 / 3, 1000.0 * np.exp(step * (mel - 15.0)))


def mel_filters(audio: AudioConfig) -> np.ndarray:
    """The triangular filter bank, [n_mels, n_fft // 2 + 1] float32; librosa's definition, computed
    in float64.
    """
    f_max = audio.f_max or audio.sample_rate / 2
    low, high = _hz_to_mel(np.array([audio.f_min, f_max], dtype=np.float64), audio.mel_scale)
    edges = _mel_to_hz(np.linspace(low, high, audio.n_mels + 2), audio.mel_scale)  # Hz
    bins = np.arange(audio.n_fft // 2 + 1) * (audio.sample_rate / audio.n_fft)  # Hz
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    filters = np.maximum(0.0, np.minimum(rising, falling))
    if audio.mel_norm == "slaney":
        filters *= (2.0 / (edges[2:] - edges[:-2]))[:, None]
    return filters.astype(np.float32)


class MelSpectrogram(nn.Module):
    """Waveform to log mel, in float32 whatever the precision around it."""

    filters: Tensor

    def __init__(self, audio: AudioConfig) -> None:
        super().__init__()
        self.audio = audio
        self.stft = Stft(*audio.framing, audio.pad)
        self.register_buffer("filters", torch.from_numpy(mel_filters(audio)), persistent=False)

    def magnitude(self, wav: Tensor, lengths: Tensor | None = None) -> Tensor:
        """wav [B, S] in [-1, 1] -> magnitudes [B, n_fft // 2 + 1, T]; S must exceed the padding,
        unless there are `lengths` [B] in samples (see `Stft`).
        """
        floor = self.audio.power_floor
        with torch.autocast(wav.device.type, enabled=False):
            spectrum = self.stft(wav.float(), lengths=lengths)
            squares = power(spectrum).transpose(1, 2)  # [B, T, F] -> [B, F, T]
            return (squares + floor if floor else squares.clamp(min=TINY)).sqrt()

    def forward(self, wav: Tensor, lengths: Tensor | None = None) -> Tensor:
        """wav [B, S] in [-1, 1] -> log mel [B, n_mels, T], with T = `audio.n_frames(S)`; `lengths`
        as in `magnitude`.
        """
        magnitude = self.magnitude(wav, lengths)
        with torch.autocast(wav.device.type, enabled=False):
            mel = torch.matmul(self.filters, magnitude).clamp(min=self.audio.log_floor)
            return mel.log() if self.audio.log_base == "e" else mel.log10()
