"""FastPitch 1.0 and 1.1 of NVIDIA DeepLearningExamples (`train.py`, `Checkpointer.maybe_save`, and
what its hub serves).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from recital.models.importers.foreign import (
    ForeignConfig,
    Rule,
    read_checkpoint,
    rename,
    unwrap,
)
from recital.utils.config import read_json5
from recital.utils.errors import CheckpointError

# Hz: the reference's defaults for a checkpoint without statistics
LJSPEECH_PITCH = (218.14, 67.24)

SYMBOL_SETS = {148: "english_basic", 123: "english_basic_lowercase", 175: "english_expanded"}

RULES: list[Rule] = [
    (r"encoder\.word_emb\.weight", r"network.embedding.weight"),
    (r"speaker_emb\.weight", r"network.speaker_embedding.weight"),
    (r"(encoder|decoder)\.pos_emb\.inv_freq", None),  # computed; verified below
    (
        r"(encoder|decoder)\.layers\.(\d+)\.dec_attn\.qkv_net\.(\w+)",
        r"network.\1.blocks.\2.attention.qkv.\3",
    ),
    (
        r"(encoder|decoder)\.layers\.(\d+)\.dec_attn\.o_net\.(\w+)",
        r"network.\1.blocks.\2.attention.out.\3",
    ),
    (
        r"(encoder|decoder)\.layers\.(\d+)\.dec_attn\.layer_norm\.(\w+)",
        r"network.\1.blocks.\2.attention_norm.\3",
    ),
    (
        r"(encoder|decoder)\.layers\.(\d+)\.pos_ff\.CoreNet\.0\.(\w+)",
        r"network.\1.blocks.\2.widen.\3",
    ),
    (
        r"(encoder|decoder)\.layers\.(\d+)\.pos_ff\.CoreNet\.2\.(\w+)",
        r"network.\1.blocks.\2.narrow.\3",
    ),
    (
        r"(encoder|decoder)\.layers\.(\d+)\.pos_ff\.layer_norm\.(\w+)",
        r"network.\1.blocks.\2.conv_norm.\3",
    ),
    (r"(\w+_predictor)\.layers\.(\d+)\.(conv|norm)\.(\w+)", r"network.\1.layers.\2.\3.\4"),
    (r"(\w+_predictor)\.fc\.(\w+)", r"network.\1.out.\2"),
    (r"(pitch|energy)_emb\.(\w+)", r"network.\1_embedding.\2"),
    (r"proj\.(\w+)", r"network.out.\1"),
    (r"attention\.query_proj\.0\.conv\.(\w+)", r"network.aligner.query.0.\1"),
    (r"attention\.query_proj\.2\.conv\.(\w+)", r"network.aligner.query.1.\1"),
    (r"attention\.query_proj\.4\.conv\.(\w+)", r"network.aligner.query.2.\1"),
    (r"attention\.key_proj\.0\.conv\.(\w+)", r"network.aligner.key.0.\1"),
    (r"attention\.key_proj\.2\.conv\.(\w+)", r"network.aligner.key.1.\1"),
    (r"attention\.attn_proj\.\w+", None),  # the reference never uses it
    (r"(pitch_mean|pitch_std)", None),  # taken by _statistics
]

# ours: (name in train_setup, value of the recipe)
AUDIO = {
    "sample_rate": ("sampling_rate", 22050),
    "n_fft": ("filter_length", 1024),
    "win_length": ("win_length", 1024),
    "hop_length": ("hop_length", 256),
    "f_min": ("mel_fmin", 0.0),
    "f_max": ("mel_fmax", 8000.0),
}


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`."""
    content = read_checkpoint(checkpoint)
    state = _weights(content, checkpoint, averaged)
    foreign, where = _config(content, checkpoint, config)
    setup = content.get("train_setup") or {}
    tensors = unwrap(state, checkpoint)
    model = _model(foreign, tensors)
    n_speakers = foreign.get("n_speakers", 1)
    resolved = {
        "model_type": "FastPitch",
        "audio": _audio(setup, foreign),
        "text": _text(setup, foreign, checkpoint, is_1_0=model["aligner"] is None),
        "model": model,
        "speakers": [str(i) for i in range(n_speakers)],
    }
    for key in ("encoder.pos_emb.inv_freq", "decoder.pos_emb.inv_freq"):
        _verify_positions(
            tensors.get(key), foreign["symbols_embedding_dim"], f"{checkpoint}: {key}"
        )
    embedding = tensors.get("encoder.word_emb.weight")
    if embedding is not None and len(embedding) != foreign["n_symbols"]:
        raise CheckpointError(
            f"{where}: n_symbols is {foreign['n_symbols']}; encoder.word_emb has another size"
        )
    foreign.refuse_unread()
    ours = rename(tensors, RULES, checkpoint)
    mean, std = _statistics(tensors, setup)
    ours["pitch_mean"] = torch.full((n_speakers,), mean)
    ours["pitch_std"] = torch.full((n_speakers,), std)
    if (
        model["aligner"] is not None
    ):  # its alignment has converged: fine-tuning starts with full weight
        ours["binarization.focus"] = torch.tensor(1.0)
        ours["binarization.ramp"] = torch.tensor(float(model["binarization"]["warmup"]))
    return resolved, ours


def _weights(content: Mapping[str, Any], where: Path, averaged: bool) -> Mapping[str, Any]:
    names = ["state_dict", "ema_state_dict"]
    if averaged and not content.get("ema_state_dict"):
        raise CheckpointError(
            f"{where}: holds no averaged weights (ema_state_dict); import it without --averaged"
        )
    for name in reversed(names) if averaged else names:
        if content.get(name):
            return content[name]
    raise CheckpointError(
        f"{where}: holds no state_dict; found: {', '.join(map(str, content)) or 'nothing'}"
    )


def _config(
    content: Mapping[str, Any], where: Path, given: Path | None
) -> tuple[ForeignConfig, Path]:
    """The given file, or the checkpoint's own config."""
    if given is not None:
        return ForeignConfig(read_json5(given), given, "FastPitch"), given
    if not isinstance(content.get("config"), dict):
        raise CheckpointError(f"{where}: holds no model config; give it with --config FILE (JSON)")
    return ForeignConfig(content["config"], where, "FastPitch"), where


def _audio(setup: Mapping[str, Any], foreign: ForeignConfig) -> dict[str, Any]:
    audio = {ours: setup.get(theirs, default) for ours, (theirs, default) in AUDIO.items()}
    lengths = {key: int(value) for key, value in audio.items() if not key.startswith("f_")}
    f_max = None if audio["f_max"] is None else float(audio["f_max"])
    bounds = {"f_min": float(audio["f_min"]), "f_max": f_max}
    return lengths | bounds | {"n_mels": foreign["n_mel_channels"], "padding": "center"}


def _text(
    setup: Mapping[str, Any], foreign: ForeignConfig, where: Path, is_1_0: bool
) -> dict[str, str]:
    """The text section of the training; by default the recipe's, with the set of that size."""
    recipe = "english_cleaners" if is_1_0 else "english_cleaners_v2"
    cleaners = setup.get("text_cleaners") or [recipe]
    if len(cleaners) != 1:
        raise CheckpointError(f"{where}: text_cleaners: expected one, found {', '.join(cleaners)}")
    by_size = SYMBOL_SETS.get(foreign["n_symbols"], "english_basic")
    return {"cleaners": cleaners[0], "symbol_set": setup.get("symbol_set") or by_size}


def _model(foreign: ForeignConfig, tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    d_model = foreign["symbols_embedding_dim"]
    foreign.require("in_fft_output_size", d_model, d_model)
    foreign.require("out_fft_output_size", d_model, d_model)
    foreign.get("padding_idx", None)  # padding is defined by lengths
    foreign.require("pitch_conditioning_formants", 1, 1)
    foreign.get("max_seq_len", None)  # of 1.0; without effect
    energy = foreign.get("energy_conditioning", False)
    key = tensors.get("attention.key_proj.2.conv.weight")
    model = {
        "d_model": d_model,
        "encoder": _transformer(foreign, "in_fft"),
        "decoder": _transformer(foreign, "out_fft"),
        "duration_predictor": _predictor(foreign, "dur_predictor"),
        "pitch_predictor": _predictor(foreign, "pitch_predictor"),
        "energy_predictor": _predictor(foreign, "energy_predictor") if energy else None,
        "aligner": None if key is None else {"channels": key.shape[0], "prior": "interpolated"},
        "pitch_kernel_size": foreign["pitch_embedding_kernel_size"],
        "speaker_weight": float(foreign.get("speaker_emb_weight", 1.0)),
    }
    if energy:
        model["energy_kernel_size"] = foreign["energy_embedding_kernel_size"]
    if key is not None:
        model["binarization"] = {"warmup": 500}
    for name in (
        "energy_predictor_kernel_size",
        "energy_predictor_filter_size",
        "p_energy_predictor_dropout",
    ):
        foreign.get(name, None)  # present even if energy_conditioning is off
    foreign.get("energy_predictor_n_layers", None)
    foreign.get("energy_embedding_kernel_size", None)
    return model


def _transformer(foreign: ForeignConfig, prefix: str) -> dict[str, Any]:
    return {
        "n_layers": foreign[f"{prefix}_n_layers"],
        "n_heads": foreign[f"{prefix}_n_heads"],
        "d_head": foreign[f"{prefix}_d_head"],
        "d_inner": foreign[f"{prefix}_conv1d_filter_size"],
        "kernel_size": foreign[f"{prefix}_conv1d_kernel_size"],
        "dropout": float(foreign[f"p_{prefix}_dropout"]),
        "attention_dropout": float(foreign[f"p_{prefix}_dropatt"]),
        "input_dropout": float(foreign[f"p_{prefix}_dropemb"]),
    }


def _predictor(foreign: ForeignConfig, name: str) -> dict[str, Any]:
    return {
        "n_layers": foreign[f"{name}_n_layers"],
        "channels": foreign[f"{name}_filter_size"],
        "kernel_size": foreign[f"{name}_kernel_size"],
        "dropout": float(foreign[f"p_{name}_dropout"]),
    }


def _statistics(tensors: Mapping[str, Tensor], setup: Mapping[str, Any]) -> tuple[float, float]:
    """Mean and standard deviation of F0 in Hz, from the buffers, the training's arguments, or
    LJSpeech.
    """
    buffers = [
        float(tensors[k].flatten()[0]) if k in tensors else 0.0 for k in ("pitch_mean", "pitch_std")
    ]
    arguments = [float(setup.get(k) or 0.0) for k in ("pitch_mean", "pitch_std")]
    for mean, std in (buffers, arguments):
        if std > 0:
            return mean, std
    return LJSPEECH_PITCH


def _verify_positions(found: Tensor | None, d_model: int, where: str) -> None:
    """Check that the stored frequencies of the position embedding equal ours."""
    expected = 10000.0 ** (-torch.arange(0.0, d_model, 2.0) / d_model)
    if found is not None and not (
        found.shape == expected.shape and torch.allclose(found, expected, rtol=1e-2)
    ):
        raise CheckpointError(f"{where}: is not the sinusoid of FastPitch: another model")
