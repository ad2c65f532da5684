"""The `train` section of a config, without torch, so that stage 1 reads a config quickly."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from recital.utils.config import check_fields
from recital.utils.errors import ConfigError
from recital.utils.ranges import DropRate, Fraction, Many, Positive, Range, Seed, Weight
from recital.utils.training.schedules import SchedulerConfig

# Keys that a resumed run may change: none affects the weights of a step.
FREE = frozenset(
    [
        "max_epoch",
        "max_steps",
        "max_minutes",
        "patience",
        "n_workers",
        "log_every_steps",
        "valid_every_steps",
        "valid_every_epochs",
        "save_every_steps",
        "save_every_epochs",
        "keep_last",
        "keep_milestones",
        "keep_every_steps",
        "cudnn_benchmark",
        "max_bad_steps",
        "timeout_minutes",
    ]
)


@dataclass(frozen=True)
class OptimizerConfig:
    """`train.optimizer`. The scheduler scales `lr`. Weight decay is decoupled, except for
    "adam" (L2).
    """

    name: Literal["adamw", "adam", "lamb"] = "adamw"
    lr: Positive = 1e-3
    betas: tuple[DropRate, DropRate] = (0.9, 0.98)
    eps: Positive = 1e-9
    weight_decay: Weight = 1e-6

    def __post_init__(self) -> None:
        check_fields(self, "train.optimizer")


@dataclass(frozen=True)
class TrainConfig:
    """How a model is trained. Counts of steps are optimizer steps."""

    loss_weights: dict[str, Weight]  # one for each loss that the model yields; 0 makes it a metric
    batch_size: Many = 16  # per process, at most
    max_frames: Many | None = None  # per process, padded; with it batch_size is only a limit
    segment_frames: Many | None = None  # for a vocoder: a random segment of each
    max_epoch: Many = 1000
    max_steps: Many | None = None  # the run ends at the first limit
    max_minutes: Positive | None = None  # of this start of the run
    # The run ends after so many validations in a row without a better `best_by`. With it, a run
    # that ends, at whatever limit, ends with the weights of its best validation.
    patience: Many | None = None
    seed: Seed = 1234
    gradient_accumulation: Many = 1  # batches per step
    clip_norm: Positive | None = 1.0  # of each network's gradient
    # "auto": bf16 if the device supports it; None: from accelerate's config, without one fp32
    precision: Literal["no", "bf16", "fp16", "auto"] | None = None
    # torch.compile of each network; None: from accelerate's config, without one no
    compile: bool | None = None
    # On CUDA: products of fp32 in TF32 (null: torch's defaults, convolutions only), and the fastest
    # algorithm for each shape of a convolution, found by trying.
    tf32: bool | None = None
    cudnn_benchmark: bool = False
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    scheduler: SchedulerConfig = field(default_factory=SchedulerConfig)
    ema_decay: Fraction | None = None  # if set, validation and inference use averaged weights
    # of the way from the weights that a run begins from (`finetune_from`) to those that it learns:
    # where the averaged weights are
    ema_share: Annotated[float, Range(0, 1, open_low=True)] = 1.0
    # patterns of names of parameters ("network.encoder.*"), and of statistics that are not learned
    # again from the new corpus ("pitch_*")
    freeze: tuple[str, ...] = ()
    n_workers: Annotated[int, Range(0, 1024)] = 2  # loader processes of each process
    # the validation figure that is lowest for the best checkpoint ("-pesq": highest)
    best_by: str = "total"
    log_every_steps: Many = 20
    valid_every_steps: Many | None = None
    valid_every_epochs: Many | None = 1
    save_every_steps: Many | None = None
    save_every_epochs: Many | None = 1  # a new best validation is also saved at once
    keep_last: Many = 3  # checkpoints, in addition to the best and to these, never removed:
    keep_milestones: Many | tuple[Many, ...] | None = None  # after every N epochs, or those listed
    keep_every_steps: Many | None = None
    max_bad_steps: Many = 20  # in a row, with a non-finite loss or gradient; each is skipped
    timeout_minutes: Positive = 30.0  # that a process waits for the others before the run ends

    def __post_init__(self) -> None:
        check_fields(self, "train")
        if self.ema_share < 1.0 and self.ema_decay is None:
            raise ConfigError("train.ema_share: is of averaged weights; set train.ema_decay too")

    def common(self) -> dict[str, Any]:
        """The values that a resumed run must not change. What is left to accelerate's config is its
        default: a run says if that has changed.
        """
        values = {key: value for key, value in dataclasses.asdict(self).items() if key not in FREE}
        return values | {"precision": self.precision or "no", "compile": bool(self.compile)}

    def due(self, what: Literal["valid", "save"], step: int, epoch: int | None) -> bool:
        """Whether it is due after `step` steps (and `epoch` epochs, if one has just ended)."""
        steps: int | None = getattr(self, f"{what}_every_steps")
        epochs: int | None = getattr(self, f"{what}_every_epochs")
        after_steps = steps is not None and step % steps == 0
        after_epochs = epochs is not None and epoch is not None and epoch % epochs == 0
        return after_steps or after_epochs or (what == "save" and self.is_milestone(step, epoch))

    def is_milestone(self, step: int, epoch: int | None) -> bool:
        """Whether a checkpoint after `step` steps (and `epoch` epochs, if one has just ended) is
        never removed.
        """
        epochs = self.keep_milestones
        of_steps = self.keep_every_steps is not None and step % self.keep_every_steps == 0
        if not epoch or epochs is None:
            return of_steps
        return of_steps or (epoch % epochs == 0 if isinstance(epochs, int) else epoch in epochs)
