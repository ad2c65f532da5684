"""The state of a run in a checkpoint's `train/` folder, saved and restored bit for bit.

`train/state.json`: position, random generators of every process, scaler, and the values that a
resumed run must not change. `train/optimizer-<network>.safetensors`: tensors named
`<state>/<parameter>`. `train/weights.safetensors`, with an EMA: the raw weights, since
`model.safetensors` has the averages for inference; `train/start.safetensors`, with an
`ema_share`: the weights that the run began from. `train/training-only.safetensors`: networks
that inference does not use, such as discriminators.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from recital.utils.checkpoint import MODEL, STATE, read_tensors, set_weights
from recital.utils.config import build_section, convert
from recital.utils.errors import CheckpointError, ConfigError
from recital.utils.training.ema import Ema
from recital.utils.training.trainable import BatchT, Trainable

TRAINING_ONLY = "train/training-only.safetensors"


@dataclasses.dataclass
class Position:
    """The progress of a run: `step` finished optimizer steps, `batch` consumed global batches of
    epoch `epoch`.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0


@dataclasses.dataclass(frozen=True)
class State:
    """`train/state.json`. Losses are None where they are not finite, or not known."""

    position: Position
    valid_loss: float | None  # of this step
    best_loss: float | None
    last_loss: float | None
    scaler: dict[str, Any]
    ema_updates: dict[str, int]  # of each network
    random: list[dict[str, Any]]  # the state of each process
    common: dict[str, Any]  # what a resumed run must not change
    stale: int = 0
    precision: str = ""  # "": not known

    @classmethod
    def read(cls, tree: Mapping[str, Any], checkpoint: Path) -> State:
        """The state in a checkpoint. Raises `CheckpointError` for one of another version."""
        known = {f.name: tree[f.name] for f in dataclasses.fields(cls) if f.name in tree}
        try:
            state = build_section(cls, known, "")
            convert(state.common.get("processes"), int, "common.processes")
            train = convert(state.common.get("train"), dict[str, Any], "common.train")
            convert(train.get("batch_size"), int, "common.train.batch_size")
        except ConfigError as error:
            raise CheckpointError(
                f"{checkpoint / STATE}: {error}, so a run cannot continue from it; start one from "
                "these weights with --resume_type finetune"
            ) from None
        return state


def weight_files(
    model: Trainable[BatchT],
    optimizers: Mapping[str, torch.optim.Optimizer],
    averages: Mapping[str, Ema],
) -> dict[str, dict[str, Tensor]]:
    """The tensor files of a checkpoint by name. `model` is bare: its networks are not wrapped."""
    weights, training_only = split_weights(model)
    files = {MODEL: weights}
    if training_only:
        files[TRAINING_ONLY] = training_only
    if averages:
        raw: dict[str, Tensor] = {
            f"{network}.{name}": p
            for network, ema in averages.items()
            for name, p in ema.weights.items()
        }
        files["train/weights.safetensors"] = raw
        if start := {
            f"{network}.{name}": p
            for network, ema in averages.items()
            for name, p in ema.start.items()
        }:
            files["train/start.safetensors"] = start
        weights.update(
            {
                f"{network}.{name}": a
                for network, ema in averages.items()
                for name, a in ema.averages.items()
            }
        )
    for network, optimizer in optimizers.items():
        files[f"train/optimizer-{network}.safetensors"] = {
            f"{key}/{name}": value
            for name, p in model.get_submodule(network).named_parameters()
            if p in optimizer.state
            for key, value in optimizer.state[p].items()
        }
    return files


def split_weights(model: Trainable[BatchT]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Split the state of a model: for inference, and of the networks that only training needs
    (`training_only`, such as a discriminator).
    """
    names = tuple(f"{name}." for name in model.training_only)
    state = model.state_dict()
    apart = {key: value for key, value in state.items() if key.startswith(names)}
    return {key: value for key, value in state.items() if key not in apart}, apart


def set_initial_weights(
    checkpoint: Path, model: Trainable[BatchT], weights: Mapping[str, Tensor]
) -> bool:
    """Start a new run from the weights of a checkpoint; returns whether networks that only training
    needs start from scratch, because it has none (an imported one) or different ones.
    """
    _, fresh = split_weights(model)
    if fresh and (checkpoint / TRAINING_ONLY).is_file():
        found = read_tensors(checkpoint / TRAINING_ONLY)
        if {k: v.shape for k, v in found.items()} == {k: v.shape for k, v in fresh.items()}:
            set_weights(model, {**weights, **found}, checkpoint / MODEL)
            return False
    set_weights(model, {**weights, **fresh}, checkpoint / MODEL)
    return bool(fresh)


def restore_weights(
    checkpoint: Path,
    tensors: Mapping[str, Mapping[str, Tensor]],
    model: Trainable[BatchT],
    optimizers: Mapping[str, torch.optim.Optimizer],
    averages: Mapping[str, Ema],
) -> None:
    """Restore the output of `weight_files`; `tensors` are the files under `train/` by stem."""
    weights = {**read_tensors(checkpoint / MODEL), **tensors.get(Path(TRAINING_ONLY).stem, {})}
    set_weights(model, weights, checkpoint / MODEL)
    with torch.no_grad():
        for network, ema in averages.items():
            for name, average in ema.averages.items():
                average.copy_(weights[f"{network}.{name}"])
            if "start" in tensors:
                ema.start = {
                    name: tensors["start"][f"{network}.{name}"].to(average.device)
                    for name, average in ema.averages.items()
                    if f"{network}.{name}" in tensors["start"]
                }
    if averages:
        set_weights(
            model, {**weights, **tensors["weights"]}, checkpoint / "train/weights.safetensors"
        )
    for network, optimizer in optimizers.items():
        _restore_optimizer(
            model.get_submodule(network), optimizer, tensors.get(f"optimizer-{network}", {})
        )


def _restore_optimizer(
    network: nn.Module, optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]
) -> None:
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    names = {p: name for name, p in network.named_parameters()}
    by_name: dict[str, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        state, _, name = key.partition("/")
        by_name.setdefault(name, {})[state] = value
    states = {i: by_name[names[p]] for i, p in enumerate(parameters) if names[p] in by_name}
    optimizer.load_state_dict(
        {"state": states, "param_groups": optimizer.state_dict()["param_groups"]}
    )


def refuse_changes(
    checkpoint: Path, before: Mapping[str, object], now: Mapping[str, object]
) -> None:
    """Raise `CheckpointError` with the differences of two `common` records, which would make it a
    different run.
    """
    old, new = (_flat(json.loads(json.dumps(tree))) for tree in (before, now))
    changes = [
        f"  {key}: {old.get(key, 'nothing')} -> {new.get(key, 'nothing')}"
        for key in [*old, *(k for k in new if k not in old)]
        if old.get(key) != new.get(key)
    ]
    if any(change.startswith("  processes:") for change in changes):
        changes.append(
            "Fewer processes can continue if they divide the old number; any number can if "
            "train.batch_size times processes stays the same (and train.max_frames is null)."
        )
    if changes:
        raise CheckpointError(
            f"{checkpoint}: cannot be resumed, since this has changed; restore it, or begin a run "
            "of another name from "
            "these weights with --resume_type finetune:\n" + "\n".join(changes[:20])
        )


def _flat(tree: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = value
    return flat
