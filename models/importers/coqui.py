"""HiFi-GAN of Coqui's model zoo: `model_file.pth` or `.pth.tar`, with `config.json` next to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from recital.models.importers.foreign import find_near, read_checkpoint, unwrap
from recital.models.importers.hifigan import OPTIONS, generator_weights, take
from recital.utils.config import read_json5
from recital.utils.errors import CheckpointError

NAMES = {**OPTIONS, "upsample_rates": "upsample_factors"}  # ours: theirs
# ours: theirs
AUDIO = {
    "sample_rate": "sample_rate",
    "n_fft": "fft_size",
    "win_length": "win_length",
    "hop_length": "hop_length",
    "n_mels": "num_mels",
    "f_min": "mel_fmin",
    "f_max": "mel_fmax",
}
LOGARITHMS = {"np.log": "e", "np.log10": "10"}


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `checkpoint` may be a folder, `config` is by
    default the config.json next to the checkpoint.
    """
    if averaged:
        raise CheckpointError(f"{checkpoint}: this recipe keeps no averaged weights")
    file = _file(checkpoint)
    where = config or find_near(file, "config.json")
    if where is None:
        raise CheckpointError(f"{file}: no config.json next to it; give it with --config")
    options = read_json5(where)
    if (name := options.get("generator_model", "hifigan_generator")) != "hifigan_generator":
        raise CheckpointError(
            f"{where}: generator_model: is {name!r}; only 'hifigan_generator' can be imported"
        )
    tensors = _generator(read_checkpoint(file), file)
    given = take(options, "generator_model_params", where)
    section = {ours: take(given, theirs, where) for ours, theirs in NAMES.items()}
    section["resblock"] = 1 if str(given.get("resblock_type", "1")) == "1" else 2
    if "conv_post.bias" not in tensors:  # conv_post_bias: false
        tensors["conv_post.bias"] = torch.zeros(1)
    model: dict[str, Any] = {"generator": section}
    audio, gain = _audio(take(options, "audio", where), where)
    if gain != 1.0:
        model["mel_std"] = [1 / gain] * audio["n_mels"]
    resolved = {"model_type": "HiFiGAN", "audio": audio, "model": model}
    return resolved, generator_weights(tensors, section, file)


def _generator(content: Mapping[str, Any], file: Path) -> dict[str, Tensor]:
    """The generator's tensors, of a checkpoint of the whole GAN or of the generator alone."""
    state = content.get("model", content)
    tensors = unwrap(state, file)
    ours = {k.removeprefix("model_g."): v for k, v in tensors.items() if k.startswith("model_g.")}
    found = ours or {k: v for k, v in tensors.items() if not k.startswith("model_d.")}
    if any(k.startswith("cond_layer.") for k in found):
        raise CheckpointError(
            f"{file}: cond_layer: depends on a speaker's embedding, and cannot be imported"
        )
    return found


def _audio(options: Mapping[str, Any], where: Path) -> tuple[dict[str, Any], float]:
    """Our `audio` section, and the factor of the logarithm."""
    if options.get("signal_norm"):
        raise CheckpointError(
            f"{where}: audio.signal_norm: is true; mels that are scaled to a range cannot be "
            "imported"
        )
    if options.get("preemphasis"):
        raise CheckpointError(
            f"{where}: audio.preemphasis: is {options['preemphasis']}; only 0 can be imported"
        )
    log = options.get("log_func", "np.log10")
    if log not in LOGARITHMS or not options.get("do_amp_to_db_mel", True):
        raise CheckpointError(
            f"{where}: audio.log_func: is {log!r}; expected one of {', '.join(LOGARITHMS)}, and "
            "do_amp_to_db_mel true"
        )
    gain = float(options.get("spec_gain", 20))
    audio = {ours: take(options, theirs, where) for ours, theirs in AUDIO.items()}
    extra = {"padding": "center", "power_floor": 0.0, "log_base": LOGARITHMS[log]}
    return {**audio, "win_length": audio["win_length"] or audio["n_fft"], **extra}, gain


def _file(path: Path) -> Path:
    """The file of the weights: the path itself, or the newest in a folder."""
    if not path.is_dir():
        return path
    files = [*path.glob("*.pth"), *path.glob("*.pth.tar")]
    if not files:
        raise CheckpointError(f"{path}: holds no .pth or .pth.tar")
    return max(files, key=lambda file: file.stat().st_mtime)
