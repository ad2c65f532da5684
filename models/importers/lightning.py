"""Reads checkpoints of Lightning (`.ckpt`) without running their code. Next to the weights, they
hold pickled objects of the training: its options become plain values, all else nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recital.models.importers.foreign import MAX_NODES
from recital.models.importers.inert import HARMLESS, read_inert
from recital.utils.errors import CheckpointError

# What trainings store: options of OmegaConf, paths, the classes of optimizers, progress, numbers.
# None of it is imported or called.
STORED = re.compile(
    r"(omegaconf|lightning|pytorch_lightning|torch\.optim|typing|pathlib)(\.\w+)*\.\w+"
    r"|numpy(\.\w+)*\.(scalar|dtype|ndarray|_reconstruct)|functools\.partial|torch\.(device|Size)"
    r"|(builtins|__builtin__)\.(dict|list|tuple|set|int|long|float|str|unicode|bytes|bool|object)|argparse\.Namespace"
)
OPTIONS = ("hyper_parameters", "datamodule_hyper_parameters")


class Passive(dict[Any, Any]):
    """A placeholder that takes whatever the file does to it, and does nothing."""

    def __init__(self, *_: Any) -> None:
        super().__init__()

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, dict):
            self.__dict__.update(state)


def read_lightning(path: Path) -> dict[str, Any]:
    """Load a checkpoint of Lightning; its options are plain dicts, lists and values, and None where
    they hold anything else. Raises `CheckpointError`.
    """
    content = read_inert(path, _find)
    if not isinstance(content.get("state_dict"), dict):
        found = ", ".join(map(str, content))[:200] or "nothing"
        raise CheckpointError(f"{path}: holds no state_dict; found: {found}")
    return {**content, **{key: Plain().of(content.get(key)) for key in OPTIONS}}


def _find(name: tuple[str, str]) -> Any:
    if name in HARMLESS and name[0] not in ("builtins", "__builtin__"):
        return HARMLESS[name]
    if name == ("collections", "defaultdict"):
        return _no_items
    return Passive if STORED.fullmatch(".".join(name)) else None


def _no_items(*_: Any) -> dict[Any, Any]:
    return {}


class Plain:
    """Turns placeholders into values, up to `MAX_NODES` of them."""

    def __init__(self) -> None:
        self.left = MAX_NODES

    def of(self, value: Any) -> Any:
        """A dict, a list or a value; None for anything else."""
        self.left -= 1
        if self.left < 0:
            raise ValueError("its options have too many values")
        if isinstance(value, Passive):
            state = vars(value)
            # OmegaConf's containers and nodes; argparse's Namespace
            inner = next((state[key] for key in ("_content", "_val") if key in state), None)
            return self.of(dict(value) or state if inner is None else inner)
        if isinstance(value, Mapping):
            return {key: self.of(v) for key, v in value.items() if isinstance(key, str)}
        if isinstance(value, (list, tuple)):
            return [self.of(v) for v in value]
        return value if isinstance(value, (str, int, float)) else None
