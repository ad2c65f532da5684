"""A decoder that hears its own frames (Tacotron 2): its loop, the dropout of its prenet, and the
failures of its attention. Without torch, so that both runtimes speak by the same lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from recital.modules.signal.arrays import A, concatenate, sigmoid
from recital.utils.random import generator

CHUNK = 100  # steps whose masks are drawn at once

STUCK_SECONDS = 1.5  # on one token; the longest pauses of a sentence take half of that
SKIPPED = 4  # consecutive tokens without attention; a few unspoken ones are common
REPEATED = 4  # tokens that the attention jumps back
LEAST_VISITED = 3  # at least one token in 3 must have the largest weight of some frame
SEEN = 0.1  # frames: a token with a smaller total weight counts as skipped


class Steps(NamedTuple):
    """D steps of a batch, r frames each: arrays of NumPy or tensors of torch."""

    frames: Any  # [B, D, r * n_mels]
    gate: Any  # [B, D] logits of stopping
    weights: Any  # [B, D, N] attention
    counts: Any  # [B] int64: steps before the stop


def run_steps(
    step: Callable[[Any], tuple[A, A, A]],
    masks: Callable[[int], Any],
    max_steps: int,
    threshold: float,
) -> Steps:
    """Call `step` until the gate of every item was above `threshold`, a probability, or `max_steps`
    times. It maps the masks of a step, [layers, B, P] or None, to frames [B, r * n_mels], gate
    [B] and attention weights [B, N]; `masks` draws those of so many further steps.
    """
    made: list[tuple[Any, Any, Any]] = []
    running: list[Any] = []  # after each step
    drawn: Any = None
    while len(made) < max_steps and (not running or bool(running[-1].any())):
        place = len(made) % CHUNK
        if place == 0:
            drawn = masks(min(CHUNK, max_steps - len(made)))
        made.append(step(None if drawn is None else drawn[place]))
        goes_on = sigmoid(made[-1][1]) <= threshold
        running.append(running[-1] & goes_on if running else goes_on)
    frames, gate, weights = (_together(values) for values in zip(*made, strict=True))
    return Steps(frames, gate, weights, _together(running).sum(1))


def _together(values: Sequence[Any]) -> Any:
    """Values of steps [B, …] -> [B, D, …]."""
    return concatenate([value[:, None] for value in values], 1)


class Dropout(NamedTuple):
    """The sizes and the rate of a prenet's dropout."""

    layers: int
    size: int  # values of a layer
    rate: float


class TextMasks:
    """The prenet's dropout in inference, as a function of the item's tokens: the same text gives
    the same mel, alone or in a batch, on every runtime.
    """

    def __init__(self, tokens: np.ndarray, token_lengths: np.ndarray, dropout: Dropout) -> None:
        """tokens [B, N], token_lengths [B]."""
        self.dropout = dropout
        self.generators = [
            generator("prenet", *row[: int(n)].tolist())
            for row, n in zip(tokens, token_lengths, strict=True)
        ]

    def __call__(self, n_steps: int) -> np.ndarray | None:
        """The next steps' factors, float32 [steps, layers, B, P], each 0 or 1 / (1 - rate); None
        without dropout.
        """
        layers, size, rate = self.dropout
        if not rate:
            return None
        keep = np.float32(1 - rate)
        items = [
            (random.random((n_steps, layers, size), np.float32) < keep) / keep
            for random in self.generators
        ]
        return np.stack(items, 2).astype(np.float32)


def step_failures(
    steps: Steps, token_lengths: np.ndarray, max_steps: int, reduction: int, frame_rate: float
) -> list[str | None]:
    """What went wrong with each item of `run_steps`, in arrays; `reduction` is the frames of a
    step.
    """
    weights = np.repeat(steps.weights, reduction, 1)
    found = attention_failures(weights, token_lengths, steps.counts * reduction, frame_rate)
    late = steps.counts >= max_steps
    return [
        f"did not stop within {max_steps} steps" if never else failure
        for failure, never in zip(found, late, strict=True)
    ]


def attention_failures(
    weights: np.ndarray, token_lengths: np.ndarray, n_frames: np.ndarray, frame_rate: float
) -> list[str | None]:
    """`attention_failure` of each item of a batch, weights [B, T, N]."""
    items = zip(weights, token_lengths.tolist(), n_frames.tolist(), strict=True)
    return [attention_failure(w[:t, :n], frame_rate) for w, n, t in items]


def attention_failure(weights: np.ndarray, frame_rate: float) -> str | None:
    """The failure of the attention of one item, [T, N], at `frame_rate` frames a second; None if it
    went from the first token to the last.
    """
    n_frames, n_tokens = weights.shape
    if n_frames == 0:
        return "stopped before the first frame"
    path = weights.argmax(1)  # [T]
    visited = len(np.unique(path))
    if visited * LEAST_VISITED < n_tokens:
        return f"looked at only {visited} of {n_tokens} tokens"
    edges = np.concatenate([[0], np.flatnonzero(np.diff(path)) + 1, [n_frames]])
    stays = np.diff(edges)
    longest = int(stays.max())
    if longest > STUCK_SECONDS * frame_rate:
        token = int(path[edges[stays.argmax()]])
        return f"got stuck at token {token + 1} of {n_tokens} for {longest / frame_rate:.1f} s"
    furthest = np.maximum.accumulate(path)
    back = furthest - path
    if back.max() >= REPEATED:
        return f"went back over {back.max()} tokens, from token {furthest[back.argmax()] + 1}"
    run = 0
    for token, missed in enumerate([*(weights.sum(0) < SEEN), False]):
        if not missed and run >= min(SKIPPED, n_tokens):
            return f"skipped {run} tokens, from token {token - run + 1} of {n_tokens}"
        run = run + 1 if missed else 0
    return None
