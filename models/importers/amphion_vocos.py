"""Vocos of Amphion: accelerate's directory with `args.json` above it.

Its input is normalised by the `mel_mean` and `mel_var` of `preprocess`; here the normalisation is
part of the model, whose input is the log mel.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.amphion import read_vocoder
from recital.models.importers.hifigan import take
from recital.models.importers.vocos_weights import agree, generator_weights
from recital.utils.errors import CheckpointError

MEL_MEAN, MEL_VAR = -4.92, 8.14  # of Amphion's configs


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `checkpoint` may be a folder, `config` is by
    default the args.json above it.
    """
    if averaged:
        raise CheckpointError(f"{checkpoint}: this recipe keeps no averaged weights")
    tensors, args, where = read_vocoder(checkpoint, config, "state_dict", "generator_state_dict")
    weights, sizes = generator_weights(tensors, checkpoint)
    options = take(take(args, "model", where), "vocos", where)
    mel = take(args, "preprocess", where)
    agree(options.get("dim"), sizes["d_model"], "model.vocos.dim", where)
    agree(options.get("num_layers"), sizes["n_layers"], "model.vocos.num_layers", where)
    agree(options.get("intermediate_dim"), sizes["d_inner"], "model.vocos.intermediate_dim", where)
    agree(options.get("input_channels"), sizes["n_mels"], "model.vocos.input_channels", where)
    agree(options.get("n_fft"), sizes["n_fft"], "model.vocos.n_fft", where)
    hop = take(options, "hop_size", where)
    agree(mel.get("hop_size"), hop, "preprocess.hop_size", where)
    n_fft = take(mel, "n_fft", where)
    if n_fft != sizes["n_fft"]:
        raise CheckpointError(
            f"{where}: preprocess.n_fft is {n_fft}, model.vocos.n_fft {sizes['n_fft']}: only one "
            "for both can be imported"
        )
    audio = {
        "sample_rate": take(mel, "sample_rate", where),
        "n_fft": n_fft,
        "win_length": take(mel, "win_size", where),
        "hop_length": hop,
        "n_mels": sizes["n_mels"],
        "f_min": take(mel, "fmin", where),
        "f_max": mel.get("fmax"),
        "padding": "same",
        "power_floor": 1e-9,
    }
    section = {name: sizes[name] for name in ("d_model", "n_layers", "d_inner")}
    statistics = {
        "mel_mean": float(mel.get("mel_mean", MEL_MEAN)),
        "mel_std": float(mel.get("mel_var", MEL_VAR)) ** 0.5,
        "padding": options.get("padding", "same"),
    }
    resolved = {
        "model_type": "Vocos",
        "audio": audio,
        "model": {"generator": {**section, **statistics}},
    }
    return resolved, weights
