"""FastSpeech 2 of ming024 (`train.py`: `{model, optimizer}`), with its `model.yaml` and
`preprocess.yaml`, and `stats.json` and `speakers.json` of its preprocessing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.fastspeech2 import (
    LJSPEECH,
    Levels,
    model_section,
    speakers_of,
    weights,
)
from recital.models.importers.foreign import (
    ForeignConfig,
    find_near,
    read_checkpoint,
    read_yaml,
    unwrap,
)
from recital.utils.config import read_json5
from recital.utils.errors import CheckpointError

LEVELS = {"phoneme_level": "token", "frame_level": "frame"}


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `config` is the folder of the yaml files, or one
    of them (default: the checkpoint's folder).
    """
    if averaged:
        raise CheckpointError(f"{checkpoint}: ming024's recipe keeps no averaged weights")
    content = read_checkpoint(checkpoint)
    if not isinstance(content.get("model"), dict):
        raise CheckpointError(
            f"{checkpoint}: holds no 'model'; found: {list(map(str, content))[:9]}"
        )
    tensors = unwrap(content["model"], checkpoint)
    folder = config or checkpoint
    folder = folder if folder.is_dir() else folder.parent
    remedy = "give the folder of model.yaml and preprocess.yaml with --config"
    where = folder / "model.yaml"
    options = ForeignConfig(read_yaml(where, remedy), where, "FastSpeech 2")
    where = folder / "preprocess.yaml"
    setup = ForeignConfig(read_yaml(where, remedy), where, "FastSpeech 2")
    levels = Levels(*(_level(setup, name) for name in ("pitch", "energy")))
    model = model_section(options, tensors, levels, checkpoint)
    model["energy_follows_pitch"] = False  # a bug of theirs, reproduced for comparison
    for key in ("max_seq_len", "multi_speaker", "vocoder.model", "vocoder.speaker"):
        options.get(key, None)  # without effect, or visible in the tensors
    options.refuse_unread()
    speakers = speakers_of(tensors, find_near(folder, "speakers.json"))
    resolved = {
        "model_type": "FastSpeech2",
        "audio": _audio(setup),
        "text": {
            "cleaners": "english",  # unlike theirs, spells no word by letters
            "symbol_set": "ming024",
            "p_arpabet": 1.0,
            "pause_symbol": "@sp",
        },
        "model": model,
        "speakers": speakers,
    }
    statistics = _statistics(setup, folder, checkpoint)
    return resolved, weights(tensors, statistics, len(speakers) or 1, checkpoint)


def _level(setup: ForeignConfig, name: str) -> str:
    level = setup[f"preprocessing.{name}.feature"]
    if level not in LEVELS:
        raise CheckpointError(
            f"{setup.where}: preprocessing.{name}.feature: {level!r} is none of {', '.join(LEVELS)}"
        )
    return LEVELS[level]


def _audio(setup: ForeignConfig) -> dict[str, Any]:
    f_max = setup["preprocessing.mel.mel_fmax"]
    return {
        "sample_rate": setup["preprocessing.audio.sampling_rate"],
        "n_fft": setup["preprocessing.stft.filter_length"],
        "win_length": setup["preprocessing.stft.win_length"],
        "hop_length": setup["preprocessing.stft.hop_length"],
        "n_mels": setup["preprocessing.mel.n_mel_channels"],
        "f_min": float(setup["preprocessing.mel.mel_fmin"]),
        "f_max": None if f_max is None else float(f_max),
        "padding": "center",
    }


def _statistics(setup: ForeignConfig, folder: Path, checkpoint: Path) -> tuple[float, ...]:
    """Mean and standard deviation of F0 (Hz) and energy; (0, 1) if values were not normalised.

    `stats.json` holds [min, max, mean, std] of each; the first two are normalised.
    """
    path = find_near(folder, "stats.json") or find_near(checkpoint, "stats.json")
    found: list[float] = []
    stats = read_json5(path) if path else {}
    for i, name in enumerate(("pitch", "energy")):
        if not setup.get(f"preprocessing.{name}.normalization", True):
            found += [0.0, 1.0]
        elif name in stats:
            found += [float(v) for v in stats[name][2:4]]
        elif setup.get("dataset", "") == "LJSpeech":
            found += LJSPEECH[2 * i : 2 * i + 2]
        else:
            raise CheckpointError(
                f"{checkpoint}: no stats.json near it or its yaml files; copy it from the "
                "preprocessed_path of the training, since it relates pitch to Hz"
            )
    return tuple(found)
