"""Text to wave in one graph, with the inputs and the output of Piper's voices."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recital.modules.contract.graph import Graph, Port
from recital.modules.contract.model import AcousticModel, Vocoder
from recital.modules.signal.whole_wave import WholeWave


class PiperVoice(nn.Module):
    """An acoustic model and its vocoder. PADs are left out, since our models align by themselves;
    nothing is drawn at random, so that two of the three scales change nothing.
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
        out = self.acoustic.infer(tokens, token_lengths, speaker=speaker, pace=1.0 / scales[1:2])
        wav = self.wave(out.mel)
        repeats = out.durations.round() if out.repeats is None else out.repeats
        frames = repeats.float().gather(1, places) * real
        return wav[:, None], frames


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
    acoustic: AcousticModel, vocoder: Vocoder, pad: int, n_tokens: int, n_speakers: int
) -> Graph:
    """The graph of a voice for Piper's runtimes, which give the inputs in this order. `pad` is the
    number of the symbol between the others.
    """
    ids = torch.arange(2 * 11).reshape(2, 11) % n_tokens
    ids[:, 1::2] = pad
    inputs = [
        Port("input", ("batch_size", "phonemes"), "int64, the numbers of the symbols and PADs"),
        Port("input_lengths", ("batch_size",), "int64, the ids of each item without padding"),
        Port(
            "scales",
            (3,),
            "noise, length (2 is half as fast), noise of lengths; only the second changes anything",
        ),
    ]
    example = [ids, torch.tensor([11, 9]), torch.tensor([0.0, 1.0, 0.0])]
    if n_speakers > 1:
        inputs.append(Port("sid", ("batch_size",), "int64, the number of the speaker"))
        example.append(torch.tensor([0, 1]))
    outputs = [
        Port("output", ("batch_size", 1, "samples"), "the wave, in [-1, 1]"),
        Port("durations", ("batch_size", "phonemes"), "float32, the frames of each id"),
    ]
    return Graph("piper", PiperVoice(acoustic, vocoder, pad), inputs, outputs, example)
