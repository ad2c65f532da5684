"""Vocos of its authors: `pytorch_model.bin` with `config.yaml` next to it, on mels.

Its mel is torchaudio's with that library's defaults: HTK's scale, no normalisation, 0 Hz to half
the sample rate; magnitudes, the natural logarithm of at least 1e-7. Some forks have arguments for
these, with torchaudio's names. The filters in the file are compared with ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from recital.models.importers.foreign import find_near, read_checkpoint, read_yaml, unwrap
from recital.models.importers.vocos_weights import agree, generator_weights
from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.mel import mel_filters
from recital.utils.checkpoint import read_tensors
from recital.utils.config import nearest
from recital.utils.errors import CheckpointError

FILTERS = "feature_extractor.mel_spec.mel_scale.fb"
FILES = ("pytorch_model.bin", "model.safetensors")
# arguments of each part; an unknown one may change what is computed
KNOWN = {
    "MelSpectrogramFeatures": "sample_rate n_fft win_length hop_length n_mels padding f_min f_max "
    "norm mel_scale",
    "VocosBackbone": "input_channels dim intermediate_dim num_layers layer_scale_init_value "
    "adanorm_num_embeddings",
    "ISTFTHead": "dim n_fft hop_length padding",
}


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `checkpoint` may be the folder of both files."""
    if averaged:
        raise CheckpointError(f"{checkpoint}: this recipe keeps no averaged weights")
    file = _file(checkpoint)
    where = config or find_near(file, "config.yaml") or file.with_name("config.yaml")
    tree = _model(read_yaml(where, "give it with --config"))
    features = _part(tree, "feature_extractor", "MelSpectrogramFeatures", where)
    backbone = _part(tree, "backbone", "VocosBackbone", where)
    head = _part(tree, "head", "ISTFTHead", where)
    for name, of in (("adanorm_num_embeddings", backbone), ("win_length", features)):
        if of.get(name) is not None:
            raise CheckpointError(f"{where}: {name}: is {of[name]}; only null can be imported")
    read = read_tensors if file.suffix == ".safetensors" else read_checkpoint
    content: Mapping[str, Any] = read(file)
    tensors = unwrap(content.get("state_dict", content), file)
    weights, sizes = generator_weights(tensors, file)
    n_fft, hop = head.get("n_fft", sizes["n_fft"]), head.get("hop_length", 256)
    agree(backbone.get("dim"), sizes["d_model"], "backbone.dim", where)
    agree(backbone.get("num_layers"), sizes["n_layers"], "backbone.num_layers", where)
    agree(backbone.get("intermediate_dim"), sizes["d_inner"], "backbone.intermediate_dim", where)
    agree(backbone.get("input_channels"), sizes["n_mels"], "backbone.input_channels", where)
    agree(features.get("n_mels", 100), sizes["n_mels"], "feature_extractor.n_mels", where)
    agree(features.get("n_fft", 1024), sizes["n_fft"], "feature_extractor.n_fft", where)
    agree(n_fft, sizes["n_fft"], "head.n_fft", where)
    agree(features.get("hop_length", 256), hop, "feature_extractor.hop_length", where)
    audio = {
        "sample_rate": features.get("sample_rate", 24000),
        "n_fft": features.get("n_fft", 1024),
        "win_length": features.get("n_fft", 1024),
        "hop_length": hop,
        "n_mels": sizes["n_mels"],
        "f_min": float(features.get("f_min") or 0.0),
        "f_max": None if features.get("f_max") is None else float(features["f_max"]),
        "padding": features.get("padding", "center"),
        "power_floor": 0.0,
        "log_floor": 1e-7,
        "mel_scale": features.get("mel_scale") or "htk",
        "mel_norm": features.get("norm") or "none",
    }
    _compare_filters(tensors, audio, file)
    section = {name: sizes[name] for name in ("d_model", "n_layers", "d_inner")}
    section["padding"] = head.get("padding", "same")
    resolved = {"model_type": "Vocos", "audio": audio, "model": {"generator": section}}
    return resolved, weights


def _file(path: Path) -> Path:
    if not path.is_dir():
        return path
    for name in FILES:
        if (path / name).is_file():
            return path / name
    raise CheckpointError(f"{path}: holds none of {', '.join(FILES)}")


def _model(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    """The three parts, which the config of a training has below `model.init_args`."""
    model = tree.get("model")
    inner = model.get("init_args") if isinstance(model, Mapping) else None
    return inner if isinstance(inner, Mapping) else tree


def _part(tree: Mapping[str, Any], name: str, kind: str, where: Path) -> Mapping[str, Any]:
    """The arguments of one of the three parts. Raises `CheckpointError` for one of another kind."""
    part = tree.get(name)
    path = str(part.get("class_path", "")) if isinstance(part, Mapping) else ""
    if path.rpartition(".")[2] != kind:
        raise CheckpointError(f"{where}: {name}: expected a {kind}, found {path or part!r}")
    assert isinstance(part, Mapping)
    arguments = part.get("init_args") or {}
    if not isinstance(arguments, Mapping):
        raise CheckpointError(f"{where}: {name}.init_args: expected names and values")
    for key in arguments:
        if key not in (known := KNOWN[kind].split()):
            raise CheckpointError(f"{where}: {name}.{key}: no such option{nearest(key, known)}")
    return arguments


def _compare_filters(tensors: Mapping[str, Tensor], audio: dict[str, Any], where: Path) -> None:
    """Check that the file's mel filters, [n_fft // 2 + 1, n_mels], are those of our AudioConfig."""
    theirs = tensors.get(FILTERS)
    ours = torch.from_numpy(mel_filters(AudioConfig(**audio))).T
    if theirs is not None and not (
        theirs.shape == ours.shape and torch.allclose(theirs, ours, rtol=1e-3, atol=1e-4)
    ):
        raise CheckpointError(
            f"{where}: {FILTERS}: is not the filter bank of {audio['n_mels']} mels at "
            f"{audio['sample_rate']} Hz that the config has"
        )
