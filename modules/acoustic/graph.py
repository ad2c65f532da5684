"""The graph of an acoustic model that predicts all tokens at once."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from recital.modules.acoustic.controls import EnergyChange, PitchChange
from recital.modules.contract.graph import Graph, Port
from recital.modules.contract.model import AcousticModel

BY_TOKEN = ("batch", "tokens")


class ParallelGraph(nn.Module):
    """`AcousticModel.infer` with all controls as tensors."""

    def __init__(self, model: AcousticModel, n_speakers: int) -> None:
        super().__init__()
        self.model = model
        self.n_speakers = n_speakers

    def forward(self, tokens: Tensor, token_lengths: Tensor, *rest: Tensor) -> tuple[Tensor, ...]:
        """See `parallel_graph` -> mel, mel_lengths, durations, pitch, and energy if predicted."""
        speaker, rest = (rest[0], rest[1:]) if self.n_speakers > 1 else (None, rest)
        pace, durations, scale, shift, semitones, given, *energy = rest
        change = PitchChange(scale, shift, semitones, given)
        out = self.model.infer(
            tokens,
            token_lengths,
            speaker=speaker,
            pace=pace,
            durations=durations,
            pitch_transform=change,
            energy_transform=EnergyChange(*energy) if energy else None,
        )
        assert out.pitch is not None and out.repeats is not None
        found = (out.mel, out.mel_lengths, out.repeats, change.in_hz(out.pitch)[:, 0])
        return found if out.energy is None else (*found, out.energy)


def parallel_graph(
    model: AcousticModel, n_tokens: int, n_speakers: int, predicts_energy: bool
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
        "pitch_scale": (1.0, "scales the pitch's movement around the speaker's mean"),
        "pitch_shift": (0.0, "Hz, added after the scale"),
        "pitch_semitones": (0.0, "added after the shift"),
        "pitch_hz": (0.0, "Hz that replace the prediction; 0 keeps it"),
    }
    if predicts_energy:
        controls["energy_scale"] = (1.0, "scales the predicted energy")
        controls["energy"] = (math.nan, "replaces the prediction; NaN keeps it")
    outputs = [
        Port("mel", ("batch", model.audio.n_mels, "frames"), "log mel, 0 in padding"),
        Port("mel_lengths", ("batch",), "int64, the frames of each item"),
        Port("token_frames", BY_TOKEN, "int64, the frames of each token"),
        Port("token_pitch", BY_TOKEN, "Hz, after all changes"),
    ]
    if predicts_energy:
        outputs.append(Port("token_energy", BY_TOKEN, "after the scale, in the model's unit"))
    for name, (neutral, about) in controls.items():
        inputs.append(Port(name, BY_TOKEN, f"{about}; {neutral:g} changes nothing"))
        example.append(torch.full((2, 7), neutral))
    return Graph("acoustic", ParallelGraph(model, n_speakers), inputs, outputs, example)
