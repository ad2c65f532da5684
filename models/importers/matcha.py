"""Matcha-TTS of its authors (`matcha_ljspeech.ckpt`, `matcha_vctk.ckpt`): a checkpoint of Lightning
that holds its hyperparameters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.foreign import ForeignConfig, Rule, rename, unwrap
from recital.models.importers.lightning import read_lightning
from recital.utils.errors import CheckpointError

ATTENTION = r"encoder\.encoder\.attn_layers\.(\d+)\."
ENCODER = r"encoder\.encoder\."
UNET = r"decoder\.estimator\."
LEVEL = UNET + r"(down|mid|up)_blocks\.(\d+)\."
BLOCK = LEVEL + r"1\.(\d+)\."
OURS = r"network.decoder.\1.\2."

MATRICES = r"encoder\.(encoder\.attn_layers\.\d+\.conv_\w|prenet\.proj|proj_m|proj_w\.proj)\.weight"
RULES: list[Rule] = [
    (r"(mel_mean|mel_std)", r"\1"),
    (r"spk_emb\.weight", r"network.speaker_embedding.weight"),
    (r"encoder\.emb\.weight", r"network.embedding.weight"),
    (r"encoder\.prenet\.conv_layers\.(\d+)\.(\w+)", r"network.encoder.prenet.convs.\1.\2"),
    (r"encoder\.prenet\.norm_layers\.(\d+)\.gamma", r"network.encoder.prenet.norms.\1.weight"),
    (r"encoder\.prenet\.norm_layers\.(\d+)\.beta", r"network.encoder.prenet.norms.\1.bias"),
    (r"encoder\.prenet\.proj\.(\w+)", r"network.encoder.prenet.out.\1"),
    (
        ATTENTION + r"conv_q\.(\w+)",
        r"network.encoder.blocks.\1.attention.query.\2",
    ),
    (ATTENTION + r"conv_k\.(\w+)", r"network.encoder.blocks.\1.attention.key.\2"),
    (
        ATTENTION + r"conv_v\.(\w+)",
        r"network.encoder.blocks.\1.attention.value.\2",
    ),
    (ATTENTION + r"conv_o\.(\w+)", r"network.encoder.blocks.\1.attention.out.\2"),
    (ENCODER + r"norm_layers_1\.(\d+)\.gamma", r"network.encoder.blocks.\1.attention_norm.weight"),
    (ENCODER + r"norm_layers_1\.(\d+)\.beta", r"network.encoder.blocks.\1.attention_norm.bias"),
    (ENCODER + r"ffn_layers\.(\d+)\.conv_1\.(\w+)", r"network.encoder.blocks.\1.widen.\2"),
    (ENCODER + r"ffn_layers\.(\d+)\.conv_2\.(\w+)", r"network.encoder.blocks.\1.narrow.\2"),
    (ENCODER + r"norm_layers_2\.(\d+)\.gamma", r"network.encoder.blocks.\1.conv_norm.weight"),
    (ENCODER + r"norm_layers_2\.(\d+)\.beta", r"network.encoder.blocks.\1.conv_norm.bias"),
    (r"encoder\.proj_m\.(\w+)", r"network.encoder.mean.\1"),
    (r"encoder\.proj_w\.conv_1\.(\w+)", r"network.encoder.duration_predictor.layers.0.conv.\1"),
    (r"encoder\.proj_w\.norm_1\.gamma", r"network.encoder.duration_predictor.layers.0.norm.weight"),
    (r"encoder\.proj_w\.norm_1\.beta", r"network.encoder.duration_predictor.layers.0.norm.bias"),
    (r"encoder\.proj_w\.conv_2\.(\w+)", r"network.encoder.duration_predictor.layers.1.conv.\1"),
    (r"encoder\.proj_w\.norm_2\.gamma", r"network.encoder.duration_predictor.layers.1.norm.weight"),
    (r"encoder\.proj_w\.norm_2\.beta", r"network.encoder.duration_predictor.layers.1.norm.bias"),
    (r"encoder\.proj_w\.proj\.(\w+)", r"network.encoder.duration_predictor.out.\1"),
    (UNET + r"time_mlp\.linear_1\.(\w+)", r"network.decoder.time.0.\1"),
    (UNET + r"time_mlp\.linear_2\.(\w+)", r"network.decoder.time.1.\1"),
    (LEVEL + r"0\.mlp\.1\.(\w+)", OURS + r"residual.time.\3"),
    (LEVEL + r"0\.block1\.block\.0\.(\w+)", OURS + r"residual.first.conv.\3"),
    (LEVEL + r"0\.block1\.block\.1\.(\w+)", OURS + r"residual.first.norm.\3"),
    (LEVEL + r"0\.block2\.block\.0\.(\w+)", OURS + r"residual.second.conv.\3"),
    (LEVEL + r"0\.block2\.block\.1\.(\w+)", OURS + r"residual.second.norm.\3"),
    (LEVEL + r"0\.res_conv\.(\w+)", OURS + r"residual.shortcut.\3"),
    (LEVEL + r"2\.(?:conv\.)?(\w+)", OURS + r"resample.\3"),
    (BLOCK + r"norm1\.(\w+)", OURS + r"blocks.\3.attention_norm.\4"),
    (BLOCK + r"attn1\.to_q\.weight", OURS + r"blocks.\3.query.weight"),
    (BLOCK + r"attn1\.to_k\.weight", OURS + r"blocks.\3.key.weight"),
    (BLOCK + r"attn1\.to_v\.weight", OURS + r"blocks.\3.value.weight"),
    (BLOCK + r"attn1\.to_out\.0\.(\w+)", OURS + r"blocks.\3.out.\4"),
    (BLOCK + r"norm3\.(\w+)", OURS + r"blocks.\3.inner_norm.\4"),
    (BLOCK + r"ff\.net\.0\.proj\.(\w+)", OURS + r"blocks.\3.widen.\4"),
    (BLOCK + r"ff\.net\.0\.(alpha|beta)", OURS + r"blocks.\3.snake.\4"),
    (BLOCK + r"ff\.net\.2\.(\w+)", OURS + r"blocks.\3.narrow.\4"),
    (UNET + r"final_block\.block\.0\.(\w+)", r"network.decoder.last.conv.\1"),
    (UNET + r"final_block\.block\.1\.(\w+)", r"network.decoder.last.norm.\1"),
    (UNET + r"final_proj\.(\w+)", r"network.decoder.out.\1"),
]

# ours: (theirs in the data's hyperparameters, value of the recipe)
AUDIO = {
    "sample_rate": ("sample_rate", 22050),
    "n_fft": ("n_fft", 1024),
    "win_length": ("win_length", 1024),
    "hop_length": ("hop_length", 256),
    "f_min": ("f_min", 0.0),
    "f_max": ("f_max", 8000.0),
}


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`."""
    if averaged:
        raise CheckpointError(f"{checkpoint}: this recipe keeps no averaged weights")
    if config is not None:
        raise CheckpointError(f"{checkpoint}: holds its config; leave --config out")
    return converted(read_lightning(checkpoint), checkpoint)


def converted(content: Mapping[str, Any], where: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The config and the weights of a checkpoint's content."""
    if not isinstance(content.get("hyper_parameters"), Mapping):
        raise CheckpointError(f"{where}: holds no hyper_parameters, which say what its heads are")
    options = ForeignConfig(content["hyper_parameters"], where, "Matcha-TTS")
    found = content.get("datamodule_hyper_parameters")
    data = ForeignConfig(found if isinstance(found, Mapping) else {}, where, "Matcha-TTS's data")
    tensors = unwrap(content["state_dict"], where)
    n_speakers = _whole(options, "n_spks")
    model = _model(options)
    # the recipe's text front end adds blanks at both ends too
    model["blanks"] = "around" if data.get("add_blank", True) else "none"
    resolved = {
        "model_type": "Matcha",
        "audio": _audio(options, data),
        "text": _text(data),
        "model": model,
        "speakers": [str(i) for i in range(n_speakers)] if n_speakers > 1 else [],
    }
    n_symbols = _whole(options, "n_vocab")
    embedding = tensors.get("encoder.emb.weight")
    if embedding is not None and len(embedding) != n_symbols:
        raise CheckpointError(
            f"{where}: n_vocab is {n_symbols}; encoder.emb.weight has another size"
        )
    options.refuse_unread()
    # convolutions over one token, which are matrices here
    flat = {
        key: tensor.squeeze(2) if re.fullmatch(MATRICES, key) and tensor.dim() == 3 else tensor
        for key, tensor in tensors.items()
    }
    return resolved, rename(flat, RULES, where)


def _model(options: ForeignConfig) -> dict[str, Any]:
    options.require("encoder.encoder_type", "RoPE Encoder", "RoPE Encoder")
    options.require("cfm.solver", "euler", "euler")
    options.require("decoder.act_fn", "snakebeta", "snakebeta")
    for level in ("down", "mid", "up"):
        options.require(f"decoder.{level}_block_type", "transformer", "transformer")
    n_mels = _whole(options, "n_feats")
    options.require("encoder.encoder_params.n_feats", n_mels, n_mels)
    for key in (
        "cfm.name",
        "encoder.encoder_params.n_spks",  # theirs of the model alone are read
        "encoder.encoder_params.spk_emb_dim",
        "encoder.encoder_params.filter_channels_dp",
        "data_statistics",  # in the state dict, too
        "data_statistics.mel_mean",
        "data_statistics.mel_std",
        "optimizer",
        "scheduler",
        "prior_loss",
        "use_precomputed_durations",
    ):
        options.get(key, None)
    for key in list(options.tree):
        if key.startswith(("optimizer.", "scheduler.")):
            options.get(key, None)
    segment = options.get("out_size", None)
    return {
        "d_model": _whole(options, "encoder.encoder_params.n_channels"),
        "speaker_channels": _whole(options, "spk_emb_dim"),
        "speaker_conditioning": "table",
        "encoder": {
            "n_layers": _whole(options, "encoder.encoder_params.n_layers"),
            "n_heads": _whole(options, "encoder.encoder_params.n_heads"),
            "d_inner": _whole(options, "encoder.encoder_params.filter_channels"),
            "kernel_size": _whole(options, "encoder.encoder_params.kernel_size"),
            "dropout": float(options["encoder.encoder_params.p_dropout"]),
            "prenet": bool(options["encoder.encoder_params.prenet"]),
            "duration_channels": _whole(
                options, "encoder.duration_predictor_params.filter_channels_dp"
            ),
            "duration_kernel_size": _whole(
                options, "encoder.duration_predictor_params.kernel_size"
            ),
            "duration_dropout": float(options["encoder.duration_predictor_params.p_dropout"]),
        },
        "decoder": {
            "channels": [int(n) for n in options.get("decoder.channels", (256, 256))],
            "n_blocks": int(options.get("decoder.n_blocks", 1)),
            "n_mid": int(options.get("decoder.num_mid_blocks", 2)),
            "n_heads": int(options.get("decoder.num_heads", 4)),
            "d_head": int(options.get("decoder.attention_head_dim", 64)),
            "dropout": float(options.get("decoder.dropout", 0.05)),
        },
        "alignment_prior": False,
        "segment_frames": None if segment is None else int(segment),
        "sigma_min": float(options.get("cfm.sigma_min", 1e-4)),
        "max_duration": 1000.0,  # theirs are not bounded
    }


def _whole(options: ForeignConfig, key: str) -> int:
    """A whole number, such as a size. Raises `CheckpointError` for anything else."""
    value = options[key]
    if isinstance(value, bool) or not isinstance(value, int):
        raise CheckpointError(f"{options.where}: {key}: expected a whole number, found {value!r}")
    return value


def _audio(options: ForeignConfig, data: ForeignConfig) -> dict[str, Any]:
    found = {ours: data.get(theirs, default) for ours, (theirs, default) in AUDIO.items()}
    return {
        **{key: float(v) if key.startswith("f_") else int(v) for key, v in found.items()},
        "n_mels": options["n_feats"],
        "padding": "same",
        "power_floor": 1e-9,
    }


def _text(data: ForeignConfig) -> dict[str, Any]:
    cleaners = data.get("cleaners", ["english_cleaners2"])
    if cleaners not in (["english_cleaners2"], ["english_cleaners_piper"]):
        raise CheckpointError(
            f"{data.where}: cleaners: {cleaners} cannot be imported; known: english_cleaners2, "
            "english_cleaners_piper"
        )
    return {
        "cleaners": "english",
        "phonemizer": "espeak",
        "voice": "en-us",
        "symbol_set": "vits",
        # its phonemizer leaves dashes as they are written
        "spoken_as": {"-": "—"},
    }
