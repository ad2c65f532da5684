"""APNet of Amphion: a `.pt` of its own, or accelerate's directory, with `args.json` above."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.amphion import audio_section, read_generator
from recital.models.importers.foreign import Rule, rename
from recital.models.importers.hifigan import normed_weights
from recital.utils.errors import CheckpointError

RULES: list[Rule] = [
    (r"ASP_input_conv\.(.+)", r"generator.amplitude.first.\1"),
    (r"PSP_input_conv\.(.+)", r"generator.phase.first.\1"),
    (r"ASP_ResNet\.(\d+)\.convs1\.(.+)", r"generator.amplitude.blocks.\1.dilated.\2"),
    (r"ASP_ResNet\.(\d+)\.convs2\.(.+)", r"generator.amplitude.blocks.\1.plain.\2"),
    (r"PSP_ResNet\.(\d+)\.convs1\.(.+)", r"generator.phase.blocks.\1.dilated.\2"),
    (r"PSP_ResNet\.(\d+)\.convs2\.(.+)", r"generator.phase.blocks.\1.plain.\2"),
    (r"ASP_output_conv\.(.+)", r"generator.amplitude_last.\1"),
    (r"PSP_output_R_conv\.(.+)", r"generator.real.\1"),
    (r"PSP_output_I_conv\.(.+)", r"generator.imaginary.\1"),
]
PARTS = {"amplitude": "asp", "phase": "psp"}  # ours: the prefix of their options
# args.json is read in lower case by Amphion, and written so by some of its versions
LAST = {
    "amplitude": ["output_conv_kernel_size"],
    "phase": ["output_r_conv_kernel_size", "output_i_conv_kernel_size"],
}


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `checkpoint` may be a folder, `config` is by
    default the args.json above it.
    """
    tensors, args, given, where = read_generator(checkpoint, config, "apnet", averaged)
    options = {key.lower(): value for key, value in given.items()}

    def take(key: str) -> Any:
        if key not in options:
            raise CheckpointError(f"{where}: model.apnet.{key}: is missing from the model's config")
        return options[key]

    section: dict[str, Any] = {}
    for ours, theirs in PARTS.items():
        sizes = ["input_conv_kernel_size", *LAST[ours]]
        section |= {
            f"{ours}_channels": take(f"{theirs}_channel"),
            f"{ours}_kernel_sizes": [take(f"{theirs}_{name}") for name in sizes],
            f"{ours}_resblock_kernel_sizes": take(f"{theirs}_resblock_kernel_sizes"),
            f"{ours}_resblock_dilations": take(f"{theirs}_resblock_dilation_sizes"),
        }
    audio = audio_section(args, where)
    if audio["win_length"] != audio["n_fft"]:
        raise CheckpointError(
            f"{where}: preprocess.win_size: is {audio['win_length']}; expected n_fft "
            f"{audio['n_fft']}, as Amphion's inverse STFT needs"
        )
    resolved = {
        "model_type": "APNet",
        "audio": {**audio, "padding": "same", "power_floor": 1e-9},
        "model": {"generator": section},
    }
    return resolved, normed_weights(rename(tensors, RULES, checkpoint))
