"""Configs that begin from a trained voice (`finetune_from`), and whose settings depend on how much
speech there is (`by_minutes`).

`finetune_from` names a voice or a checkpoint. What its weights need is under the config as another
base: `audio`, `model`, `text`, `symbols`, and how recordings are trimmed and F0 is found.
`by_minutes` is a list of rows: `below` (minutes of training data for each speaker; the last row has
none) and what changes then, over the config and under `--set`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recital.processors.store import FeatureStore
from recital.processors.text.symbols import MARKS
from recital.utils.config import Tree, merge, project_path
from recital.utils.errors import CheckpointError, ConfigError, DataError

FINETUNE_FROM, BY_MINUTES, BELOW = "finetune_from", "by_minutes", "below"
LEAST = 5  # recordings to learn from


def starting_point(voice: str, model_type: str) -> Path:
    """The checkpoint that a config's `finetune_from` names; a path is relative to the project."""
    from recital.models import entry
    from recital.places import locate

    path = project_path(voice)
    return locate(path if path.exists() else voice, entry(model_type).kind)


def base_of(config: Mapping[str, Any]) -> Tree:
    """What a config (with all `--set`) takes from the voice of its `finetune_from`; {} without one.
    Raises `ConfigError` if that is another model.
    """
    voice, model_type = config.get(FINETUNE_FROM), config.get("model_type")
    if voice is None:
        return {}
    from recital.models import class_of
    from recital.utils import checkpoint

    if not isinstance(voice, str) or not isinstance(model_type, str):
        raise ConfigError(f"{FINETUNE_FROM}: expected the name of a voice, and model_type")
    place = starting_point(voice, model_type)
    theirs = checkpoint.read_json(place / checkpoint.CONFIG)
    if (found := theirs.get("model_type")) != model_type:
        raise ConfigError(
            f"{FINETUNE_FROM}: {place} is a {found}, this recipe's model a {model_type}; use the "
            f"recipe of {found}"
        )
    for key in ("audio", "model", "preprocess", "text"):
        if not isinstance(theirs.setdefault(key, {}), dict):
            raise CheckpointError(f"{place / checkpoint.CONFIG}: {key}: expected an object")
    # training measures the durations of the new speaker
    left_out = {"duration_scale", *class_of(model_type).training_only.values()}
    base: Tree = {
        "audio": theirs["audio"],
        "model": {key: part for key, part in theirs["model"].items() if key not in left_out},
        "preprocess": {
            key: part for key, part in theirs["preprocess"].items() if key in ("trim", "pitch")
        },
    }
    own = config.get("text", {})
    if not isinstance(own, dict):
        raise ConfigError(f"text: expected an object, found {own!r:.60}")
    return base | _text_of(theirs, own) if theirs["text"] else base


def _text_of(theirs: Mapping[str, Any], own: Mapping[str, Any]) -> Tree:
    """The text front end of a voice, for a config with `own` changes of it."""
    text = dict(theirs["text"])
    if any(key in own and own[key] != text.get(key) for key in ("voice", "languages")):
        # sounds that the other language lacked are learned now; its marks may still be missing
        spoken_as = text.get("spoken_as", {})
        text["spoken_as"] = {mark: other for mark, other in spoken_as.items() if mark in MARKS}
    if own.get("symbol_set", text.get("symbol_set")) != text.get("symbol_set"):
        return {"text": text}
    return {"text": text, "symbols": theirs.get("symbols", [])}


def row_of(config: Mapping[str, Any], minutes: float) -> Tree:
    """The row of a config's `by_minutes` for so many minutes, without its `below`."""
    for row in config.get(BY_MINUTES, []):
        if minutes < row.get(BELOW, float("inf")):
            return {key: value for key, value in row.items() if key != BELOW}
    return {}


def amounts(config: Mapping[str, Any]) -> list[float]:
    """Minutes of speech that choose each row of a config's `by_minutes`."""
    return [0.0, *(row[BELOW] for row in config.get(BY_MINUTES, []) if BELOW in row)]


def merged(config: Tree, base: Tree, row: Tree) -> Tree:
    """A config over its `base` and under the `row` of its amount of data."""
    return merge(merge(base, config), row)


def minutes_of(stores: Mapping[str, FeatureStore]) -> float:
    """The minutes of training data for each speaker. Raises `DataError` if there is too little to
    learn from.
    """
    seconds, recordings, speakers = 0.0, 0, 0
    for store in stores.values():
        manifest = store.manifest()
        rows = store.rows("train", manifest)
        seconds += float(manifest.seconds[rows].sum())
        recordings += len(rows)
        speakers += len(set(manifest.speaker[rows].tolist()))
    if recordings < LEAST:
        plural = "" if recordings == 1 else "s"
        raise DataError(
            f"{', '.join(stores)}: {recordings} recording{plural} to learn from, besides those "
            f"held out for validation and test; expected {LEAST} or more: record more sentences "
            "(docs/your-voice.md)"
        )
    return seconds / 60 / max(speakers, 1)


def describe(stores: Mapping[str, FeatureStore], minutes: float, row: Mapping[str, Any]) -> str:
    """One line on what a row of `by_minutes` sets."""
    valid = sum(len(store.split("valid")) for store in stores.values())
    changes = ", ".join(f"{key}={value}" for key, value in _flat(row))
    return (
        f"{', '.join(stores)}: {minutes:.1f} minutes of each speaker to learn from, {valid} "
        f"recordings to validate with; so, unless --set says otherwise: {changes or 'no change'}"
    )


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Sequence[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in tree.items():
        found += (
            _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, value)]
        )
    return found
