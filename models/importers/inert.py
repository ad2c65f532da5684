"""Reads files with pickled modules without running their code: all but a few classes are refused,
and those few are replaced by placeholders that only store the attributes.
"""

from __future__ import annotations

import collections
import pickle
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from recital.models.importers.foreign import refuse_other_files
from recital.utils.errors import CheckpointError


class Inert:
    """A placeholder for an object of any class, with the attributes from the file."""

    dump_patches = False  # an attribute that torch reads from classes in old files

    def __setstate__(self, state: Any) -> None:
        if not isinstance(state, dict):
            raise pickle.UnpicklingError(f"an object's state is a {type(state).__name__}")
        self.__dict__.update(state)


def _nothing(*_: Any) -> None:
    """A placeholder for a function whose result is not needed."""


# constructors of tensors and containers
HARMLESS = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("builtins", "set"): set,
    ("__builtin__", "set"): set,
    ("torch._utils", "_rebuild_tensor"): torch._utils._rebuild_tensor,
    ("torch._utils", "_rebuild_tensor_v2"): torch._utils._rebuild_tensor_v2,
    ("torch._utils", "_rebuild_parameter"): torch._utils._rebuild_parameter,
    ("torch.nn.backends.thnn", "_get_thnn_function_backend"): _nothing,
    ("torch.nn.modules.conv", "Conv1d"): Inert,
    ("torch.nn.modules.conv", "ConvTranspose1d"): Inert,
    ("torch.nn.modules.container", "ModuleList"): Inert,
    ("torch.nn.utils.weight_norm", "WeightNorm"): Inert,
    ("torch.nn.parameter", "Parameter"): torch.nn.Parameter,
}


def read_module(path: Path, classes: set[tuple[str, str]]) -> dict[str, Any]:
    """Load a `torch.save` file with pickled modules of the given (module, class) pairs.

    Raises `CheckpointError` for a file that names any other class or function.
    """
    known: dict[tuple[str, str], Any] = {**HARMLESS, **dict.fromkeys(classes, Inert)}
    return read_inert(path, known.get)


def read_inert(path: Path, find: Callable[[tuple[str, str]], Any]) -> dict[str, Any]:
    """Load a `torch.save` file whose (module, name) pairs are what `find` says, and never what they
    name. Raises `CheckpointError` for a file that names anything for which it says None.
    """

    class Unpickler(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            found = find((module, name))
            if found is None:
                raise pickle.UnpicklingError(f"it asks for {module}.{name}")
            return found

    def load(file: Any, **options: Any) -> Any:
        return Unpickler(file, **options).load()

    door = SimpleNamespace(
        Unpickler=Unpickler, load=load, UnpicklingError=pickle.UnpicklingError, __name__="inert"
    )
    refuse_other_files(path)
    try:
        with warnings.catch_warnings():  # the source of a placeholder differs from that in the file
            warnings.simplefilter("ignore", torch.serialization.SourceChangeWarning)
            content = torch.load(path, map_location="cpu", pickle_module=door, weights_only=False)
    except Exception as error:  # what a broken file does to the unpickler cannot be listed
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise CheckpointError(
            f"{path}: cannot be read without running code from it: {reason}"
        ) from None
    if not isinstance(content, dict):
        raise CheckpointError(f"{path}: expected a dict, found {type(content).__name__}")
    return content


def state_of(module: Any, prefix: str = "") -> dict[str, Tensor]:
    """The state dict of a placeholder for a `torch.nn.Module`."""
    state: dict[str, Tensor] = {}
    for group in ("_parameters", "_buffers"):
        for name, tensor in _mapping(module, group).items():
            if isinstance(tensor, Tensor):
                state[f"{prefix}{name}"] = tensor.detach()
    for name, child in _mapping(module, "_modules").items():
        state |= state_of(child, f"{prefix}{name}.")
    return state


def _mapping(module: Any, name: str) -> Mapping[str, Any]:
    found = getattr(module, name, None)
    return found if isinstance(found, Mapping) else {}
