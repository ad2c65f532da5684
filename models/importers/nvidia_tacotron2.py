"""Tacotron 2 of NVIDIA: DeepLearningExamples' checkpoints (`train.save_checkpoint`, and what its
hub serves) and those of the original repository, which have no config. Sizes are read from tensors.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

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

ATTENTION = r"decoder\.attention_layer\."

RULES: list[Rule] = [
    (r"embedding\.weight", r"network.embedding.weight"),
    (r"encoder\.convolutions\.(\d+)\.0\.conv\.(\w+)", r"network.encoder.convs.convs.\1.\2"),
    (r"encoder\.convolutions\.(\d+)\.1\.(\w+)", r"network.encoder.convs.norms.\1.\2"),
    (r"encoder\.lstm\.(\w+)", r"network.encoder.lstm.\1"),
    (
        r"decoder\.prenet\.layers\.(\d+)\.linear_layer\.weight",
        r"network.decoder.prenet.layers.\1.weight",
    ),
    (r"decoder\.(attention|decoder)_rnn\.(\w+)", r"network.decoder.\1_rnn.\2"),
    (ATTENTION + r"query_layer\.linear_layer\.weight", r"network.decoder.attention.query.weight"),
    (ATTENTION + r"memory_layer\.linear_layer\.weight", r"network.decoder.attention.memory.weight"),
    (ATTENTION + r"v\.linear_layer\.weight", r"network.decoder.attention.energy.weight"),
    (
        ATTENTION + r"location_layer\.location_conv\.conv\.weight",
        r"network.decoder.attention.convolution.weight",
    ),
    (
        ATTENTION + r"location_layer\.location_dense\.linear_layer\.weight",
        r"network.decoder.attention.location.weight",
    ),
    (r"decoder\.linear_projection\.linear_layer\.(\w+)", r"network.decoder.mel.\1"),
    (r"decoder\.gate_layer\.linear_layer\.(\w+)", r"network.decoder.gate.\1"),
    (r"postnet\.convolutions\.(\d+)\.0\.conv\.(\w+)", r"network.postnet.convs.\1.\2"),
    (r"postnet\.convolutions\.(\d+)\.1\.(\w+)", r"network.postnet.norms.\1.\2"),
]


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`."""
    if averaged:
        raise CheckpointError(f"{checkpoint}: NVIDIA's recipe keeps no averaged weights")
    content = read_checkpoint(checkpoint)
    if not isinstance(content.get("state_dict"), dict):
        found = ", ".join(map(str, content)) or "nothing"
        raise CheckpointError(f"{checkpoint}: holds no state_dict; found: {found}")
    tensors = _unwrap_hub(unwrap(content["state_dict"], checkpoint))
    tree = read_json5(config) if config is not None else content.get("config")
    where = config or checkpoint
    options = ForeignConfig(tree if isinstance(tree, Mapping) else {}, where, "Tacotron 2")
    original = not options.tree  # with half the limit of steps by default
    shape = _Shapes(tensors, checkpoint)
    n_mels = shape["postnet.convolutions.0.0.conv.weight"][1]
    model = _model(options, tensors, shape, n_mels, max_decoder_steps=1000 if original else 2000)
    n_symbols = shape["embedding.weight"][0]
    options.require("n_symbols", n_symbols, n_symbols)
    options.require("n_mel_channels", n_mels, n_mels)
    for key in ("mask_padding", "decoder_no_early_stopping"):
        options.get(key, None)  # for its losses and tests only
    options.refuse_unread()
    resolved = {
        "model_type": "Tacotron2",
        "audio": {
            "sample_rate": 22050,
            "n_fft": 1024,
            "win_length": 1024,
            "hop_length": 256,
            "n_mels": n_mels,
            "f_min": 0.0,
            "f_max": 8000.0,
            "padding": "center",
        },
        "text": {"cleaners": "tacotron2_english_cleaners", "symbol_set": "english_basic"},
        "model": model,
        "speakers": [],
    }
    return resolved, rename(tensors, RULES, checkpoint)


class _Shapes:
    """The sizes of required tensors."""

    def __init__(self, tensors: Mapping[str, Tensor], where: Path) -> None:
        self.tensors, self.where = tensors, where

    def __getitem__(self, key: str) -> tuple[int, ...]:
        if key not in self.tensors:
            raise CheckpointError(f"{self.where}: {key}: is missing; this is no Tacotron 2")
        return tuple(self.tensors[key].shape)


def _model(
    options: ForeignConfig,
    tensors: Mapping[str, Tensor],
    shape: _Shapes,
    n_mels: int,
    max_decoder_steps: int,
) -> dict[str, Any]:
    d_model, _, encoder_kernel = shape["encoder.convolutions.0.0.conv.weight"]
    post, _, post_kernel = shape["postnet.convolutions.0.0.conv.weight"]
    filters, _, kernel = shape["decoder.attention_layer.location_layer.location_conv.conv.weight"]
    reduction = shape["decoder.linear_projection.linear_layer.weight"][0] // n_mels
    # our sizes, each with the foreign option that must agree
    found = {
        "symbols_embedding_dim": d_model,
        "encoder_embedding_dim": d_model,
        "encoder_kernel_size": encoder_kernel,
        "encoder_n_convolutions": _count(tensors, "encoder.convolutions."),
        "prenet_dim": shape["decoder.prenet.layers.0.linear_layer.weight"][0],
        "attention_rnn_dim": shape["decoder.attention_rnn.weight_hh"][1],
        "decoder_rnn_dim": shape["decoder.decoder_rnn.weight_hh"][1],
        "attention_dim": shape["decoder.attention_layer.query_layer.linear_layer.weight"][0],
        "attention_location_n_filters": filters,
        "attention_location_kernel_size": kernel,
        "n_frames_per_step": reduction,
        "postnet_embedding_dim": post,
        "postnet_kernel_size": post_kernel,
        "postnet_n_convolutions": _count(tensors, "postnet.convolutions."),
    }
    for key, value in found.items():
        options.require(key, value, value)
    return {
        "d_model": d_model,
        "encoder": {
            "n_layers": found["encoder_n_convolutions"],
            "kernel_size": encoder_kernel,
        },
        "decoder": {
            "prenet_size": found["prenet_dim"],
            "attention_rnn_size": found["attention_rnn_dim"],
            "decoder_rnn_size": found["decoder_rnn_dim"],
            "attention_size": found["attention_dim"],
            "location_filters": filters,
            "location_kernel_size": kernel,
            "attention_dropout": float(options.get("p_attention_dropout", 0.1)),
            "decoder_dropout": float(options.get("p_decoder_dropout", 0.1)),
            "reduction": reduction,
        },
        "postnet": {
            "channels": post,
            "kernel_size": post_kernel,
            "n_layers": found["postnet_n_convolutions"],
        },
        "max_decoder_steps": options.get("max_decoder_steps", max_decoder_steps),
        "gate_threshold": float(options.get("gate_threshold", 0.5)),
    }


def _count(tensors: Mapping[str, Tensor], prefix: str) -> int:
    return len({k[len(prefix) :].partition(".")[0] for k in tensors if k.startswith(prefix)})


def _unwrap_hub(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Strip the prefix `module.1.` of the hub's file."""
    if all(key.startswith("1.") for key in tensors):
        return {key.removeprefix("1."): value for key, value in tensors.items()}
    return tensors
