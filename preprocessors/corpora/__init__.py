"""The corpus layouts, one module each, named after the layout.

A module has `read(corpus)`, which yields an `Utterance` or a `Rejected` for each line of the corpus
and raises `DataError` if the folder holds no such corpus.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from recital.utils.config import nearest
from recital.utils.errors import ConfigError

if TYPE_CHECKING:
    from recital.preprocessors.entries import Corpus
    from recital.processors.store import Rejected, Utterance

    Read = Callable[[Corpus], Iterator[Utterance | Rejected]]


def layouts() -> list[str]:
    """The module names of this folder, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def find_layout(name: str, key: str = "dataset_layout") -> Read:
    """The `read` of a layout. Raises `ConfigError` naming the config's `key` if it is unknown."""
    known = layouts()
    if name not in known:
        hint = nearest(name, known) or f"; known: {', '.join(known)}"
        raise ConfigError(f"{key}: no corpus layout {name!r}{hint}")
    read: Read = importlib.import_module(f"recital.preprocessors.corpora.{name}").read
    return read
