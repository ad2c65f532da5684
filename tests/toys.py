"""Toy models and data for the Trainer's tests: no speech, a step takes well under a millisecond."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor, nn

from recital.utils.errors import RecitalError
from recital.utils.random import generator
from recital.utils.training import log
from recital.utils.training.optimizers import OptimizerConfig
from recital.utils.training.train_config import TrainConfig
from recital.utils.training.trainable import Trainable
from recital.utils.training.trainer import Trainer


class ToyBatch(NamedTuple):
    ids: list[str]
    inputs: Tensor  # [B, T, 4]
    lengths: Tensor  # [B]
    targets: Tensor  # [B, T]


class ToyData:
    """Sequences of 3 to 12 frames; each epoch has different noise, a function of (epoch, id)."""

    def __init__(self, n: int = 22, poison: Sequence[str] = ()) -> None:
        self.ids = [f"utt{i}" for i in range(n)]
        self.lengths = [3 + (7 * i) % 10 for i in range(n)]
        self.fingerprint = {"utterances": str(n)}
        self.poison = frozenset(poison)
        self.weights = None

    def __getitem__(self, key: tuple[int, int]) -> tuple[str, Tensor]:
        epoch, index = key
        noise = generator(7, epoch, self.ids[index]).normal(size=(self.lengths[index], 4))
        inputs = torch.from_numpy(noise).float()
        return self.ids[index], inputs * torch.nan if self.ids[index] in self.poison else inputs

    def collate(self, items: Sequence[Any]) -> ToyBatch:
        inputs = nn.utils.rnn.pad_sequence([x for _, x in items], batch_first=True)
        lengths = torch.tensor([len(x) for _, x in items])
        return ToyBatch([i for i, _ in items], inputs, lengths, inputs.sum(-1).sin())


def frame_mean(values: Tensor, lengths: Tensor) -> Tensor:
    """Mean of [B, T] over the real frames of all processes, scaled so that DDP's average of
    gradients is the gradient of the mean.
    """
    mask = torch.arange(values.shape[1], device=values.device) < lengths[:, None]
    count = mask.sum().float()
    world = dist.get_world_size() if dist.is_initialized() else 1
    if world > 1:
        dist.all_reduce(count)
    return (values * mask).sum() * world / count


class Regressor(Trainable[ToyBatch]):
    """One network with dropout, so a resumed run must restore the random generators."""

    networks = ("network",)
    losses = {"network": frozenset({"square", "absolute"})}

    def __init__(self, width: int = 8, dropout: float = 0.2) -> None:
        super().__init__()
        self.network = nn.Sequential(
            nn.Linear(4, width), nn.Tanh(), nn.Dropout(dropout), nn.Linear(width, 1)
        )

    def step(self, batch: ToyBatch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        error = self.network(batch.inputs)[..., 0] - batch.targets
        square = frame_mean(error.square(), batch.lengths)
        yield "network", {"square": square, "absolute": frame_mean(error.abs(), batch.lengths)}


class Gan(Trainable[ToyBatch]):
    """Two networks that take turns, with one forward pass of the generator."""

    networks = ("generator", "discriminator")
    losses = {
        "discriminator": frozenset({"real", "fake"}),
        "generator": frozenset({"adversarial", "distance"}),
    }

    def __init__(self) -> None:
        super().__init__()
        self.generator = nn.Linear(4, 1)
        self.discriminator = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))

    def step(self, batch: ToyBatch) -> Iterator[tuple[str, dict[str, Tensor]]]:
        made = self.generator(batch.inputs)
        real = self.discriminator(batch.targets[..., None])[..., 0]
        fake = self.discriminator(made.detach())[..., 0]
        yield (
            "discriminator",
            {
                "real": frame_mean((real - 1).square(), batch.lengths),
                "fake": frame_mean(fake.square(), batch.lengths),
            },
        )
        fooled = self.discriminator(made)[..., 0]
        yield (
            "generator",
            {
                "adversarial": frame_mean((fooled - 1).square(), batch.lengths),
                "distance": frame_mean((made[..., 0] - batch.targets).abs(), batch.lengths),
            },
        )


WEIGHTS = {
    Regressor: {"square": 1.0, "absolute": 0.0},
    Gan: {"real": 1.0, "fake": 1.0, "adversarial": 1.0, "distance": 4.0},
}


def config(model: nn.Module | type[nn.Module] = Regressor, **changes: Any) -> TrainConfig:
    cls = model if isinstance(model, type) else type(model)
    settings: dict[str, Any] = {
        "loss_weights": WEIGHTS.get(cls, WEIGHTS[Regressor]),
        "batch_size": 4,
        "max_epoch": 3,
        "n_workers": 0,
        "optimizer": OptimizerConfig(lr=0.01),
        "save_every_epochs": None,
        "valid_every_epochs": None,
    }
    return TrainConfig(**{**settings, **changes})


def trainer(
    directory: Path, model: nn.Module | None = None, data: ToyData | None = None, **changes: Any
) -> Trainer:
    """A Trainer for a toy; the changes to the config may include `valid` data and `show`."""
    if model is None:
        torch.manual_seed(0)
        model = Regressor()
    valid, show = changes.pop("valid", None), changes.pop("show", None)
    return Trainer(
        model,
        config(model, **changes),
        directory=directory,
        resolved_config={"model_type": "Toy", "model": {"width": 8}},
        train_data=data or ToyData(),
        valid_data=valid,
        show=show,
    )


def weights(model: nn.Module) -> dict[str, Tensor]:
    """A copy of a trained toy's weights, with the names of the bare model."""
    return {k.replace(".module.", "."): v.detach().clone() for k, v in model.state_dict().items()}


SLOW_IMPORTS = [  # the fork server has none of our paths, only installed packages
    *("torch._dynamo", "accelerate", "safetensors.torch"),
    *("torch.utils.tensorboard", "matplotlib.figure", "pytest"),
]


def run(directory: Path, settings: dict[str, Any], environment: dict[str, str]) -> None:
    """Train a toy in a separate process (and process group), resuming if there is a checkpoint."""
    os.setpgrp()
    multiprocessing.set_start_method("fork", force=True)  # loader workers, as by default
    os.environ.update(environment)
    torch.set_num_threads(1)
    settings = dict(settings)
    torch.manual_seed(0)
    model = settings.pop("model", Regressor)(**settings.pop("model_arguments", {}))
    if settings.pop("validate", False):
        settings["valid"] = ToyData(6)
    log.new_figure = lambda width, height: None  # as in tests/conftest.py
    try:
        trainer(directory, model, **settings).fit(resume=True)
    except RecitalError as error:
        (directory / f"error{environment.get('RANK', '')}.txt").write_text(str(error))
        sys.exit(error.exit_code)


def start(
    directory: Path, environment: dict[str, str] | None = None, **settings: Any
) -> BaseProcess:
    """Call `run` in a process forked from one that has imported torch: it starts at once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(SLOW_IMPORTS)
    process = context.Process(target=run, args=(directory, settings, environment or {}))
    process.start()
    return process
