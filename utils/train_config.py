"""The `train` section of a config. It needs no torch, so that stage 1 can read a config quickly."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

from recital.utils.errors import ConfigError
from recital.utils.schedules import SchedulerConfig

# What a resumed run may change: none of it touches the weights of a step.
FREE = frozenset(
    [
        "max_epoch",
        "max_steps",
        "max_minutes",
        "n_workers",
        "log_every_steps",
        "valid_every_steps",
        "valid_every_epochs",
        "save_every_steps",
        "save_every_epochs",
        "keep_last",
        "max_bad_steps",
    ]
)


@dataclass(frozen=True)
class OptimizerConfig:
    """`train.optimizer`. `lr` is what the scheduler scales. Weight decay is decoupled, except for
    "adam" (L2).
    """

    name: Literal["adamw", "adam", "lamb"] = "adamw"
    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.98)
    eps: float = 1e-9
    weight_decay: float = 1e-6

    def __post_init__(self) -> None:
        ranges = {
            "lr": self.lr > 0,
            "betas": all(0 <= b < 1 for b in self.betas),
            "eps": self.eps > 0,
            "weight_decay": self.weight_decay >= 0,
        }
        for name, right in ranges.items():
            if not right:
                raise ConfigError(f"train.optimizer.{name}: {getattr(self, name)} is out of range")


@dataclass(frozen=True)
class TrainConfig:
    """How a model is trained. Counts of steps are optimizer steps."""

    loss_weights: dict[str, float]  # one for each loss that the model yields; 0 makes it a metric
    batch_size: int = 16  # per process, at most
    max_frames: int | None = None  # per process, padded; with it batch_size is only a limit
    segment_frames: int | None = None  # of a vocoder: a random cut of each utterance in an epoch
    max_epoch: int = 1000
    max_steps: int | None = None  # whichever of the three comes first ends the run
    max_minutes: float | None = None  # of this start of the run
    seed: int = 1234
    gradient_accumulation: int = 1  # batches a step
    clip_norm: float | None = 1.0  # of each network's gradient
    precision: Literal["no", "bf16", "fp16", "auto"] | None = (
        "no"  # "auto": bf16 where the device has it; None: as accelerate's config says
    )
    compile: bool = False  # torch.compile of each network
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    scheduler: SchedulerConfig = field(default_factory=SchedulerConfig)
    ema_decay: float | None = None  # validation and inference then use averaged weights
    freeze: tuple[str, ...] = ()  # patterns of parameter names, such as "network.encoder.*"
    n_workers: int = 2  # loader processes of each process
    best_by: str = (
        "total"  # the figure of a validation that is lowest at the best ("-pesq": highest)
    )
    log_every_steps: int = 20
    valid_every_steps: int | None = None
    valid_every_epochs: int | None = 1
    save_every_steps: int | None = None
    save_every_epochs: int | None = 1  # a new best validation is saved at once, besides
    keep_last: int = 3  # checkpoints, besides the best
    max_bad_steps: int = 20  # with a non-finite loss or gradient, in a row; each of them is skipped

    def __post_init__(self) -> None:
        for f in dataclasses.fields(self):
            value = getattr(self, f.name)
            least = 0 if f.name in ("seed", "n_workers") else 1
            if f.type in ("int", "int | None") and value is not None and value < least:
                raise ConfigError(f"train.{f.name}: expected at least {least}, found {value}")
        if self.clip_norm is not None and self.clip_norm <= 0:
            raise ConfigError(
                "train.clip_norm: expected more than 0 (or null for no clipping), found "
                f"{self.clip_norm}"
            )
        if self.ema_decay is not None and not 0 < self.ema_decay < 1:
            raise ConfigError(
                "train.ema_decay: expected a number between 0 and 1 (or null), found "
                f"{self.ema_decay}"
            )

    def common(self) -> dict[str, Any]:
        """What a resumed run must share with the one before."""
        return {key: value for key, value in dataclasses.asdict(self).items() if key not in FREE}

    def due(self, what: Literal["valid", "save"], step: int, epoch: int | None) -> bool:
        """Is it time, with `step` steps done (and `epoch` epochs, where one has just ended)?"""
        steps: int | None = getattr(self, f"{what}_every_steps")
        epochs: int | None = getattr(self, f"{what}_every_epochs")
        after_steps = steps is not None and step % steps == 0
        return after_steps or (epochs is not None and epoch is not None and epoch % epochs == 0)
