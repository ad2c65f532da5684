"""One Trainer for all models, independent of speech.

A training step is a generator that yields (network, losses) at each network's turn; the Trainer
steps that network's optimizer between the yields. Validation runs the same generator without
gradients, so that the two cannot drift. Losses are means over the global
batch, scaled so that averaging over the processes (which DDP does with gradients) gives the true
mean.
"""

from __future__ import annotations

import logging
import math
import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Generic, Literal

import torch
from accelerate import Accelerator
from accelerate.utils import (
    DistributedDataParallelKwargs,
    InitProcessGroupKwargs,
    KwargsHandler,
    broadcast,
)
from torch.utils.data import DataLoader

from recital.utils.config import Tree
from recital.utils.errors import Preempted
from recital.utils.files import locked
from recital.utils.floats import widest
from recital.utils.random import isolated, seed_all
from recital.utils.signals import StopSignals, parent_watched
from recital.utils.training.announce import Alive, announcement, forecast
from recital.utils.training.bad_steps import BadSteps
from recital.utils.training.checks import check_best_by
from recital.utils.training.compilation import resolve_backend
from recital.utils.training.loader import Dataset, make_loader, to_device
from recital.utils.training.log import Exhibit, Log, Meter, Speed
from recital.utils.training.networks import Networks
from recital.utils.training.precision import (
    resolve_precision,
    training_device,
    use_gpu_settings,
)
from recital.utils.training.run import Adapt, ModelT, Run
from recital.utils.training.sampler import EndlessBatches, OnePass, Sampler
from recital.utils.training.schedules import learning_rate
from recital.utils.training.train_config import TrainConfig
from recital.utils.training.trainable import BatchT
from recital.utils.training.waiting import lost_processes_named

logger = logging.getLogger(__name__)

__all__ = ["Dataset", "TrainConfig", "Trainer"]

FORECAST_SECONDS = 10.0  # until the end is forecast
AGREE_EVERY = 10  # steps between checks of all processes for a stop; one alone: each step


class Trainer(Generic[ModelT, BatchT]):
    """Trains `model` into `directory` (an experiment).

    `resolved_config` is written into every checkpoint. `show(model, batch)` returns what a
    validation shows of its first batch, `measure(model)` figures beyond the losses, such as
    distances of whole recordings; both run in the main process, with the weights of inference.
    `begin(model)` is called when a run begins, not when it goes on: it learns what a model knows of
    its corpus. `adapt(model, weights, config)` makes the weights of a checkpoint of that config fit
    a model that begins from them, and returns what it changed as lines. `complete(model)` returns
    what the config of a checkpoint has beyond `resolved_config`: settings of inference that depend
    on its weights. `hours` is the length of the training data, for the line at the start.
    """

    def __init__(
        self,
        model: ModelT,
        config: TrainConfig,
        *,
        directory: Path,
        resolved_config: Tree,
        train_data: Dataset[BatchT],
        valid_data: Dataset[BatchT] | None = None,
        show: Callable[[ModelT, BatchT], Sequence[Exhibit]] | None = None,
        measure: Callable[[ModelT], Mapping[str, float]] | None = None,
        begin: Callable[[ModelT], None] | None = None,
        adapt: Adapt[ModelT] | None = None,
        complete: Callable[[ModelT], Tree] | None = None,
        hours: float | None = None,
    ) -> None:
        self.config = config
        self.directory = directory
        self.train_data, self.valid_data = train_data, valid_data
        self.show, self.measure, self.complete, self.hours = show, measure, complete, hours
        theirs = os.environ.get("ACCELERATE_MIXED_PRECISION", "no")
        precision, note = resolve_precision(config.precision, theirs, training_device(), model)
        theirs = os.environ.get("ACCELERATE_DYNAMO_BACKEND", "no")
        backend, compile_note = resolve_backend(config.compile, theirs)
        use_gpu_settings(config, training_device())
        self.accelerator = accelerator = _accelerator(precision, config)
        self.main = accelerator.is_main_process
        self.model = model
        self.networks = Networks(model, config, accelerator, backend)
        self.run = Run(
            model,
            self.networks,
            config,
            directory,
            dict(resolved_config),
            dict(train_data.fingerprint),
            begin,
            adapt,
        )
        for line in (note, compile_note):
            if line is not None:
                self.run.say(line)
        has_valid = valid_data is not None and len(valid_data.ids) > 0
        n_processes = accelerator.num_processes
        self.sampler = self._sampler(train_data, n_processes)
        self.valid_sampler = (
            self._sampler(valid_data, n_processes) if has_valid and valid_data else None
        )
        self.valid_loader: DataLoader[BatchT] | None = None
        self.meter = Meter()
        self.bad_steps = BadSteps(
            config.max_bad_steps, directory, scaled=accelerator.scaler is not None
        )
        self.speed, self.epoch_speed = Speed(), Speed()  # since the last line, and of the epoch
        self.log: Log | None = None
        self.alive = Alive("starting", show=self.main)

    def fit(
        self,
        *,
        resume: bool = False,
        checkpoint: Path | None = None,
        resume_type: Literal["resume", "finetune"] = "resume",
    ) -> None:
        """Train to the end.

        With `resume`, go on from the newest whole checkpoint of `directory`, if there is any; with
        `checkpoint` (or the newest of an experiment) go on from that one, or with resume_type
        "finetune" begin a new run from its weights. Raises `CheckpointError` where that cannot be
        exact, `Preempted` after a signal (all is saved then), and `RecitalError` after
        `max_bad_steps`.
        """
        own = locked(self.directory, "a training") if self.main else nullcontext()
        limit = f"{self.config.timeout_minutes:g} minutes (train.timeout_minutes)"
        remedy = "Go on from the last checkpoint with --resume"
        with own, lost_processes_named(limit, remedy):
            self._fit(resume, checkpoint, resume_type)

    def _fit(self, resume: bool, checkpoint: Path | None, resume_type: str) -> None:
        seed_all(self.config.seed, "training", self.accelerator.process_index)
        with self.alive:
            self.run.start(resume, checkpoint, resume_type)
        self.sampler = self._sampler(self.train_data, self.run.shares)
        self.networks.share()
        if self.main:
            self.log = Log(self.directory, step=self.run.position.step, total=self._last_step())
        self._announce()
        batches = self._batches()
        self.alive = Alive("training", self.log.bar if self.log else None, show=self.main)
        with StopSignals() as signals, parent_watched(), self.alive:
            try:
                self._train(batches, signals)
            finally:
                batches.close()
                self.valid_loader = None
                if self.log is not None:
                    self.log.close()

    def _steps_an_epoch(self) -> int:
        n_batches = len(self.sampler.plan(self.run.position.epoch))
        return -(-n_batches // self.config.gradient_accumulation)

    def _last_step(self) -> int:
        """The step at which the run ends, if all epochs are as long as this one."""
        steps = self.config.max_epoch * self._steps_an_epoch()
        return min(steps, self.config.max_steps or steps)

    def _announce(self) -> None:
        """One line on what is about to run."""
        accelerator, networks = self.accelerator, self.networks.bare.items()
        self.run.say(
            announcement(
                type(self.model).__name__,
                {name: sum(p.numel() for p in network.parameters()) for name, network in networks},
                accelerator.device,
                accelerator.num_processes,
                accelerator.mixed_precision,
                len(self.train_data.ids),
                self.hours,
                (self._steps_an_epoch(), self._last_step()),
            )
        )

    def _batches(self) -> Generator[BatchT, None, None]:
        """Endless batches from the position on; closing it ends the loader's workers."""
        position = self.run.position
        keys = EndlessBatches(self.sampler, self._ranks(), position.epoch, position.batch)
        yield from self._loader(self.train_data, keys)

    def _ranks(self) -> Sequence[int]:
        """The shares of each global batch that this process takes: one, unless the run was begun by
        more processes.
        """
        accelerator = self.accelerator
        return range(accelerator.process_index, self.run.shares, accelerator.num_processes)

    def _train(self, batches: Iterator[BatchT], signals: StopSignals) -> None:
        config, position = self.config, self.run.position
        began = time.monotonic()
        self.model.train()
        plan = self.sampler.plan(position.epoch)
        first, last, forecasted = position.step, self._last_step(), False
        while not self._finished():
            group = plan[position.batch : position.batch + config.gradient_accumulation]
            self._step([next(batches) for _ in group for _ in self._ranks()], group)
            position.step += 1
            position.batch += len(group)
            if epoch_done := position.batch >= len(plan):
                position.epoch, position.batch = position.epoch + 1, 0
                plan = self.sampler.plan(position.epoch)
            elapsed = time.monotonic() - began
            if not forecasted and elapsed > FORECAST_SECONDS:
                seconds = elapsed / (position.step - first)
                self.run.say(forecast(seconds, position.step, last))
                forecasted = True
            of_epoch = self._epoch_rates() if epoch_done else {}
            if position.step % config.log_every_steps == 0:
                self._log_training(of_epoch)
            elif of_epoch and self.log is not None:
                self.log.scalars(position.step, position.epoch, of_epoch)
            with self.speed.paused(), self.epoch_speed.paused():
                epoch = position.epoch if epoch_done else None
                better = config.due("valid", position.step, epoch) and self._validate()
                if better or config.due("save", position.step, epoch):
                    self._save()
            over = time.monotonic() - began > 60 * (config.max_minutes or math.inf)
            stop = self._agree(2 if signals.received else int(over))
            if stop == 2:
                self._save()
                name = signals.received.name if signals.received else "a signal to another process"
                raise Preempted(
                    f"{name}: saved at step {position.step} in {self.directory}; continue with "
                    "--resume"
                )
            if stop == 1:
                break
        self._validate()
        if config.patience is not None and self._finished():
            self.run.take_best()
        self._save()
        self.run.say(f"done: step {position.step}, epoch {position.epoch}, in {self.directory}")

    def _finished(self) -> bool:
        """Whether a limit other than that of time is reached."""
        config, position = self.config, self.run.position
        return (
            position.epoch >= config.max_epoch
            or position.step >= (config.max_steps or math.inf)
            or self.run.stale >= (config.patience or math.inf)
        )

    def _step(self, batches: Sequence[BatchT], group: Sequence[Sequence[int]]) -> None:
        """One optimizer step of each network; `batches` are shares of those in `group`."""
        config, position = self.config, self.run.position
        rate = learning_rate(
            config.scheduler, config.optimizer.lr, position.step + 1, position.epoch
        )
        moved = [to_device(batch, self.accelerator.device) for batch in batches]
        self.model.begin_step(self.run.position.step)
        bad = self.networks.train_step(moved, rate, self.meter)
        self.bad_steps.add(position.step + 1, bad, [i for batch in batches for i in batch.ids])
        lengths = self.train_data.lengths
        for batch in group:
            for rank in range(self.sampler.world_size):
                share = [int(lengths[i]) for i in self.sampler.share(batch, rank)]
                self.speed.add(share)
                self.epoch_speed.add(share)
        if self.log is not None:
            self.log.bar.update()

    def _log_training(self, of_epoch: Mapping[str, float] | None = None) -> None:
        """Log the means since the last line, with the speed of an epoch that has just ended."""
        self._check_bad_steps()
        losses, norms = self._means(self.meter)
        speed = self.speed.rates()
        if losses and math.isnan(self.run.last_loss):
            self.run.last_loss = losses["total"]
        if self.log is None or not losses:
            return
        step, epoch, config = self.run.position.step, self.run.position.epoch, self.config
        values = {f"train/{name}": loss for name, loss in losses.items()} | norms | speed
        values |= of_epoch or {}
        values["learning_rate"] = learning_rate(config.scheduler, config.optimizer.lr, step, epoch)
        if self.accelerator.device.type == "cuda":
            values["gpu_memory_gib"] = torch.cuda.max_memory_allocated() / 2**30
        self.log.scalars(step, epoch, values)
        self.log.progress(step, epoch, values)

    def _epoch_rates(self) -> dict[str, float]:
        """The speed of the finished epoch, or of what this start of the run has done of it."""
        rates = self.epoch_speed.rates()
        return {f"epoch_{name}": rates[name] for name in ("items_per_second", "frames_per_second")}

    def _save(self) -> None:
        if self.run.saved_step == self.run.position.step:
            return
        if math.isnan(self.run.last_loss):
            self._log_training()  # the name contains a loss
        self._check_bad_steps()
        with self.alive.now("saving"):
            self.run.save(self._completed())

    def _completed(self) -> Tree:
        """What `complete` finds with the weights for inference, in the main process."""
        if self.complete is None or not self.main:
            return {}
        self.model.eval()
        with (
            torch.no_grad(),
            isolated(self.config.seed, "saving"),
            self.networks.averaged(),
            self.networks.unwrapped(),
        ):
            found = self.complete(self.model)
        self.model.train()
        return found

    def _check_bad_steps(self) -> None:
        for line in self.bad_steps.check():
            self.run.say(line)

    def _validate(self) -> bool:
        """Validate with the weights for inference; returns whether they are the best so far."""
        step, epoch = self.run.position.step, self.run.position.epoch
        if self.valid_data is None or self.valid_sampler is None or self.run.valid_step == step:
            return False
        self._check_bad_steps()
        if self.valid_loader is None:
            keys = OnePass(self.valid_sampler, self.accelerator.process_index)
            self.valid_loader = self._loader(self.valid_data, keys, keep=True)
        self.model.begin_step(self.run.position.step)
        self.model.eval()
        with (
            self.alive.now("validating"),
            torch.no_grad(),
            isolated(self.config.seed, "validation"),
            self.networks.averaged(),
        ):
            means, shown = self._valid_losses(self.valid_loader, self.valid_sampler.plan(0))
            means |= self._measured()
        self.model.train()
        self.run.last_loss, self.run.valid_step = self._criterion(means), step
        better = self.run.last_loss < self.run.best_loss
        if better:
            self.run.best_loss = self.run.last_loss
        self.run.stale = 0 if better else self.run.stale + 1
        if self.log is not None:
            self.log.scalars(step, epoch, {f"valid/{k}": v for k, v in means.items()})
            self.log.show(step, shown)
            self.log.plot_losses()
            listed = " ".join(f"{k} {v:.4f}" for k, v in means.items())
            self.log.line(f"epoch {epoch} step {step} validation: {listed}")
        return better

    def _valid_losses(
        self, loader: DataLoader[BatchT], plan: Sequence[Sequence[int]]
    ) -> tuple[dict[str, float], Sequence[Exhibit]]:
        """Means over the batches, weighted by their items, and the output for the first one."""
        device = self.accelerator.device
        meter = Meter()
        shown: Sequence[Exhibit] = ()
        for i, (batch, items) in enumerate(zip(loader, plan, strict=True)):
            batch = to_device(batch, device)
            turns = [losses for _, losses in self.model.step(batch)]
            losses = {name: loss for turn in turns for name, loss in turn.items()}
            meter.add(losses, torch.tensor(float(len(items)), device=device))
            if i == 0 and self.main and self.show is not None:
                shown = self._shown(batch)
        return self._means(meter)[0], shown

    def _shown(self, batch: BatchT) -> Sequence[Exhibit]:
        """The pictures and sounds of a validation; training continues if they fail."""
        if self.show is None:
            return ()
        try:
            with self.networks.unwrapped():
                return self.show(self.model, batch)
        except Exception as error:
            logger.debug("pictures and sounds", exc_info=True)
            self.run.say(
                f"no pictures and sounds of this validation: {type(error).__name__}: {error}"
            )
            return ()

    def _measured(self) -> dict[str, float]:
        """The figures of the main process; the others return none."""
        if self.measure is None or not self.main:
            return {}
        with self.networks.unwrapped():
            return dict(self.measure(self.model))

    def _criterion(self, means: Mapping[str, float]) -> float:
        """The figure that selects the best, lower is better, the same in every process."""
        name = self.config.best_by.removeprefix("-")
        if self.main:
            check_best_by(self.config, means)
        value = means[name] if self.main else math.nan
        if self.accelerator.num_processes > 1:
            first = torch.tensor(
                value, dtype=widest(self.accelerator.device), device=self.accelerator.device
            )
            value = broadcast(first).item()
        return -value if self.config.best_by.startswith("-") else value

    def _loader(
        self, data: Dataset[BatchT], batches: Iterable[list[tuple[int, int]]], keep: bool = False
    ) -> DataLoader[BatchT]:
        return make_loader(
            data,
            batches,
            n_workers=self.config.n_workers,
            pin_memory=self.accelerator.device.type == "cuda",
            keep_workers=keep,
        )

    def _sampler(self, data: Dataset[BatchT], shares: int) -> Sampler:
        config = self.config
        return Sampler(
            data.ids,
            data.lengths,
            config.batch_size,
            config.max_frames,
            config.seed,
            shares,
            data.weights,
        )

    def _agree(self, wish: int) -> int:
        """The maximum of `wish` over all processes, so that all stop at the same step."""
        if self.accelerator.num_processes == 1:
            return wish
        if self.run.position.step % AGREE_EVERY:
            return 0
        wishes = self.accelerator.gather(torch.tensor([wish], device=self.accelerator.device))
        return int(wishes.max())

    def _means(self, meter: Meter) -> tuple[dict[str, float], dict[str, float]]:
        """(losses with their weighted total, gradient norms) over all processes."""
        names = meter.names()
        if not names:
            return {}, {}
        means = self.accelerator.reduce(meter.vector(), reduction="mean").tolist()
        values = dict(zip(names, means, strict=True))
        weights = self.config.loss_weights
        losses = {name: value for name, value in values.items() if name in weights}
        total = sum(weights[name] * value for name, value in losses.items() if weights[name])
        norms = {name: value for name, value in values.items() if name not in weights}
        return {"total": total, **losses}, norms


def _accelerator(precision: str, config: TrainConfig) -> Accelerator:
    # DDP would overwrite buffers at each forward, which breaks a discriminator's graph at its
    # second call.
    timeout = timedelta(minutes=config.timeout_minutes)
    handlers: list[KwargsHandler] = [
        DistributedDataParallelKwargs(broadcast_buffers=False),
        InitProcessGroupKwargs(timeout=timeout),
    ]
    # Accelerate would take Apple's GPU where it sees one, which lacks float64.
    on_cpu = True if training_device().type == "cpu" else None
    # the networks are compiled before it wraps them; it would compile them again
    return Accelerator(
        cpu=on_cpu, mixed_precision=precision, dynamo_backend="no", kwargs_handlers=handlers
    )
