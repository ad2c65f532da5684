"""NSF-HiFiGAN of Amphion: a `.pt` of its own, or accelerate's directory, with `args.json` above.

Its output does not depend on F0: where it should add the source, it adds the hidden sequence to
itself. So the source was never trained, and what the checkpoint computes is a HiFi-GAN whose
upsampled sequences are doubled. That is what is imported: a `HiFiGAN`. (Recital's own NSF-HiFiGAN
follows F0.)
"""

from __future__ import annotations

import re
from math import prod
from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.amphion import audio_section, read_generator
from recital.models.importers.hifigan import generator_section, generator_weights
from recital.utils.errors import CheckpointError

SOURCE = r"(noise_convs\.\d+|m_source\.l_linear)\.(weight|bias)"  # never heard


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `checkpoint` may be a folder, `config` is by
    default the args.json above it.
    """
    tensors, args, options, where = read_generator(checkpoint, config, "nsfhifigan", averaged)
    section = generator_section(options, where)
    rates, sizes = section["upsample_rates"], section["upsample_kernel_sizes"]
    strides = [prod(rates[i + 1 :]) for i in range(len(rates) - 1)]
    if any(stride % 2 for stride in strides) or any(
        (size - rate) % 2 for rate, size in zip(rates, sizes, strict=True)
    ):
        raise CheckpointError(
            f"{where}: model.nsfhifigan.upsample_rates: {rates} with kernels of {sizes} cut frames "
            "off between the stages; only even products of the last rates, and kernels that differ "
            "from their rates by an even number, can be imported"
        )
    if section["resblock"] != 1:
        raise CheckpointError(
            f"{where}: model.nsfhifigan.resblock: is {section['resblock']}; only 1 can be built by "
            "Amphion, and imported"
        )
    heard = {k: v for k, v in tensors.items() if not re.fullmatch(SOURCE, k)}
    weights = generator_weights(heard, section, checkpoint)
    for name in list(weights):
        if re.fullmatch(r"generator\.stages\.\d+\.up\.(bias|.+\.original0)", name):
            weights[name] = 2 * weights[name]
    resolved = {
        "model_type": "HiFiGAN",
        "audio": audio_section(args, where),
        "model": {"generator": section},
    }
    return resolved, weights
