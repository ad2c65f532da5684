"""A vocoder as one graph from mel to wav, for runtimes that run nothing else: with the noise and
the phase that a runtime of ours brings itself.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recital.modules.contract.model import Vocoder
from recital.modules.signal.noise import noise_array
from recital.modules.signal.phase import whole_source

NOISE_FRAMES = 4096  # 48 s of 256 samples at 22,050 Hz; a longer wav has the same noise again


class WholeWave(nn.Module):
    """The graphs of a vocoder, joined."""

    noise: Tensor | None

    def __init__(self, vocoder: Vocoder) -> None:
        super().__init__()
        self.audio = vocoder.audio
        graphs = {graph.name: graph for graph in vocoder.graphs()}
        self.wave = graphs["vocoder"].module
        self.names = [port.name for port in graphs["vocoder"].inputs]
        self.track = graphs["source"].module if "source" in self.names else None
        noise = None
        if "noise" in self.names:
            drawn = graphs["vocoder"].facts["noise"]
            table = noise_array(drawn["rows"], drawn["per_frame"], NOISE_FRAMES)
            # [rows, frames, values of a frame]
            noise = torch.from_numpy(table).unflatten(1, (NOISE_FRAMES, drawn["per_frame"]))
        self.register_buffer("noise", noise)

    def forward(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> wav [B, T * hop_length]."""
        inputs = {"mel": mel}
        if self.track is not None:
            f0, voiced = self.track(mel)
            inputs["source"] = whole_source(f0, voiced, self.audio)
        if self.noise is not None:
            frames = torch.arange(mel.shape[2], device=mel.device) % NOISE_FRAMES
            noise = self.noise[:, frames].flatten(1)
            inputs["noise"] = noise.expand(mel.shape[0], -1, -1)
        wav: Tensor = self.wave(*(inputs[name] for name in self.names))
        return wav
