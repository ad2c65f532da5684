"""The settings by which the last stage 1 chose utterances and drew splits: `index/choices.json`.

Recipes share the features of a corpus, and its manifest and splits are those of the stage 1 that
ran last. A training compares them with its own config.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recital.processors.features import PreprocessConfig
from recital.processors.store import FeatureStore

RECORD = "choices.json"
DECISIVE = ("min_seconds", "max_seconds", "valid", "test", "golden_test", "seed", "textgrid")


def choices(
    folder: Path,
    preprocess: PreprocessConfig,
    exclude: Mapping[str, str] | None,
    splits: Mapping[str, Sequence[Path]],
    *,
    of_texts: bool = True,
) -> dict[str, Any]:
    """Key of the config -> value, of what decides. `folder` is that of the corpus; `exclude` is
    None where the list is missing; TextGrids decide for a model of texts alone.
    """
    # names of files and folders without their places: features may be made on another machine.
    # A folder and a link to it are one corpus.
    found: dict[str, Any] = {"dataset_path": folder.resolve().name}
    found |= {f"preprocess.{name}": getattr(preprocess, name) for name in DECISIVE}
    if not of_texts:
        found["preprocess.textgrid"] = None
    if exclude is not None:
        found["dataset_exclude"] = sorted(exclude)
    found["dataset_splits"] = {name: [p.name for p in paths] for name, paths in splits.items()}
    return found


def keep_choices(store: FeatureStore, made: Mapping[str, Any]) -> None:
    """Record the choices of a stage 1. A run with nothing to do touches no file."""
    if _kept(store) != made:
        store.index.write(RECORD, [f"{json.dumps(made)}\n".encode()])


def other_choices(store: FeatureStore, own: Mapping[str, Any]) -> list[str]:
    """What the last stage 1 chose otherwise than `own`, a phrase each: "preprocess.valid 12, here
    32". Nothing if there is no record, as in a store of an earlier version.
    """
    made = _kept(store)
    return [
        f"{key} {_difference(made[key], value)}"
        for key, value in own.items()
        if key in made and made[key] != value
    ]


def _kept(store: FeatureStore) -> dict[str, Any]:
    try:
        found = json.loads(store.index.read(RECORD))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _difference(made: Any, own: Any) -> str:
    there, here = _short(made), _short(own)
    return f"{there}, here {here if here != there else 'of others'}"


def _short(value: Any) -> str:
    if isinstance(value, list | dict):
        return f"of {len(value)}" if value else "none"
    return json.dumps(value)
