"""BigVGAN of Amphion: a `.pt` of its own, or accelerate's directory, with `args.json` above."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.amphion import audio_section, read_generator
from recital.models.importers.bigvgan import bigvgan_section, bigvgan_weights

N_DILATIONS = {1: 3, 2: 2}  # that its blocks read, whatever more a config lists


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `checkpoint` may be a folder, `config` is by
    default the args.json above it.
    """
    tensors, args, options, where = read_generator(checkpoint, config, "bigvgan", averaged)
    section = bigvgan_section(options, where)
    n = N_DILATIONS[section["resblock"]]
    section["resblock_dilations"] = [sizes[:n] for sizes in section["resblock_dilations"]]
    resolved = {
        "model_type": "BigVGAN",
        "audio": audio_section(args, where),
        "model": {"generator": section},
    }
    return resolved, bigvgan_weights(tensors, section, checkpoint)
