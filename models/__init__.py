"""Networks that predict mels (`tts/`) and waves (`vocoder/`), and the table of their names."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from recital.utils.config import nearest
from recital.utils.errors import ConfigError

if TYPE_CHECKING:
    from torch import nn

MODELS = {  # model_type -> module that has `build(config) -> nn.Module`
    "FastPitch": "recital.models.tts.fastpitch",
    "HiFiGAN": "recital.models.vocoder.hifigan",
    "FastSpeech2": "recital.models.tts.fastspeech2",
}


def build(config: Mapping[str, Any]) -> nn.Module:
    """The model of a resolved config (with `audio`, `model`, `symbols` and `speakers`), with fresh
    weights.
    """
    name = config.get("model_type")
    if name not in MODELS:
        hint = nearest(str(name), MODELS) or "; known: " + ", ".join(MODELS)
        raise ConfigError(f"model_type: no model {name!r}{hint}")
    return importlib.import_module(MODELS[name]).build(config)
