"""DiffWave of Amphion: a `.pt` of its own, or accelerate's directory, with `args.json` above."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.amphion import audio_section, read_generator
from recital.models.importers.foreign import Rule, rename
from recital.models.importers.hifigan import take

RULES: list[Rule] = [
    (r"input_projection\.(.+)", r"network.first.\1"),
    (r"diffusion_embedding\.projection1\.(.+)", r"network.encoding.first.\1"),
    (r"diffusion_embedding\.projection2\.(.+)", r"network.encoding.second.\1"),
    (r"spectrogram_upsampler\.conv1\.(.+)", r"network.upsamples.0.\1"),
    (r"spectrogram_upsampler\.conv2\.(.+)", r"network.upsamples.1.\1"),
    (r"residual_layers\.(\d+)\.dilated_conv\.(.+)", r"network.layers.\1.dilated.\2"),
    (r"residual_layers\.(\d+)\.diffusion_projection\.(.+)", r"network.layers.\1.step.\2"),
    (r"residual_layers\.(\d+)\.conditioner_projection\.(.+)", r"network.layers.\1.condition.\2"),
    (r"residual_layers\.(\d+)\.output_projection\.(.+)", r"network.layers.\1.out.\2"),
    (r"skip_projection\.(.+)", r"network.skip.\1"),
    (r"output_projection\.(.+)", r"network.last.\1"),
]


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `checkpoint` may be a folder, `config` is by
    default the args.json above it.
    """
    tensors, args, options, where = read_generator(checkpoint, config, "diffwave", averaged)
    network = {
        "channels": take(options, "residual_channels", where),
        "n_layers": take(options, "residual_layers", where),
        "dilation_cycle": take(options, "dilation_cycle_length", where),
        "upsample_rates": take(options, "upsample_factors", where)[:2],  # it reads two
        "noise_schedule": take(options, "noise_schedule_factors", where),
    }
    resolved = {
        "model_type": "DiffWave",
        "audio": audio_section(args, where),
        "model": {
            "network": network,
            "inference_schedule": take(options, "inference_noise_schedule", where),
        },
    }
    return resolved, rename(tensors, RULES, checkpoint)
