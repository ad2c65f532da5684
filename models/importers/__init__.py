"""Checkpoints of other projects, read without unpickling code, and the table of their sources."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from torch import Tensor

from recital.utils.config import nearest
from recital.utils.errors import CheckpointError, UsageError

FAULTS = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)

# --source -> module with `convert(checkpoint, config, *, averaged)`
SOURCES = {
    "nvidia_fastpitch": "recital.models.importers.nvidia_fastpitch",
    "jik876_hifigan": "recital.models.importers.jik876_hifigan",
    "nvidia_hifigan": "recital.models.importers.nvidia_hifigan",
    "amphion_hifigan": "recital.models.importers.amphion_hifigan",
    "bigvgan": "recital.models.importers.bigvgan",
    "amphion_bigvgan": "recital.models.importers.amphion_bigvgan",
    "amphion_melgan": "recital.models.importers.amphion_melgan",
    "amphion_nsfhifigan": "recital.models.importers.amphion_nsfhifigan",
    "amphion_apnet": "recital.models.importers.amphion_apnet",
    "amphion_diffwave": "recital.models.importers.amphion_diffwave",
    "amphion_fastspeech2": "recital.models.importers.amphion_fastspeech2",
    "ming024_fastspeech2": "recital.models.importers.ming024_fastspeech2",
    "matcha": "recital.models.importers.matcha",
    "nvidia_tacotron2": "recital.models.importers.nvidia_tacotron2",
    "vocos": "recital.models.importers.vocos",
    "amphion_vocos": "recital.models.importers.amphion_vocos",
    "nvidia_waveglow": "recital.models.importers.nvidia_waveglow",
    "parallel_wavegan": "recital.models.importers.parallel_wavegan",
    "nemo_hifigan": "recital.models.importers.nemo_hifigan",
    "coqui": "recital.models.importers.coqui",
    "jaywalnut310_vits": "recital.models.importers.jaywalnut310_vits",
    "piper": "recital.models.importers.piper",
}


def _short(message: str, most: int = 800) -> str:
    return message if len(message) <= most else f"{message[: most // 2]} … {message[-most // 2 :]}"


def convert(
    source: str, checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Convert a foreign checkpoint to a config (all but `symbols`) and the state dict of its model.

    `config` is the foreign config file, if the checkpoint has none; `averaged` selects the
    exponential moving average of the weights. Raises `UsageError` for an unknown source,
    `CheckpointError` for an unexpected file.
    """
    if source not in SOURCES:
        known = nearest(source, SOURCES) or "; known: " + ", ".join(SOURCES)
        raise UsageError(f"--source: no source {source!r}{known}")
    module = importlib.import_module(SOURCES[source])
    try:
        return module.convert(checkpoint, config, averaged=averaged)
    except CheckpointError as error:
        # a value of the file may be a list of a thousand numbers
        raise CheckpointError(_short(str(error))) from None
    except FAULTS as error:
        # what foreign data can do to code that expects something else cannot be listed
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        raise CheckpointError(f"{checkpoint}: is not what {source} writes ({reason})") from error
