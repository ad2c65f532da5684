"""HiFi-GAN of NVIDIA's DeepLearningExamples: `hifigan_gen_checkpoint_6500.pt`, with `config` and
`train_setup` inside.

Its input is HiFi-GAN's mel, unless it was fine-tuned on the predictions of an acoustic model: these
are Tacotron's mels, shifted by half a hop.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.foreign import read_checkpoint, unwrap
from recital.models.importers.hifigan import generator_section, generator_weights
from recital.utils.config import read_json5
from recital.utils.errors import CheckpointError

# ours: (name in train_setup, value of the recipe)
AUDIO = {
    "sample_rate": ("sampling_rate", 22050),
    "n_fft": ("filter_length", 1024),
    "win_length": ("win_length", 1024),
    "hop_length": ("hop_length", 256),
    "n_mels": ("num_mels", 80),
    "f_min": ("mel_fmin", 0.0),
    "f_max": ("mel_fmax", 8000.0),
}


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`."""
    content = read_checkpoint(checkpoint)
    name = "gen_ema" if averaged else "generator"
    if not isinstance(content.get(name), dict):
        found = (
            ", ".join(str(key) for key, value in content.items() if value is not None) or "nothing"
        )
        remedy = "; import it without --averaged" if averaged else ""
        raise CheckpointError(f"{checkpoint}: holds no '{name}'{remedy}; found: {found}")
    options = read_json5(config) if config is not None else content.get("config")
    if not isinstance(options, dict):
        raise CheckpointError(f"{checkpoint}: holds no config; give it with --config FILE (JSON)")
    setup = content.get("train_setup") or {}
    audio = {ours: setup.get(theirs, default) for ours, (theirs, default) in AUDIO.items()}
    if setup.get("fine_tuning"):
        audio |= {"padding": "center", "power_floor": 0.0}
    else:
        audio |= {"padding": "same", "power_floor": 1e-9}
    section = generator_section(options, config or checkpoint)
    resolved = {"model_type": "HiFiGAN", "audio": audio, "model": {"generator": section}}
    return resolved, generator_weights(unwrap(content[name], checkpoint), section, checkpoint)
