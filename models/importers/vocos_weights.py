"""Code shared by the importers of Vocos: names of tensors."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.foreign import Rule, rename
from recital.utils.errors import CheckpointError

logger = logging.getLogger(__name__)

TRAINING = ("multiperioddisc.", "multiresddisc.", "melspec_loss.")  # of a training's checkpoint
RULES: list[Rule] = [
    (r"backbone\.embed\.(.+)", r"generator.frames.first.\1"),
    (r"backbone\.norm\.(.+)", r"generator.frames.first_norm.\1"),
    (r"backbone\.convnext\.(\d+)\.dwconv\.(.+)", r"generator.frames.blocks.\1.depthwise.\2"),
    (r"backbone\.convnext\.(\d+)\.norm\.(.+)", r"generator.frames.blocks.\1.norm.\2"),
    (r"backbone\.convnext\.(\d+)\.pwconv1\.(.+)", r"generator.frames.blocks.\1.widen.\2"),
    (r"backbone\.convnext\.(\d+)\.pwconv2\.(.+)", r"generator.frames.blocks.\1.narrow.\2"),
    (r"backbone\.convnext\.(\d+)\.gamma", r"generator.frames.blocks.\1.scale"),
    (r"backbone\.final_layer_norm\.(.+)", r"generator.frames.last_norm.\1"),
    (r"head\.out\.(.+)", r"generator.frames.out.\1"),
    (r"head\.istft\.window", None),  # Hann's
    (r"feature_extractor\.mel_spec\..+", None),  # of the mel, which the config defines
]


def generator_weights(
    tensors: Mapping[str, Tensor], where: Path
) -> tuple[dict[str, Tensor], dict[str, int]]:
    """The state dict of our model, and the sizes of its tensors: d_model, n_layers, d_inner, n_mels
    and n_fft. Raises `CheckpointError` for tensors that are not from a Vocos.
    """
    dropped = sorted({k.partition(".")[0] for k in tensors if k.startswith(TRAINING)})
    if dropped:
        logger.warning("%s: left out, since only training needs it: %s", where, ", ".join(dropped))
    weights = rename({k: v for k, v in tensors.items() if not k.startswith(TRAINING)}, RULES, where)
    try:
        d_model, n_mels, _ = weights["generator.frames.first.weight"].shape
        d_inner = weights["generator.frames.blocks.0.widen.weight"].shape[0]
        n_fft = weights["generator.frames.out.weight"].shape[0] - 2
    except (KeyError, ValueError, IndexError) as error:
        raise CheckpointError(f"{where}: is no Vocos: it has no such tensor: {error}") from None
    n_layers = len([key for key in weights if key.endswith(".depthwise.weight")])
    sizes = {"d_model": d_model, "n_layers": n_layers, "d_inner": d_inner}
    return weights, {**sizes, "n_mels": n_mels, "n_fft": n_fft}


def agree(said: Any, found: int, name: str, where: Path) -> None:
    """Refuse a config that contradicts the tensors."""
    if said is not None and said != found:
        raise CheckpointError(f"{where}: {name} is {said}, but {found} by the tensors")
