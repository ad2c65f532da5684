"""Tacotron 2 as three graphs: encoder, a step of the decoder, postnet. The loop between them is
that of `modules/acoustic/free_running.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from recital.models.tts.tacotron2.decoder import Advance, Decoder, State
from recital.modules.contract.graph import Graph, Port
from recital.modules.layers.masking import length_mask

if TYPE_CHECKING:
    from recital.models.tts.tacotron2.model import Tacotron2

BATCH, TOKENS = ("batch",), ("batch", "tokens")
LENGTHS = Port("token_lengths", BATCH, "int64, the tokens of each item without padding")


class EncoderGraph(nn.Module):
    """The encoder and the keys of the attention: computed once for a text."""

    def __init__(self, model: Tacotron2) -> None:
        super().__init__()
        self.network = model.network

    def forward(
        self, tokens: Tensor, token_lengths: Tensor, speaker: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """tokens [B, N], token_lengths [B], speaker [B] -> memory [B, N, C], its keys [B, N, A]."""
        memory = self.network.encode(tokens, token_lengths, speaker)
        return memory, self.network.decoder.attention.keys(memory, None).projected


class StepGraph(nn.Module):
    """A step of the decoder."""

    def __init__(self, decoder: Decoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(
        self, memory: Tensor, keys: Tensor, token_lengths: Tensor, *rest: Tensor
    ) -> tuple[Tensor, ...]:
        """The encoder's output, the state, and the prenet's masks [layers, B, P] if it has any ->
        the gate [B], and the next state.
        """
        state, masks = State(*rest[: len(State._fields)]), rest[len(State._fields) :]
        padded = ~length_mask(token_lengths, memory.shape[1])
        own = self.decoder.attention.keys(memory, None)._replace(projected=keys, padded=padded)
        advance = Advance(self.decoder, memory, own, ahead=False)
        after, gate = advance(state, masks[0] if masks else None)
        return gate, *after


class PostnetGraph(nn.Module):
    """The postnet, which runs after the last step."""

    def __init__(self, model: Tacotron2) -> None:
        super().__init__()
        self.model = model

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """See `Tacotron2.finish` -> mel, mel_lengths, frames of tokens."""
        out = self.model.finish(*inputs)
        assert out.repeats is not None
        return out.mel, out.mel_lengths, out.repeats


def tacotron2_graphs(model: Tacotron2) -> list[Graph]:
    """The graphs "encoder", "decoder" and "postnet"."""
    return [_encoder(model), _decoder(model), _postnet(model)]


def _encoder(model: Tacotron2) -> Graph:
    network = model.network
    inputs = [Port("tokens", TOKENS, "int64, the numbers of the symbols, 0 in padding"), LENGTHS]
    example = [torch.ones(2, 7, dtype=torch.long), torch.tensor([7, 5])]
    if network.speaker_embedding is not None:
        inputs.append(Port("speaker", BATCH, "int64, the number of the speaker"))
        example.append(torch.tensor([0, 1]))
    outputs = [
        Port("memory", (*TOKENS, "channels"), "what the attention reads"),
        Port("keys", (*TOKENS, "attention"), "what it compares with"),
    ]
    return Graph("encoder", EncoderGraph(model), inputs, outputs, example)


def _decoder(model: Tacotron2) -> Graph:
    decoder = model.network.decoder
    n_tokens, size = 7, decoder.attention.memory.in_features
    memory = torch.zeros(2, n_tokens, size)
    keys = torch.zeros(2, n_tokens, decoder.attention.memory.out_features)
    state = decoder.start(memory)
    inputs = [
        Port("memory", (*TOKENS, size), "of the encoder"),
        Port("keys", (*TOKENS, keys.shape[2]), "of the encoder"),
        LENGTHS,
    ]
    outputs = [Port("gate", BATCH, "a logit: above that of the facts' threshold it stops")]
    sizes: dict[str, int | str] = {}
    for name, value in state._asdict().items():
        by_token = name in ("weights", "total")
        sizes[name] = "tokens" if by_token else value.shape[1]
        inputs.append(Port(name, ("batch", sizes[name]), ABOUT[name] + "; 0 at first"))
        outputs.append(Port(f"next_{name}", ("batch", sizes[name]), ABOUT[name]))
    example = [memory, keys, torch.tensor([7, 5]), *state]
    dropout = decoder.dropout
    if dropout.rate:
        layers, width = dropout.layers, dropout.size
        inputs.append(Port("masks", (layers, "batch", width), "of the prenet, 0 or 1 / (1 - rate)"))
        example.append(torch.ones(layers, 2, width))
    facts: dict[str, Any] = {
        "state": sizes,
        "dropout": dropout._asdict(),
        "reduction": decoder.reduction,
        "max_steps": model.max_steps(model.max_decoder_steps),
        "threshold": model.gate_threshold,
    }
    return Graph("decoder", StepGraph(decoder), inputs, outputs, example, facts)


ABOUT = {
    "frames": "the frames of the step, r * n_mels values",
    "hidden": "of the attention LSTM",
    "cell": "of the attention LSTM",
    "hidden2": "of the decoder LSTM",
    "cell2": "of the decoder LSTM",
    "weights": "of the attention",
    "total": "the attention's weights of all steps",
}


def _postnet(model: Tacotron2) -> Graph:
    n_mels = model.audio.n_mels
    width = n_mels * model.network.decoder.reduction
    inputs = [
        Port("frames", ("batch", "steps", width), "of all steps"),
        Port("weights", ("batch", "steps", "tokens"), "of the attention, of all steps"),
        Port("counts", BATCH, "int64, the steps before the stop"),
        Port("stopped", BATCH, "bool, whether the gate stopped it"),
        LENGTHS,
        Port("pace", BATCH, "float32, 2 is twice as fast"),
    ]
    outputs = [
        Port("mel", ("batch", n_mels, "frames"), "log mel, 0 in padding"),
        Port("mel_lengths", BATCH, "int64, the frames of each item"),
        Port("token_frames", TOKENS, "int64, the frames of each token"),
    ]
    example = [
        torch.zeros(2, 9, width),
        torch.full((2, 9, 7), 1 / 7),
        torch.tensor([8, 6]),
        torch.tensor([True, True]),
        torch.tensor([7, 5]),
        torch.ones(2),
    ]
    return Graph("postnet", PostnetGraph(model), inputs, outputs, example)
