"""Code shared by importers: safe reading of foreign files, strict renaming of tensors."""

from __future__ import annotations

import pickle
import re
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from recital.utils.config import nearest
from recital.utils.errors import CheckpointError
from recital.utils.files import read_text

# training scripts store these with their numbers; they run no code
NUMPY_SCALARS = [
    np._core.multiarray.scalar,  # type: ignore[attr-defined]
    np.dtype,
    *(type(np.dtype(t)) for t in ("f4", "f8", "i4", "i8", "?")),
]

# what importers read next to the weights
CONFIGS = (
    "args.json",
    "config.json",
    "config.yaml",
    "model.yaml",
    "preprocess.yaml",
    "spk2id.json",
    "speakers.json",
    "stats.json",
)
MAX_YAML, MAX_NODES = 2**20, 100_000  # bytes of a YAML file, and values in it

Rule = tuple[
    str, str | None
]  # (pattern of the whole foreign key, our key) or (pattern, None): dropped


def read_checkpoint(
    path: Path, substitutes: Mapping[str, Callable[..., Any]] | None = None
) -> dict[str, Any]:
    """Load a `torch.save` file as a dict, on the CPU, with `weights_only`. Where the file asks for
    one of `substitutes`, by its full name, that function of ours is called instead. Raises
    `CheckpointError`.
    """
    refuse_other_files(path)
    known = [(function, name) for name, function in (substitutes or {}).items()]
    try:
        with torch.serialization.safe_globals([*NUMPY_SCALARS, *known]):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # what a file of any other kind does to the unpickler
        # torch advises to switch the check off; whoever follows runs what the file says
        asked = re.search(r"GLOBAL ([\w.]+)", str(error))
        if isinstance(error, pickle.UnpicklingError) and asked:
            raise CheckpointError(
                f"{path}: cannot be read without running code from it: it asks for {asked[1]}"
            ) from None
        reason = (str(error) or type(error).__name__).splitlines()[0].partition("Weights only")[0]
        raise CheckpointError(
            f"{path}: is no checkpoint that torch can read{': ' * bool(reason)}{reason}"
        ) from None
    if not isinstance(content, dict):
        raise CheckpointError(f"{path}: expected a dict, found {type(content).__name__}")
    return content


def refuse_other_files(path: Path) -> None:
    """Raise `CheckpointError` unless this is a file, and not the remains of a failed download."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise CheckpointError(f"{path}: expected a file, found something else")
        with path.open("rb") as file:
            begin = file.read(512)
    except FileNotFoundError:
        raise CheckpointError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path}: cannot be read: {error}") from None
    if begin.startswith(b"version https://git-lfs"):
        raise CheckpointError(
            f"{path}: is a pointer of git-lfs, not the file; get it with `git lfs pull`"
        )
    if begin.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise CheckpointError(
            f"{path}: is a web page, not the file; the download was refused or needs another link"
        )
    if not begin:
        raise CheckpointError(f"{path}: is empty; the download or copy was cut off")


def read_yaml(path: Path, missing: str) -> dict[str, Any]:
    """Read a YAML file of mappings with plain values; `missing` is the remedy if it is missing."""
    import yaml

    try:
        content = yaml.safe_load(read_text(path, MAX_YAML))
        _count(content, MAX_NODES)
    except FileNotFoundError:
        raise CheckpointError(f"{path}: no such file; {missing}") from None
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise CheckpointError(f"{path}: cannot be read as YAML: {reason}") from None
    if not isinstance(content, Mapping):
        raise CheckpointError(f"{path}: expected a mapping, found {type(content).__name__}")
    return dict(content)


def find_near(path: Path, *names: str) -> Path | None:
    """The first existing file in the folder of `path`, or in one of its three parents."""
    folder = path if path.is_dir() else path.parent
    for place in [folder, *list(folder.resolve().parents)[:3]]:
        for name in names:
            if (place / name).is_file():
                return place / name
    return None


def _count(value: Any, most: int) -> int:
    """Count the values of a tree with aliases expanded. Raises `ValueError` beyond `most`."""
    inner = value.values() if isinstance(value, Mapping) else value
    n = 1
    if isinstance(inner, (list, type({}.values()))):
        for item in inner:
            n += _count(item, most - n)
    if n > most:
        raise ValueError("it has too many values")
    return n


def unwrap(state: Mapping[str, Any], where: Path) -> dict[str, Tensor]:
    """A state dict in float32, without the key prefix `module.` of data parallelism. Raises
    `CheckpointError` for anything but plain tensors of real numbers by name.
    """
    if not isinstance(state, Mapping):
        raise CheckpointError(f"{where}: expected tensors by name, found {type(state).__name__}")
    tensors = {}
    for key, value in state.items():
        if not isinstance(key, str):
            raise CheckpointError(f"{where}: {key!r}: expected the name of a tensor")
        if not isinstance(value, Tensor):
            raise CheckpointError(
                f"{where}: {key}: expected a tensor, found {type(value).__name__}"
            )
        if why := _odd(value):
            raise CheckpointError(f"{where}: {key}: expected a plain tensor, found {why}")
        tensors[key.removeprefix("module.")] = value.float() if value.is_floating_point() else value
    if len(tensors) != len(state):
        raise CheckpointError(f"{where}: some keys occur both with and without 'module.'")
    return tensors


def _odd(tensor: Tensor) -> str:
    """The kind of a tensor that no model here has, or ""."""
    if tensor.layout != torch.strided:
        return "a sparse one"
    if tensor.is_quantized:
        return "a quantized one"
    if tensor.is_complex():
        return "complex numbers"
    if tensor.device.type != "cpu":
        return f"one of device {tensor.device.type}, without numbers"
    if tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
        return "one that repeats its numbers"
    return ""


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
        raise CheckpointError(f"{where}: has tensors unknown to this source: {shown}")
    return renamed


class ForeignConfig:
    """A foreign model config that records which options were read."""

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
        """Raise `CheckpointError` unless the option `key` has the value that ours implements."""
        if (value := self.get(key, default)) != expected:
            raise CheckpointError(
                f"{self.where}: {key}: is {value}; only {expected} can be imported"
            )

    def refuse_unread(self) -> None:
        """Refuse unknown options, which may change what the model computes."""
        for key in self.tree:
            if key not in self.read:
                raise CheckpointError(
                    f"{self.where}: {key}: no such option of {self.model}{nearest(key, self.read)}"
                )


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flatten sections: {"a": {"b": 1}} -> {"a.b": 1}."""
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat
