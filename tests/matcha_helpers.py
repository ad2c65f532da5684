"""Small Matcha-TTS models, for several tests."""

from __future__ import annotations

from typing import Any

import torch
from tts_helpers import AUDIO, N_SYMBOLS

from recital.models import build
from recital.models.tts.matcha.model import Matcha


def tiny_config(n_speakers: int = 1, **model: Any) -> dict[str, Any]:
    """A resolved config of a few ten thousand parameters."""
    return {
        "model_type": "Matcha",
        "audio": AUDIO,
        "symbols": [str(i) for i in range(N_SYMBOLS)],
        "speakers": [str(i) for i in range(n_speakers)],
        "model": {
            "d_model": 16,
            "speaker_channels": 8,
            "speaker_conditioning": "table",
            "encoder": {"n_layers": 2, "n_heads": 2, "d_inner": 24, "duration_channels": 16},
            "decoder": {"channels": [16, 24], "n_mid": 1, "n_heads": 2, "d_head": 8},
            "n_steps": 3,
            **model,
        },
    }


def tiny_model(seed: int = 0, **options: Any) -> Matcha:
    """A model with fresh weights, whose predicted durations are a few frames."""
    torch.manual_seed(seed)
    model = build(tiny_config(**options))
    assert isinstance(model, Matcha)
    model.mel_mean.fill_(-2.0)
    model.mel_std.fill_(1.2)
    with torch.no_grad():
        model.network.encoder.duration_predictor.out.bias.fill_(1.4)
    return model
