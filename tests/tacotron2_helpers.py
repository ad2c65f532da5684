"""Small Tacotron 2 models, for several tests."""

from __future__ import annotations

from typing import Any

import torch
from tts_helpers import AUDIO, N_SYMBOLS

from recital.models import build
from recital.models.tts.tacotron2.model import Tacotron2


def tiny_config(n_speakers: int = 1, reduction: int = 1, **model: Any) -> dict[str, Any]:
    """A resolved config of a few ten thousand parameters."""
    decoder = {
        "prenet_size": 16,
        "attention_rnn_size": 32,
        "decoder_rnn_size": 24,
        "attention_size": 16,
        "location_filters": 4,
        "location_kernel_size": 9,
        "reduction": reduction,
    }
    return {
        "model_type": "Tacotron2",
        "audio": AUDIO,
        "symbols": [str(i) for i in range(N_SYMBOLS)],
        "speakers": [str(i) for i in range(n_speakers)],
        "model": {
            "d_model": 24,
            "encoder": {},
            "decoder": decoder,
            "postnet": {"channels": 16},
            "max_decoder_steps": 60,
            **model,
        },
    }


def tiny_model(seed: int = 0, **options: Any) -> Tacotron2:
    """A model with fresh weights."""
    torch.manual_seed(seed)
    return build(tiny_config(**options))
