"""A run: its position, its start, and saving and restoring it in checkpoints."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from accelerate import Accelerator
from accelerate.utils import gather_object
from tqdm import tqdm

from recital.utils import checkpoint
from recital.utils.config import Tree, for_training, merge
from recital.utils.errors import CheckpointError
from recital.utils.random import random_state, seed_all, set_random_state
from recital.utils.training.networks import Networks, frozen_buffers
from recital.utils.training.train_config import TrainConfig
from recital.utils.training.trainable import BatchT, Trainable
from recital.utils.training.training_state import (
    Position,
    State,
    refuse_changes,
    restore_weights,
    set_initial_weights,
    weight_files,
)

ModelT = TypeVar("ModelT", bound=Trainable)
Weights = dict[str, torch.Tensor]
Adapt = Callable[[ModelT, Weights, Tree], tuple[Weights, list[str]]]


@dataclass
class Run(Generic[ModelT, BatchT]):
    """One run in its experiment's directory: `position`, losses, and the content of a checkpoint.

    `fingerprint` is that of the training data; `begin` and `adapt` are those of the Trainer.
    """

    model: ModelT
    networks: Networks[BatchT]
    config: TrainConfig
    directory: Path
    resolved_config: Tree
    fingerprint: Mapping[str, str]
    begin: Callable[[ModelT], None] | None = None
    adapt: Adapt[ModelT] | None = None
    position: Position = field(default_factory=Position)
    # The figure in the names of checkpoints, which selects the best: `best_by` of the last
    # validation, or without one the training loss.
    last_loss: float = math.nan
    best_loss: float = math.inf  # of any validation
    valid_step: int = -1
    stale: int = 0  # validations since the best
    saved_step: int = -1
    shares: int = 1  # of a global batch: the processes that the run was begun with

    def __post_init__(self) -> None:
        self.shares = self.accelerator.num_processes

    @property
    def accelerator(self) -> Accelerator:
        return self.networks.accelerator

    def start(self, resume: bool, path: Path | None, resume_type: str) -> None:
        """Start from scratch, from a checkpoint, or from its weights only."""
        own = checkpoint.find_checkpoints(self.directory)
        given = checkpoint.find(path) if path is not None else None
        if resume and own and (given is None or resume_type == "finetune"):
            self._restore(checkpoint.find(self.directory))
        elif (
            own
            and not resume
            and (given is None or given.resolve() not in [p.resolve() for p in own])
        ):
            raise CheckpointError(
                f"{self.directory}: holds a run already; continue with --resume, or choose another "
                "--name"
            )
        elif given is not None and resume_type == "finetune":
            self._begin_from(given)
        elif given is not None:
            self._restore(given)
        else:
            if self.config.ema_share < 1.0:
                self.say("train.ema_share has no effect: the run begins from no trained weights")
            if self.begin is not None:
                with self.networks.unwrapped():
                    self.begin(self.model)

    def _begin_from(self, path: Path) -> None:
        """Start from the weights of a checkpoint, and learn the statistics of the new corpus."""
        theirs, changes = checkpoint.read_tensors(path / checkpoint.MODEL), list[str]()
        weights = theirs
        with self.networks.unwrapped() as bare:
            if self.adapt is not None:
                before = checkpoint.read_json(path / checkpoint.CONFIG)
                weights, changes = self.adapt(self.model, weights, before)
            fresh = set_initial_weights(path, bare, weights)
            if self.begin is not None:
                frozen = frozen_buffers(self.model, self.config.freeze)
                self.begin(self.model)
                for name, values in frozen.items():
                    self.model.get_buffer(name).copy_(values)
        # what was made for new symbols or speakers may be untrained
        kept = {name for name, weight in weights.items() if weight is theirs.get(name)}
        for network, ema in self.networks.averages.items():
            ema.restart({name for name in ema.weights if f"{network}.{name}" in kept})
        apart = f"; {', '.join(self.model.training_only)} starts from scratch" if fresh else ""
        self.say(f"starts from the weights of {path}{apart}")
        for line in changes:
            self.say(line)

    def _restore(self, path: Path) -> None:
        tree, tensors = checkpoint.load_state(path)
        state = State.read(tree, path)
        before = state.common
        # keys unknown to the older version had the default values
        before["train"] = merge(TrainConfig({}).common(), before["train"])
        before["model"] = self._for_training(before["model"])
        note = self._spread(before)
        refuse_changes(path, before, self._common())
        precision = state.precision or self.accelerator.mixed_precision
        if precision != self.accelerator.mixed_precision:
            self.say(
                f"continues in {self.accelerator.mixed_precision!r}, where the run was in "
                f"{precision!r}: this machine has other units, so results differ in their last bits"
            )
        networks = self.networks
        with networks.unwrapped() as bare:
            restore_weights(path, tensors, bare, networks.optimizers, networks.averages)
        for name, updates in state.ema_updates.items():
            networks.averages[name].updates = updates
        if self.accelerator.scaler is not None:
            self.accelerator.scaler.load_state_dict(state.scaler)
        self.position = state.position
        self.best_loss = math.inf if state.best_loss is None else state.best_loss
        self.last_loss = math.nan if state.last_loss is None else state.last_loss
        self.saved_step = self.position.step
        self.valid_step = self.position.step if state.valid_loss is not None else -1
        self.stale = state.stale
        index, states = self.accelerator.process_index, state.random
        if index < len(states):
            set_random_state(states[index])
        else:
            seed_all(self.config.seed, "training", f"{index} from step {self.position.step}")
        if note:
            self.say(note)
        if self.accelerator.is_main_process:
            for name in checkpoint.set_aside(self.directory, self.position.step):
                self.say(
                    f"{name} is after the step that the run continues from; kept as "
                    f"abandoned-{name}"
                )
        self.say(f"continues from step {self.position.step}: {path}")

    def save(self, found: Tree | None = None) -> None:
        """Save a checkpoint, with what was `found` for its config, then remove old ones beyond
        `keep_last`, except the best and the milestones.
        """
        position, scaler = self.position, self.accelerator.scaler
        random_states = gather_object([random_state()])
        if self.accelerator.is_main_process:
            state = State(
                position=position,
                valid_loss=_number(self.last_loss) if self.valid_step == position.step else None,
                best_loss=_number(self.best_loss),
                last_loss=_number(self.last_loss),
                scaler=scaler.state_dict() if scaler is not None else {},
                ema_updates={name: ema.updates for name, ema in self.networks.averages.items()},
                random=random_states,
                common=self._common(),
                stale=self.stale,
                precision=self.accelerator.mixed_precision,
            )
            with self.networks.unwrapped() as bare:
                files = weight_files(bare, self.networks.optimizers, self.networks.averages)
            name = checkpoint.checkpoint_name(position.epoch, position.step, self.last_loss)
            checkpoint.sweep(self.directory)
            checkpoint.write(
                self.directory / checkpoint.FOLDER / name,
                {
                    checkpoint.CONFIG: merge(self.resolved_config, found or {}),
                    **files,
                    checkpoint.STATE: {"step": position.step, **asdict(state)},
                },
            )
            checkpoint.prune(self.directory, self.config.keep_last, self.config.is_milestone)
        self.accelerator.wait_for_everyone()
        self.saved_step = position.step

    def take_best(self) -> None:
        """Go back to the weights of the best validation, at the step where the run has ended."""
        if not self.last_loss > self.best_loss:
            return
        path = checkpoint.find(self.directory, "best")
        _, tensors = checkpoint.load_state(path)
        with self.networks.unwrapped() as bare:
            restore_weights(path, tensors, bare, self.networks.optimizers, self.networks.averages)
        self.accelerator.wait_for_everyone()
        if self.saved_step == self.position.step and self.accelerator.is_main_process:
            checkpoint.remove(checkpoint.find_checkpoints(self.directory)[0])
        self.last_loss, self.saved_step = self.best_loss, -1
        self.say(
            f"ends with the weights of step {checkpoint.step_of(path)}, the best by "
            f"{self.config.best_by}"
        )

    def _spread(self, before: Tree) -> str:
        """Set `shares` for a run of other processes, so that its batches stay the same; returns a
        line on what does not. Changes `before` where `refuse_changes` is to see no difference.

        With fewer processes that divide the old number, each takes several shares of every global
        batch, as an accumulation. With `batch_size` times processes unchanged, the global batches
        are cut otherwise.
        """
        now, old = self.accelerator.num_processes, before["processes"]
        size, old_size = self.config.batch_size, before["train"]["batch_size"]
        if now == old:
            return ""
        dropout = "random numbers such as dropout's are others"
        if size == old_size and old % now == 0:
            self.shares = old
            return (
                f"continues with {now} of {old} processes: each takes {old // now} shares of every "
                f"batch, one after the other, as an accumulation; {dropout}"
            )
        if now * size == old * old_size and self.config.max_frames is None:
            before["processes"], before["train"]["batch_size"] = now, size
            return (
                f"continues with {now} processes of {size} instead of {old} of {old_size}: the "
                f"same batches; {dropout}"
            )
        return ""

    def _common(self) -> Tree:
        """The values that a resumed run must not change."""
        return {
            "dataset": self.fingerprint,
            "model_type": self.resolved_config.get("model_type"),
            "model": self._for_training(self.resolved_config.get("model")),
            "train": self.config.common(),
            "processes": self.shares,
        }

    def _for_training(self, section: Any) -> Tree:
        """What a step depends on, of a `model` section."""
        return for_training(type(self.model), section or {})

    def say(self, text: str) -> None:
        """Print a line in the main process, without disturbing a progress bar."""
        if self.accelerator.is_main_process:
            tqdm.write(text)


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
