"""A small network that reads a word's letters as graphones; numpy alone.

Convolutions over the letters give each a state, and a graphone is predicted from that state, the
graphones before it and the stress so far, as in the aligned model of Yao and Zweig
("Sequence-to-sequence neural net models for grapheme-to-phoneme conversion", 2015), with
convolutions for their recurrence. `bins/train_letters.py` trains it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_lowercase

import numpy as np

WIDTH = 5  # letters that a convolution sees
N_BEFORE = 3  # graphones before a letter that count
N_STATES = 6  # see `next_state`
LETTERS = {letter: i for i, letter in enumerate(ascii_lowercase)}


def next_state(state: int, phones: str) -> int:
    """What was said before a letter: its number of vowels, at most 2, and 3 more once one of them
    was stressed.
    """
    vowels, stressed = state % 3, state // 3
    vowels += sum(phone[-1].isdigit() for phone in phones.split())
    return min(vowels, 2) + 3 * int(bool(stressed) or "1" in phones)


class LetterNetwork:
    """The weights, of a network whose labels are (letter, phones); label 0 is before the word."""

    def __init__(self, labels: Sequence[tuple[str, str]], arrays: Mapping[str, np.ndarray]) -> None:
        self.labels = list(labels)
        self.arrays = dict(arrays)
        self.of_letter: dict[str, np.ndarray] = {
            letter: np.array([i for i, (own, _) in enumerate(self.labels) if i and own == letter])
            for letter in ascii_lowercase
        }
        self.out = {c: self.arrays["out"][:, i] for c, i in self.of_letter.items() if len(i)}
        self.out_bias = {c: self.arrays["out_bias"][i] for c, i in self.of_letter.items() if len(i)}
        self.n_layers = sum(name.startswith("conv_") for name in self.arrays) // 2

    def encode(self, word: str) -> np.ndarray:
        """A state of each letter, [len(word), d_hidden]."""
        a = self.arrays
        x = a["letters"][[LETTERS[letter] for letter in word]]
        n, side = len(word), WIDTH // 2
        for i in range(self.n_layers):
            padded = np.pad(x, ((side, side), (0, 0)))  # 0 0 a b c 0 0
            # [N, WIDTH * d_model]
            windows = np.concatenate([padded[k : k + n] for k in range(WIDTH)], axis=1)
            hidden = np.maximum(windows @ a[f"conv_{i}"] + a[f"conv_{i}_bias"], 0.0)
            x = x + hidden @ a[f"linear_{i}"] + a[f"linear_{i}_bias"]
        return x @ a["hidden"] + a["hidden_bias"]

    def log_probabilities(
        self, letter: str, encoded: np.ndarray, before: Sequence[Sequence[int]], states: list[int]
    ) -> np.ndarray:
        """The score of each graphone in `of_letter`, for each hypothesis: its labels `before` and
        its state; `encoded` is the letter's, [d_hidden].
        """
        a = self.arrays
        hidden = encoded + a["states"][states]
        for k, labels in enumerate(zip(*before, strict=True)):
            hidden = hidden + a[f"before_{N_BEFORE - 1 - k}"][list(labels)]
        logits = np.maximum(hidden, 0.0) @ self.out[letter] + self.out_bias[letter]
        logits -= logits.max(axis=1, keepdims=True)
        return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))

    def stored(self) -> dict[str, np.ndarray]:
        """What goes into a file: matrices in eight bits with a scale for each column."""
        stored = {"network_labels": np.array([" ".join(label) for label in self.labels])}
        for name, array in self.arrays.items():
            if array.ndim == 1:
                stored[f"network_{name}"] = array.astype(np.float16)
                continue
            step = np.abs(array).max(axis=0) / 127
            stored[f"network_{name}"] = np.round(array / step).astype(np.int8)
            stored[f"network_{name}.step"] = step.astype(np.float32)
        return stored

    @classmethod
    def from_stored(cls, stored: Mapping[str, np.ndarray]) -> LetterNetwork:
        """What `stored` gave."""
        pairs = (str(label).partition(" ") for label in stored["network_labels"])
        labels = [(first, second) for first, _, second in pairs]
        arrays = {}
        for name, array in stored.items():
            if not name.startswith("network_") or name in ("network_labels",) or "." in name:
                continue
            scale = stored[f"{name}.step"] if array.dtype == np.int8 else np.float32(1.0)
            arrays[name.removeprefix("network_")] = array.astype(np.float32) * scale
        return cls(labels, arrays)
