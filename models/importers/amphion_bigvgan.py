"""BigVGAN of Amphion: a `.pt` of its own, or accelerate's directory, with `args.json` above."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.amphion import audio_section, read_vocoder
from recital.models.importers.bigvgan import bigvgan_section, bigvgan_weights
from recital.models.importers.hifigan import take
from recital.utils.errors import CheckpointError

N_DILATIONS = {1: 3, 2: 2}  # that its blocks read, whatever more a config lists


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
    if (name := model.get("generator", "bigvgan")) != "bigvgan":
        raise CheckpointError(f"{where}: model.generator: is {name!r}; expected 'bigvgan'")
    section = bigvgan_section(take(model, "bigvgan", where), where)
    n = N_DILATIONS[section["resblock"]]
    section["resblock_dilations"] = [sizes[:n] for sizes in section["resblock_dilations"]]
    resolved = {
        "model_type": "BigVGAN",
        "audio": audio_section(args, where),
        "model": {"generator": section},
    }
    return resolved, bigvgan_weights(tensors, section, checkpoint)
