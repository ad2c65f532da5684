"""Changes of a predicted pitch and energy, value by value, as a synthesis asks for them.

Pitch changes are functions of the normalised value (FastPitch, arXiv 2006.06873, section 3.3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from recital.modules.layers.masking import length_mask


@dataclass
class PitchChange:
    """A `PitchTransform` with numbers for each token, [B, N]: see `transform_pitch`. `function` is
    the user's, on the pitch in Hz; it comes before the given values.
    """

    scale: Tensor
    shift: Tensor  # Hz
    semitones: Tensor
    given: Tensor  # Hz, 0 where the prediction stays
    function: Callable[[Tensor, Tensor], Tensor] | None = None
    # Mean and std of the speakers in Hz, passed by the model; they broadcast to [B, C, N].
    statistics: tuple[Tensor | float, Tensor | float] | None = None

    def __call__(
        self, pitch: Tensor, token_lengths: Tensor, *, mean: Tensor, std: Tensor
    ) -> Tensor:
        self.statistics = mean, std
        changed = transform_pitch(
            pitch,
            token_lengths,
            mean=mean,
            std=std,
            scale=self.scale[:, None],
            shift_hz=self.shift[:, None],
            shift_semitones=self.semitones[:, None],
        )
        if self.function is not None:
            rows = [self.function(hz, token_lengths) for hz in (changed * std + mean).unbind(1)]
            changed = (torch.stack(rows, dim=1).to(changed) - mean) / std
        given = self.given[:, None]
        changed = torch.where(given > 0, (given - mean) / std, changed)
        return changed * length_mask(token_lengths, pitch.shape[2])[:, None]

    def in_hz(self, pitch: Tensor) -> Tensor:
        """The model's normalised pitch [B, 1, N] in Hz; only after the transform was called."""
        assert self.statistics is not None, "a model that predicts pitch calls the transform"
        mean, std = self.statistics
        return pitch * std + mean


@dataclass
class EnergyChange:
    """An `EnergyTransform`: a scale for each token, then explicit values, [B, N]."""

    scale: Tensor
    given: Tensor  # NaN where the prediction stays

    def __call__(self, energy: Tensor) -> Tensor:
        scale, given = self.scale, self.given
        if energy.dim() == 3:
            scale, given = scale[:, None], given[:, None]
        return torch.where(given.isnan(), energy * scale, given)


def transform_pitch(
    pitch: Tensor,
    token_lengths: Tensor,
    *,
    mean: float | Tensor,
    std: float | Tensor,
    flatten: bool = False,
    invert: bool = False,
    scale: float | Tensor = 1.0,
    shift_hz: float | Tensor = 0.0,
    shift_semitones: float | Tensor = 0.0,
) -> Tensor:
    """Flatten, invert about the mean, scale, shift in Hz, then in semitones; in this order.

    pitch [B, C, N] normalised, token_lengths [B], mean and std in Hz; these and the changes are
    numbers, or tensors that broadcast -> [B, C, N], 0 in padding.
    """
    if flatten:
        pitch = pitch * 0.0
    if invert:
        pitch = -pitch
    pitch = pitch * scale + shift_hz / std
    if isinstance(shift_semitones, Tensor):
        raised = ((pitch * std + mean) * 2.0 ** (shift_semitones / 12.0) - mean) / std
        pitch = torch.where(shift_semitones != 0, raised, pitch)
    elif shift_semitones:
        pitch = ((pitch * std + mean) * 2.0 ** (shift_semitones / 12.0) - mean) / std
    return pitch * length_mask(token_lengths, pitch.shape[2])[:, None]
