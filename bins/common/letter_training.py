"""The training of `letter_network.LetterNetwork`, in torch."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence

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

D_MODEL, N_LAYERS, D_HIDDEN, DROPOUT = 192, 4, 256, 0.12
EPOCHS, BATCH, RATE = 12, 192, 2e-3
RAREST = 4  # a graphone must be in this many words


class Network(nn.Module):
    """See `LetterNetwork`; with dropout."""

    def __init__(self, n_labels: int) -> None:
        super().__init__()
        self.letters = nn.Embedding(len(LETTERS), D_MODEL)
        self.convs = nn.ModuleList(
            nn.Conv1d(D_MODEL, D_MODEL, WIDTH, padding=WIDTH // 2) for _ in range(N_LAYERS)
        )
        self.linears = nn.ModuleList(nn.Linear(D_MODEL, D_MODEL) for _ in range(N_LAYERS))
        self.hidden = nn.Linear(D_MODEL, D_HIDDEN)
        self.before = nn.ModuleList(nn.Embedding(n_labels, D_HIDDEN) for _ in range(N_BEFORE))
        self.states = nn.Embedding(N_STATES, D_HIDDEN)
        self.out = nn.Linear(D_HIDDEN, n_labels)
        self.dropout = nn.Dropout(DROPOUT)
        for linear in self.linears:
            assert isinstance(linear, nn.Linear)
            nn.init.normal_(linear.weight, std=0.5 / math.sqrt(D_MODEL * N_LAYERS))
        for embedding in (*self.before, self.states):
            assert isinstance(embedding, nn.Embedding)
            nn.init.normal_(embedding.weight, std=0.5)

    def forward(self, letters: Tensor, history: Tensor, states: Tensor) -> Tensor:
        """Logits [B, N, n_labels] of letters [B, N], labels from N_BEFORE letters before the word
        on [B, N_BEFORE + N], and states [B, N].
        """
        x = self.letters(letters)  # [B, N, D_MODEL]
        for conv, linear in zip(self.convs, self.linears, strict=True):
            hidden = conv(self.dropout(x).transpose(1, 2)).relu().transpose(1, 2)
            x = x + linear(self.dropout(hidden))
        h = self.hidden(self.dropout(x)) + self.states(states)
        n = letters.shape[1]
        for k, embedding in enumerate(self.before):  # k + 1 letters before
            start = N_BEFORE - 1 - k
            h = h + self.dropout(embedding(history[:, start : start + n]))
        return self.out(self.dropout(h.relu()))


def train_network(aligned: Sequence[Aligned], epochs: float = EPOCHS) -> LetterNetwork:
    """Train a network on aligned words: cross-entropy, AdamW, one cycle of the learning rate."""
    torch.manual_seed(0)
    often = Counter(pair for word in aligned for pair in word)
    labels = [("^", ""), *sorted(pair for pair, n in often.items() if n >= RAREST)]
    groups = _groups(aligned, {label: i for i, label in enumerate(labels)}, labels)
    network = Network(len(labels))
    # a letter allows only its own graphones
    others = torch.full((len(LETTERS), len(labels)), -1e4)
    for i, (letter, _) in enumerate(labels[1:], 1):
        others[LETTERS[letter], i] = 0.0
    n_steps = round(epochs * sum(math.ceil(len(group[0]) / BATCH) for group in groups))
    optimizer = torch.optim.AdamW(network.parameters(), RATE, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, total_steps=n_steps + 1, pct_start=0.1, final_div_factor=100
    )
    for _, (letters, targets, history, states) in zip(
        range(n_steps), _batches(groups), strict=False
    ):
        logits = network(letters, history, states) + others[letters]
        optimizer.zero_grad()
        F.cross_entropy(logits.flatten(0, 1), targets.flatten()).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return to_numpy(network.state_dict(), labels)


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
    order = random.Random(0)
    while True:
        batches = [
            (group, rows) for group in groups for rows in torch.randperm(len(group[0])).split(BATCH)
        ]
        order.shuffle(batches)
        for group, rows in batches:
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
