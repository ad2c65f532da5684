"""Code shared by the importers of HiFi-GAN: names of tensors in three layouts, and the options of
the generator.

The residual blocks are numbered throughout (`resblocks.<stage * kernels + kernel>`) or by stage and
kernel (`resblocks.<stage>.<kernel>`); weights are in `weight_g` and `weight_v`, in torch's newer
parametrizations, or plain; and those of a 2-d convolution have a fourth dimension of 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from recital.models.importers.foreign import Rule, rename
from recital.utils.errors import CheckpointError

NORMED = {
    "weight_g": "parametrizations.weight.original0",
    "weight_v": "parametrizations.weight.original1",
}
# ours: theirs
OPTIONS = {
    "channels": "upsample_initial_channel",
    "upsample_rates": "upsample_rates",
    "upsample_kernel_sizes": "upsample_kernel_sizes",
    "resblock_kernel_sizes": "resblock_kernel_sizes",
    "resblock_dilations": "resblock_dilation_sizes",
}
# for grouped names
RULES: list[Rule] = [
    (r"conv_pre\.(.+)", r"generator.first.\1"),
    (r"conv_post\.(.+)", r"generator.last.\1"),
    (r"ups\.(\d+)\.(.+)", r"generator.stages.\1.up.\2"),
    (
        r"resblocks\.(\d+)\.(\d+)\.convs1?\.(\d+)\.(.+)",
        r"generator.stages.\1.blocks.\2.dilated.\3.\4",
    ),
    (
        r"resblocks\.(\d+)\.(\d+)\.convs2\.(\d+)\.(.+)",
        r"generator.stages.\1.blocks.\2.plain.\3.\4",
    ),
]


def generator_section(options: Mapping[str, Any], where: Path) -> dict[str, Any]:
    """Our `model.generator` section. Raises `CheckpointError` for a missing option."""
    section = {ours: take(options, theirs, where) for ours, theirs in OPTIONS.items()}
    block = take(options, "resblock", where)
    if str(block) not in ("1", "2"):
        raise CheckpointError(f"{where}: resblock: expected 1 or 2, found {block!r}")
    return {**section, "resblock": int(block)}


def take(options: Mapping[str, Any], key: str, where: Path) -> Any:
    """An option of a foreign config. Raises `CheckpointError` if it is missing."""
    if key not in options:
        raise CheckpointError(f"{where}: {key}: is missing from the model's config")
    return options[key]


def generator_weights(
    tensors: Mapping[str, Tensor],
    section: Mapping[str, Any],
    where: Path,
    rules: Sequence[Rule] = RULES,
) -> dict[str, Tensor]:
    """The state dict of our model. Raises `CheckpointError` for tensors without a rule."""
    n_kernels = len(section["resblock_kernel_sizes"])
    grouped = {group_key(key, n_kernels): value for key, value in tensors.items()}
    return normed_weights(rename(grouped, rules, where))


def group_key(key: str, n_kernels: int) -> str:
    """`resblocks.4.convs…` -> `resblocks.1.1.convs…`, for three kernels."""
    match = re.fullmatch(r"resblocks\.(\d+)\.((?:convs|activations).*)", key)
    if match is None:
        return key
    stage, kernel = divmod(int(match[1]), n_kernels)
    return f"resblocks.{stage}.{kernel}.{match[2]}"


def normed_weights(tensors: Mapping[str, Tensor], dimensions: int = 3) -> dict[str, Tensor]:
    """Split each weight into direction and length, in as many `dimensions`: 3, or 4 for filters of
    two.
    """
    normed: dict[str, Tensor] = {}
    for key, value in tensors.items():
        if value.dim() == 4 and dimensions == 3 and value.shape[3] == 1:
            value = value[..., 0]
        part, _, name = key.rpartition(".")
        if name == "weight":
            length = torch.linalg.vector_norm(value, dim=tuple(range(1, value.dim())), keepdim=True)
            direction = torch.where(length > 0, value, 1.0)  # 0 has no direction
            normed[f"{part}.{NORMED['weight_g']}"] = length
            normed[f"{part}.{NORMED['weight_v']}"] = direction
        else:
            normed[f"{part}.{NORMED.get(name, name)}"] = value
    return normed
