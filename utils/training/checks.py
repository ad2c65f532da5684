"""Whether a `train` section fits a model. Nothing here imports what only training needs."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from torch import nn

from recital.utils.config import nearest
from recital.utils.errors import ConfigError, ContractError
from recital.utils.training.train_config import TrainConfig
from recital.utils.training.trainable import Trainable


def check_trainable(model: Trainable[Any], config: TrainConfig) -> None:
    """Check the weights of losses, and what is frozen. Raises `ConfigError`; and `ContractError`
    for a model that does not name its losses.
    """
    if set(model.losses) != set(model.networks):
        raise ContractError(
            f"{type(model).__name__}.losses: expected the losses of each of "
            f"{', '.join(model.networks)}, found {dict(model.losses)}"
        )
    weights = config.loss_weights
    for network, losses in model.losses.items():
        for name in sorted(losses - weights.keys()):
            raise ConfigError(
                f"train.loss_weights: no weight for the loss '{name}' of "
                f"{network}{nearest(name, weights)}; give it one (0 makes it a metric)"
            )
        that_weigh(network, losses, weights)
    every = frozenset().union(*model.losses.values())
    for name in sorted(weights.keys() - every):
        if weights[name]:
            raise ConfigError(
                f"train.loss_weights.{name}: the model yields no such loss{nearest(name, every)}; "
                f"it yields {', '.join(sorted(every))}"
            )
    frozen = frozenset(frozen_parameters(model, config.freeze))
    for network in model.networks:
        names = [f"{network}.{n}" for n, _ in model.get_submodule(network).named_parameters()]
        if frozen.issuperset(names):
            raise ConfigError(f"train.freeze: leaves nothing to train in '{network}'")


def that_weigh(network: str, losses: Iterable[str], weights: Mapping[str, float]) -> list[str]:
    """The losses of a network's turn that train it. Raises `ConfigError` if there are none."""
    found = [name for name in losses if weights[name]]
    if not found:
        raise ConfigError(
            f"train.loss_weights: every loss of '{network}' weighs 0; nothing would be trained"
        )
    return found


def frozen_parameters(model: nn.Module, patterns: Sequence[str]) -> list[str]:
    """The names of parameters that match. Raises `ConfigError` for a pattern that matches neither a
    parameter nor a buffer.
    """
    names, buffers = dict(model.named_parameters()), dict(model.named_buffers())
    frozen: list[str] = []
    for pattern in patterns:
        matched = fnmatch.filter(names, pattern)
        if not matched and not fnmatch.filter(buffers, pattern):
            raise ConfigError(
                f"train.freeze: no parameter is named like '{pattern}'; there is, for one, "
                f"{next(iter(names))}"
            )
        frozen += matched
    return frozen


def check_best_by(config: TrainConfig, figures: Iterable[str]) -> None:
    """Raise `ConfigError` if a validation has no figure `train.best_by`; it has `figures`."""
    known = list(figures)
    name = config.best_by.removeprefix("-")
    if name not in known:
        raise ConfigError(
            f"train.best_by: a validation has no figure '{name}'{nearest(name, known)}; it has "
            f"{', '.join(known)}"
        )
