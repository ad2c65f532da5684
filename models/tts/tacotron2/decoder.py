"""Tacotron 2's decoder (arXiv 1712.05884, section 2.2), teacher-forced and free-running."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.tts.tacotron2.location_attention import Keys, LocationAttention
from recital.modules.acoustic.free_running import Dropout, Steps, run_steps
from recital.modules.fast.recurrent import Cell, Recurrence
from recital.utils.ranges import Depth, DropRate, Kernel, Width
from recital.utils.training.trainable import Eager

# the next steps' factors of the prenet's layers, [steps, layers, B, P]; None: no dropout
Masks = Callable[[int], Tensor | None]


class Prenet(nn.Module):
    """Two layers of ReLU with dropout that stays on in inference."""

    def __init__(self, in_size: int, size: int, n_layers: int = 2) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Linear(size if i else in_size, size, bias=False) for i in range(n_layers)
        )

    def forward(self, x: Tensor, masks: Tensor | None) -> Tensor:
        """x [..., in_size], masks [layers, ..., size] or None -> [..., size]."""
        for i, layer in enumerate(self.layers):
            x = F.relu(layer(x))
            if masks is not None:
                x = x * masks[i]
        return x


class Decoder(Eager):
    """Prenet, attention LSTM, attention, decoder LSTM, and the projections to mel and stop gate."""

    def __init__(
        self,
        n_mels: int,
        d_model: int,
        *,
        prenet_size: Width = 256,
        attention_rnn_size: Width = 1024,
        decoder_rnn_size: Width = 1024,
        attention_size: Width = 128,
        location_filters: Width = 32,
        location_kernel_size: Kernel = 31,
        attention_dropout: DropRate = 0.1,
        decoder_dropout: DropRate = 0.1,
        prenet_dropout: DropRate = 0.5,
        reduction: Depth = 1,
    ) -> None:
        """`reduction` is the number of frames per step; the dropouts of the LSTMs act on the hidden
        state that is fed back.
        """
        super().__init__()
        self.n_mels = n_mels
        self.reduction = reduction
        self.attention_dropout = attention_dropout
        self.decoder_dropout = decoder_dropout
        self.prenet_dropout = prenet_dropout
        self.prenet_size = prenet_size
        self.prenet = Prenet(n_mels * reduction, prenet_size)
        self.attention_rnn = Cell(prenet_size + d_model, attention_rnn_size)
        self.attention = LocationAttention(
            attention_rnn_size, d_model, attention_size, location_filters, location_kernel_size
        )
        self.decoder_rnn = Cell(attention_rnn_size + d_model, decoder_rnn_size)
        self.mel = nn.Linear(decoder_rnn_size + d_model, n_mels * reduction)
        self.gate = nn.Linear(decoder_rnn_size + d_model, 1)

    def forward(
        self, memory: Tensor, token_lengths: Tensor, mel: Tensor, masks: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """memory [B, N, C], target mel [B, n_mels, T] -> mel [B, n_mels, T rounded up], gate [B,
        D], weights [B, D, N]. `masks` [layers, D, B, P] replace the prenet's dropout.
        """
        dtype = product_type(memory)
        with torch.autocast(memory.device.type, enabled=dtype == torch.bfloat16):
            memory = memory.float()
            if masks is None and self.prenet_dropout:
                shape = (len(self.prenet.layers), -(-mel.shape[2] // self.reduction), len(mel))
                masks = self._draw(memory, *shape, self.prenet_size)
            x = self.prenet(self._before(mel.float()), masks)  # [D, B, P]
            hiddens, contexts, weights = self._attend(x, memory, token_lengths, dtype)
            outputs = self._decode(torch.cat([hiddens, contexts], 2), dtype)
            outputs = torch.cat([outputs, contexts], 2)  # [D, B, H + C]
            frames = self.mel(outputs).unflatten(2, (self.reduction, self.n_mels))
            gate = self.gate(outputs)[..., 0]
        mel_hat = frames.permute(1, 3, 0, 2).flatten(2)  # [D, B, r, M] -> [B, M, D * r]
        return mel_hat.float(), gate.float().t(), weights.transpose(0, 1)

    def _draw(self, like: Tensor, *shape: int) -> Tensor:
        keep = 1 - self.prenet_dropout
        return torch.empty(shape, device=like.device).bernoulli_(keep) / keep

    def _before(self, mel: Tensor) -> Tensor:
        """mel [B, n_mels, T] -> the input of each step: the frames of the previous step, zeros at
        first, [D, B, r * n_mels].
        """
        short = -mel.shape[2] % self.reduction
        steps = F.pad(mel, (0, short)).unflatten(2, (-1, self.reduction))  # [B, M, D, r]
        steps = steps.permute(2, 0, 3, 1).flatten(2)
        return F.pad(steps[:-1], (0, 0, 0, 0, 1, 0))

    def _attend(
        self, x: Tensor, memory: Tensor, token_lengths: Tensor, dtype: torch.dtype
    ) -> tuple[Tensor, Tensor, Tensor]:
        """prenet's output [D, B, P] -> hidden states, contexts, attention weights, each [D, B, …].
        The prenet's share of the attention LSTM's input is computed for all steps at once.
        """
        cell, n_prenet = self.attention_rnn, x.shape[2]
        gates = F.linear(x, cell.weight_ih[:, :n_prenet], cell.gate_bias).float()
        weight = torch.cat([cell.weight_ih[:, n_prenet:], cell.weight_hh], 1)
        recur = Recurrence(gates, weight, dtype)
        keys = self.attention.keys(memory, token_lengths)
        hidden = memory.new_zeros(len(memory), cell.hidden_size)
        state, context = hidden, memory.new_zeros(len(memory), memory.shape[2])
        weights = total = memory.new_zeros(memory.shape[:2])
        kept = self._kept(len(x), hidden, self.attention_dropout)
        hiddens, contexts, all_weights = [], [], []
        for step in range(len(x)):
            hidden, state = cell.advance(recur(step, torch.cat([context, hidden], 1)), state)
            if kept is not None:
                hidden = hidden * kept[step]
            weights = self.attention(hidden, keys, weights, total)
            context = torch.bmm(weights[:, None], memory)[:, 0].float()
            total = total + weights
            hiddens.append(hidden)
            contexts.append(context)
            all_weights.append(weights)
        return torch.stack(hiddens), torch.stack(contexts), torch.stack(all_weights)

    def _decode(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        """The decoder LSTM over [D, B, H + C]: not fed back into the attention."""
        cell = self.decoder_rnn
        gates = F.linear(x, cell.weight_ih, cell.gate_bias).float()
        recur = Recurrence(gates, cell.weight_hh, dtype)
        hidden = x.new_zeros(x.shape[1], cell.hidden_size)
        state = hidden
        kept = self._kept(len(x), hidden, self.decoder_dropout)
        hiddens = []
        for step in range(len(x)):
            hidden, state = cell.advance(recur(step, hidden), state)
            if kept is not None:
                hidden = hidden * kept[step]
            hiddens.append(hidden)
        return torch.stack(hiddens)

    def _kept(self, n_steps: int, hidden: Tensor, dropout: float) -> Tensor | None:
        """Dropout masks of the hidden states of all steps, [D, B, H]."""
        if not self.training or not dropout:
            return None
        shape = (n_steps, *hidden.shape)
        return torch.empty(shape, device=hidden.device).bernoulli_(1 - dropout) / (1 - dropout)

    def speak(
        self,
        memory: Tensor,
        token_lengths: Tensor,
        max_steps: int,
        threshold: float,
        masks: Masks,
    ) -> Steps:
        """memory [B, N, C] -> the steps until every item has stopped."""
        keys = self.attention.keys(memory, token_lengths if len(memory) > 1 else None)
        advance = Advance(self, memory.float(), keys, ahead=True)
        state = self.start(memory)

        def step(mask: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
            nonlocal state
            state, gate = advance(state, mask)
            return state.frames, gate, state.weights

        return run_steps(step, masks, max_steps, threshold)

    @property
    def dropout(self) -> Dropout:
        """The prenet's in inference."""
        return Dropout(len(self.prenet.layers), self.prenet_size, self.prenet_dropout)

    def start(self, memory: Tensor) -> State:
        """The state before the first step, for memory [B, N, C]."""

        def zeros(width: int) -> Tensor:
            return memory.new_zeros((len(memory), width), dtype=torch.float32)

        frames, weights = zeros(self.mel.out_features), zeros(memory.shape[1])
        hidden = zeros(self.attention_rnn.hidden_size)
        hidden2 = zeros(self.decoder_rnn.hidden_size)
        return State(frames, hidden, hidden, hidden2, hidden2, weights, weights)


class State(NamedTuple):
    """The state that a step of inference takes from the one before it."""

    frames: Tensor  # [B, r * n_mels]
    hidden: Tensor  # of the attention LSTM, as its cell
    cell: Tensor
    hidden2: Tensor  # of the decoder LSTM, as its cell
    cell2: Tensor
    weights: Tensor  # [B, N] attention
    total: Tensor  # [B, N], of all steps


class Advance:
    """A step of inference. Its time is that of reading the weights of both LSTMs, so everything
    else is precomputed where possible.
    """

    def __init__(self, decoder: Decoder, memory: Tensor, keys: Keys, ahead: bool) -> None:
        """memory [B, N, C]; `ahead`: make products with the memory beforehand, for many steps."""
        self.decoder = decoder
        self.keys = keys
        first, second = decoder.attention_rnn, decoder.decoder_rnn
        n_prenet, n_hidden, size = decoder.prenet_size, first.hidden_size, second.hidden_size
        weights = [first.weight_ih[:, :n_prenet], first.weight_hh]
        context = first.weight_ih[:, n_prenet:]
        self.first = _Product(weights, context, first.gate_bias, memory, ahead)
        weights = [second.weight_ih[:, :n_hidden], second.weight_hh]
        context = second.weight_ih[:, n_hidden:]
        self.second = _Product(weights, context, second.gate_bias, memory, ahead)
        out = torch.cat([decoder.mel.weight, decoder.gate.weight])
        bias = torch.cat([decoder.mel.bias, decoder.gate.bias])
        self.out = _Product([out[:, :size]], out[:, size:], bias, memory, ahead)

    def __call__(self, state: State, mask: Tensor | None) -> tuple[State, Tensor]:
        """The state, and the prenet's masks [layers, B, P] -> the next state, and the gate [B]."""
        decoder = self.decoder
        x = decoder.prenet(state.frames, mask)
        gates = self.first(state.weights, x, state.hidden)
        hidden, cell = decoder.attention_rnn.advance(gates, state.cell)
        weights = decoder.attention(hidden, self.keys, state.weights, state.total)
        gates = self.second(weights, hidden, state.hidden2)
        hidden2, cell2 = decoder.decoder_rnn.advance(gates, state.cell2)
        out = self.out(weights, hidden2)
        total = state.total + weights
        return State(out[:, :-1], hidden, cell, hidden2, cell2, weights, total), out[:, -1]


class _Product:
    """inputs W + context V + bias, where the context is the attention's mean of the memory.

    For short texts, V is applied to each token of the memory beforehand: there are fewer tokens
    than rows of V. For one item, W is laid out for a product of vector and matrix.
    """

    def __init__(
        self, weights: list[Tensor], context: Tensor, bias: Tensor, memory: Tensor, ahead: bool
    ) -> None:
        self.bias, self.memory = bias, memory
        few = ahead and memory.shape[0] * memory.shape[1] <= memory.shape[2]
        self.by_token = F.linear(memory, context) if few else None  # [B, N, K]
        weights = weights if few else [context, *weights]
        if ahead and len(memory) == 1:
            self.weight = torch.cat([w.t() for w in weights]).contiguous()
        else:
            self.weight = torch.cat(weights, 1).t()

    def __call__(self, weights: Tensor, *inputs: Tensor) -> Tensor:
        """Attention weights [B, N] and inputs [B, …] -> [B, K]."""
        if self.by_token is None:
            context = torch.bmm(weights[:, None], self.memory)[:, 0]
            return torch.addmm(self.bias, torch.cat([context, *inputs], 1), self.weight)
        total = torch.addmm(self.bias, torch.cat(inputs, 1), self.weight)
        return total + torch.bmm(weights[:, None], self.by_token)[:, 0]


def product_type(x: Tensor) -> torch.dtype:
    """The dtype of matrix products: bfloat16 under its autocast, otherwise float32, since the
    recurrence overflows in float16.
    """
    device = x.device.type
    if torch.is_autocast_enabled(device) and torch.get_autocast_dtype(device) == torch.bfloat16:
        return torch.bfloat16
    return torch.float32
