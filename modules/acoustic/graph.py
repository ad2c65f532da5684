"""The graph of an acoustic model that predicts all tokens at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from recital.modules.acoustic.controls import EnergyChange, PitchChange
from recital.modules.contract.graph import Graph, Port
from recital.modules.contract.model import AcousticModel, Sampling

BY_TOKEN = ("batch", "tokens")


class ParallelGraph(nn.Module):
    """`AcousticModel.infer` with all controls as tensors; `names` are those of its inputs."""

    def __init__(self, model: AcousticModel, names: Sequence[str]) -> None:
        super().__init__()
        self.model = model
        self.names = names

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """See `parallel_graph` -> mel, mel_lengths, durations, and pitch and energy if
        predicted.
        """
        given = dict(zip(self.names, inputs, strict=True))
        change = energy = None
        if "pitch_hz" in given:
            changes = ("pitch_scale", "pitch_shift", "pitch_semitones", "pitch_hz")
            change = PitchChange(*(given[name] for name in changes))
        if "energy" in given:
            energy = EnergyChange(given["energy_scale"], given["energy"])
        drawn: dict[str, Any] = {}
        if "temperature" in given:
            drawn["sampling"] = Sampling(given["temperature"])
        out = self.model.infer(
            given["tokens"],
            given["token_lengths"],
            speaker=given.get("speaker"),
            pace=given["pace"],
            durations=given["durations"],
            pitch_transform=change,
            energy_transform=energy,
            **drawn,
        )
        assert out.repeats is not None
        found = [out.mel, out.mel_lengths, out.repeats]
        if change is not None and out.pitch is not None:
            found.append(change.in_hz(out.pitch)[:, 0])
        return (*found, out.energy) if out.energy is not None else tuple(found)


def parallel_graph(
    model: AcousticModel,
    n_tokens: int,
    n_speakers: int,
    *,
    predicts_pitch: bool = True,
    predicts_energy: bool = False,
) -> Graph:
    """The graph of a model whose `infer` takes every control for each token."""
    inputs = [
        Port("tokens", BY_TOKEN, "int64, the numbers of the symbols, 0 in padding"),
        Port("token_lengths", ("batch",), "int64, the tokens of each item without padding"),
    ]
    lengths = torch.tensor([7, 5])
    example = [torch.arange(14).reshape(2, 7) % n_tokens, lengths]
    if n_speakers > 1:
        inputs.append(Port("speaker", ("batch",), "int64, the number of the speaker"))
        example.append(torch.tensor([0, 1]))
    controls = {
        "pace": (1.0, "2 is twice as fast"),
        "durations": (-1.0, "frames before pace; below 0 keeps the prediction"),
    }
    outputs = [
        Port("mel", ("batch", model.audio.n_mels, "frames"), "log mel, 0 in padding"),
        Port("mel_lengths", ("batch",), "int64, the frames of each item"),
        Port("token_frames", BY_TOKEN, "int64, the frames of each token"),
    ]
    if predicts_pitch:
        controls |= {
            "pitch_scale": (1.0, "scales the pitch's movement around the speaker's mean"),
            "pitch_shift": (0.0, "Hz, added after the scale"),
            "pitch_semitones": (0.0, "added after the shift"),
            "pitch_hz": (0.0, "Hz that replace the prediction; 0 keeps it"),
        }
        outputs.append(Port("token_pitch", BY_TOKEN, "Hz, after all changes"))
    if predicts_energy:
        controls["energy_scale"] = (1.0, "scales the predicted energy")
        controls["energy"] = (math.nan, "replaces the prediction; NaN keeps it")
        outputs.append(Port("token_energy", BY_TOKEN, "after the scale, in the model's unit"))
    for name, (neutral, about) in controls.items():
        inputs.append(Port(name, BY_TOKEN, f"{about}; {neutral:g} changes nothing"))
        example.append(torch.full((2, 7), neutral))
    if "temperature" in model.sampling_controls:
        about = "the standard deviation of what is drawn; below 0 it is the voice's own"
        inputs.append(Port("temperature", (1,), about))
        example.append(torch.full((1,), -1.0))
    module = ParallelGraph(model, [port.name for port in inputs])
    return Graph("acoustic", module, inputs, outputs, example)
