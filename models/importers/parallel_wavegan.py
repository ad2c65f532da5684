"""Vocoders of ParallelWaveGAN (kan-bayashi): `checkpoint-400000steps.pkl`, with `config.yml` and
`stats.h5` (or `stats.npy`) next to it: HiFi-GAN, MelGAN, multi-band MelGAN and Parallel WaveGAN.

Their mel is the logarithm to base 10, and their input normalised by the statistics, which become
`model.mel_mean` and `model.mel_std`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from recital.models.importers.foreign import (
    ForeignConfig,
    Rule,
    read_checkpoint,
    read_yaml,
    refuse_other_files,
    rename,
    unwrap,
)
from recital.models.importers.hifigan import generator_weights, normed_weights
from recital.models.importers.melgan import melgan_weights
from recital.utils.errors import CheckpointError

Section = dict[str, Any]

HIFIGAN: list[Rule] = [
    (r"input_conv\.(.+)", r"conv_pre.\1"),
    (r"output_conv\.1\.(.+)", r"conv_post.\1"),
    (r"upsamples\.(\d+)\.1\.(.+)", r"ups.\1.\2"),
    (r"blocks\.(\d+)\.convs1\.(\d+)\.1\.(.+)", r"resblocks.\1.convs1.\2.\3"),
    (r"blocks\.(\d+)\.convs2\.(\d+)\.1\.(.+)", r"resblocks.\1.convs2.\2.\3"),
]
PARALLEL_WAVEGAN: list[Rule] = [
    (r"first_conv\.(.+)", r"generator.first.\1"),
    (r"upsample_net\.conv_in\.(.+)", r"generator.upsample.first.\1"),
    (r"conv_layers\.(\d+)\.conv\.(.+)", r"generator.layers.\1.dilated.\2"),
    (r"conv_layers\.(\d+)\.conv1x1_aux\.(.+)", r"generator.layers.\1.condition.\2"),
    (r"conv_layers\.(\d+)\.conv1x1_out\.(.+)", r"generator.layers.\1.out.\2"),
    (r"conv_layers\.(\d+)\.conv1x1_skip\.(.+)", r"generator.layers.\1.skip.\2"),
    (r"last_conv_layers\.1\.(.+)", r"generator.inner.\1"),
    (r"last_conv_layers\.3\.(.+)", r"generator.last.\1"),
]
FILTERS = "generator.upsample.filters"
OLD_CUTOFF, CUTOFF = 0.15, 0.142  # of the filter bank, up to version 0.4.2 and later


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `checkpoint` may be a folder, `config` is by
    default the config.yml next to the checkpoint.
    """
    if averaged:
        raise CheckpointError(f"{checkpoint}: this recipe keeps no averaged weights")
    file = _newest(checkpoint)
    content = read_checkpoint(file)
    state = content.get("model")
    state = state.get("generator") if isinstance(state, Mapping) else None
    if not isinstance(state, Mapping):
        raise CheckpointError(f"{file}: holds no 'model' with a 'generator'")
    tensors = unwrap(state, file)
    where = config or file.parent / "config.yml"
    tree = read_yaml(where, "give it with --config")
    kind = tree.get("generator_type", "ParallelWaveGANGenerator")
    if kind not in READERS:
        raise CheckpointError(
            f"{where}: generator_type: is {kind!r}; expected one of {', '.join(READERS)}"
        )
    options = ForeignConfig(_typos(tree.get("generator_params", {})), where, kind)
    audio = _audio(tree, where)
    options.require("in_channels", 1 if kind.startswith("Parallel") else audio["n_mels"], None)
    model_type, read, weights = READERS[kind]
    section = read(options, tree)
    options.refuse_unread()
    mean, scale = _statistics(file.parent, where)
    for values, name in ((mean, "mean"), (scale, "scale")):
        if len(values) != audio["n_mels"]:
            raise CheckpointError(
                f"{file.parent}: stats: expected {audio['n_mels']} numbers of {name}, found "
                f"{len(values)}"
            )
    model = {"generator": section, "mel_mean": mean, "mel_std": scale}
    resolved = {"model_type": model_type, "audio": audio, "model": model}
    return resolved, weights(tensors, section, file)


def _typos(options: Mapping[str, Any]) -> dict[str, Any]:
    """Old configs have `upsample_kernal_sizes`."""
    return {k.replace("_kernal_", "_kernel_"): v for k, v in options.items()}


def _audio(tree: Mapping[str, Any], where: Path) -> dict[str, Any]:
    for key in ("sampling_rate", "fft_size", "hop_size", "num_mels"):
        if key not in tree:
            raise CheckpointError(f"{where}: {key}: is missing")
    if tree.get("window", "hann") != "hann":
        raise CheckpointError(f"{where}: window: is {tree['window']!r}; only 'hann' can be used")
    return {
        "sample_rate": tree["sampling_rate"],
        "n_fft": tree["fft_size"],
        "win_length": tree.get("win_length") or tree["fft_size"],
        "hop_length": tree["hop_size"],
        "n_mels": tree["num_mels"],
        "f_min": float(tree.get("fmin") or 0.0),
        "f_max": None if tree.get("fmax") is None else float(tree["fmax"]),
        "padding": "center",
        "power_floor": 0.0,
        "log_floor": 1e-10,
        "log_base": "10",
    }


def _statistics(folder: Path, where: Path) -> tuple[list[float], list[float]]:
    """Mean and scale of each band, of `stats.h5` or `stats.npy`."""
    hdf5, numpy = folder / "stats.h5", folder / "stats.npy"
    if hdf5.is_file():
        refuse_other_files(hdf5)
        try:
            import h5py
        except ImportError:
            raise CheckpointError(
                f"{hdf5}: needs the package h5py: .venv/bin/python -m pip install h5py"
            ) from None
        with h5py.File(hdf5, "r") as file:
            if "mean" not in file or "scale" not in file:
                raise CheckpointError(f"{hdf5}: holds no 'mean' and 'scale'")
            arrays = [np.asarray(file[name][()]) for name in ("mean", "scale")]
    elif numpy.is_file():
        refuse_other_files(numpy)
        arrays = list(np.load(numpy, allow_pickle=False)[:2])
    else:
        raise CheckpointError(
            f"{folder}: has no stats.h5 or stats.npy, by which the input of {where.name} is "
            "normalised; copy it next to the checkpoint"
        )
    mean, scale = (array.reshape(-1).astype(float).tolist() for array in arrays)
    return mean, scale


def _require_plain(options: ForeignConfig, slope: float) -> None:
    """What all generators of these kinds have in common."""
    options.require("kernel_size", 7, 7)
    options.require("bias", True, True)
    options.require("nonlinear_activation", "LeakyReLU", "LeakyReLU")
    options.require("nonlinear_activation_params.negative_slope", slope, slope)
    options.require("use_causal_conv", False, False)
    options.get("use_weight_norm", True)  # both are imported


def _hifigan(options: ForeignConfig, _: Mapping[str, Any]) -> Section:
    _require_plain(options, 0.1)
    options.require("out_channels", 1, 1)
    return {
        "channels": options.get("channels", 512),
        "upsample_rates": options.get("upsample_scales", [8, 8, 2, 2]),
        "upsample_kernel_sizes": options.get("upsample_kernel_sizes", [16, 16, 4, 4]),
        "resblock": 1 if options.get("use_additional_convs", True) else 2,
        "resblock_kernel_sizes": options.get("resblock_kernel_sizes", [3, 7, 11]),
        "resblock_dilations": options.get("resblock_dilations", [[1, 3, 5]] * 3),
        "trim": "start",
    }


def _hifigan_weights(
    tensors: Mapping[str, Tensor], section: Section, where: Path
) -> dict[str, Tensor]:
    return generator_weights(rename(tensors, HIFIGAN, where), section, where)


def _melgan(options: ForeignConfig, tree: Mapping[str, Any]) -> Section:
    _require_plain(options, 0.2)
    options.require("pad", "ReflectionPad1d", "ReflectionPad1d")
    options.require("use_final_nonlinear_activation", True, True)
    section = {
        "channels": options.get("channels", 512),
        "upsample_rates": options.get("upsample_scales", [8, 8, 2, 2]),
        "n_residuals": options.get("stacks", 3),
        "kernel_size": options.get("stack_kernel_size", 3),
        "n_bands": options.get("out_channels", 1),
    }
    if section["n_bands"] > 1:
        bank = {"taps": 62, "beta": 9.0, **tree.get("pqmf_params", {})}
        if (bank["taps"], bank["beta"]) != (62, 9.0):
            raise CheckpointError(
                f"{options.where}: pqmf_params: only 62 taps with a beta of 9 can be imported"
            )
        old = _version(tree) <= (0, 4, 2)
        section["cutoff"] = bank.get("cutoff_ratio", OLD_CUTOFF if old else CUTOFF)
    return section


def _version(tree: Mapping[str, Any]) -> tuple[int, ...]:
    digits = re.findall(r"\d+", str(tree.get("version", "0.1.0")))
    return tuple(int(d) for d in digits[:3])


def _melgan_weights(
    tensors: Mapping[str, Tensor], section: Section, where: Path
) -> dict[str, Tensor]:
    return melgan_weights(tensors, section, where, "melgan")


def _parallel_wavegan(options: ForeignConfig, _: Mapping[str, Any]) -> Section:
    options.require("out_channels", 1, 1)
    options.require("bias", True, True)
    options.require("use_causal_conv", False, False)
    options.require("upsample_conditional_features", True, True)
    options.require("upsample_net", "ConvInUpsampleNetwork", "ConvInUpsampleNetwork")
    options.require("upsample_params.nonlinear_activation", None, None)
    options.require("upsample_params.interpolate_mode", "nearest", "nearest")
    options.get("use_weight_norm", True)
    options.get("dropout", 0.0)  # of training
    options.get("aux_channels", None)
    return {
        "channels": options.get("residual_channels", 64),
        "gate_channels": options.get("gate_channels", 128),
        "skip_channels": options.get("skip_channels", 64),
        "n_layers": options.get("layers", 30),
        "n_cycles": options.get("stacks", 3),
        "kernel_size": options.get("kernel_size", 3),
        "upsample_rates": options.get("upsample_params.upsample_scales", [4, 4, 4, 4]),
        "mel_context_frames": options.get("aux_context_window", 2),
        "band_kernel_size": options.get("upsample_params.freq_axis_kernel_size", 1),
    }


def _parallel_wavegan_weights(
    tensors: Mapping[str, Tensor], section: Section, where: Path
) -> dict[str, Tensor]:
    # each filter follows a layer that repeats values
    numbers = range(len(section["upsample_rates"]))
    filters: list[Rule] = [
        (rf"upsample_net\.upsample\.up_layers\.{2 * i + 1}\.(.+)", rf"{FILTERS}.{i}.\1")
        for i in numbers
    ]
    renamed = rename(tensors, [*PARALLEL_WAVEGAN, *filters], where)
    two_dimensional = {k: v for k, v in renamed.items() if k.startswith(FILTERS)}
    weights = normed_weights({k: v for k, v in renamed.items() if k not in two_dimensional})
    return weights | normed_weights(two_dimensional, dimensions=4)


# generator_type -> our model, its section, its weights
READERS: dict[
    str,
    tuple[
        str,
        Callable[[ForeignConfig, Mapping[str, Any]], Section],
        Callable[[Mapping[str, Tensor], Section, Path], dict[str, Tensor]],
    ],
] = {
    "HiFiGANGenerator": ("HiFiGAN", _hifigan, _hifigan_weights),
    "MelGANGenerator": ("MelGAN", _melgan, _melgan_weights),
    "ParallelWaveGANGenerator": ("ParallelWaveGAN", _parallel_wavegan, _parallel_wavegan_weights),
}


def _newest(path: Path) -> Path:
    """The checkpoint of a folder with the most steps, or the file itself."""
    if not path.is_dir():
        return path
    files = {
        int(match[1]): file
        for file in path.glob("*.pkl")
        if (match := re.fullmatch(r"checkpoint-(\d+)steps", file.stem))
    }
    if not files:
        raise CheckpointError(f"{path}: holds no checkpoint-<N>steps.pkl")
    return files[max(files)]
