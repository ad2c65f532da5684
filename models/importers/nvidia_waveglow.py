"""WaveGlow of NVIDIA: DeepLearningExamples' `checkpoint_WaveGlow_*.pt`, and the original project's
files, which hold a state dict or pickle the whole module.

All sizes are read from the tensors. The projections of the mel are stored per layer
(`cond_layers.<i>`), or for all layers of a coupling together (`cond_layer`); the oldest files have
separate residual (`res_layers`) and skip convolutions (`skip_layers`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from recital.models.importers.foreign import Rule, read_checkpoint, rename, unwrap
from recital.models.importers.inert import read_module, state_of
from recital.utils.config import read_json5
from recital.utils.errors import CheckpointError

CLASSES = {
    (module, name)
    for module in ("glow", "glow_old", "waveglow.model")
    for name in ("WaveGlow", "WN", "Invertible1x1Conv")
}
# Tacotron 2's mel, on which every published model was trained
AUDIO = {
    "sample_rate": 22050,
    "n_fft": 1024,
    "win_length": 1024,
    "hop_length": 256,
    "f_min": 0.0,
    "f_max": 8000.0,
    "padding": "center",
    "power_floor": 0.0,
}
UPSAMPLE_KERNEL = 1024  # samples, over a stride of 256
NORM = {
    "weight_g": "parametrizations.weight.original0",
    "weight_v": "parametrizations.weight.original1",
}
RULES: list[Rule] = [
    (r"upsample\.(weight|bias)", r"network.upsample.\1"),
    (r"convinv\.(\d+)\.conv\.weight", r"network.mixers.\1.weight"),
    (r"WN\.(\d+)\.start\.(.+)", r"network.couplings.\1.first.\2"),
    (r"WN\.(\d+)\.cond_layer\.(.+)", r"network.couplings.\1.condition.\2"),
    (r"WN\.(\d+)\.in_layers\.(\d+)\.(.+)", r"network.couplings.\1.gates.\2.\3"),
    (r"WN\.(\d+)\.res_skip_layers\.(\d+)\.(.+)", r"network.couplings.\1.mixes.\2.\3"),
    (r"WN\.(\d+)\.end\.(weight|bias)", r"network.couplings.\1.last.\2"),
]


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; a config is only compared with the tensors."""
    if averaged:
        raise CheckpointError(f"{checkpoint}: this recipe keeps no averaged weights")
    content = _read(checkpoint)
    state = content.get("state_dict", content.get("model"))
    state = state if isinstance(state, Mapping) else state_of(state)
    tensors = _fused(unwrap(state, checkpoint))
    weights = rename(tensors, RULES, checkpoint)
    weights = {_normed(key): _three(key, value) for key, value in weights.items()}
    section = _sizes(weights, checkpoint)
    options = read_json5(config) if config is not None else content.get("config")
    if isinstance(options, Mapping):
        _compare(options, section, config or checkpoint)
    n_mels = section.pop("n_mels")
    resolved = {"model_type": "WaveGlow", "audio": AUDIO | {"n_mels": n_mels}, "model": section}
    return resolved, weights


def _read(path: Path) -> dict[str, Any]:
    try:
        content = read_checkpoint(path)
    except CheckpointError as error:
        if "running code" not in str(error):
            raise
        content = read_module(path, CLASSES)
    if "state_dict" not in content and "model" not in content:
        raise CheckpointError(
            f"{path}: holds neither 'state_dict' nor 'model'; found: {', '.join(map(str, content))}"
        )
    return content


def _fused(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Concatenate the projections of the mel, and the residual and skip parts of a layer, along the
    output channels: dimension 0 of weights, of their lengths and of biases.
    """
    fused: dict[str, Tensor] = {}
    groups: dict[str, list[tuple[int, Tensor]]] = {}
    for key, value in tensors.items():
        head, layers, tail = key.partition(".cond_layers.")
        if layers:
            number, _, name = tail.partition(".")
            groups.setdefault(f"{head}.cond_layer.{name}", []).append((int(number), value))
            continue
        head, layers, tail = key.partition(".skip_layers.")
        if layers:
            after = f"{head}.in_layers.{int(tail.partition('.')[0]) + 1}.bias"
            if after in tensors:  # the last layer has no residual
                value = torch.cat([tensors[f"{head}.res_layers.{tail}"], value])
            fused[f"{head}.res_skip_layers.{tail}"] = value
        elif ".res_layers." not in key:
            fused[key] = value
    for key, parts in groups.items():
        fused[key] = torch.cat([value for _, value in sorted(parts, key=lambda part: part[0])])
    return fused


def _normed(key: str) -> str:
    part, _, name = key.rpartition(".")
    return f"{part}.{NORM[name]}" if name in NORM else key


def _three(key: str, value: Tensor) -> Tensor:
    """Drop the kernel dimension of an invertible convolution, a matrix here."""
    return value[..., 0] if ".mixers." in key and value.dim() == 3 else value


def _sizes(weights: Mapping[str, Tensor], where: Path) -> dict[str, Any]:
    """The `model` section and `n_mels`, from the shapes of the tensors."""

    def count(prefix: str, suffix: str) -> int:
        n = 0
        while f"{prefix}.{n}.{suffix}" in weights:
            n += 1
        return n

    def shape(key: str) -> tuple[int, ...]:
        if key not in weights:
            raise CheckpointError(f"{where}: is no WaveGlow: it has no tensor for {key}")
        return tuple(weights[key].shape)

    direction = NORM["weight_v"]
    n_mels, _, kernel = shape("network.upsample.weight")
    if kernel != UPSAMPLE_KERNEL:
        raise CheckpointError(
            f"{where}: upsample.weight: its kernel has {kernel} samples; only {UPSAMPLE_KERNEL}, "
            f"a stride of {AUDIO['hop_length']}, can be imported"
        )
    n_flows = count("network.mixers", "weight")
    widths = [shape(f"network.mixers.{k}.weight")[0] for k in range(max(n_flows, 1))]
    leaving = [k for k in range(1, n_flows) if widths[k] != widths[k - 1]]
    coupling = "network.couplings.0"
    _, channels, kernel_size = shape(f"{coupling}.gates.0.{direction}")
    return {
        "n_mels": n_mels,
        "n_flows": n_flows,
        "n_group": widths[0],
        "n_early_every": leaving[0] if leaving else max(n_flows, 1),
        "n_early_size": widths[leaving[0] - 1] - widths[leaving[0]] if leaving else 2,
        "n_layers": count(f"{coupling}.gates", direction),
        "channels": channels,
        "kernel_size": kernel_size,
    }


def _compare(options: Mapping[str, Any], section: Mapping[str, Any], where: Path) -> None:
    """Refuse a config that contradicts the tensors."""
    wn = options.get("WN_config", {})
    said = {
        "n_mels": options.get("n_mel_channels"),
        "n_flows": options.get("n_flows"),
        "n_group": options.get("n_group"),
        "n_layers": wn.get("n_layers"),
        "channels": wn.get("n_channels"),
        "kernel_size": wn.get("kernel_size"),
    }
    for name, value in said.items():
        if value is not None and value != section[name]:
            raise CheckpointError(
                f"{where}: {name} is {value} in the config, but {section[name]} by the tensors"
            )
