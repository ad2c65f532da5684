"""Configs of Amphion: recognized, and converted to ours by the table of `amphion_keys`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recital.bins.common.amphion_keys import (
    BASES,
    DIFFERENT,
    DISCRIMINATORS,
    MODELS_OF,
    Base,
    find_key,
)
from recital.preprocessors.corpora import PLACEHOLDER, layouts
from recital.utils.config import MAX_FILES, REPLACE, Tree, merge, nearest
from recital.utils.errors import ConfigError
from recital.utils.json_files import read_object

SURE = ("preprocess.sample_rate", "preprocess.hop_size", "preprocess.n_mel", "model.transformer")
KIND = re.compile(
    r"model\.generator$|model_type$|base_config$|model\.discriminators$|use_custom_.*"
)


@dataclass
class Converted:
    """A converted config, and what happened to each of its keys."""

    tree: Tree = field(default_factory=dict)  # ours
    moved: dict[str, str] = field(default_factory=dict)  # theirs -> ours
    not_needed: dict[str, str] = field(default_factory=dict)  # theirs -> why
    # theirs -> why; it may change the result
    left_out: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)  # why there is nothing to train


def is_amphion(path: Path) -> bool:
    """Whether a file is a config of Amphion."""
    try:
        tree = read_object(path, unique=False)
    except ConfigError:
        return False
    base = tree.get("base_config")
    return (isinstance(base, str) and base in BASES) or any(
        name.startswith(SURE) for name, _ in _leaves(tree, "")
    )


def refuse_amphion(path: str | Path) -> None:
    """Raise `ConfigError` with everything that is to change, if the file is a config of Amphion."""
    if not is_amphion(Path(path)):
        return
    found = convert_amphion(Path(path))
    rows = [*found.moved.items(), *((k, f"({why})") for k, why in found.not_needed.items())]
    listed = "".join(f"\n  {theirs:<40} {ours}" for theirs, ours in rows if theirs != ours)
    wrong = "".join(f"\n  {k}: {why}" for k, why in found.left_out.items())
    if found.errors:
        wrong = "".join(f"\n  {reason}" for reason in found.errors)
    raise ConfigError(
        f"{path}: is a config of Amphion. Convert it: .venv/bin/python -m "
        f"recital.bins.import_config {path} --output FILE (a trained model needs none of this: "
        f"name its folder)."
        + (f" Its keys here:{listed}" if listed else "")
        + (f"\nwithout a counterpart, or to be filled in:{wrong}" if wrong else "")
    )


def convert_amphion(path: Path) -> Converted:
    """Convert a config, with the bases of Amphion's recipes that are found above it; those of its
    `config/` are replaced by ours. Raises `ConfigError` for a file that cannot be read.
    """
    found = Converted()
    tree, bases = _chain(path, found, ())
    kind = _model(tree, bases, found)
    ours = [*kind.ours, *(name for base in bases for name in BASES[base].ours)]
    found.tree["base_config"] = list(dict.fromkeys(ours)) if len(set(ours)) > 1 else ours[0]
    found.tree["model_type"] = kind.model_type
    theirs = next((k for k, v in MODELS_OF.items() if v == kind), "")
    _set_discriminators(tree, theirs, found)
    for name, value in _leaves(tree, ""):
        if not KIND.match(name):
            _move(name, value, theirs, found)
    _set_model(tree, theirs, found)
    _set_datasets(tree, found)
    for base in bases:
        for text in DIFFERENT.get(base, ()):
            found.not_needed[base] = f"{found.not_needed.get(base, 'it sets')} {text};"
    return found


def _chain(path: Path, found: Converted, seen: tuple[Path, ...]) -> tuple[Tree, list[str]]:
    """A file over its bases, and the names of the bases that ours replace."""
    if path.resolve() in seen or len(seen) >= MAX_FILES:
        raise ConfigError(f"{path}: base_config goes in a circle")
    tree = read_object(path, unique=False)
    name = tree.get("base_config")
    if name is None:
        return tree, []
    if not isinstance(name, str):
        raise ConfigError(f"{path}: base_config: expected the path of one file, found {name!r:.80}")
    if not name.startswith("config/"):
        for folder in path.resolve().parents:
            if (folder / name).is_file():
                base, names = _chain(folder / name, found, (*seen, path.resolve()))
                return merge(base, tree), names
    if name not in BASES:
        hint = nearest(name, BASES) or f"; known without its file: {', '.join(BASES)}"
        found.left_out["base_config"] = f"no file {name} above {path}{hint}"
        return tree, []
    found.moved["base_config"] = ", ".join(BASES[name].ours) or name
    return tree, [name]


def _model(tree: Tree, bases: list[str], found: Converted) -> Base:
    """The model of a config; without a counterpart that is an error, and HiFi-GAN."""
    generator = _section(tree, "model").get("generator")
    given = str(tree.get("model_type") or "")
    of_base = next((BASES[base].model_type for base in bases if BASES[base].model_type), "")
    name = str(generator or "") if given in ("", "GANVocoder", "DiffusionVocoder") else given
    name = name or of_base
    if name.lower() in MODELS_OF:
        found.moved["model_type"] = MODELS_OF[name.lower()].model_type
        return MODELS_OF[name.lower()]
    known = ", ".join(base.model_type for base in MODELS_OF.values())
    found.errors.append(
        f"model_type: {name or 'no model'} has no counterpart here; those that have one: {known}"
    )
    return MODELS_OF["hifigan"]


def _section(tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = tree.get(name)
    return found if isinstance(found, Mapping) else {}


def _leaves(tree: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and name != "dataset_path":
            yield from _leaves(value, f"{name}.")
        else:
            yield name, value


def _move(name: str, value: Any, theirs: str, found: Converted) -> None:
    """Set our keys for one of theirs, or note why not."""
    key = find_key(name)
    parts = name.split(".")
    if name.startswith("model.") and parts[1] in MODELS_OF and parts[1] != theirs:
        found.not_needed[name] = f"the model is {theirs}"
    elif key is None:
        found.left_out[name] = "has no counterpart"
    elif not key.ours:
        found.not_needed[name] = key.note
    elif key.ours[0].startswith(("model.pitch.", "model.energy.")) and theirs != "fastspeech2":
        found.not_needed[name] = "this model predicts none"
    elif key.ours[0].startswith("model.discriminators.") and not _lists(found, key.ours[0]):
        found.not_needed[name] = "this discriminator is not in the list"
    else:
        try:
            value = key.convert(value)
        except (TypeError, ValueError) as error:
            found.left_out[name] = str(error)
            return
        found.moved[name] = ", ".join(key.ours)
        for ours in key.ours:
            _put(found.tree, ours, value)


def _lists(found: Converted, ours: str) -> bool:
    return ours.split(".")[2] in found.tree.get("model", {}).get("discriminators", {})


def _put(tree: Tree, place: str, value: Any) -> None:
    """Set `a.b` to a value; `a.b[1]` to an item of a list."""
    *sections, last = place.split(".")
    for section in sections:
        tree = tree.setdefault(section, {})
    if item := re.fullmatch(r"(\w+)\[(\d)\]", last):
        values = tree.setdefault(item[1], [])
        values += [value] * (int(item[2]) + 1 - len(values))
        values[int(item[2])] = value
    else:
        tree[last] = value


def _set_discriminators(tree: Tree, theirs: str, found: Converted) -> None:
    """The list of discriminators, each with the arguments of our defaults."""
    names = _section(tree, "model").get("discriminators")
    if not isinstance(names, list) or theirs in ("diffwave", "fastspeech2", "vits"):
        return
    chosen: Tree = {REPLACE: True}
    for name in map(str, names):
        if name in DISCRIMINATORS:
            chosen[DISCRIMINATORS[name]] = {}
        else:
            found.left_out[f"model.discriminators: {name}"] = (
                f"has no counterpart; the discriminators here: {', '.join(DISCRIMINATORS)}, the "
                "last as `cqt`"
            )
    _put(found.tree, "model.discriminators", chosen)
    found.moved["model.discriminators"] = "model.discriminators"


def _set_model(tree: Tree, theirs: str, found: Converted) -> None:
    """What depends on several of their keys."""
    if theirs == "melgan" and (options := _section(_section(tree, "model"), "melgan")):
        width, rates = options.get("ngf"), options.get("ratios")
        if isinstance(width, int) and isinstance(rates, list) and len(rates) < 16:
            _put(found.tree, "model.generator.channels", width << len(rates))
    audio = found.tree.get("audio", {})
    if theirs == "vits":
        if found.tree.get("model", {}).get("deterministic_durations"):
            _put(found.tree, "model.stochastic_durations", None)
        samples = _section(tree, "preprocess").get("segment_size")
        if isinstance(samples, int):
            hop = audio.get("hop_length", 256)
            _put(found.tree, "model.segment_frames", samples // hop)
            found.moved["preprocess.segment_size"] = "model.segment_frames"
            found.not_needed.pop("preprocess.segment_size", None)
    if "padding" in audio:
        audio["power_floor"] = 0.0 if audio["padding"] == "center" else 1e-9


def _set_datasets(tree: Tree, found: Converted) -> None:
    """Names without a layout, and folders that are still placeholders."""
    if not isinstance(tree.get("dataset"), list) or not tree["dataset"]:
        found.left_out["dataset"] = "none is listed; write the names of your corpora there"
        found.tree["dataset"] = ["LJSpeech"]
    names = [str(name) for name in found.tree["dataset"]]
    known = layouts()
    if strange := [name for name in names if name.lower() not in known]:
        found.left_out["dataset"] = (
            f"no corpus layout is called {', '.join(strange)}; set dataset_layout for each "
            "(docs/corpora.md), or take them off the list"
        )
    given = found.tree.pop("dataset_path", {})
    paths = {name: str(given.get(name, "")) for name in names} if isinstance(given, dict) else {}
    filled = {name: path for name, path in paths.items() if path and not PLACEHOLDER.search(path)}
    if missing := [name for name in names if name not in filled]:
        found.left_out["dataset_path"] = (
            f"is missing, or a placeholder, for {', '.join(missing)}; write the folders of the "
            "recordings"
        )
    found.tree["dataset_path"] = filled
