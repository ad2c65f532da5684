"""Code shared by the importers of FastSpeech 2 from ming024 and from Amphion, which derives from
it: names of tensors, and sizes read from their shapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from recital.models.importers.foreign import ForeignConfig, Rule, rename
from recital.utils.config import read_json5
from recital.utils.errors import CheckpointError

BLOCK = r"(encoder|decoder)\.layer_stack\.(\d+)\."
PREDICTOR = r"variance_adaptor\.(\w+)_predictor\."

RULES: list[Rule] = [
    (r"encoder\.src_word_emb\.weight", r"network.embedding.weight"),
    (r"speaker_emb\.weight", r"network.speaker_embedding.weight"),
    (r"(encoder|decoder)\.position_enc", None),  # computed; verified below
    (BLOCK + r"slf_attn\.qkv\.(\w+)", r"network.\1.blocks.\2.attention.qkv.\3"),
    (BLOCK + r"slf_attn\.fc\.(\w+)", r"network.\1.blocks.\2.attention.out.\3"),
    (BLOCK + r"slf_attn\.layer_norm\.(\w+)", r"network.\1.blocks.\2.attention_norm.\3"),
    (BLOCK + r"pos_ffn\.w_1\.(\w+)", r"network.\1.blocks.\2.widen.\3"),
    (BLOCK + r"pos_ffn\.w_2\.(\w+)", r"network.\1.blocks.\2.narrow.\3"),
    (BLOCK + r"pos_ffn\.layer_norm\.(\w+)", r"network.\1.blocks.\2.conv_norm.\3"),
    *(
        (PREDICTOR.replace(r"(\w+)", f"({name})") + part, f"network.{ours}.{target}")
        for name, ours in (
            ("duration", "duration_predictor"),
            ("pitch", "pitch.predictor"),
            ("energy", "energy.predictor"),
        )
        for part, target in (
            (r"conv_layer\.conv1d_1\.conv\.(\w+)", r"layers.0.conv.\2"),
            (r"conv_layer\.layer_norm_1\.(\w+)", r"layers.0.norm.\2"),
            (r"conv_layer\.conv1d_2\.conv\.(\w+)", r"layers.1.conv.\2"),
            (r"conv_layer\.layer_norm_2\.(\w+)", r"layers.1.norm.\2"),
            (r"linear_layer\.(\w+)", r"out.\2"),
        )
    ),
    (r"variance_adaptor\.(pitch|energy)_bins", r"network.\1.edges"),
    (r"variance_adaptor\.(pitch|energy)_embedding\.weight", r"network.\1.embedding.weight"),
    (r"mel_linear\.(\w+)", r"network.out.\1"),
    (r"postnet\.convolutions\.(\d+)\.0\.conv\.(\w+)", r"network.postnet.convs.\1.\2"),
    (r"postnet\.convolutions\.(\d+)\.1\.(\w+)", r"network.postnet.norms.\1.\2"),
]

# Mean and standard deviation of LJSpeech as measured by both recipes: F0 in Hz, and energy. Used
# for an LJSpeech voice without statistics next to its checkpoint.
LJSPEECH = (207.6309860026605, 46.77559025098988, 37.32621679053821, 26.044180782835863)


class Levels(NamedTuple):
    """The level of pitch and of energy: "token" or "frame"."""

    pitch: str
    energy: str


def model_section(
    options: ForeignConfig, tensors: Mapping[str, Tensor], levels: Levels, where: Path
) -> dict[str, Any]:
    """Our `model` section; the foreign options must agree with the shapes of the tensors."""
    d_model = _size(tensors, "encoder.src_word_emb.weight", where)[1]
    for side in ("encoder", "decoder"):
        options.require(f"transformer.{side}_hidden", d_model, d_model)
    options.require("variance_predictor.kernel_size", 3, 3)  # theirs has a fixed padding of 1
    widths = _size(tensors, "postnet.convolutions.0.0.conv.weight", where)
    n_layers = _count(tensors, "postnet.convolutions.")
    section: dict[str, Any] = {
        "d_model": d_model,
        "encoder": _transformer(options, "encoder", tensors, where),
        "decoder": _transformer(options, "decoder", tensors, where),
        "duration_predictor": _predictor(options, "duration", tensors, where),
        "postnet": {"channels": widths[0], "n_layers": n_layers, "kernel_size": widths[2]},
        "aligner": None,
    }
    n_bins = options.get("variance_embedding.n_bins", None)
    for name, level in levels._asdict().items():
        rows = _size(tensors, f"variance_adaptor.{name}_embedding.weight", where)[0]
        if n_bins not in (None, rows):
            raise CheckpointError(
                f"{where}: variance_embedding.n_bins is {n_bins}; {name}_embedding has {rows} rows"
            )
        section[name] = {
            "predictor": _predictor(options, name, tensors, where),
            "level": level,
            "scale": options.get(f"variance_embedding.{name}_quantization", "linear"),
            "n_bins": rows,
        }
    return section


def weights(
    tensors: Mapping[str, Tensor], statistics: tuple[float, ...], n_speakers: int, where: Path
) -> dict[str, Tensor]:
    """Our state dict; `statistics` are mean and standard deviation of pitch, then energy."""
    for side in ("encoder", "decoder"):
        _verify_positions(tensors.get(f"{side}.position_enc"), f"{where}: {side}.position_enc")
    joined = dict(tensors)
    for key in [k for k in tensors if ".slf_attn.w_qs." in k]:
        parts = [key.replace(".w_qs.", f".{name}.") for name in ("w_qs", "w_ks", "w_vs")]
        if missing := [part for part in parts if part not in joined]:
            raise CheckpointError(f"{where}: {missing[0]}: is missing")
        joined[key.replace(".w_qs.", ".qkv.")] = torch.cat([joined.pop(part) for part in parts])
    ours = rename(joined, RULES, where)
    # theirs has one row more than symbols
    ours["network.embedding.weight"] = ours["network.embedding.weight"][:-1].clone()
    names = ("pitch_mean", "pitch_std", "energy_mean", "energy_std")
    for name, value in zip(names, statistics, strict=True):
        ours[name] = torch.full((n_speakers,), value)
    return ours


def speakers_of(tensors: Mapping[str, Tensor], file: Path | None) -> list[str]:
    """The speakers of the embedding, in the order of their ids: names from `file` (name -> id), or
    numbers without one; empty for a model of one speaker. Raises `CheckpointError`.
    """
    embedding = tensors.get("speaker_emb.weight")
    if embedding is None:
        return []
    count, ids = len(embedding), read_json5(file) if file else {}
    if not ids:
        return [str(i) for i in range(count)]
    names = sorted(ids, key=lambda name: int(ids[name]))
    if [int(ids[name]) for name in names] != list(range(count)):
        raise CheckpointError(
            f"{file}: expected {count} speakers, numbered from 0; found {len(names)}"
        )
    return names


def _transformer(
    options: ForeignConfig, side: str, tensors: Mapping[str, Tensor], where: Path
) -> dict[str, Any]:
    n_layers = _count(tensors, f"{side}.layer_stack.")
    options.require(f"transformer.{side}_layer", n_layers, n_layers)
    wide = _size(tensors, f"{side}.layer_stack.0.pos_ffn.w_1.weight", where)
    narrow = _size(tensors, f"{side}.layer_stack.0.pos_ffn.w_2.weight", where)
    options.require("transformer.conv_filter_size", wide[0], wide[0])
    kernels = [wide[2], narrow[2]]
    options.require("transformer.conv_kernel_size", kernels, kernels)
    n_heads = options[f"transformer.{side}_head"]
    projected = _size(tensors, f"{side}.layer_stack.0.slf_attn.w_qs.weight", where)[0]
    if not isinstance(n_heads, int) or n_heads < 1 or projected % n_heads:
        raise CheckpointError(
            f"{where}: transformer.{side}_head: {n_heads} heads cannot share {projected} channels"
        )
    return {
        "n_layers": n_layers,
        "n_heads": n_heads,
        "d_head": projected // n_heads,
        "d_inner": wide[0],
        "kernel_size": kernels,
        "dropout": float(options[f"transformer.{side}_dropout"]),
        "attention_dropout": 0.0,
    }


def _predictor(
    options: ForeignConfig, name: str, tensors: Mapping[str, Tensor], where: Path
) -> dict[str, Any]:
    key = f"variance_adaptor.{name}_predictor.conv_layer.conv1d_1.conv.weight"
    channels, _, kernel_size = _size(tensors, key, where)
    options.require("variance_predictor.filter_size", channels, channels)
    return {
        "channels": channels,
        "kernel_size": kernel_size,
        "dropout": float(options["variance_predictor.dropout"]),
    }


def _size(tensors: Mapping[str, Tensor], key: str, where: Path) -> tuple[int, ...]:
    if key not in tensors:
        raise CheckpointError(f"{where}: {key}: is missing; this is no FastSpeech 2")
    return tuple(tensors[key].shape)


def _count(tensors: Mapping[str, Tensor], prefix: str) -> int:
    return len({k[len(prefix) :].partition(".")[0] for k in tensors if k.startswith(prefix)})


def _verify_positions(found: Tensor | None, where: str) -> None:
    """Check that the stored table of positions equals ours."""
    if found is None:
        return
    size, channels = found.shape[-2:]
    angles = np.arange(size)[:, None] / 10000.0 ** (2 * (np.arange(channels) // 2) / channels)
    expected = np.where(np.arange(channels) % 2, np.cos(angles), np.sin(angles))
    if not np.allclose(found.numpy().reshape(size, channels), expected, atol=2e-3):
        raise CheckpointError(f"{where}: is not the sinusoid of FastSpeech 2: another model")
