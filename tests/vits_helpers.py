"""Small VITS models, for several tests."""

from __future__ import annotations

from typing import Any

import torch
from tts_helpers import N_SYMBOLS

from recital.models import build
from recital.models.tts.vits.model import VITS

AUDIO = {
    "sample_rate": 22050,
    "n_fft": 256,
    "win_length": 256,
    "hop_length": 64,
    "n_mels": 20,
    "f_min": 0.0,
    "f_max": None,
    "padding": "same",
}


def tiny_config(n_speakers: int = 1, **model: Any) -> dict[str, Any]:
    """A resolved config of a few ten thousand parameters."""
    return {
        "model_type": "VITS",
        "audio": AUDIO,
        "symbols": [str(i) for i in range(N_SYMBOLS)],
        "speakers": [str(i) for i in range(n_speakers)],
        "model": {
            "d_model": 16,
            "d_latent": 8,
            "d_speaker": 4 if n_speakers > 1 else 0,
            "text_encoder": {"n_layers": 2, "n_heads": 2, "d_inner": 24},
            "posterior_encoder": {"n_layers": 2},
            "flow": {"n_flows": 2, "n_layers": 2},
            "stochastic_durations": {"n_flows": 2, "n_posterior_flows": 2},
            "deterministic_durations": None,
            "decoder": {
                "channels": 16,
                "upsample_rates": [8, 8],
                "upsample_kernel_sizes": [16, 16],
                "resblock": 2,
                "resblock_kernel_sizes": [3],
                "resblock_dilations": [[1, 3]],
            },
            "segment_frames": 16,
            "discriminators": {"mpd": {"periods": [2], "channels": 2}},
            **model,
        },
    }


def tiny_model(seed: int = 0, **options: Any) -> VITS:
    """A model with fresh weights."""
    torch.manual_seed(seed)
    model = build(tiny_config(**options))
    assert isinstance(model, VITS)
    return model
