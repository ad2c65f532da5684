"""Tacotron 2's decoder (arXiv 1712.05884, section 2.2), teacher-forced and free-running."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.models.tts.tacotron2.location_attention import LocationAttention
from recital.modules.fast.recurrent import Cell, Recurrence
from recital.utils.ranges import Depth, DropRate, Kernel, Width
from recital.utils.training.trainable import Eager

CHUNK = 100  # steps whose prenet masks are drawn at once

# (steps, batch) -> factors of the prenet's layers, [steps, layers, B, P]; None: no dropout
Masks = Callable[[int, int], Tensor | None]


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
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """memory [B, N, C] -> frames [B, D * r, n_mels], gate [B, D], weights [B, D, N], steps
        before the stop [B]; runs until every item has stopped.
        """
        loop = _Loop(self, memory.float(), token_lengths)
        frames = memory.new_zeros(max_steps, len(memory), self.mel.out_features)
        gates = memory.new_zeros(max_steps, len(memory))
        weights = memory.new_zeros(max_steps, *memory.shape[:2])
        running = torch.ones(len(memory), dtype=torch.bool, device=memory.device)
        steps = torch.zeros(len(memory), dtype=torch.long, device=memory.device)
        drawn: Tensor | None = None
        done = 0
        while done < max_steps:
            if done % CHUNK == 0:
                drawn = masks(min(CHUNK, max_steps - done), len(memory))
            mask = None if drawn is None else drawn[done % CHUNK]
            frames[done], gates[done], weights[done] = loop.step(mask)
            running &= gates[done].sigmoid() <= threshold
            steps += running
            done += 1
            if not bool(running.any()):
                break
        return (
            frames[:done].transpose(0, 1).unflatten(2, (-1, self.n_mels)).flatten(1, 2),
            gates[:done].t(),
            weights[:done].transpose(0, 1),
            steps,
        )


class _Loop:
    """The loop over steps in inference. The time of a step is that of reading the weights of both
    LSTMs, so everything else is precomputed where possible.
    """

    def __init__(self, decoder: Decoder, memory: Tensor, token_lengths: Tensor) -> None:
        self.decoder = decoder
        lengths = token_lengths if len(memory) > 1 else None
        self.keys = decoder.attention.keys(memory, lengths)
        first, second = decoder.attention_rnn, decoder.decoder_rnn
        n_prenet, n_hidden = decoder.prenet_size, first.hidden_size
        n_context, size = memory.shape[2], second.hidden_size
        weights = [first.weight_ih[:, :n_prenet], first.weight_hh]
        self.first = _Product(weights, first.weight_ih[:, n_prenet:], first.gate_bias, memory)
        weights = [second.weight_ih[:, :n_hidden], second.weight_hh]
        self.second = _Product(weights, second.weight_ih[:, n_hidden:], second.gate_bias, memory)
        out = torch.cat([decoder.mel.weight, decoder.gate.weight])
        bias = torch.cat([decoder.mel.bias, decoder.gate.bias])
        self.out = _Product([out[:, :size]], out[:, size:], bias, memory)
        assert n_context == out.shape[1] - size
        self.hidden = self.state = memory.new_zeros(len(memory), n_hidden)
        self.hidden2 = self.state2 = memory.new_zeros(len(memory), size)
        self.weights = self.total = memory.new_zeros(memory.shape[:2])
        self.frames = memory.new_zeros(len(memory), decoder.mel.out_features)

    def step(self, mask: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """The prenet's masks [layers, B, P] -> frames [B, r * n_mels], gate [B], weights [B, N]."""
        decoder = self.decoder
        x = decoder.prenet(self.frames, mask)
        gates = self.first(self.weights, x, self.hidden)
        self.hidden, self.state = decoder.attention_rnn.advance(gates, self.state)
        self.weights = decoder.attention(self.hidden, self.keys, self.weights, self.total)
        self.total = self.total + self.weights
        gates = self.second(self.weights, self.hidden, self.hidden2)
        self.hidden2, self.state2 = decoder.decoder_rnn.advance(gates, self.state2)
        out = self.out(self.weights, self.hidden2)
        self.frames = out[:, :-1]
        return self.frames, out[:, -1], self.weights


class _Product:
    """inputs W + context V + bias, where the context is the attention's mean of the memory.

    For short texts, V is applied to each token of the memory beforehand: there are fewer tokens
    than rows of V. For one item, W is laid out for a product of vector and matrix.
    """

    def __init__(
        self, weights: list[Tensor], context: Tensor, bias: Tensor, memory: Tensor
    ) -> None:
        self.bias, self.memory = bias, memory
        few = memory.shape[0] * memory.shape[1] <= memory.shape[2]
        self.by_token = F.linear(memory, context) if few else None  # [B, N, K]
        weights = weights if few else [context, *weights]
        if len(memory) == 1:
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


class TokenMasks:
    """The prenet's dropout in inference, as a function of the item's tokens: the same text gives
    the same mel, alone or in a batch.
    """

    def __init__(self, decoder: Decoder, tokens: Tensor, token_lengths: Tensor) -> None:
        self.dropout = decoder.prenet_dropout
        self.shape = (len(decoder.prenet.layers), decoder.prenet_size)
        self.device = tokens.device
        rows = zip(tokens.cpu(), token_lengths.cpu(), strict=True)
        self.generators = [
            torch.Generator().manual_seed(zlib.crc32(row[: int(n)].numpy().tobytes()))
            for row, n in rows
        ]

    def __call__(self, n_steps: int, batch_size: int) -> Tensor | None:
        """[steps, layers, B, P], each value 0 or 1 / (1 - dropout)."""
        if not self.dropout:
            return None
        keep = 1 - self.dropout
        items = [
            torch.empty(n_steps, *self.shape).bernoulli_(keep, generator=g) / keep
            for g in self.generators
        ]
        return torch.stack(items, 2).to(self.device)


def product_type(x: Tensor) -> torch.dtype:
    """The dtype of matrix products: bfloat16 under its autocast, otherwise float32, since the
    recurrence overflows in float16.
    """
    device = x.device.type
    if torch.is_autocast_enabled(device) and torch.get_autocast_dtype(device) == torch.bfloat16:
        return torch.bfloat16
    return torch.float32
