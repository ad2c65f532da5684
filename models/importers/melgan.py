"""Code shared by the importers of MelGAN: its tensors are numbered throughout."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.hifigan import normed_weights
from recital.utils.errors import CheckpointError

BLOCK = {"block.2": "dilated", "block.4": "plain", "shortcut": "shortcut"}
STACK = {"stack.2": "dilated", "stack.4": "plain", "skip_layer": "shortcut"}


def melgan_weights(
    tensors: Mapping[str, Tensor], section: Mapping[str, Any], where: Path, prefix: str
) -> dict[str, Tensor]:
    """The state dict of our model, of layers named `<prefix>.<number>`. Raises `CheckpointError`
    for tensors without a rule.

    The layers are: padding, convolution; for each stage an activation, its upsampling and its
    residual blocks; activation, padding, convolution.
    """
    n_blocks = section["n_residuals"]
    ours = {"1": "generator.first"}
    n_stages = len(section["upsample_rates"])
    for i in range(n_stages):
        start = 2 + i * (n_blocks + 2)
        ours[f"{start + 1}"] = f"generator.stages.{i}.up"
        for j in range(n_blocks):
            for theirs, name in (BLOCK | STACK).items():
                ours[f"{start + 2 + j}.{theirs}"] = f"generator.stages.{i}.blocks.{j}.{name}"
    ours[f"{2 + n_stages * (n_blocks + 2) + 2}"] = "generator.last"
    renamed, unknown = {}, []
    for key, value in tensors.items():
        match = re.fullmatch(rf"{re.escape(prefix)}\.(.+)\.(\w+)", key)
        if match is None or match[1] not in ours:
            unknown.append(key)
        else:
            renamed[f"{ours[match[1]]}.{match[2]}"] = value
    if unknown:
        more = f" and {len(unknown) - 8} more" if len(unknown) > 8 else ""
        raise CheckpointError(
            f"{where}: has tensors unknown to this source: {', '.join(unknown[:8])}{more}"
        )
    return normed_weights(renamed)
