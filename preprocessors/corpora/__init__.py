"""The corpus layouts, one module each, named after the layout.

A module has `read(corpus)`, which yields an `Utterance` or a `Rejected` for each line of the corpus
and raises `DataError` if the folder holds no such corpus.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from recital.preprocessors.published import of_layout
from recital.utils.config import nearest
from recital.utils.errors import ConfigError

if TYPE_CHECKING:
    from recital.preprocessors.entries import Corpus
    from recital.processors.store import Rejected, Utterance

    Read = Callable[[Corpus], Iterator[Utterance | Rejected]]


PLACEHOLDER = re.compile(r"\[[^]]*(?:path|dataset)[^]]*\]|<[^>]*>|path[/_]to\b|YOUR", re.IGNORECASE)


def missing_corpus(folder: Path, layout: str, dataset: str = "NAME", config: str = "") -> str:
    """The remedy for a missing corpus folder: the key, its file, and how to get a published one; ""
    for the layout that makes its corpus.
    """
    if layout == "embedded":
        return ""
    key = f"dataset_path.{dataset}{f' of {config}' if config else ''}"
    if PLACEHOLDER.search(str(folder)):
        return (
            f"{folder}: is a placeholder of a published config; write the folder of your "
            f"recordings to {key}"
        )
    found = of_layout(layout)
    remedy = (
        f"{folder}: there is no such folder; name that of your recordings, with run.sh as "
        f"--dataset_path FOLDER, or in {key}"
    )
    if found is None:
        return remedy
    name, corpus = found
    command = f".venv/bin/python -m recital.bins.get_corpus {name}"
    return f"{remedy}, or get {name} ({corpus.page}) with: {command}"


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
