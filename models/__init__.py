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
    "Vocos": "recital.models.vocoder.vocos",
    "SourceFilter": "recital.models.vocoder.source_filter",
    "WaveGlow": "recital.models.vocoder.waveglow",
    "FastSpeech2": "recital.models.tts.fastspeech2",
    "Tacotron2": "recital.models.tts.tacotron2",
}
FEATURES = {"SourceFilter": ("pitch",)}  # that stage 1 makes beside what all models of a kind share


def build(config: Mapping[str, Any], *, training: bool = True) -> nn.Module:
    """The model of a resolved config (with `audio`, `model`, `symbols` and `speakers`), with fresh
    weights.

    Without `training`, the parts that only training needs are not built: the keys of the `model`
    section that the module lists in `TRAINING_ONLY`.
    """
    name = config.get("model_type")
    if name not in MODELS:
        hint = nearest(str(name), MODELS) or "; known: " + ", ".join(MODELS)
        raise ConfigError(f"model_type: no model {name!r}{hint}")
    module = importlib.import_module(MODELS[name])
    if not training:
        apart = getattr(module, "TRAINING_ONLY", ())
        section = {key: value for key, value in config["model"].items() if key not in apart}
        config = {**config, "model": section}
    return module.build(config)
