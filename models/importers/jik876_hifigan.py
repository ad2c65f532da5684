"""HiFi-GAN of its authors (jik876): `g_02500000`, with `config.json` next to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.foreign import read_checkpoint, unwrap
from recital.models.importers.hifigan import generator_section, generator_weights, take
from recital.utils.checkpoint import read_tensors
from recital.utils.config import read_json5
from recital.utils.errors import CheckpointError

# ours: theirs
AUDIO = {
    "sample_rate": "sampling_rate",
    "n_fft": "n_fft",
    "win_length": "win_size",
    "hop_length": "hop_size",
    "n_mels": "num_mels",
    "f_min": "fmin",
    "f_max": "fmax",
}


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `config` is by default the config.json next to
    the checkpoint.
    """
    if averaged:
        raise CheckpointError(f"{checkpoint}: this recipe keeps no averaged weights")
    state, options, where = read_generator(checkpoint, config)
    section = generator_section(options, where)
    resolved = {
        "model_type": "HiFiGAN",
        "audio": audio_section(options, where),
        "model": {"generator": section},
    }
    return resolved, generator_weights(unwrap(state, checkpoint), section, checkpoint)


def read_generator(
    checkpoint: Path, config: Path | None
) -> tuple[dict[str, Any], dict[str, Any], Path]:
    """(state, config, its path) of a generator's file. Raises `CheckpointError` without one."""
    checkpoint = newest_generator(checkpoint)
    read = read_tensors if checkpoint.suffix == ".safetensors" else read_checkpoint
    content: Mapping[str, Any] = read(checkpoint)
    state = content if "conv_pre.bias" in content else content.get("generator")
    if not isinstance(state, dict):
        found = ", ".join(map(str, content)) or "nothing"
        raise CheckpointError(f"{checkpoint}: holds no 'generator'; found: {found[:200]}")
    where = config or checkpoint.parent / "config.json"
    if not where.is_file():
        raise CheckpointError(f"{where}: no such file; give the checkpoint's config with --config")
    return state, read_json5(where), where


def audio_section(options: Mapping[str, Any], where: Path) -> dict[str, Any]:
    """Our `audio` section of a config: HiFi-GAN's mel."""
    audio = {ours: take(options, theirs, where) for ours, theirs in AUDIO.items()}
    return {**audio, "padding": "same", "power_floor": 1e-9}


def newest_generator(path: Path) -> Path:
    """The newest generator of a folder, or the file itself."""
    if not path.is_dir():
        return path
    for pattern in ("g_????????", "generator*", "*.safetensors"):
        if found := sorted(p for p in path.glob(pattern) if p.is_file()):
            return found[-1]
    raise CheckpointError(f"{path}: holds no generator; expected a file such as g_02500000")
