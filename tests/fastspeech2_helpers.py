"""Small FastSpeech 2 models, for several tests."""

from __future__ import annotations

from typing import Any

import torch
from tts_helpers import AUDIO, N_SYMBOLS

from recital.models import build
from recital.models.tts.fastspeech2.model import FastSpeech2
from recital.utils.statistics import Statistics


def tiny_config(level: str = "token", n_speakers: int = 1, **model: Any) -> dict[str, Any]:
    """A resolved config of a few ten thousand parameters."""
    stack = {"n_layers": 2, "n_heads": 2, "d_head": 8, "d_inner": 48, "kernel_size": [9, 1]}
    predictor = {"channels": 24, "dropout": 0.5}
    variance = {"predictor": predictor, "level": level, "n_bins": 16}
    return {
        "model_type": "FastSpeech2",
        "audio": AUDIO,
        "symbols": [str(i) for i in range(N_SYMBOLS)],
        "speakers": [str(i) for i in range(n_speakers)],
        "model": {
            "d_model": 32,
            "encoder": stack,
            "decoder": stack,
            "duration_predictor": predictor,
            "pitch": variance,
            "energy": variance,
            "postnet": {"channels": 24},
            "aligner": {"channels": 16},
            **model,
        },
    }


def tiny_model(seed: int = 0, **options: Any) -> FastSpeech2:
    """A model with fresh weights, whose predicted durations are a few frames."""
    torch.manual_seed(seed)
    model = build(tiny_config(**options))
    model.pitch_statistics.set(200.0, 40.0)
    set_ranges(model, 90.0, 310.0)
    with torch.no_grad():
        model.network.duration_predictor.out.bias.fill_(1.6)
    return model


def set_ranges(model: FastSpeech2, low: float, high: float) -> None:
    """Bins over F0 from `low` to `high` Hz, of speakers who have 200 +- 40, and over energies."""
    model.network.pitch.set_range([Statistics(200.0, 40.0, low, high)])
    model.network.energy.set_range([Statistics(1.5, 0.5, 0.2, 4.0)])
    model.energy_mean.fill_(1.5)
    model.energy_std.fill_(0.5)
