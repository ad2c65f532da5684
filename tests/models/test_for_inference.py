"""What a signature says is for inference changes no training step: a resumed run may change it."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from contract_helpers import TINY, batch_for, fresh
from tts_helpers import drawn_prosody, tiny_config

from recital.models import MODELS, class_of
from recital.utils import config as config_module
from recital.utils.config import for_training, merge
from recital.utils.ranges import OnlyForInference

DRAWN = tiny_config(prosody=drawn_prosody())
# model -> a config, and other values of all that is for inference alone
CHANGED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "DiffWave": (TINY["DiffWave"], {"inference_schedule": [0.02, 0.3]}),
    "FastPitch": (
        DRAWN,
        {
            "max_duration": 9.0,
            "duration_scale": 1.3,
            "deviation_scale": 1.2,
            "prosody": {"n_steps": 5, "temperature": 0.3, "duration_temperature": 0.2},
        },
    ),
    "FastSpeech2": (
        TINY["FastSpeech2"],
        {
            "max_duration": 9.0,
            "duration_scale": 1.3,
            "deviation_scale": 1.2,
            "energy_follows_pitch": True,
        },
    ),
    "Matcha": (TINY["Matcha"], {"max_duration": 9.0, "n_steps": 3, "temperature": 0.1}),
    "SourceFilter": (TINY["SourceFilter"], {"refine_iterations": 2}),
    "Tacotron2": (TINY["Tacotron2"], {"max_decoder_steps": 7, "gate_threshold": 0.9}),
    "VITS": (
        TINY["VITS"],
        {"max_duration": 9.0, "temperature": 0.1, "duration_temperature": 0.2},
    ),
    "WaveGlow": (TINY["WaveGlow"], {"sigma": 0.3}),
    "WaveNet": (TINY["WaveNet"], {"fold_frames": 16, "overlap_frames": 2}),
    "WaveRNN": (TINY["WaveRNN"], {"fold_frames": 16, "overlap_frames": 2}),
}


def marked(function: Any) -> Iterator[Any]:
    """The arguments that are for inference, and for a part (its name, those of the part)."""
    for name, hint in config_module._hints(function).items():
        if name not in inspect.signature(function).parameters:
            continue
        if any(isinstance(m, OnlyForInference) for m in typing.get_args(hint)[1:]):
            yield name
        part = config_module._part(hint)
        if part is not None and (inner := set(marked(part))):
            yield from inner if name == config_module.INLINE else ((name, i) for i in inner)


def paths(tree: dict[str, Any]) -> set[Any]:
    inner = [(name, part) for name, part in tree.items() if isinstance(part, dict)]
    found = {(name, key) for name, part in inner for key in part}
    return found | {name for name, value in tree.items() if not isinstance(value, dict)}


def spelled(found: set[Any]) -> set[Any]:
    """("prosody", "n_steps") at whatever depth the network is."""
    return {path if isinstance(path, str) else path[-2:] for path in found}


@pytest.mark.parametrize("name", MODELS)
def test_all_that_is_marked_is_tested(name: str) -> None:
    assert spelled(set(marked(class_of(name)))) == paths(CHANGED.get(name, ({}, {}))[1])


@pytest.mark.parametrize("name", CHANGED)
def test_no_step_depends_on_it(name: str) -> None:
    config, changes = CHANGED[name]
    other = {**config, "model": merge(config["model"], changes)}
    assert other["model"] != config["model"]
    losses = []
    for tree in (config, other):
        model = fresh(tree)
        torch.manual_seed(1)
        losses.append([turn for _, turn in model.step(batch_for(model))])
    torch.testing.assert_close(losses[1], losses[0], rtol=0, atol=0)
    make = class_of(name)
    assert for_training(make, other["model"]) == for_training(make, config["model"])


def test_what_a_step_depends_on_stays() -> None:
    """In the section of an inline network and in parts, whether it is known or not."""
    section = {**DRAWN["model"], "temperature": 1.0}
    section["prosody"] = {**section["prosody"], "n_steps": 3}
    kept = for_training(class_of("FastPitch"), section)
    assert kept == {**DRAWN["model"], "temperature": 1.0}  # which is no argument there
    assert for_training(class_of("FastPitch"), {"prosody": None}) == {"prosody": None}
    apart = for_training(class_of("FastPitch"), {"network": section, "max_duration": 5.0})
    assert apart == {"network": kept}
