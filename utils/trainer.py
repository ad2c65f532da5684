"""One Trainer for every model: it steps an optimizer between the yields of `model.step(batch)`, and knows nothing of speech.

A training step is a generator that yields (network, losses) at each network's turn. Validation runs the same generator without
gradients, so that the two cannot drift. Losses are means over the global batch, scaled so that averaging over the processes
(which DDP does with gradients) gives the true mean.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, Protocol

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedDataParallelKwargs, gather_object
from torch import Tensor
from torch.utils.data import DataLoader
from tqdm import tqdm

from recital.utils import checkpoint
from recital.utils.errors import CheckpointError, ConfigError, Preempted, RecitalError
from recital.utils.log import Log, Meter, Shown
from recital.utils.networks import Networks
from recital.utils.random import isolated, random_state, seed_all, set_random_state
from recital.utils.sampler import EndlessBatches, OnePass, Sampler
from recital.utils.schedules import learning_rate
from recital.utils.signals import StopSignals, ignore_stop_signals
from recital.utils.train_config import TrainConfig
from recital.utils.training_state import Position, refuse_changes, restore_weights, weight_files

AGREE_EVERY = 10  # steps between the processes' agreement whether to stop; a lone process looks at every step


class Dataset(Protocol):
    """What is trained on. Anything random in an item must be a function of (seed, epoch, id)."""

    ids: Sequence[str]
    lengths: Sequence[int]  # what `max_frames` counts
    fingerprint: Mapping[str, str]  # what was -> its hash: a resumed run must find the same

    def __getitem__(self, key: tuple[int, int]) -> Any:
        """Item of `(epoch, index)`."""
        ...

    def collate(self, items: Sequence[Any]) -> Any:
        """A NamedTuple of tensors and others, with `.ids`."""
        ...

class Trainer:
    """Trains `model` into `directory` (an experiment). `resolved_config` is written into every checkpoint.

    `show(model, batch)` returns what a validation shows of its first batch; None shows nothing.
    """

    def __init__(
        self,
        model: Any,
        config: TrainConfig,
        *,
        directory: Path,
        resolved_config: Mapping[str, Any],
        train_data: Dataset,
        valid_data: Dataset | None = None,
        show: Callable[[Any, Any], Sequence[Shown]] | None = None,
    ) -> None:
        self.config = config
        self.directory = directory
        self.resolved_config = dict(resolved_config)
        self.train_data, self.valid_data, self.show = train_data, valid_data, show
        self.accelerator = accelerator = _accelerator(config)
        self.main = accelerator.is_main_process
        self.model = model
        self.networks = Networks(model, config, accelerator)
        self.sampler = self._sampler(train_data)
        self.valid_loader: DataLoader[Any] | None = None
        self.position = Position()
        self.meter = Meter()
        self.best_loss = math.inf  # of any validation
        self.last_loss = math.nan  # what a checkpoint's name tells: of the last validation, or else of training
        self.valid_step = self.saved_step = -1
        self.flags: list[tuple[int, Tensor, list[str]]] = []  # (step, was it skipped?, ids) since the last look
        self.bad_steps = 0  # in a row
        self.seen = Counter[str]()  # items, frames and padded frames since the last log
        self.log: Log | None = None

    def fit(
        self,
        *,
        resume: bool = False,
        checkpoint: Path | None = None,
        resume_type: Literal["resume", "finetune"] = "resume",
    ) -> None:
        """Train to the end.

        With `resume`, go on from the newest whole checkpoint of `directory`, if there is any; with `checkpoint` (or the newest
        of an experiment) go on from that one, or with resume_type "finetune" begin a new run from its weights.
        Raises `CheckpointError` where that cannot be exact, `Preempted` after a signal (all is saved then), and
        `RecitalError` after `max_bad_steps`.
        """
        seed_all(self.config.seed, "training", self.accelerator.process_index)
        self._start(resume, checkpoint, resume_type)
        self.networks.share()
        if self.main:
            batches = len(self.sampler.plan(self.position.epoch))
            epochs = self.config.max_epoch * -(-batches // self.config.gradient_accumulation)
            self.log = Log(self.directory, step=self.position.step, total=min(epochs, self.config.max_steps or epochs))
        try:
            with StopSignals() as signals:
                self._run(signals)
        finally:
            if self.log is not None:
                self.log.close()

    def _run(self, signals: StopSignals) -> None:
        config, position = self.config, self.position
        began = self.window_began = time.monotonic()
        self.model.train()
        batches = iter(self._train_loader())
        plan = self.sampler.plan(position.epoch)
        while position.epoch < config.max_epoch and position.step < (config.max_steps or math.inf):
            group = plan[position.batch : position.batch + config.gradient_accumulation]
            self._step([next(batches) for _ in group], group)
            position.step += 1
            position.batch += len(group)
            if epoch_done := position.batch >= len(plan):
                position.epoch, position.batch = position.epoch + 1, 0
                plan = self.sampler.plan(position.epoch)
            if position.step % config.log_every_steps == 0:
                self._log_training()
            paused = time.monotonic()
            better = self._due("valid", epoch_done) and self._validate()
            if better or self._due("save", epoch_done):
                self._save()
            self.window_began += time.monotonic() - paused  # speed is that of training alone
            over = config.max_minutes is not None and time.monotonic() - began > 60 * config.max_minutes
            stop = self._agree(2 if signals.received else int(over))
            if stop == 2:
                self._save()
                name = signals.received.name if signals.received else "a signal to another process"
                raise Preempted(f"{name}: saved at step {position.step} in {self.directory}; go on with --resume")
            if stop == 1:
                break
        self._validate()
        self._save()
        self._say(f"done: step {position.step}, epoch {position.epoch}, in {self.directory}")

    def _step(self, batches: Sequence[Any], group: Sequence[Sequence[int]]) -> None:
        """One optimizer step of each network on the next batches; `group` are the global batches they are shares of."""
        config, position = self.config, self.position
        rate = learning_rate(config.scheduler, config.optimizer.lr, position.step + 1, position.epoch)
        moved = [to_device(batch, self.accelerator.device) for batch in batches]
        bad = self.networks.train_step(moved, rate, self.meter)
        self.flags.append((position.step + 1, bad, [i for batch in batches for i in batch.ids]))
        for batch in group:
            self.seen["items"] += len(batch)
            for rank in range(self.sampler.world_size):
                lengths = [self.train_data.lengths[i] for i in self.sampler.share(batch, rank)]
                self.seen["frames"] += sum(lengths)
                self.seen["padded"] += len(lengths) * max(lengths)
        if self.log is not None:
            self.log.bar.update()

    def _log_training(self) -> None:
        self._check_bad_steps()
        losses, norms = self._means(self.meter)
        if losses and math.isnan(self.last_loss):
            self.last_loss = losses["total"]
        now = time.monotonic()
        seconds, self.window_began = now - self.window_began, now
        seen, self.seen = self.seen, Counter()
        if self.log is None or not losses:
            return
        step, epoch, config = self.position.step, self.position.epoch, self.config
        values = {f"train/{name}": loss for name, loss in losses.items()} | norms
        values["learning_rate"] = learning_rate(config.scheduler, config.optimizer.lr, step, epoch)
        values["items_per_second"] = seen["items"] / seconds
        values["frames_per_second"] = seen["frames"] / seconds
        values["padding"] = 1 - seen["frames"] / seen["padded"]
        if self.accelerator.device.type == "cuda":
            values["gpu_memory_gib"] = torch.cuda.max_memory_allocated() / 2**30
        self.log.scalars(step, epoch, values)
        self.log.progress(step, epoch, values)

    def _check_bad_steps(self) -> None:
        """Look, once in a while, at which steps were skipped: the only place that waits for the GPU to tell."""
        if not self.flags:
            return
        flags, self.flags = self.flags, []
        for (step, _, ids), bad in zip(flags, torch.stack([f for _, f, _ in flags]).tolist(), strict=True):
            self.bad_steps = self.bad_steps + 1 if bad else 0
            if bad:  # on every process, since gradients are averaged
                everyone = gather_object(ids)
                self._say(f"step {step} skipped: its loss or gradient is not finite; utterances: {', '.join(everyone)}")
            if self.bad_steps >= self.config.max_bad_steps:
                found = checkpoint.find_checkpoints(self.directory)
                raise RecitalError(
                    f"step {step}: {self.bad_steps} steps in a row had a loss or gradient that is not finite; look at the "
                    "utterances named above, lower train.optimizer.lr or train in fp32 (train.precision=no). "
                    f"The last good checkpoint: {found[0] if found else 'none yet'}"
                )

    def _validate(self) -> bool:
        """Losses on the validation set with the weights that inference uses; returns whether they are the best so far."""
        if self.valid_data is None or not len(self.valid_data.ids) or self.valid_step == self.position.step:
            return False
        self._check_bad_steps()
        if self.valid_loader is None:
            sampler = self._sampler(self.valid_data)
            self.valid_plan = sampler.plan(0)
            self.valid_loader = self._loader(self.valid_data, OnePass(sampler, self.accelerator.process_index), keep=True)
        meter = Meter()
        shown: Sequence[Shown] = ()
        self.model.eval()
        with torch.no_grad(), isolated(self.config.seed, "validation"), self.networks.averaged():
            for i, (batch, items) in enumerate(zip(self.valid_loader, self.valid_plan, strict=True)):
                batch = to_device(batch, self.accelerator.device)
                losses = {name: loss for _, turn in self.model.step(batch) for name, loss in turn.items()}
                meter.add(losses, torch.tensor(float(len(items)), device=self.accelerator.device))
                if i == 0 and self.main and self.show is not None:
                    with self.networks.unwrapped() as bare:
                        shown = self.show(bare, batch)
        self.model.train()
        means, _ = self._means(meter)
        self.last_loss, self.valid_step = means["total"], self.position.step
        better = self.last_loss < self.best_loss
        self.best_loss = self.last_loss if better else self.best_loss
        if self.log is not None:
            self.log.scalars(self.position.step, self.position.epoch, {f"valid/{k}": v for k, v in means.items()})
            self.log.show(self.position.step, shown)
            self.log.plot_losses()
            listed = " ".join(f"{k} {v:.4f}" for k, v in means.items())
            self.log.line(f"epoch {self.position.epoch} step {self.position.step} validation: {listed}")
        return better

    def _save(self) -> None:
        """A checkpoint of this moment, then the old ones beyond `keep_last` go, except the best."""
        if self.saved_step == self.position.step:
            return
        self._check_bad_steps()
        position, scaler = self.position, self.accelerator.scaler
        random_states = gather_object([random_state()])
        if self.main:
            state = {
                "step": position.step,
                "position": asdict(position),
                "valid_loss": _number(self.last_loss) if self.valid_step == position.step else None,
                "best_loss": _number(self.best_loss),
                "last_loss": _number(self.last_loss),
                "scaler": scaler.state_dict() if scaler is not None else {},
                "ema_updates": {name: ema.updates for name, ema in self.networks.averages.items()},
                "random": random_states,
                "common": self._common(),
            }
            with self.networks.unwrapped() as bare:
                files = weight_files(bare, self.networks.optimizers, self.networks.averages)
            name = checkpoint.checkpoint_name(position.epoch, position.step, self.last_loss)
            checkpoint.sweep(self.directory)
            checkpoint.write(
                self.directory / checkpoint.FOLDER / name,
                {checkpoint.CONFIG: self.resolved_config, **files, checkpoint.STATE: state},
            )
            checkpoint.prune(self.directory, self.config.keep_last)
        self.accelerator.wait_for_everyone()
        self.saved_step = position.step

    def _start(self, resume: bool, path: Path | None, resume_type: str) -> None:
        """Fresh, from a checkpoint, or from its weights alone."""
        own = checkpoint.find_checkpoints(self.directory)
        if resume and own and (path is None or resume_type == "finetune"):
            self._restore(checkpoint.find(self.directory))
        elif own and not resume and (path is None or path.resolve().parent != own[0].resolve().parent):
            raise CheckpointError(f"{self.directory}: holds a run already; go on with --resume, or choose another --name")
        elif path is not None and resume_type == "finetune":
            found = checkpoint.find(path)
            with self.networks.unwrapped() as bare:
                checkpoint.set_weights(bare, checkpoint.read_tensors(found / checkpoint.MODEL), found)
            for ema in self.networks.averages.values():
                ema.restart()
            self._say(f"begins from the weights of {found}")
        elif path is not None:
            self._restore(checkpoint.find(path))

    def _restore(self, path: Path) -> None:
        state, tensors = checkpoint.load_state(path)
        refuse_changes(path, state["common"], self._common())
        networks = self.networks
        with networks.unwrapped() as bare:
            restore_weights(path, tensors, bare, networks.optimizers, networks.averages)
        for name, updates in state["ema_updates"].items():
            networks.averages[name].updates = updates
        if self.accelerator.scaler is not None:
            self.accelerator.scaler.load_state_dict(state["scaler"])
        self.position = Position(**state["position"])
        self.best_loss = math.inf if state["best_loss"] is None else state["best_loss"]
        self.last_loss = math.nan if state["last_loss"] is None else state["last_loss"]
        self.saved_step = self.position.step
        self.valid_step = self.position.step if state["valid_loss"] is not None else -1
        set_random_state(state["random"][self.accelerator.process_index])
        if self.main:
            for name in checkpoint.set_aside(self.directory, self.position.step):
                self._say(f"{name} lies beyond the step that the run goes on from; kept as abandoned-{name}")
        self._say(f"goes on from step {self.position.step}: {path}")

    def _common(self) -> dict[str, Any]:
        """What a resumed run must find as it was."""
        return {
            "dataset": dict(self.train_data.fingerprint),
            "model_type": self.resolved_config.get("model_type"),
            "model": self.resolved_config.get("model"),
            "train": self.config.common(),
            "processes": self.accelerator.num_processes,
        }

    def _train_loader(self) -> DataLoader[Any]:
        start = self.position
        batches = EndlessBatches(self.sampler, self.accelerator.process_index, start.epoch, start.batch)
        return self._loader(self.train_data, batches)

    def _loader(self, data: Dataset, batches: Any, keep: bool = False) -> DataLoader[Any]:
        return DataLoader(
            data,  # type: ignore[arg-type]
            batch_sampler=batches,
            collate_fn=data.collate,
            num_workers=self.config.n_workers,
            persistent_workers=keep and self.config.n_workers > 0,
            pin_memory=self.accelerator.device.type == "cuda",
            worker_init_fn=ignore_stop_signals,
            generator=torch.Generator(),  # its own: it would else draw a seed from the global one
        )

    def _sampler(self, data: Dataset) -> Sampler:
        config = self.config
        return Sampler(
            data.ids, data.lengths, config.batch_size, config.max_frames, config.seed, self.accelerator.num_processes
        )

    def _due(self, what: Literal["valid", "save"], epoch_done: bool) -> bool:
        steps: int | None = getattr(self.config, f"{what}_every_steps")
        epochs: int | None = getattr(self.config, f"{what}_every_epochs")
        return bool(
            (steps and self.position.step % steps == 0) or (epochs and epoch_done and self.position.epoch % epochs == 0)
        )

    def _agree(self, wish: int) -> int:
        """The greatest wish of all processes, so that all stop at the same step."""
        if self.accelerator.num_processes == 1:
            return wish
        if self.position.step % AGREE_EVERY:
            return 0
        wishes = self.accelerator.gather(torch.tensor([wish], device=self.accelerator.device))
        return int(wishes.max())

    def _means(self, meter: Meter) -> tuple[dict[str, float], dict[str, float]]:
        """(losses with their weighted total, gradient norms) since the last look, over all processes."""
        names = meter.names()
        if not names:
            return {}, {}
        means = self.accelerator.reduce(meter.vector(), reduction="mean").tolist()
        values = dict(zip(names, means, strict=True))
        weights = self.config.loss_weights
        losses = {name: value for name, value in values.items() if name in weights}
        total = sum(weights[name] * value for name, value in losses.items() if weights[name])
        return {"total": total, **losses}, {name: v for name, v in values.items() if name not in weights}

    def _say(self, text: str) -> None:
        if self.main:
            tqdm.write(text)


def to_device(batch: Any, device: torch.device) -> Any:
    """A NamedTuple with its tensors on the device."""
    return type(batch)(*(v.to(device, non_blocking=True) if isinstance(v, Tensor) else v for v in batch))


def _accelerator(config: TrainConfig) -> Accelerator:
    # DDP would overwrite buffers at each forward, which breaks a discriminator's graph at its second call.
    handlers = [DistributedDataParallelKwargs(broadcast_buffers=False)]
    try:
        return Accelerator(mixed_precision=config.precision, kwargs_handlers=handlers)
    except ValueError as error:
        raise ConfigError(f"train.precision: '{config.precision}' cannot be had here: {error}") from None


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
