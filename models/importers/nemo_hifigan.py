"""HiFi-GAN of NeMo: a `.nemo` file, a tar of `model_config.yaml` and `model_weights.ckpt`."""

from __future__ import annotations

import re
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.foreign import read_checkpoint, read_yaml, refuse_other_files, unwrap
from recital.models.importers.hifigan import generator_section, generator_weights, take
from recital.utils.errors import CheckpointError

CONFIG, WEIGHTS = "model_config.yaml", "model_weights.ckpt"
MAX_BYTES = 4 * 2**30  # of the weights, unpacked
# ours: theirs
AUDIO = {
    "sample_rate": "sample_rate",
    "n_fft": "n_fft",
    "win_length": "n_window_size",
    "hop_length": "n_window_stride",
    "n_mels": "nfilt",
    "f_min": "lowfreq",
    "f_max": "highfreq",
}


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `config` is by default the one in the file."""
    if averaged:
        raise CheckpointError(f"{checkpoint}: this recipe keeps no averaged weights")
    with tempfile.TemporaryDirectory(prefix="recital-") as folder:
        _unpack(checkpoint, Path(folder))
        tree = read_yaml(config or Path(folder) / CONFIG, "give it with --config")
        try:
            state = read_checkpoint(Path(folder) / WEIGHTS)
        except CheckpointError as error:
            raise CheckpointError(str(error).replace(folder, str(checkpoint))) from None
    tensors = unwrap(state, checkpoint)
    prefix = "generator."
    generator = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    if not generator:
        raise CheckpointError(f"{checkpoint}: {WEIGHTS}: holds no 'generator.…'")
    section = generator_section(_resolved(take(tree, "generator", checkpoint), tree), checkpoint)
    options = _resolved(take(tree, "preprocessor", checkpoint), tree)
    resolved = {
        "model_type": "HiFiGAN",
        "audio": _audio(options, checkpoint),
        "model": {"generator": section},
    }
    return resolved, generator_weights(generator, section, checkpoint)


def _unpack(path: Path, folder: Path) -> None:
    """The two files of a `.nemo` tar. Raises `CheckpointError` for anything else."""
    refuse_other_files(path)
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                name = member.name.removeprefix("./")
                if name not in (CONFIG, WEIGHTS):
                    continue
                stream = archive.extractfile(member) if member.isfile() else None
                if stream is None or member.size > MAX_BYTES:
                    raise CheckpointError(f"{path}: {name}: is no plain file of a sensible size")
                with stream, (folder / name).open("wb") as file:
                    while block := stream.read(2**20):
                        file.write(block)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise CheckpointError(f"{path}: is no .nemo file, which is a tar: {error}") from None
    for name in (CONFIG, WEIGHTS):
        if not (folder / name).is_file():
            raise CheckpointError(f"{path}: holds no {name}")


def _audio(options: Mapping[str, Any], where: Path) -> dict[str, Any]:
    """Our `audio` section of NeMo's preprocessor."""

    def require(key: str, expected: object, default: object) -> None:
        if (value := options.get(key, default)) != expected:
            raise CheckpointError(
                f"{where}: preprocessor.{key}: is {value}; only {expected} can be imported"
            )

    require("log", True, True)
    require("log_zero_guard_type", "clamp", "add")
    require("mag_power", 1.0, 2.0)
    require("normalize", None, "per_feature")
    require("preemph", None, 0.97)
    require("frame_splicing", 1, 1)
    require("window", "hann", "hann")
    return {
        **{ours: take(options, theirs, where) for ours, theirs in AUDIO.items()},
        "padding": "same" if options.get("exact_pad") else "center",
        "power_floor": 1e-5 if options.get("use_grads") else 0.0,
        "log_floor": take(options, "log_zero_guard_value", where),
    }


def _resolved(value: Any, tree: Mapping[str, Any], depth: int = 0) -> Any:
    """Replace `${a.b}` by the value that the config has there."""
    if isinstance(value, Mapping):
        return {k: _resolved(v, tree, depth) for k, v in value.items()}
    if isinstance(value, list):
        return [_resolved(v, tree, depth) for v in value]
    match = re.fullmatch(r"\$\{([\w.]+)\}", value) if isinstance(value, str) else None
    if match is None or depth > 8:
        return value
    found: Any = tree
    for name in match[1].split("."):
        if not isinstance(found, Mapping) or name not in found:
            raise CheckpointError(f"{value}: {CONFIG} has no such value")
        found = found[name]
    return _resolved(found, tree, depth + 1)
