"""A small network that reads a word's letters as graphones; numpy alone.

A graphone is a letter with the phones it makes (none, one or two). Convolutions over the letters
give each a state, and a graphone is predicted from that state, the graphones before it and the
stress so far, as in the aligned model of Yao and Zweig ("Sequence-to-sequence neural net models for
grapheme-to-phoneme conversion", 2015), with convolutions for their recurrence.
`bins/train_letters.py` trains it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_lowercase

import numpy as np

WIDTH = 5  # letters that a convolution sees
N_BEFORE = 3  # graphones before a letter that count
N_STATES = 6  # see `next_state`
LETTERS = {letter: i for i, letter in enumerate(ascii_lowercase)}
NEVER = -1e9  # the log probability of what cannot be

Label = tuple[str, str]  # a letter and its phones, "" to "K S"; the label before the word is first


def next_state(state: int, phones: str) -> int:
    """What was said before a letter: its number of vowels, at most 2, and 3 more once one of them
    was stressed.
    """
    vowels, stressed = state % 3, state // 3
    vowels += sum(phone[-1].isdigit() for phone in phones.split())
    return min(vowels, 2) + 3 * int(bool(stressed) or "1" in phones)


class LetterNetwork:
    """The weights, of a network with these labels, sorted; label 0 is before the word."""

    def __init__(self, labels: Sequence[Label], arrays: Mapping[str, np.ndarray]) -> None:
        self.labels = list(labels)
        self.arrays = dict(arrays)
        self.n_layers = sum(name.startswith("conv_") for name in self.arrays) // 2
        own = [[i for i, label in enumerate(self.labels) if label[0] == c] for c in LETTERS]
        # a letter's labels are first, first + 1, …
        self.first = np.array([ids[0] if ids else 0 for ids in own])
        n_own = max(map(len, own))
        out, bias = self.arrays["out"], self.arrays["out_bias"]
        self.out = np.zeros((len(own), len(out), n_own), np.float32)  # [26, d_hidden, n_own]
        self.out_bias = np.full((len(own), 1, n_own), NEVER, np.float32)
        for letter, ids in enumerate(own):
            self.out[letter, :, : len(ids)] = out[:, ids]
            self.out_bias[letter, 0, : len(ids)] = bias[ids]
        # The first convolution is of letters alone: what each gives at each place of the window,
        # [WIDTH, 27, d_model]; nothing outside of the word.
        letters = self.arrays["letters"]
        conv = self.arrays["conv_0"].reshape(WIDTH, letters.shape[1], -1)
        self.windows = np.zeros((WIDTH, len(letters) + 1, conv.shape[2]), np.float32)
        self.windows[:, :-1] = letters @ conv
        # [N_STATES, n_labels]
        self.next_states = np.array(
            [[next_state(state, phones) for _, phones in self.labels] for state in range(N_STATES)]
        )

    def encode(self, letters: np.ndarray) -> np.ndarray:
        """A state of each letter, [W, N, d_hidden], of words of equal length [W, N]."""
        a = self.arrays
        x = a["letters"][letters]
        n_words, n, width = x.shape
        side = WIDTH // 2
        around = np.pad(letters, ((0, 0), (side, side)), constant_values=len(LETTERS))
        hidden = np.zeros((n_words, n, width), np.float32)
        for k in range(WIDTH):
            hidden += self.windows[k][around[:, k : k + n]]
        hidden = hidden.reshape(n_words * n, width) + a["conv_0_bias"]
        for i in range(self.n_layers):
            if i > 0:
                # 0 0 a b c 0 0
                padded = np.zeros((n_words, n + 2 * side, width), np.float32)
                padded[:, side : side + n] = x
                windows = np.concatenate([padded[:, k : k + n] for k in range(WIDTH)], axis=2)
                hidden = windows.reshape(n_words * n, -1) @ a[f"conv_{i}"] + a[f"conv_{i}_bias"]
            change = np.maximum(hidden, 0.0) @ a[f"linear_{i}"] + a[f"linear_{i}_bias"]
            x = x + change.reshape(x.shape)
        return x @ a["hidden"] + a["hidden_bias"]

    def log_probabilities(
        self, letters: np.ndarray, encoded: np.ndarray, before: np.ndarray, states: np.ndarray
    ) -> np.ndarray:
        """The scores of the labels of W letters [W], whose states are `encoded` [W, d_hidden], for
        H hypotheses each: labels before [W, H, N_BEFORE], the nearest first, and what was said
        [W, H]. [W, H, n_own], where label k is number `first[letter] + k`.
        """
        a = self.arrays
        hidden = encoded[:, None] + a["states"][states]
        for k in range(N_BEFORE):
            hidden += a[f"before_{k}"][before[:, :, k]]
        logits = np.maximum(hidden, 0.0) @ self.out[letters] + self.out_bias[letters]
        logits -= logits.max(axis=2, keepdims=True)
        return logits - np.log(np.exp(logits).sum(axis=2, keepdims=True))

    def stored(self) -> dict[str, np.ndarray]:
        """The arrays of a file: matrices in eight bits with a scale for each column."""
        stored = {"network_labels": np.array([" ".join(label) for label in self.labels])}
        for name, array in self.arrays.items():
            if array.ndim == 1:
                stored[f"network_{name}"] = array.astype(np.float16)
                continue
            step = np.maximum(np.abs(array).max(axis=0), 1e-12) / 127
            stored[f"network_{name}"] = np.round(array / step).astype(np.int8)
            stored[f"network_{name}.step"] = step.astype(np.float32)
        return stored

    @classmethod
    def from_stored(cls, stored: Mapping[str, np.ndarray]) -> LetterNetwork:
        """The network that `stored` wrote."""
        pairs = (str(label).partition(" ") for label in stored["network_labels"])
        labels = [(first, second) for first, _, second in pairs]
        arrays = {}
        for name, array in stored.items():
            if name != "network_labels" and not name.endswith(".step"):
                scale = stored[f"{name}.step"] if array.dtype == np.int8 else np.float32(1.0)
                arrays[name.removeprefix("network_")] = array.astype(np.float32) * scale
        return cls(labels, arrays)
