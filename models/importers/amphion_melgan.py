"""MelGAN of Amphion: a `.pt` of its own, or accelerate's directory, with `args.json` above."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.amphion import audio_section, read_generator
from recital.models.importers.hifigan import take
from recital.models.importers.melgan import melgan_weights


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `checkpoint` may be a folder, `config` is by
    default the args.json above it.
    """
    tensors, args, options, where = read_generator(checkpoint, config, "melgan", averaged)
    rates = take(options, "ratios", where)
    section = {
        "channels": take(options, "ngf", where) << len(rates),
        "upsample_rates": rates,
        "n_residuals": take(options, "n_residual_layers", where),
    }
    resolved = {
        "model_type": "MelGAN",
        "audio": audio_section(args, where),
        "model": {"generator": section},
    }
    return resolved, melgan_weights(tensors, section, checkpoint, "model")
