"""Changes of FastSpeech 2's predicted pitch and energy in inference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from recital.models.tts.fastspeech2.variance import Level
from recital.modules.acoustic.length import frame_tokens, pack_frames, token_means, unpack_frames
from recital.modules.acoustic.statistics import SpeakerStatistics
from recital.modules.contract.model import EnergyTransform, PitchTransform
from recital.utils.floats import widest

# [B, C, N], the values of each token -> the same shape, value by value
Change = Callable[[Tensor], Tensor]


@dataclass
class Control:
    """The embedded value of one predicted quantity: the prediction after `changes`, or a given
    value.

    A change applies to tokens. At the frame level it gets the frames of each token as channels
    (`pack_frames`), so that it changes every frame.
    """

    level: Level
    repeats: Tensor  # [B, N] frames
    mask: Tensor  # [B, N]
    changes: Sequence[Change]
    given: Tensor | None  # [B, N]
    # After the call: the changed prediction of each token, [B, N]. At the frame level the mean over
    # the token's frames; for a token without frames, the changes applied to 0.
    by_token: Tensor = field(init=False)

    def __call__(self, hat: Tensor) -> Tensor:
        """A prediction, [B, N] or [B, T] by level -> the value to embed, the same shape."""
        changed, self.by_token = self._change(hat)
        if self.given is None:
            return changed
        given = self.given.float() * self.mask
        if self.level == "token":
            return given
        return given.gather(1, frame_tokens(self.repeats, hat.shape[1]))

    def _change(self, hat: Tensor) -> tuple[Tensor, Tensor]:
        """The changed prediction at its level, and per token."""
        values = hat[:, None] if self.level == "token" else pack_frames(hat, self.repeats)
        for change in self.changes:
            values = change(values)
        if self.level == "token":
            return values[:, 0], values[:, 0] * self.mask
        changed = unpack_frames(values, self.repeats, hat.shape[1])
        counted = torch.ones_like(changed, dtype=torch.bool)
        means = token_means(changed[:, None], counted[:, None], self.repeats)[:, 0]
        return changed, torch.where(self.repeats > 0, means, values[:, 0]) * self.mask


def pitch_changes(
    transform: PitchTransform | None, token_lengths: Tensor, statistics: SpeakerStatistics
) -> list[Change]:
    """A pitch transform bound to the items' token_lengths [B] and statistics [B, 1]."""
    if transform is None:
        return []
    mean, std = statistics.mean[..., None], statistics.std[..., None]
    return [lambda pitch: transform(pitch, token_lengths, mean=mean, std=std)]


def energy_changes(transform: EnergyTransform | None, level: Level) -> list[Change]:
    """An energy transform, on [B, N] at the token level, on [B, C, N] at the frame level."""
    if transform is None:
        return []
    if level == "frame":
        return [transform]
    return [lambda energy: transform(energy[:, 0])[:, None]]


def control_durations(durations: Tensor, pace: float | Tensor) -> Tensor:
    """Predicted frames [B, N] float -> whole frames [B, N] int64, as in both references: rounded
    (half to even), multiplied by the control (1 / pace), truncated to an integer.
    """
    if isinstance(pace, Tensor):
        control = pace.to(widest(pace.device)).reciprocal().float()
        control = control[:, None] if control.dim() == 1 else control
        return (durations.float().round() * control).clamp(min=0).long()
    return (durations.float().round() * (1.0 / pace)).clamp(min=0).long()
