"""The fields of a batch and their shapes."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Batch(NamedTuple):
    """A padded batch: B utterances, N tokens, T frames, S samples. A field that the model does not
    need is None.

    `pitch` is F0 in Hz, 0 where unvoiced; `energy` is the L2 norm over the bins of the log mel;
    padding is 0 throughout.
    """

    ids: list[str]
    tokens: Tensor | None = None  # [B, N] int64
    token_lengths: Tensor | None = None  # [B] int64
    mel: Tensor | None = None  # [B, n_mels, T]
    mel_lengths: Tensor | None = None  # [B] int64
    pitch: Tensor | None = None  # [B, T] Hz
    energy: Tensor | None = None  # [B, T]
    durations: Tensor | None = None  # [B, N] frames, int64
    attention_prior: Tensor | None = None  # [B, T, N] probabilities
    speaker: Tensor | None = None  # [B] int64
    wav: Tensor | None = None  # [B, S] in [-1, 1]
    wav_lengths: Tensor | None = None  # [B] int64

    def first(self, n: int) -> Batch:
        """The first `n` utterances, with the same padding."""
        return Batch(self.ids[:n], *(None if f is None else f[:n] for f in self[1:]))
