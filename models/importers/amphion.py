"""Code shared by the importers of Amphion's vocoders: their files and their `args.json`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.foreign import read_checkpoint, unwrap
from recital.models.importers.hifigan import take
from recital.utils.checkpoint import read_tensors, step_of
from recital.utils.config import read_json5
from recital.utils.errors import CheckpointError

# accelerate numbers the models of a directory: the vocoder is the first
FILES = ("model.safetensors", "pytorch_model.bin")


def read_vocoder(
    checkpoint: Path, config: Path | None, *keys: str
) -> tuple[dict[str, Tensor], dict[str, Any], Path]:
    """(weights, args.json, its path) of a checkpoint file, or of the newest in a folder; `keys` are
    those that may contain the weights.
    """
    file = _file(checkpoint)
    content: dict[str, Any] = (
        read_tensors(file) if file.suffix == ".safetensors" else read_checkpoint(file)
    )
    for key in keys:
        if isinstance(content.get(key), dict):
            content = content[key]
    where = config or _args_above(file)
    return unwrap(content, file), read_json5(where), where


def read_generator(
    checkpoint: Path, config: Path | None, name: str, averaged: bool
) -> tuple[dict[str, Tensor], dict[str, Any], dict[str, Any], Path]:
    """(weights, args.json, its section `model.<name>`, its path) of a GAN vocoder. Raises
    `CheckpointError` for another generator.
    """
    if averaged:
        raise CheckpointError(f"{checkpoint}: this recipe keeps no averaged weights")
    tensors, args, where = read_vocoder(checkpoint, config, "generator_state_dict", "state_dict")
    model = take(args, "model", where)
    if (found := model.get("generator", name)) != name:
        raise CheckpointError(f"{where}: model.generator: is {found!r}; expected {name!r}")
    return tensors, args, take(model, name, where), where


def audio_section(args: dict[str, Any], where: Path) -> dict[str, Any]:
    """Our `audio` section of args.json: HiFi-GAN's mel, or Tacotron's ("taco")."""
    options = args.get("preprocess", {})
    if options.get("use_min_max_norm_mel"):
        raise CheckpointError(
            f"{where}: preprocess.use_min_max_norm_mel: mels that are scaled by the corpus's range "
            "cannot be imported"
        )
    taco = options.get("mel_extract_mode") == "taco"
    return {
        "sample_rate": take(options, "sample_rate", where),
        "n_fft": take(options, "n_fft", where),
        "win_length": take(options, "win_size", where),
        "hop_length": take(options, "hop_size", where),
        "n_mels": take(options, "n_mel", where),
        "f_min": take(options, "fmin", where),
        "f_max": take(options, "fmax", where),
        "padding": "center" if taco else "same",
        "power_floor": 0.0 if taco else 1e-9,
    }


def _file(path: Path) -> Path:
    """The file of the weights: the path itself, or the newest below a folder."""
    if not path.is_dir():
        return path
    folders = [path, path / "checkpoint", path / "checkpoints"]
    folders += sorted(path.glob("checkpoint*/epoch-*"), key=step_of, reverse=True)
    for folder in folders:
        files = [folder / name for name in FILES]
        files += sorted(folder.glob("*step-*.pt"), key=_step, reverse=True)
        for file in files:
            if file.is_file():
                return file
    raise CheckpointError(f"{path}: holds no checkpoint of Amphion: *step-*.pt, or one of {FILES}")


def _step(path: Path) -> int:
    digits = path.name.partition("step-")[2].split("_")[0].split(".")[0]
    return int(digits) if digits.isdigit() else -1


def _args_above(file: Path) -> Path:
    """The args.json in the folder of a file or in one of its three parents."""
    for folder in list(file.resolve().parents)[:4]:
        if (folder / "args.json").is_file():
            return folder / "args.json"
    raise CheckpointError(f"{file}: no args.json above it; give it with --config")
