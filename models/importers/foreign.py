"""What importers share: reading a foreign file safely, and renaming its tensors strictly."""

from __future__ import annotations

import pickle
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from recital.utils.config import nearest
from recital.utils.errors import CheckpointError

NUMPY_SCALARS = [  # training scripts leave them among their numbers; they run no code
    np._core.multiarray.scalar,  # type: ignore[attr-defined]
    np.dtype,
    *(type(np.dtype(t)) for t in ("f4", "f8", "i4", "i8", "?")),
]

Rule = tuple[
    str, str | None
]  # (pattern of the whole foreign key, our key) or (pattern, None): dropped


def read_checkpoint(path: Path) -> dict[str, Any]:
    """A `torch.save` file as a dict, on the CPU, with `weights_only`. Raises `CheckpointError`."""
    try:
        with torch.serialization.safe_globals(NUMPY_SCALARS):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise CheckpointError(f"{path}: no such file") from None
    except pickle.UnpicklingError as error:
        reason = str(error).splitlines()[0]
        raise CheckpointError(
            f"{path}: cannot be read without running code from it: {reason}"
        ) from None
    except (
        Exception
    ) as error:  # what a file of any other kind does to the unpickler cannot be listed
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise CheckpointError(f"{path}: is no checkpoint that torch can read: {reason}") from None
    if not isinstance(content, dict):
        raise CheckpointError(f"{path}: expected a dict, found {type(content).__name__}")
    return content


def unwrap(state: Mapping[str, Any], where: Path) -> dict[str, Tensor]:
    """A state dict in float32, without the `module.` that data parallelism puts before keys."""
    tensors = {}
    for key, value in state.items():
        if not isinstance(value, Tensor):
            raise CheckpointError(
                f"{where}: {key}: expected a tensor, found {type(value).__name__}"
            )
        tensors[key.removeprefix("module.")] = value.float() if value.is_floating_point() else value
    if len(tensors) != len(state):
        raise CheckpointError(f"{where}: some keys are there both with and without 'module.'")
    return tensors


def rename(tensors: Mapping[str, Tensor], rules: Sequence[Rule], where: Path) -> dict[str, Tensor]:
    """Apply the first rule that matches each key. Raises `CheckpointError` that names every key
    without a rule.
    """
    renamed, unknown = {}, []
    for key, value in tensors.items():
        for pattern, ours in rules:
            if match := re.fullmatch(pattern, key):
                if ours is not None:
                    renamed[match.expand(ours)] = value
                break
        else:
            unknown.append(key)
    if unknown:
        shown = ", ".join(unknown[:8]) + (
            f" and {len(unknown) - 8} more" if len(unknown) > 8 else ""
        )
        raise CheckpointError(f"{where}: holds tensors that this source does not have: {shown}")
    return renamed


class ForeignConfig:
    """A foreign model config, which remembers what was read of it."""

    def __init__(self, tree: Mapping[str, Any], where: Path, model: str) -> None:
        """`model` names it in messages. Sections within the tree become dotted keys."""
        self.tree = _flat(tree)
        self.model = model
        self.where = where
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        if key not in self.tree:
            raise CheckpointError(
                f"{self.where}: {key}: is missing from the model's config; expected a number"
            )
        return self.tree[key]

    def get(self, key: str, default: Any) -> Any:
        return self[key] if key in self.tree else default

    def require(self, key: str, expected: Any, default: Any) -> None:
        """Refuse a model that differs from ours in what `key` says."""
        if (value := self.get(key, default)) != expected:
            raise CheckpointError(
                f"{self.where}: {key}: is {value}; only {expected} can be imported"
            )

    def refuse_unread(self) -> None:
        """An option that we do not know may change what the model computes."""
        for key in self.tree:
            if key not in self.read:
                raise CheckpointError(
                    f"{self.where}: {key}: no such option of {self.model}{nearest(key, self.read)}"
                )


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """{"a": {"b": 1}} -> {"a.b": 1}."""
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat
