"""BigVGAN of its authors (NVIDIA): `g_05000000` of version 1 and `bigvgan_generator.pt` of version
2, with `config.json` next to it; and the code shared with Amphion's.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from recital.models.importers.foreign import Rule, unwrap
from recital.models.importers.hifigan import RULES as HIFIGAN
from recital.models.importers.hifigan import generator_section, generator_weights, take
from recital.models.importers.jik876_hifigan import audio_section, read_generator
from recital.modules.layers.snake import kaiser_sinc
from recital.utils.errors import CheckpointError

WEIGHTS = "bigvgan_generator.pt"  # of a published folder of version 2
# for grouped names
RULES: list[Rule] = [
    (r".+\.filter", None),
    (r"ups\.(\d+)\.0\.(.+)", r"generator.stages.\1.up.\2"),
    (r"activation_post\.act\.(alpha|beta)", r"generator.activation.snake.\1"),
    (
        r"resblocks\.(\d+)\.(\d+)\.activations\.(\d+)\.act\.(alpha|beta)",
        r"generator.stages.\1.blocks.\2.activations.\3.snake.\4",
    ),
    *HIFIGAN,
]


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `checkpoint` may be a folder, `config` is by
    default the config.json next to the checkpoint.
    """
    if averaged:
        raise CheckpointError(f"{checkpoint}: this recipe keeps no averaged weights")
    file = _file(checkpoint)
    state, options, where = read_generator(file, config)
    section = bigvgan_section(options, where)
    section["final_tanh"] = options.get("use_tanh_at_final", True)
    section["final_bias"] = options.get("use_bias_at_final", True)
    resolved = {
        "model_type": "BigVGAN",
        "audio": audio_section(options, where),
        "model": {"generator": section},
    }
    return resolved, bigvgan_weights(unwrap(state, file), section, file)


def bigvgan_section(options: Mapping[str, Any], where: Path) -> dict[str, Any]:
    """Our `model.generator` section. Raises `CheckpointError` for an option that is missing or
    unknown.
    """
    activation = take(options, "activation", where)
    if activation not in ("snake", "snakebeta"):
        raise CheckpointError(
            f"{where}: activation: expected 'snake' or 'snakebeta', found {activation!r}"
        )
    return {
        **generator_section(options, where),
        "activation": activation,
        "log_scale": take(options, "snake_logscale", where),
    }


def bigvgan_weights(
    tensors: Mapping[str, Tensor], section: Mapping[str, Any], where: Path
) -> dict[str, Tensor]:
    """The state dict of our model. Raises `CheckpointError` for tensors that are not from a
    BigVGAN, and for different low-pass filters.
    """
    ours = kaiser_sinc()
    for key, value in tensors.items():
        if not key.endswith(".filter"):
            continue
        if value.shape != (1, 1, len(ours)) or not torch.allclose(value[0, 0], ours, atol=1e-3):
            raise CheckpointError(
                f"{where}: {key}: is another low-pass filter; only the {len(ours)} taps of the "
                "published models can be imported"
            )
    return generator_weights(tensors, section, where, RULES)


def _file(path: Path) -> Path:
    """The file of the weights: the path itself, or the newest in a folder."""
    if not path.is_dir():
        return path
    files = [*sorted(path.glob("g_*")), *path.glob(WEIGHTS)]
    if not files:
        raise CheckpointError(f"{path}: holds no BigVGAN: {WEIGHTS}, or g_ and its steps")
    return files[-1]
