"""HiFi-GAN of Amphion: a `.pt` of its own, or accelerate's directory, with `args.json` above."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.amphion import audio_section, read_vocoder
from recital.models.importers.hifigan import generator_section, generator_weights, take
from recital.utils.errors import CheckpointError


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `checkpoint` may be a folder, `config` is by
    default the args.json above it.
    """
    if averaged:
        raise CheckpointError(f"{checkpoint}: this recipe keeps no averaged weights")
    tensors, args, where = read_vocoder(checkpoint, config, "generator_state_dict")
    model = take(args, "model", where)
    if (name := model.get("generator", "hifigan")) != "hifigan":
        raise CheckpointError(f"{where}: model.generator: is {name!r}; expected 'hifigan'")
    section = generator_section(take(model, "hifigan", where), where)
    resolved = {
        "model_type": "HiFiGAN",
        "audio": audio_section(args, where),
        "model": {"generator": section},
    }
    return resolved, generator_weights(tensors, section, checkpoint)
