"""Checkpoints in the layout of Matcha-TTS's authors, with weights that follow from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

Shapes = Iterator[tuple[str, tuple[int, ...]]]

SIZES: dict[str, Any] = {
    "n_vocab": 30,
    "n_spks": 1,
    "spk_emb_dim": 8,
    "n_feats": 20,
    "channels": 32,  # of the encoder
    "filter_channels": 48,
    "duration_channels": 24,
    "encoder_heads": 2,
    "n_layers": 2,
    "kernel_size": 3,
    "duration_kernel_size": 3,
    "prenet": True,
    "levels": [32, 32],
    "attention_head_dim": 8,
    "n_blocks": 1,
    "num_mid_blocks": 2,
    "num_heads": 2,
}


def hyper_parameters(**sizes: Any) -> dict[str, Any]:
    """The options that Lightning stores, as plain values."""
    s = {**SIZES, **sizes}
    return {
        "n_vocab": s["n_vocab"],
        "n_spks": s["n_spks"],
        "spk_emb_dim": s["spk_emb_dim"],
        "n_feats": s["n_feats"],
        "encoder": {
            "encoder_type": "RoPE Encoder",
            "encoder_params": {
                "n_feats": s["n_feats"],
                "n_channels": s["channels"],
                "filter_channels": s["filter_channels"],
                "filter_channels_dp": s["duration_channels"],
                "n_heads": s["encoder_heads"],
                "n_layers": s["n_layers"],
                "kernel_size": s["kernel_size"],
                "p_dropout": 0.1,
                "spk_emb_dim": s["spk_emb_dim"],
                "n_spks": s["n_spks"],
                "prenet": s["prenet"],
            },
            "duration_predictor_params": {
                "filter_channels_dp": s["duration_channels"],
                "kernel_size": s["duration_kernel_size"],
                "p_dropout": 0.1,
            },
        },
        "decoder": {
            "channels": list(s["levels"]),
            "dropout": 0.05,
            "attention_head_dim": s["attention_head_dim"],
            "n_blocks": s["n_blocks"],
            "num_mid_blocks": s["num_mid_blocks"],
            "num_heads": s["num_heads"],
            "act_fn": "snakebeta",
        },
        "cfm": {"name": "CFM", "solver": "euler", "sigma_min": 1e-4},
        "data_statistics": {"mel_mean": -5.5, "mel_std": 2.1},
        "out_size": None,
        "prior_loss": True,
    }


def state_dict(seed: int = 0, **sizes: Any) -> dict[str, Tensor]:
    """Random weights with the names and shapes of the layout."""
    state = {"mel_mean": torch.tensor(-5.5), "mel_std": torch.tensor(2.1)}
    random = np.random.default_rng(seed)
    for name, shape in shapes({**SIZES, **sizes}):
        fan_in = int(np.prod(shape[1:])) if len(shape) > 1 else 100
        values = random.standard_normal(shape) / fan_in**0.5
        norm = name.endswith("gamma") or ".block.1.weight" in name
        norm = norm or any(f".{n}.weight" in name for n in ("norm1", "norm3"))
        state[name] = torch.from_numpy(values + norm).float()
    state["encoder.proj_w.proj.bias"] += 0.8  # tokens of some frames
    return state


def shapes(s: dict[str, Any]) -> Shapes:
    """The names of all tensors, in a fixed order, and their shapes."""
    several = s["n_spks"] > 1
    speaker = s["spk_emb_dim"] if several else 0
    narrow, wide = s["channels"], s["channels"] + speaker
    if several:
        yield "spk_emb.weight", (s["n_spks"], speaker)
    yield "encoder.emb.weight", (s["n_vocab"], narrow)
    if s["prenet"]:
        for i in range(3):
            yield from layer(f"encoder.prenet.conv_layers.{i}", narrow, narrow, 5)
            yield from scale(f"encoder.prenet.norm_layers.{i}", narrow)
        yield from layer("encoder.prenet.proj", narrow, narrow, 1)
    for i in range(s["n_layers"]):
        at = "encoder.encoder."
        for part in "qkvo":
            yield from layer(f"{at}attn_layers.{i}.conv_{part}", wide, wide, 1)
        yield from scale(f"{at}norm_layers_1.{i}", wide)
        filters, k = s["filter_channels"], s["kernel_size"]
        yield from layer(f"{at}ffn_layers.{i}.conv_1", wide, filters, k)
        yield from layer(f"{at}ffn_layers.{i}.conv_2", filters, wide, k)
        yield from scale(f"{at}norm_layers_2.{i}", wide)
    yield from layer("encoder.proj_m", wide, s["n_feats"], 1)
    filters, k = s["duration_channels"], s["duration_kernel_size"]
    yield from layer("encoder.proj_w.conv_1", wide, filters, k)
    yield from scale("encoder.proj_w.norm_1", filters)
    yield from layer("encoder.proj_w.conv_2", filters, filters, k)
    yield from scale("encoder.proj_w.norm_2", filters)
    yield from layer("encoder.proj_w.proj", filters, 1, 1)
    yield from unet(s, 2 * s["n_feats"] + speaker)


def unet(s: dict[str, Any], inputs: int) -> Shapes:
    at = "decoder.estimator."
    levels = s["levels"]
    time = 4 * levels[0]
    yield from layer(f"{at}time_mlp.linear_1", inputs, time)
    yield from layer(f"{at}time_mlp.linear_2", time, time)
    for i, width in enumerate(levels):
        before = levels[i - 1] if i else inputs
        yield from level(f"{at}down_blocks.{i}.", before, width, time, s)
        inner = "" if i == len(levels) - 1 else ".conv"
        yield from layer(f"{at}down_blocks.{i}.2{inner}", width, width, 3)
    for i in range(s["num_mid_blocks"]):
        yield from level(f"{at}mid_blocks.{i}.", levels[-1], levels[-1], time, s)
    up = [*reversed(levels), levels[0]]
    for i, (before, width) in enumerate(zip(up, up[1:], strict=False)):
        yield from level(f"{at}up_blocks.{i}.", 2 * before, width, time, s)
        last = i == len(levels) - 1
        yield from layer(f"{at}up_blocks.{i}.2{'' if last else '.conv'}", width, width, 4 - last)
    yield from layer(f"{at}final_block.block.0", levels[0], levels[0], 3)
    yield from scale(f"{at}final_block.block.1", levels[0], "weight", "bias")
    yield from layer(f"{at}final_proj", levels[0], s["n_feats"], 1)


def level(at: str, before: int, width: int, time: int, s: dict[str, Any]) -> Shapes:
    yield from layer(f"{at}0.mlp.1", time, width)
    for block, inputs in (("block1", before), ("block2", width)):
        yield from layer(f"{at}0.{block}.block.0", inputs, width, 3)
        yield from scale(f"{at}0.{block}.block.1", width, "weight", "bias")
    yield from layer(f"{at}0.res_conv", before, width, 1)
    inner = s["num_heads"] * s["attention_head_dim"]
    for j in range(s["n_blocks"]):
        yield from scale(f"{at}1.{j}.norm1", width, "weight", "bias")
        for part in ("to_q", "to_k", "to_v"):
            yield f"{at}1.{j}.attn1.{part}.weight", (inner, width)
        yield from layer(f"{at}1.{j}.attn1.to_out.0", inner, width)
        yield from scale(f"{at}1.{j}.norm3", width, "weight", "bias")
        yield from layer(f"{at}1.{j}.ff.net.0.proj", width, 4 * width)
        yield from scale(f"{at}1.{j}.ff.net.0", 4 * width, "alpha", "beta")
        yield from layer(f"{at}1.{j}.ff.net.2", 4 * width, width)


def layer(name: str, inputs: int, outputs: int, *kernel: int) -> Shapes:
    yield f"{name}.weight", (outputs, inputs, *kernel)
    yield f"{name}.bias", (outputs,)


def scale(name: str, channels: int, one: str = "gamma", other: str = "beta") -> Shapes:
    yield f"{name}.{one}", (channels,)
    yield f"{name}.{other}", (channels,)
