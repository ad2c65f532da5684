"""What a model says of its export: graphs of tensors, whose inputs and outputs have names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from recital.modules.contract.audio import AudioConfig


class Port(NamedTuple):
    """An input or an output of a graph."""

    name: str
    dims: tuple[str | int, ...]  # a name for each size that may differ from call to call
    about: str  # its meaning and unit


def mel_port(audio: AudioConfig) -> Port:
    """The input of a vocoder."""
    return Port("mel", ("batch", audio.n_mels, "frames"), "log mel")


def example_mel(audio: AudioConfig) -> Tensor:
    """A mel to trace a vocoder with, [2, n_mels, T]."""
    return torch.full((2, audio.n_mels, 11), -4.0)


SOURCE = Port(
    "source",
    ("batch", 3, "frames"),
    "F0 at the start of each frame (Hz), 1 where voiced, and the phase there (cycles)",
)
WAV = Port("wav", ("batch", "samples"), "in [-1, 1], hop_length samples for each frame")


@dataclass(frozen=True)
class Graph:
    """A network to be exported: `module` takes one tensor for each input, in their order."""

    name: str  # of its file
    module: nn.Module
    inputs: Sequence[Port]
    outputs: Sequence[Port]
    example: Sequence[Tensor]  # valid inputs, of any size
    facts: Mapping[str, Any] = field(default_factory=dict)  # JSON for the code that runs it


def followed(graphs: Sequence[Graph], after: Callable[[Tensor], Tensor]) -> list[Graph]:
    """The graphs of a vocoder, with a function of its wav at the end."""
    return [
        replace(graph, module=Followed(graph.module, after)) if graph.name == "vocoder" else graph
        for graph in graphs
    ]


class Followed(nn.Module):
    """A module and a function of its output."""

    def __init__(self, module: nn.Module, after: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.module = module
        self.after = after

    def forward(self, *inputs: Tensor) -> Tensor:
        """The inputs of the module -> its output, changed."""
        return self.after(self.module(*inputs))
