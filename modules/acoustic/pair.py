"""The graph from tokens to wav: an acoustic model's and a vocoder's, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.graph import WAV, Graph, Port
from recital.modules.layers.masking import length_mask
from recital.modules.signal.phase import whole_source
from recital.utils.errors import CheckpointError


class PairGraph(nn.Module):
    """The networks of the graphs. In a batch, the end of a shorter item hears silence after it."""

    def __init__(
        self, acoustic: Graph, vocoder: Graph, source: Graph | None, audio: AudioConfig
    ) -> None:
        super().__init__()
        self.acoustic, self.vocoder = acoustic.module, vocoder.module
        self.source = None if source is None else source.module
        self.per_frame: int | None = vocoder.facts.get("noise", {}).get("per_frame")
        self.audio = audio

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """The inputs of the acoustic model, and noise -> its outputs, and the wav."""
        noise = inputs[-1] if self.per_frame is not None else None
        out = self.acoustic(*(inputs if noise is None else inputs[:-1]))
        real = length_mask(out[1], out[0].shape[2])[:, None]
        mel = torch.where(real, out[0], self.audio.silence)
        rest: list[Tensor] = []
        if self.source is not None:
            f0, voiced = self.source(mel)
            rest.append(whole_source(f0, voiced, self.audio))
        if noise is not None and self.per_frame is not None:
            places = torch.arange(mel.shape[2] * self.per_frame) % noise.shape[2]
            rest.append(noise[:, :, places].expand(mel.shape[0], -1, -1))
        return (*out, self.vocoder(mel, *rest))


def pair_graph(acoustic: Sequence[Graph], vocoder: Sequence[Graph], audio: AudioConfig) -> Graph:
    """One graph of both. Raises `CheckpointError` for an acoustic model that is not one graph."""
    if len(acoustic) != 1:
        raise CheckpointError("an acoustic model of several graphs cannot be one with a vocoder")
    parts = {graph.name: graph for graph in vocoder}
    wave = parts["vocoder"]
    inputs, example = list(acoustic[0].inputs), list(acoustic[0].example)
    facts: dict[str, Any] = dict(wave.facts)
    if "noise" in facts:
        rows = facts["noise"]["rows"]
        about = "white, of standard deviation 1, of any length: it is repeated"
        inputs.append(Port("noise", ("one", rows, "values"), about))
        example.append(torch.zeros(1, rows, 1000))
    outputs = [*acoustic[0].outputs, WAV]
    module = PairGraph(acoustic[0], wave, parts.get("source"), audio)
    return Graph("voice", module, inputs, outputs, example, facts)
