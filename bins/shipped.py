"""The voice that comes with a checkout: what speaks where nothing has been trained yet."""

from __future__ import annotations

from pathlib import Path

from recital.utils.config import ROOT
from recital.utils.errors import CheckpointError

VOICE = ROOT / "pretrained" / "kathleen"


def shipped_voice() -> tuple[Path, Path]:
    """Its acoustic model and its vocoder. Raises `CheckpointError` where they are not."""
    if not VOICE.is_dir():
        raise CheckpointError(
            f"{VOICE}: the voice of a checkout is not here; name the directory of a trained voice"
        )
    return VOICE / "acoustic", VOICE / "vocoder"
