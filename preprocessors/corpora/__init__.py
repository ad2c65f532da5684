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

from recital.utils.config import nearest
from recital.utils.errors import ConfigError

if TYPE_CHECKING:
    from recital.preprocessors.entries import Corpus
    from recital.processors.store import Rejected, Utterance

    Read = Callable[[Corpus], Iterator[Utterance | Rejected]]


PLACEHOLDER = re.compile(r"\[[^]]*(?:path|dataset)[^]]*\]|<[^>]*>|path[/_]to\b|YOUR", re.IGNORECASE)
# layout -> where its corpus is published
SOURCES = {
    "aishell3": "https://www.openslr.org/93",
    "arctic": "http://www.festvox.org/cmu_arctic",
    "commonvoice": "https://commonvoice.mozilla.org/datasets",
    "css10": "https://github.com/Kyubyong/css10",
    "hifitts": "https://www.openslr.org/109",
    "libritts": "https://www.openslr.org/60",
    "ljspeech": "https://keithito.com/LJ-Speech-Dataset",
    "mailabs": "https://github.com/imdatceleste/m-ailabs-dataset",
    "vctk": "https://datashare.ed.ac.uk/handle/10283/3443",
}


def missing_corpus(folder: Path, layout: str) -> str:
    """The remedy for a missing corpus folder; "" if there is none."""
    if PLACEHOLDER.search(str(folder)):
        return (
            f"{folder}: is a placeholder of a published config; write the folder of your "
            "recordings there (dataset_path)"
        )
    if layout not in SOURCES:
        return ""
    return (
        f"{folder}: there is no such folder; name that of the recordings in dataset_path. The "
        f"corpus of layout {layout} is at {SOURCES[layout]}"
    )


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
