"""The buffers that store the statistics of a quantity by speaker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from recital.utils.errors import DataError
from recital.utils.statistics import Statistics


def register_statistics(model: nn.Module, quantity: str, n_speakers: int) -> None:
    """Register the buffers `<quantity>_mean` and `<quantity>_std`, [n_speakers]: 0 and 1 until they
    are learned from a corpus.
    """
    model.register_buffer(f"{quantity}_mean", torch.zeros(n_speakers))
    model.register_buffer(f"{quantity}_std", torch.ones(n_speakers))


def append_statistics(model: nn.Module, quantity: str, found: tuple[float, float] | None) -> None:
    """Add a speaker, (mean, std), to the buffers of `register_statistics`; None: the mean of the
    others.
    """
    for i, name in enumerate(("mean", "std")):
        buffer = model.get_buffer(f"{quantity}_{name}")
        row = buffer.mean() if found is None else buffer.new_tensor(found[i])
        setattr(model, f"{quantity}_{name}", torch.cat([buffer, row[None]]))


class SpeakerStatistics(NamedTuple):
    """A view of a model's two buffers: mean and standard deviation, in the quantity's own unit."""

    quantity: str
    mean: Tensor  # [n_speakers]; [B, 1] of the speakers of a batch
    std: Tensor

    def set(self, mean: float | Sequence[float], std: float | Sequence[float]) -> None:
        """Set one number for all speakers, or one for each. Raises `DataError` unless the standard
        deviation is positive.
        """
        for buffer, value in ((self.mean, mean), (self.std, std)):
            buffer.copy_(torch.as_tensor(value, dtype=buffer.dtype).expand_as(buffer))
        if not bool((self.std > 0).all()):
            raise DataError(f"{self.quantity}_std: expected a number above 0, found {std}")

    def learn(self, speakers: Sequence[Statistics]) -> None:
        """Store the result of `by_speaker`."""
        self.set([s.mean for s in speakers], [s.std for s in speakers])

    def of(self, speaker: Tensor | None) -> SpeakerStatistics:
        """speaker [B] (None: the first) -> statistics of each item, [B, 1] (or [1, 1])."""
        if speaker is None:
            return SpeakerStatistics(self.quantity, self.mean[:1, None], self.std[:1, None])
        return SpeakerStatistics(self.quantity, self.mean[speaker, None], self.std[speaker, None])

    def normalize(self, values: Tensor, mask: Tensor) -> Tensor:
        """values [B, L] of the items of `of` -> normalised; 0 outside the mask."""
        return torch.where(mask, (values - self.mean) / self.std, 0.0)

    def restore(self, values: Tensor, mask: Tensor) -> Tensor:
        """The inverse of `normalize`, [B, L]; also 0 outside the mask."""
        return torch.where(mask, values * self.std + self.mean, 0.0)
