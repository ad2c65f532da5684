"""Learning rates as functions of the step and the epoch, so that resuming needs no state."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from recital.utils.errors import ConfigError
from recital.utils.ranges import Count, Many, Share, Weight


@dataclass(frozen=True)
class SchedulerConfig:
    """`train.scheduler`. Steps count from 1, an epoch is the number of whole epochs done; `lr` is
    the optimizer's.

    - "constant": lr
    - "noam" (arXiv 1706.03762, section 5.3): lr * min(step^-0.5, step * warmup_steps^-1.5). The
      model's d^-0.5 belongs into lr: 0.1 is NVIDIA's FastPitch, 256^-0.5 FastSpeech 2.
    - "inverse_sqrt": the same curve named by its peak: lr is reached at warmup_steps
    - "exponential": lr * gamma^epoch
    - "cosine" (arXiv 1608.03983, without restarts): from lr to lr * final after `decay_steps`, then
      flat

    All but noam and inverse_sqrt rise linearly over `warmup_steps` first. `delay_steps` repeats the
    rate of step 1 for that many steps (one in Amphion's recipes). `milestones` are (after, factor)
    pairs, such as [[500, 0.3], [1000, 0.1]]: after that many steps or epochs the rate is multiplied
    by the factor.
    """

    name: Literal["constant", "noam", "inverse_sqrt", "exponential", "cosine"] = "constant"
    warmup_steps: Count = 0
    gamma: Share = 0.999
    decay_steps: Many | None = None
    final: Weight = 0.0
    delay_steps: Count = 0
    milestones: tuple[tuple[Count, Weight], ...] = ()
    milestone_unit: Literal["steps", "epochs"] = "steps"

    def __post_init__(self) -> None:
        if self.name in ("noam", "inverse_sqrt") and self.warmup_steps < 1:
            raise ConfigError(
                f"train.scheduler.warmup_steps: {self.name} needs at least 1, found "
                f"{self.warmup_steps}"
            )
        if self.name == "cosine" and (
            self.decay_steps is None or self.decay_steps <= self.warmup_steps
        ):
            raise ConfigError(
                "train.scheduler.decay_steps: cosine needs the step at which it ends, beyond "
                "warmup_steps"
            )


def learning_rate(config: SchedulerConfig, lr: float, step: int, epoch: int = 0) -> float:
    """The rate of step `step` (from 1 on), with `epoch` whole epochs done."""
    done = step - 1 if config.milestone_unit == "steps" else epoch
    for after, factor in sorted(config.milestones, reverse=True):
        if done >= after:
            lr *= factor
            break
    return lr * _curve(config, max(step - config.delay_steps, 1), epoch)


def _curve(config: SchedulerConfig, step: int, epoch: int) -> float:
    warmup = config.warmup_steps
    if config.name in ("noam", "inverse_sqrt"):
        peak = warmup**-0.5 if config.name == "noam" else 1.0
        return peak * min((warmup / step) ** 0.5, step / warmup)
    if step < warmup:
        return step / warmup
    if config.name == "exponential":
        return config.gamma**epoch
    if config.name == "cosine":
        assert config.decay_steps is not None
        progress = min((step - warmup) / (config.decay_steps - warmup), 1.0)
        return config.final + (1 - config.final) * 0.5 * (1 + math.cos(math.pi * progress))
    return 1.0
