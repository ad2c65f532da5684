"""Text to wave in one graph, with the inputs and the output of Piper's voices."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from recital.modules.acoustic.graph import WaveMaker, WaveVoiceGraph
from recital.modules.acoustic.noise import DURATION_ROWS, Noise
from recital.modules.contract.graph import Graph, Port
from recital.modules.contract.model import AcousticModel, Sampling, Vocoder
from recital.modules.signal.whole_wave import WholeWave


class PiperVoice(nn.Module):
    """An acoustic model and its vocoder. PADs are left out, since our models align by themselves.
    Of a model that draws nothing, two of the three scales change nothing; another draws the same
    for the same text.
    """

    def __init__(self, acoustic: AcousticModel, vocoder: Vocoder, pad: int) -> None:
        super().__init__()
        self.acoustic, self.wave = acoustic, WholeWave(vocoder)
        self.pad = pad

    def forward(
        self, ids: Tensor, lengths: Tensor, scales: Tensor, speaker: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """ids [B, N] with PADs between them, lengths [B], scales [3] (noise, length, noise of the
        lengths), speaker [B] -> wav [B, 1, S], frames of each id [B, N].
        """
        tokens, token_lengths, places, real = without(ids, lengths, self.pad)
        drawn: dict[str, Any] = {}
        if self.acoustic.sampling_controls:
            drawn["sampling"] = Sampling(scales[:1], duration_temperature=scales[2:])
        out = self.acoustic.infer(
            tokens, token_lengths, speaker=speaker, pace=1.0 / scales[1:2], **drawn
        )
        wav = self.wave(out.mel)
        repeats = out.durations.round() if out.repeats is None else out.repeats
        frames = repeats.float().gather(1, places) * real
        return wav[:, None], frames


class PiperWaves(nn.Module):
    """A model that makes waves. PADs are left out, since it adds them by itself; noise is drawn
    anew each time.
    """

    def __init__(self, model: WaveMaker, noise_rows: int, pad: int) -> None:
        super().__init__()
        self.model = model
        self.latent_rows = noise_rows - DURATION_ROWS
        self.pad = pad

    def forward(
        self, ids: Tensor, lengths: Tensor, scales: Tensor, speaker: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """See `PiperVoice`; the first and the last of the scales are those of the noise."""
        tokens, token_lengths, places, real = without(ids, lengths, self.pad)
        rows = self.latent_rows
        noise = Noise(
            lambda n: scales[2] * torch.randn(ids.shape[0], DURATION_ROWS, n, device=ids.device),
            lambda n: scales[0] * torch.randn(ids.shape[0], rows, n, device=ids.device),
        )
        out = self.model.speak(tokens, token_lengths, noise, speaker, 1.0 / scales[1:2])
        assert out.wav is not None and out.repeats is not None
        return out.wav[:, None], out.repeats.float().gather(1, places) * real


def without(ids: Tensor, lengths: Tensor, pad: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Move what is no PAD to the left: ids [B, N], lengths [B] -> tokens [B, N], padded with 0,
    their lengths [B], and for each id its place among the tokens and whether it is one, [B, N].

    ids:    5 0 7 0 0 9 | 0     # (the last is beyond its length)
    tokens: 5 7 9 0 0 0   0
    """
    n = ids.shape[1]
    inside = torch.arange(n, device=ids.device) < lengths[:, None]
    real = (ids != pad) & inside
    places = real.long().cumsum(1) - 1
    # what is left out goes to a column that is cut off
    targets = torch.where(real, places, n)
    tokens = torch.zeros(ids.shape[0], n + 1, dtype=ids.dtype, device=ids.device)
    tokens = tokens.scatter(1, targets, ids)[:, :n]
    token_lengths = real.long().sum(1)
    return tokens[:, : token_lengths.max()], token_lengths, places.clamp(min=0), real


def piper_graph(
    acoustic: AcousticModel, vocoder: Vocoder | None, pad: int, n_tokens: int, n_speakers: int
) -> Graph:
    """The graph of a voice for Piper's runtimes, which give the inputs in this order. There is no
    vocoder of a model that makes waves. `pad` is the number of the symbol between the others.
    """
    module: nn.Module
    facts: dict[str, Any] = {"temperatures": list(acoustic.temperatures)}
    if vocoder is None:
        (whole,) = acoustic.graphs()
        assert isinstance(whole.module, WaveVoiceGraph), "it makes waves"
        module = PiperWaves(whole.module.model, whole.facts["noise"]["rows"], pad)
        about = "noise, length (2 is half as fast), noise of the lengths"
    else:
        module = PiperVoice(acoustic, vocoder, pad)
        about = "noise, length (2 is half as fast), noise of lengths"
        if not acoustic.sampling_controls:
            about += "; only the second changes it"
    ids = torch.arange(2 * 11).reshape(2, 11) % n_tokens
    ids[:, 1::2] = pad
    inputs = [
        Port("input", ("batch_size", "phonemes"), "int64, the numbers of the symbols and PADs"),
        Port("input_lengths", ("batch_size",), "int64, the ids of each item without padding"),
        Port("scales", (3,), about),
    ]
    example = [ids, torch.tensor([11, 9]), torch.tensor([0.0, 1.0, 0.0])]
    if n_speakers > 1:
        inputs.append(Port("sid", ("batch_size",), "int64, the number of the speaker"))
        example.append(torch.tensor([0, 1]))
    outputs = [
        Port("output", ("batch_size", 1, "samples"), "the wave, in [-1, 1]"),
        Port("durations", ("batch_size", "phonemes"), "float32, the frames of each id"),
    ]
    return Graph("piper", module, inputs, outputs, example, facts)
