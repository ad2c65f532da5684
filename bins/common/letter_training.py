"""The training of `letter_network.LetterNetwork`, in torch."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.processors.text.letter_network import (
    LETTERS,
    N_BEFORE,
    N_STATES,
    WIDTH,
    LetterNetwork,
    next_state,
)

Aligned = Sequence[tuple[str, str]]  # a word's letters, each with its phones

D_MODEL, N_LAYERS, D_HIDDEN, DROPOUT = 224, 4, 320, 0.15
EPOCHS, BATCH, RATE = 15, 192, 1.5e-3
WARM, FALL = 500, 0.2  # steps until the rate is full; the share of epochs over which it falls to 0
RAREST = 4  # a graphone must be in this many words


class Network(nn.Module):
    """See `LetterNetwork`; with dropout. Linear layers share one mask over a word, and a label
    before a letter is dropped whole, which is quicker than a draw for each number.
    """

    def __init__(self, labels: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        n_labels = len(labels)
        self.own = [
            torch.tensor([i for i, (own, _) in enumerate(labels) if i and own == letter])
            for letter in LETTERS
        ]
        self.letters = nn.Embedding(len(LETTERS), D_MODEL)
        self.convs = nn.ModuleList(
            nn.Conv1d(D_MODEL, D_MODEL, WIDTH, padding=WIDTH // 2) for _ in range(N_LAYERS)
        )
        self.linears = nn.ModuleList(nn.Linear(D_MODEL, D_MODEL) for _ in range(N_LAYERS))
        self.hidden = nn.Linear(D_MODEL, D_HIDDEN)
        self.before = nn.ModuleList(nn.Embedding(n_labels, D_HIDDEN) for _ in range(N_BEFORE))
        self.states = nn.Embedding(N_STATES, D_HIDDEN)
        self.out = nn.Linear(D_HIDDEN, n_labels)
        for linear in self.linears:
            assert isinstance(linear, nn.Linear)
            nn.init.normal_(linear.weight, std=0.5 / math.sqrt(D_MODEL * N_LAYERS))
        for embedding in (*self.before, self.states):
            assert isinstance(embedding, nn.Embedding)
            nn.init.normal_(embedding.weight, std=0.5)

    def forward(self, letters: Tensor, history: Tensor, states: Tensor) -> Tensor:
        """What labels are predicted from, [B, N, D_HIDDEN], of letters [B, N], labels from N_BEFORE
        letters before the word on [B, N_BEFORE + N], and states [B, N].
        """
        x = self.letters(letters)  # [B, N, D_MODEL]
        for conv, linear in zip(self.convs, self.linears, strict=True):
            hidden = conv((x * _mask(len(x), 1, D_MODEL)).transpose(1, 2)).relu().transpose(1, 2)
            x = x + linear(hidden * _mask(len(x), 1, D_MODEL))
        h = self.hidden(x * _mask(len(x), 1, D_MODEL)) + self.states(states)
        n = letters.shape[1]
        for k, embedding in enumerate(self.before):  # k + 1 letters before
            start = N_BEFORE - 1 - k
            h = h + embedding(history[:, start : start + n]) * _mask(*letters.shape, 1)
        return h.relu() * _mask(len(x), 1, D_HIDDEN)

    def loss(self, letters: Tensor, targets: Tensor, history: Tensor, states: Tensor) -> Tensor:
        """Cross-entropy of labels [B, N]. A letter allows only its own."""
        hidden = self(letters, history, states).flatten(0, 1)
        letters, targets = letters.flatten(), targets.flatten()
        losses = []
        for letter in letters.unique().tolist():
            rows, own = (letters == letter).nonzero()[:, 0], self.own[letter]
            logits = F.linear(hidden[rows], self.out.weight[own], self.out.bias[own])
            # labels are sorted, and so are a letter's own
            right = targets[rows] - own[0]
            losses.append(F.cross_entropy(logits, right, reduction="sum"))
        return torch.stack(losses).sum() / len(letters)


def _mask(*shape: int) -> Tensor:
    return (torch.rand(shape) >= DROPOUT) / (1.0 - DROPOUT)


def train_network(
    aligned: Sequence[Aligned], epochs: int = EPOCHS, state: Path | None = None
) -> LetterNetwork:
    """Train a network on aligned words: cross-entropy, AdamW, a rate that falls at the end. `state`
    is a file that keeps each epoch, from which an interrupted training goes on.
    """
    torch.manual_seed(0)
    often = Counter(pair for word in aligned for pair in word)
    labels = [("^", ""), *sorted(pair for pair, n in often.items() if n >= RAREST)]
    groups = _groups(aligned, {label: i for i, label in enumerate(labels)}, labels)
    network = Network(labels)
    optimizer = torch.optim.AdamW(network.parameters(), RATE, betas=(0.9, 0.98), weight_decay=0.02)
    first = _restore(network, optimizer, state)
    for epoch in range(first, epochs):
        torch.manual_seed(epoch)
        batches = list(_batches(groups))
        total = 0.0
        for k, batch in enumerate(batches):
            _set_rate(optimizer, epoch * len(batches) + k, epochs * len(batches))
            loss = network.loss(*batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            total += float(loss.detach())
        print(f"epoch {epoch + 1} of {epochs}: loss {total / len(batches):.4f}", flush=True)
        if state is not None:
            _keep(network, optimizer, epoch + 1, state)
    return to_numpy(network.state_dict(), labels)


def _set_rate(optimizer: torch.optim.Optimizer, step: int, n_steps: int) -> None:
    left = (n_steps - step) / (FALL * n_steps)
    for group in optimizer.param_groups:
        group["lr"] = RATE * min(1.0, (step + 1) / WARM, left)


def _keep(network: Network, optimizer: torch.optim.Optimizer, epoch: int, path: Path) -> None:
    new = path.with_suffix(".new")
    torch.save(
        {"epoch": epoch, "network": network.state_dict(), "optimizer": optimizer.state_dict()}, new
    )
    new.replace(path)


def _restore(network: Network, optimizer: torch.optim.Optimizer, path: Path | None) -> int:
    """Epochs that are done."""
    if path is None or not path.is_file():
        return 0
    kept = torch.load(path, weights_only=True)
    network.load_state_dict(kept["network"])
    optimizer.load_state_dict(kept["optimizer"])
    return int(kept["epoch"])


def _groups(
    aligned: Sequence[Aligned], ids: dict[tuple[str, str], int], labels: list[tuple[str, str]]
) -> list[tuple[Tensor, ...]]:
    """Batches of words of equal length, without padding."""
    by_length: dict[int, list[Aligned]] = {}
    for word in aligned:
        if all(pair in ids for pair in word):
            by_length.setdefault(len(word), []).append(word)
    groups = []
    for words in by_length.values():
        letters = [[LETTERS[letter] for letter, _ in word] for word in words]
        targets = [[ids[pair] for pair in word] for word in words]
        states = []
        for row in targets:
            states.append([0])
            for label in row[:-1]:
                states[-1].append(next_state(states[-1][-1], labels[label][1]))
        history = [[0] * N_BEFORE + row for row in targets]
        groups.append(tuple(map(torch.tensor, (letters, targets, history, states))))
    return groups


def _batches(groups: Sequence[tuple[Tensor, ...]]) -> Iterator[tuple[Tensor, ...]]:
    """One epoch, in an order from torch's generator."""
    batches = [
        (group, rows) for group in groups for rows in torch.randperm(len(group[0])).split(BATCH)
    ]
    for k in torch.randperm(len(batches)).tolist():
        group, rows = batches[k]
        yield tuple(tensor[rows] for tensor in group)


def to_numpy(state: dict[str, Tensor], labels: Sequence[tuple[str, str]]) -> LetterNetwork:
    """The weights in the layout of numpy's products."""
    w = {name: tensor.detach().numpy() for name, tensor in state.items()}
    arrays: dict[str, np.ndarray] = {
        "letters": w["letters.weight"],
        "states": w["states.weight"],
        "hidden": w["hidden.weight"].T,
        "hidden_bias": w["hidden.bias"],
        "out": w["out.weight"].T,
        "out_bias": w["out.bias"],
    }
    for i in range(N_LAYERS):
        # [D_MODEL out, D_MODEL in, WIDTH] -> [WIDTH * D_MODEL, D_MODEL]
        arrays[f"conv_{i}"] = w[f"convs.{i}.weight"].transpose(2, 1, 0).reshape(-1, D_MODEL)
        arrays[f"conv_{i}_bias"] = w[f"convs.{i}.bias"]
        arrays[f"linear_{i}"] = w[f"linears.{i}.weight"].T
        arrays[f"linear_{i}_bias"] = w[f"linears.{i}.bias"]
    for k in range(N_BEFORE):
        arrays[f"before_{k}"] = w[f"before.{k}.weight"]
    return LetterNetwork(labels, {name: np.ascontiguousarray(a) for name, a in arrays.items()})
