"""Code shared by the importers of VITS: names of tensors, and the options of its authors' code,
which Piper's training took over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.foreign import ForeignConfig, Rule, rename
from recital.models.importers.hifigan import RULES as GENERATOR_RULES
from recital.models.importers.hifigan import group_key, normed_weights
from recital.utils.errors import CheckpointError

# ours: theirs, of the mel that their training computes its loss with
AUDIO = {
    "sample_rate": "sampling_rate",
    "n_fft": "filter_length",
    "win_length": "win_length",
    "hop_length": "hop_length",
    "n_mels": "n_mel_channels",
    "f_min": "mel_fmin",
    "f_max": "mel_fmax",
}
POWER_FLOOR = 1e-6  # that they add under the root of the power spectrum
TEMPERATURE, DURATION_TEMPERATURE = 0.667, 0.8  # of their examples
# fixed in their code
DILATIONS = {"1": 3, "2": 2}  # of each kind of residual block
FLOWS, FLOW_LAYERS, POSTERIOR_LAYERS, WAVENET_KERNEL, DURATION_KERNEL = 4, 4, 16, 5, 3

WEIGHT = r"(weight|weight_g|weight_v|bias|parametrizations\.weight\.original[01])"
# of a flow and of the durations; {0} is their name for the part, {1} ours
SEPARABLE: list[tuple[str, str]] = [
    (r"{0}\.convs_sep\.(\d+)\.(weight|bias)", r"{1}.depthwise.\1.\2"),
    (r"{0}\.convs_1x1\.(\d+)\.(weight|bias)", r"{1}.pointwise.\1.\2"),
    (r"{0}\.norms_1\.(\d+)\.(weight|bias)", r"{1}.first_norms.\1.\2"),
    (r"{0}\.norms_2\.(\d+)\.(weight|bias)", r"{1}.second_norms.\1.\2"),
]
WAVENET: list[tuple[str, str]] = [
    (r"{0}\.in_layers\.(\d+)\." + WEIGHT, r"{1}.inward.\1.\2"),
    (r"{0}\.res_skip_layers\.(\d+)\." + WEIGHT, r"{1}.outward.\1.\2"),
    (r"{0}\.cond_layer\." + WEIGHT, r"{1}.speaker.\1"),
]


def _within(rules: Sequence[tuple[str, str]], theirs: str, ours: str) -> list[Rule]:
    return [(key.replace("{0}", theirs), name.replace("{1}", ours)) for key, name in rules]


def _flow(theirs: str, ours: str) -> list[Rule]:
    """A flow of splines, whose couplings are numbered by `_numbered`."""
    return [
        (rf"dp\.{theirs}\.0\.m", rf"network.durations.{ours}.affine.shift"),
        (rf"dp\.{theirs}\.0\.logs", rf"network.durations.{ours}.affine.log_scale"),
        *(
            rule
            for i in range(FLOWS)
            for rule in [
                (
                    rf"dp\.{theirs}\.{2 * i + 1}\.pre\.(weight|bias)",
                    rf"network.durations.{ours}.couplings.{i}.first.\1",
                ),
                (
                    rf"dp\.{theirs}\.{2 * i + 1}\.proj\.(weight|bias)",
                    rf"network.durations.{ours}.couplings.{i}.last.\1",
                ),
                *_within(
                    SEPARABLE,
                    rf"dp\.{theirs}\.{2 * i + 1}\.convs",
                    f"network.durations.{ours}.couplings.{i}.stack",
                ),
            ]
        ),
    ]


ATTENTION = {"q": "query", "k": "key", "v": "value", "o": "out"}
ENCODER = "network.text_encoder.layers"
RULES: list[Rule] = [
    (r"enc_p\.emb\.weight", "network.embedding.weight"),
    *(
        (
            rf"enc_p\.encoder\.attn_layers\.(\d+)\.conv_{theirs}\.(weight|bias)",
            rf"{ENCODER}.\1.attention.{ours}.\2",
        )
        for theirs, ours in ATTENTION.items()
    ),
    (r"enc_p\.encoder\.attn_layers\.(\d+)\.emb_rel_k", rf"{ENCODER}.\1.attention.near_keys"),
    (r"enc_p\.encoder\.attn_layers\.(\d+)\.emb_rel_v", rf"{ENCODER}.\1.attention.near_values"),
    (r"enc_p\.encoder\.norm_layers_1\.(\d+)\.(\w+)", rf"{ENCODER}.\1.attention_norm.\2"),
    (r"enc_p\.encoder\.norm_layers_2\.(\d+)\.(\w+)", rf"{ENCODER}.\1.conv_norm.\2"),
    (r"enc_p\.encoder\.ffn_layers\.(\d+)\.conv_1\.(\w+)", rf"{ENCODER}.\1.widen.\2"),
    (r"enc_p\.encoder\.ffn_layers\.(\d+)\.conv_2\.(\w+)", rf"{ENCODER}.\1.narrow.\2"),
    (r"enc_p\.proj\.(\w+)", r"network.text_encoder.statistics.\1"),
    (r"dec\.cond\.(\w+)", r"network.decoder.speaker.\1"),
    *(
        (rf"dec\.{key}", (ours or "").replace("generator.", "network.decoder."))
        for key, ours in GENERATOR_RULES
    ),
    (r"enc_q\.pre\.(\w+)", r"network.posterior_encoder.first.\1"),
    (r"enc_q\.proj\.(\w+)", r"network.posterior_encoder.statistics.\1"),
    *_within(WAVENET, r"enc_q\.enc", "network.posterior_encoder.stack"),
    *(
        rule
        for i in range(FLOWS)
        for rule in [
            (rf"flow\.flows\.{2 * i}\.pre\.(\w+)", rf"network.flow.couplings.{i}.first.\1"),
            (rf"flow\.flows\.{2 * i}\.post\.(\w+)", rf"network.flow.couplings.{i}.last.\1"),
            *_within(WAVENET, rf"flow\.flows\.{2 * i}\.enc", f"network.flow.couplings.{i}.stack"),
        ]
    ),
    *_flow("flows", "flow"),
    *_flow("post_flows", "posterior_flow"),
    (r"dp\.post_pre\.(\w+)", r"network.durations.posterior_first.\1"),
    (r"dp\.post_proj\.(\w+)", r"network.durations.posterior_last.\1"),
    *_within(SEPARABLE, r"dp\.post_convs", "network.durations.posterior_stack"),
    (r"dp\.pre\.(\w+)", r"network.durations.first.\1"),
    *_within(SEPARABLE, r"dp\.convs", "network.durations.stack"),
    (r"dp\.cond\.(\w+)", r"network.durations.speaker.\1"),
    (r"emb_g\.weight", "network.speaker_embedding.weight"),
]
# `proj` is the last convolution of both kinds of durations
STOCHASTIC: list[Rule] = [(r"dp\.proj\.(\w+)", r"network.durations.last.\1")]
DETERMINISTIC: list[Rule] = [
    *STOCHASTIC,
    (r"dp\.conv_1\.(\w+)", r"network.durations.convs.0.\1"),
    (r"dp\.conv_2\.(\w+)", r"network.durations.convs.1.\1"),
    (r"dp\.norm_1\.(\w+)", r"network.durations.norms.0.\1"),
    (r"dp\.norm_2\.(\w+)", r"network.durations.norms.1.\1"),
]
NORM = {"gamma": "weight", "beta": "bias"}
# convolutions with weight norm, by our names
NORMED = (
    r"network\.(decoder\.stages|(posterior_encoder|flow\.couplings\.\d+)\.stack\.(in|out)ward)\..*"
)
NORMED += r"|network\.(posterior_encoder|flow\.couplings\.\d+)\.stack\.speaker\..*"


def model_section(options: ForeignConfig, n_speakers: int, blanks: str) -> dict[str, Any]:
    """Our `model` section from the options of their `SynthesizerTrn`. Raises `CheckpointError` for
    those that are missing.
    """
    options.get("n_layers_q", None)  # without effect in their code
    options.get("use_spectral_norm", None)  # of the discriminators
    stochastic = bool(options.get("use_sdp", True))
    resblock = str(options["resblock"])
    if resblock not in ("1", "2"):
        raise CheckpointError(f"{options.where}: resblock: expected 1 or 2, found {resblock!r}")
    d_speaker = int(options.get("gin_channels", 0)) if n_speakers > 1 else 0
    if n_speakers > 1 and not d_speaker:
        raise CheckpointError(
            f"{options.where}: gin_channels: is 0, but there are {n_speakers} speakers"
        )
    return {
        "d_model": options["hidden_channels"],
        "d_latent": options["inter_channels"],
        "d_speaker": d_speaker,
        "blanks": blanks,
        "temperature": TEMPERATURE,
        "duration_temperature": DURATION_TEMPERATURE,
        "text_encoder": {
            "n_layers": options["n_layers"],
            "n_heads": options["n_heads"],
            "d_inner": options["filter_channels"],
            "kernel_size": options["kernel_size"],
            "window": 4,
            "dropout": float(options["p_dropout"]),
        },
        "posterior_encoder": {"n_layers": POSTERIOR_LAYERS, "kernel_size": WAVENET_KERNEL},
        "flow": {"n_flows": FLOWS, "n_layers": FLOW_LAYERS, "kernel_size": WAVENET_KERNEL},
        "stochastic_durations": {"kernel_size": DURATION_KERNEL} if stochastic else None,
        "deterministic_durations": None if stochastic else {"kernel_size": DURATION_KERNEL},
        "decoder": {
            "channels": options["upsample_initial_channel"],
            "upsample_rates": _numbers(options, "upsample_rates"),
            "upsample_kernel_sizes": _numbers(options, "upsample_kernel_sizes"),
            "resblock": int(resblock),
            "resblock_kernel_sizes": _numbers(options, "resblock_kernel_sizes"),
            # their blocks read no more than so many
            "resblock_dilations": [
                list(row)[: DILATIONS[resblock]] for row in options["resblock_dilation_sizes"]
            ],
        },
    }


def _numbers(options: ForeignConfig, key: str) -> list[int]:
    return list(options[key])


def audio_section(audio: Mapping[str, Any]) -> dict[str, Any]:
    """Our `audio` section, from its numbers."""
    f_max = audio["f_max"]
    return {
        **audio,
        "f_min": float(audio["f_min"]),
        "f_max": None if f_max is None else float(f_max),
        "padding": "same",
        "power_floor": POWER_FLOOR,
    }


def weights(
    tensors: Mapping[str, Tensor], model: Mapping[str, Any], where: Path
) -> dict[str, Tensor]:
    """The state dict of our model. Raises `CheckpointError` for tensors without a rule."""
    n_kernels = len(model["decoder"]["resblock_kernel_sizes"])
    known = {}
    for key, value in tensors.items():
        part, _, name = key.rpartition(".")
        if not model["d_speaker"] and part.endswith((".cond", ".cond_layer")):
            continue  # made for speakers that their code then does not have
        if name.startswith("emb_rel_") and value.dim() == 3 and len(value) == 1:
            value = value[0]  # the heads share them
        key = f"{part}.{NORM.get(name, name)}"
        if key.startswith("dec."):
            key = f"dec.{group_key(key.removeprefix('dec.'), n_kernels)}"
        known[key] = value
    rules = [*RULES, *(STOCHASTIC if model["stochastic_durations"] else DETERMINISTIC)]
    ours = rename(known, rules, where)
    normed = {key: value for key, value in ours.items() if re.fullmatch(NORMED, key)}
    plain = {key: value for key, value in ours.items() if key not in normed}
    return {**plain, **normed_weights(normed)}
