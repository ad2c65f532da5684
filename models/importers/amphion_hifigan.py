"""HiFi-GAN of Amphion: a `.pt` of its own, or accelerate's directory, with `args.json` above."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.amphion import audio_section, read_generator
from recital.models.importers.hifigan import generator_section, generator_weights


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `checkpoint` may be a folder, `config` is by
    default the args.json above it.
    """
    tensors, args, options, where = read_generator(checkpoint, config, "hifigan", averaged)
    section = generator_section(options, where)
    resolved = {
        "model_type": "HiFiGAN",
        "audio": audio_section(args, where),
        "model": {"generator": section},
    }
    return resolved, generator_weights(tensors, section, checkpoint)
