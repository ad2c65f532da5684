"""What inference does to the pitch and the energy that FastSpeech 2 predicts."""

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
    """What is embedded in place of one predicted quantity: the prediction after `changes`, or what
    is given.

    A change speaks of tokens. At the frame level it gets the frames of each token as its channels
    (`pack_frames`), so that whatever it does to a value is done to every frame.
    """

    level: Level
    repeats: Tensor  # [B, N] frames
    mask: Tensor  # [B, N]
    changes: Sequence[Change]
    given: Tensor | None  # [B, N]
    # After the call: the changed prediction of each token, [B, N]. At the frame level it is the
    # mean of the token's frames; where it has none, what the changes make of 0.
    by_token: Tensor = field(init=False)

    def __call__(self, hat: Tensor) -> Tensor:
        """A prediction [B, N] or [B, T], as the level is -> what is embedded, the same shape."""
        changed, self.by_token = self._change(hat)
        if self.given is None:
            return changed
        given = self.given.float() * self.mask
        if self.level == "token":
            return given
        return given.gather(1, frame_tokens(self.repeats, hat.shape[1]))

    def _change(self, hat: Tensor) -> tuple[Tensor, Tensor]:
        """The changed prediction: as the level is, and of each token."""
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
    """A transform with what it has to know of the items: token_lengths [B], statistics [B, 1]."""
    if transform is None:
        return []
    mean, std = statistics.mean[..., None], statistics.std[..., None]
    return [lambda pitch: transform(pitch, token_lengths, mean=mean, std=std)]


def energy_changes(transform: EnergyTransform | None, level: Level) -> list[Change]:
    """A transform of energy [B, N] at the token level, of [B, C, N] at the frame level."""
    if transform is None:
        return []
    if level == "frame":
        return [transform]
    return [lambda energy: transform(energy[:, 0])[:, None]]


def control_durations(durations: Tensor, pace: float | Tensor) -> Tensor:
    """Frames as predicted, [B, N] float, to whole frames [B, N] int64, as both references do it:
    rounded (half to even), times the control (1 / pace), and cut off to an integer.
    """
    if isinstance(pace, Tensor):
        control = pace.to(widest(pace.device)).reciprocal().float()
        control = control[:, None] if control.dim() == 1 else control
        return (durations.float().round() * control).clamp(min=0).long()
    return (durations.float().round() * (1.0 / pace)).clamp(min=0).long()
