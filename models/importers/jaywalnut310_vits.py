"""VITS of its authors (`G_*.pth`: `{model, iteration, optimizer, learning_rate}`), with the
`config.json` of the training next to it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.foreign import ForeignConfig, find_near, read_checkpoint, unwrap
from recital.models.importers.vits import AUDIO, audio_section, model_section, weights
from recital.utils.config import read_json5
from recital.utils.errors import CheckpointError

CLEANERS = {
    # phonemes of espeak-ng in American English, with marks and stress
    "english_cleaners2": {"phonemizer": "espeak", "voice": "en-us"},
}
# options of `data` that say nothing about the model
UNUSED = ("training_files", "validation_files", "max_wav_value", "cleaned_text")


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `config` is by default the config.json next to the
    checkpoint.
    """
    if averaged:
        raise CheckpointError(f"{checkpoint}: this recipe keeps no averaged weights")
    content = read_checkpoint(checkpoint)
    if not isinstance(content.get("model"), dict):
        raise CheckpointError(
            f"{checkpoint}: holds no 'model'; found: {list(map(str, content))[:9]}"
        )
    tensors = unwrap(content["model"], checkpoint)
    if "enc_p.emb.weight" not in tensors:
        raise CheckpointError(
            f"{checkpoint}: holds no enc_p.emb.weight, so it is no generator of VITS; D_*.pth is "
            "the discriminators: import G_*.pth"
        )
    where = config or find_near(checkpoint, "config.json")
    if where is None:
        raise CheckpointError(f"{checkpoint}: no config.json next to it; give it with --config")
    tree = read_json5(where)
    for section in ("data", "model"):
        if not isinstance(tree.get(section), dict):
            raise CheckpointError(f"{where}: {section}: is missing; expected a section")
    data = ForeignConfig(tree["data"], where, "VITS")
    options = ForeignConfig(tree["model"], where, "VITS")
    for key in UNUSED:
        data.get(key, None)
    n_speakers = max(int(data.get("n_speakers", 0)), 1)
    # the recipe's text front end adds blanks at both ends too
    blanks = "around" if data.get("add_blank", False) else "none"
    model = model_section(options, n_speakers, blanks)
    audio = audio_section({ours: data[theirs] for ours, theirs in AUDIO.items()})
    text = _text(data)
    data.refuse_unread()
    options.refuse_unread()
    resolved = {
        "model_type": "VITS",
        "audio": audio,
        "text": text,
        "model": model,
        "speakers": [str(i) for i in range(n_speakers)] if n_speakers > 1 else [],
    }
    return resolved, weights(tensors, model, checkpoint)


def _text(data: ForeignConfig) -> dict[str, Any]:
    cleaners = data["text_cleaners"]
    if not isinstance(cleaners, list) or len(cleaners) != 1 or cleaners[0] not in CLEANERS:
        raise CheckpointError(
            f"{data.where}: text_cleaners: {cleaners} cannot be imported; known: "
            f"{', '.join(CLEANERS)}"
        )
    return {
        "cleaners": "english",
        "symbol_set": "vits",
        **CLEANERS[cleaners[0]],
        # its phonemizer leaves dashes as they are written
        "spoken_as": {"-": "—"},
    }
