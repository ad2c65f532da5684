"""What is compared, and how the code of others is imported from a checkout."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from torch import Tensor

from recital.utils.config import ROOT
from recital.utils.errors import UsageError

MISSING = "there is no {file}; give the root of a checkout of {url}"


class Pair(NamedTuple):
    """Two functions that do the same work. If they are `alike`, both return the same wave, [S]."""

    ours: Callable[[], object]
    theirs: Callable[[], object]
    alike: bool = False


class Code(NamedTuple):
    """A public repository whose code can be run beside ours."""

    url: str
    file: str  # one that a checkout has


class Options(dict[str, Any]):
    """A dictionary whose keys are attributes, too: the configs of the references."""

    def __getattr__(self, name: str) -> Any:
        return self[name]


def options(tree: Mapping[str, Any]) -> Options:
    """A tree of `Options`."""
    return Options(
        {k: options(value) if isinstance(value, Mapping) else value for k, value in tree.items()}
    )


def check_checkout(name: str, code: Code, folder: Path) -> None:
    """Raise `UsageError` if a folder is no checkout of a repository."""
    if not (folder / code.file).is_file():
        reason = MISSING.format(file=code.file, url=code.url)
        raise UsageError(f"--code {name}={folder}: {reason}")


def foreign(folder: Path, module: str, without: Sequence[str] = ()) -> Any:
    """Import a module of a checkout, in a process of its own: the packages there have names such as
    `models` and `utils`, as folders of ours have. Packages that it imports but does not call here,
    `without`, need not be installed.
    """
    for name in without:
        sys.modules.setdefault(name, _Empty(name))
    others = [p for p in sys.path if Path(p).resolve() not in (ROOT, folder)]
    sys.path[:] = [str(folder), *others]
    return importlib.import_module(module)


class _Empty(ModuleType):
    """A module from which any name can be imported; classes can be derived from each."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything


class _Anything:
    def __init_subclass__(cls, **_: object) -> None:
        pass


def peak_difference(ours: Tensor, theirs: Tensor) -> float:
    """The largest difference of two waves, as a share of the peak; a few samples at the end, which
    one may leave out, are not compared.
    """
    a, b = ours.flatten(), theirs.flatten()
    n = min(len(a), len(b))
    return float((a[:n] - b[:n]).abs().max() / b.abs().max())
