"""A voice as a vector: GE2E (arXiv 1710.10467), three LSTM layers and a projection, with the
weights of Resemblyzer.

Only its wheel's file of weights is read: its code imports webrtcvad, which needs a compiler.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from recital.modules.signal.stft import Stft, power
from recital.processors.audio_files import resample
from recital.utils.errors import RecitalError

SAMPLE_RATE = 16000
LEVEL = 0.1  # RMS of full scale: -20 dB, so that loudness has no influence
N_MELS, WIDTH, N_LAYERS = 40, 256, 3
# windows of 1.6 s, 0.77 s apart, of mels of 25 ms every 10 ms
N_FFT, HOP, WINDOW_FRAMES, HOP_FRAMES = 400, 160, 160, 77
INSTALL = "pip install --no-deps Resemblyzer==0.1.4"


def embed_voice(wav: np.ndarray, sample_rate: int) -> np.ndarray:
    """wav [S] in [-1, 1] -> a vector of length 1, float32 [256]; the cosine of two is their
    likeness. Raises `RecitalError` without the encoder's weights.
    """
    wav = resample(np.asarray(wav, np.float32), sample_rate, SAMPLE_RATE)
    level = float(np.sqrt(np.square(wav, dtype=np.float64).mean()))
    even = (wav * (LEVEL / max(level, 1e-6))).astype(np.float32)
    with torch.inference_mode():
        vector: np.ndarray = speaker_encoder()(torch.from_numpy(even)).numpy()
    return vector


@lru_cache(maxsize=1)
def speaker_encoder() -> SpeakerEncoder:
    """The encoder with its weights. Raises `RecitalError` if they are not installed."""
    found = importlib.util.find_spec("resemblyzer")
    folders = (found and found.submodule_search_locations) or ()
    path = next((p for p in (Path(f) / "pretrained.pt" for f in folders) if p.is_file()), None)
    if path is None:
        raise RecitalError(f"the speaker encoder's weights are not installed: {INSTALL}")
    weights = torch.load(path, map_location="cpu", weights_only=True)["model_state"]
    encoder = SpeakerEncoder()
    encoder.load_state_dict({name: weights[name] for name in encoder.state_dict()})
    return encoder.eval()


class SpeakerEncoder(nn.Module):
    """The network, and the mels that it hears."""

    def __init__(self) -> None:
        super().__init__()
        from librosa.filters import mel

        self.lstm = nn.LSTM(N_MELS, WIDTH, N_LAYERS, batch_first=True)
        self.linear = nn.Linear(WIDTH, WIDTH)
        self.stft = Stft(N_FFT, HOP, N_FFT)
        self.filters = torch.from_numpy(mel(sr=SAMPLE_RATE, n_fft=N_FFT, n_mels=N_MELS))

    def forward(self, wav: Tensor) -> Tensor:
        """wav [S] at 16 kHz -> the mean of its windows' vectors, of length 1, [256]."""
        mel = self._mel(wav)  # [T, N_MELS]
        short = max(0, WINDOW_FRAMES - len(mel))
        windows = nn.functional.pad(mel, (0, 0, 0, short)).unfold(0, WINDOW_FRAMES, HOP_FRAMES)
        _, (hidden, _) = self.lstm(windows.transpose(1, 2))
        vectors = nn.functional.normalize(self.linear(hidden[-1]).relu(), dim=1)
        return nn.functional.normalize(vectors.mean(0), dim=0)

    def _mel(self, wav: Tensor) -> Tensor:
        """wav [S] -> power of the mel bands, [T, N_MELS]."""
        wav = nn.functional.pad(wav, (N_FFT // 2, N_FFT // 2))
        return power(self.stft(wav[None])[0]) @ self.filters.T
