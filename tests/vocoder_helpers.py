"""Small vocoders and batches, for several tests."""

from __future__ import annotations

from typing import Any

import torch

from recital.models import build
from recital.modules.contract.batch import Batch

AUDIO = {
    "sample_rate": 16000,
    "n_fft": 128,
    "win_length": 128,
    "hop_length": 32,
    "n_mels": 10,
    "f_min": 0.0,
    "f_max": 6000.0,
    "padding": "same",
    "power_floor": 1e-9,
}
GENERATOR = {
    "channels": 16,
    "upsample_rates": [8, 4],
    "upsample_kernel_sizes": [16, 8],
    "resblock": 1,
    "resblock_kernel_sizes": [3, 5],
    "resblock_dilations": [[1, 3], [1, 2]],
}
DISCRIMINATORS = {
    "mpd": {"periods": [2, 3], "channels": 2},
    "msd": {"n_scales": 1, "channels": 16},
}
WEIGHTS = {"real": 1.0, "fake": 1.0, "adversarial": 1.0, "feature_matching": 2.0, "mel": 45.0}


def tiny_config(generator: dict[str, Any] | None = None, **model: Any) -> dict[str, Any]:
    """A resolved config of a HiFi-GAN with a few thousand parameters."""
    parts = {"generator": {**GENERATOR, **(generator or {})}, "discriminators": DISCRIMINATORS}
    return {"model_type": "HiFiGAN", "audio": AUDIO, "model": {**parts, **model}}


def tiny_vocoder(seed: int = 0, generator: dict[str, Any] | None = None, **model: Any) -> Any:
    torch.manual_seed(seed)
    return build(tiny_config(generator, **model))


def wave_batch(n: int = 2, n_frames: int = 16, seed: int = 0) -> Batch:
    """Waves of a few harmonics and their mels."""
    generator = torch.Generator().manual_seed(seed)
    samples = torch.arange(n_frames * AUDIO["hop_length"]) / AUDIO["sample_rate"]
    f0 = 200 + 400 * torch.rand(n, 1, generator=generator)  # Hz
    wav = sum(0.2 / k * torch.sin(2 * torch.pi * k * f0 * samples) for k in (1, 2, 3))
    from recital.modules.contract.audio import AudioConfig
    from recital.modules.contract.mel import MelSpectrogram

    mel = MelSpectrogram(AudioConfig(**AUDIO))(wav)  # type: ignore[arg-type]
    return Batch(ids=[str(i) for i in range(n)], mel=mel, wav=wav)
