"""From the path that a user names to a checkpoint directory: the one resolver of all flags, of
`load_voice`, `load_vocoder` and the hub.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any, Literal

from torch import Tensor

import recital
from recital import models
from recital.models.importers import SOURCES, convert
from recital.models.importers.foreign import CONFIGS, find_near
from recital.models.importers.recognize import Found, find_foreign, without_config
from recital.modules.contract.model import AcousticModel, Model
from recital.processors.text import TextConfig, symbols_for
from recital.utils import checkpoint
from recital.utils.config import build_section, nearest
from recital.utils.errors import CheckpointError, ConfigError
from recital.utils.files import as_path
from recital.voices import HUB_NAME, SHIPPED, VOICE, from_hub, graphs_of

log = logging.getLogger(__name__)

Kind = Literal["acoustic", "vocoder"]
NOUNS = {"acoustic": "an acoustic model", "vocoder": "a vocoder"}
CACHE = ".recital"  # next to a foreign file: what it was imported to
FILES = {".onnx", ".zip", ".json", ".pt", ".pth", ".ckpt", ".safetensors"}  # no names of the hub


def locate(
    path: str | Path, kind: Kind | None = None, which: Literal["last", "best"] = "last"
) -> Path:
    """The checkpoint directory that `path` means. It may be

    - a checkpoint, an experiment, or the experiment's `checkpoint/` or `checkpoints/`;
    - the folder of a voice, with `acoustic/` and `vocoder/`, or the name of a voice that comes with
      Recital ("shipped" is the one that speaks unless another is named) or is on the model hub
      (`owner/name`): then that of the `kind`;
    - a file or folder of another project, if it is recognized: it is imported into a cache next to
      it, once.

    Raises `CheckpointError` if there is none, or if a foreign file is of another kind, is not the
    only one, or its folder cannot be written: then with the command that imports it.
    """
    place = _shipped(as_path(path))
    if checkpoint.is_checkpoint(place):
        return place
    if parts := [k for k in NOUNS if checkpoint.is_checkpoint(place / k)]:
        return _part_of_voice(place, parts, kind)
    own = any(map(checkpoint.is_checkpoint, checkpoint.find_checkpoints(place)))
    if not own:
        if found := find_foreign(place):
            return _import(place, found, kind)
        _refuse_others(place)
    return checkpoint.find(place, which)


def _part_of_voice(place: Path, parts: list[str], kind: Kind | None) -> Path:
    """The checkpoint of the `kind` in the folder of a voice, whose whole checkpoints are `parts`.
    Raises `CheckpointError`.
    """
    if kind is None and len(parts) > 1:
        either = f"{place / parts[0]} or {place / parts[1]}"
        raise CheckpointError(f"{place}: is a whole voice; name {either}")
    if (chosen := kind or parts[0]) in parts:
        return place / chosen
    if (place / chosen).is_dir():
        raise CheckpointError(
            f"{place / chosen}: is no whole checkpoint: {checkpoint.MANIFEST} is missing; copy "
            "its folder again"
        )
    raise CheckpointError(f"{place}: holds no {chosen}/, expected {NOUNS[chosen]}")


def _refuse_others(place: Path) -> None:
    """Raise `CheckpointError` for what is known to be no checkpoint, with what it is instead."""
    if almost := without_config(place):
        wanted = "; ".join(f"{layout.source}: {layout.config}" for _, layout in almost[:3])
        missing = Found(almost[0][1].source, almost[0][0])
        raise CheckpointError(
            f"{missing.file}: has the weights of another project, but not its config ({wanted}; "
            "Amphion's: args.json above it); put it there, or import it: "
            f"{_command(missing)} --config FILE"
        )
    if place.suffix in FILES and not place.exists():
        raise CheckpointError(f"{place}: no such file")
    if place.suffix == ".zip" and place.is_file():
        raise CheckpointError(f"{place}: is packed; unzip it, and name the folder that is in it")
    if place.is_file() and place.name != checkpoint.MODEL:
        raise CheckpointError(
            f"{place}: is no checkpoint that is known here, or was cut off; those that are: "
            f"{', '.join(SOURCES)}"
        )
    if not place.exists() and "[" in str(place):
        raise CheckpointError(
            f"{place}: is a placeholder of a document; write the name of your experiment there"
        )
    if graphs_of(place) is not None:
        raise CheckpointError(
            f"{place}: holds graphs alone, and this needs the weights; recital say and recital "
            "serve speak with graphs"
        )


def locate_voice(
    directory: str | Path,
    vocoder: str | Path | None = None,
    which: Literal["last", "best"] = "last",
) -> tuple[Path, Path | None]:
    """The checkpoints of an acoustic model and of its vocoder, if any: the folder of a whole
    voice has both. `which` is that of the acoustic model's experiment. Raises `ConfigError` for a
    vocoder of a model that makes waves itself.
    """
    place = _shipped(as_path(directory))
    if vocoder is None and checkpoint.is_checkpoint(place / "vocoder"):
        vocoder = place / "vocoder"
    acoustic = locate(place, "acoustic", which)
    if vocoder is None:
        return acoustic, None
    if makes_waves(acoustic):
        raise ConfigError(
            f"{vocoder}: the model of {directory} makes waves itself and needs no vocoder; leave "
            "out --vocoder_dir"
        )
    return acoustic, locate(vocoder, "vocoder")


def makes_waves(acoustic: Path) -> bool:
    """Whether the acoustic model of a checkpoint directory needs no vocoder; no for a config that
    cannot be read, of which loading it says more.
    """
    tree = checkpoint.read_json(acoustic / checkpoint.CONFIG)
    name = tree.get("model_type") if isinstance(tree, dict) else None
    if not isinstance(name, str) or name not in models.MODELS:
        return False
    kind = models.class_of(name)
    return issubclass(kind, AcousticModel) and kind.makes_waves


def _shipped(path: Path) -> Path:
    """A path as it is, or the folder of the voice of this name: of one that comes with Recital, or
    of the model hub. Raises `CheckpointError` for a plain name that is neither.
    """
    # a mistyped path in a folder that exists is no name of the hub
    is_name = HUB_NAME.fullmatch(str(path)) and path.suffix not in FILES
    if is_name and not path.exists() and not path.parent.exists():
        return from_hub(str(path))
    if path.exists() or path.name != str(path) or path.name == f"{checkpoint.FOLDER}s":
        return path
    if path.name == "shipped":
        return VOICE
    shipped = sorted(folder.parent.name for folder in SHIPPED.glob("*/acoustic"))
    if path.name in shipped:
        return SHIPPED / path.name
    hint = nearest(path.name, shipped) or f"; those that come with Recital: {', '.join(shipped)}"
    raise CheckpointError(f"{path}: no folder, and no voice of this name{hint}")


def import_foreign(
    source: str, file: Path, config: Path | None = None, *, averaged: bool = False
) -> tuple[Model, dict[str, Any]]:
    """Our model and its config, from a checkpoint of another project. Raises `CheckpointError`."""
    resolved, weights = convert(source, file, config, averaged=averaged)
    if models.entry(resolved["model_type"]).kind == "acoustic":
        _add_symbols(resolved, weights, file)
    model = models.build(resolved)
    checkpoint.set_weights(model, weights, file)
    return model, resolved


def _add_symbols(config: dict[str, Any], weights: dict[str, Tensor], source: Path) -> None:
    """Set the symbols of the token ids: from the importer, or from the symbol set of `text`."""
    symbols = config.setdefault(
        "symbols", symbols_for(build_section(TextConfig, config["text"], "text"))
    )
    table = weights.get("network.embedding.weight")
    if table is None or table.dim() != 2:
        raise CheckpointError(f"{source}: has no table of symbols")
    n_symbols = len(table)
    if len(symbols) != n_symbols:
        raise CheckpointError(
            f"{source}: has {n_symbols} symbols; its symbol set "
            f"{config['text'].get('symbol_set')} has {len(symbols)}, so that its text is unknown"
        )


def _import(place: Path, found: list[Found], kind: Kind | None) -> Path:
    """The cached import of a recognized file; imports it first if needed."""
    if len(found) > 1:
        names = "; ".join(f"{f.file} ({f.source})" for f in found[:4])
        raise CheckpointError(
            f"{place}: holds several checkpoints of other projects: {names}; name one of them, or "
            f"import it: {_command(found[0])}"
        )
    source, file = found[0]
    cache = file.parent / CACHE / f"{file.name}-{_stamp(found[0])}"
    if checkpoint.is_checkpoint(cache):
        _require_kind(checkpoint.read_json(cache / checkpoint.CONFIG), kind, file)
        return cache
    if not os.access(file.parent, os.W_OK):
        raise CheckpointError(
            f"{file}: is a checkpoint of {source}, and its folder cannot be written; import it "
            f"into another one, and name that: {_command(found[0])}"
        )
    model, config = import_foreign(source, file)
    _require_kind(config, kind, file)
    temporary = cache.with_name(f"{cache.name}.{os.getpid()}")
    try:
        checkpoint.save_model(temporary, model.state_dict(), config)
        with contextlib.suppress(OSError):  # another process was faster
            os.replace(temporary, cache)
    except CheckpointError as error:
        raise CheckpointError(f"{error}; or import it elsewhere: {_command(found[0])}") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    log.warning("%s: a checkpoint of %s; imported to %s", file, source, cache)
    return cache


def require_kind(directory: Path, kind: Kind) -> None:
    """Raise `CheckpointError` for a checkpoint directory of the other kind; a config that cannot be
    read is left to loading, which says more.
    """
    tree = checkpoint.read_json(directory / checkpoint.CONFIG)
    if isinstance(tree, dict) and tree.get("model_type") in models.MODELS:
        _require_kind(tree, kind, directory)


def _require_kind(config: dict[str, Any], kind: Kind | None, file: Path) -> None:
    model_type = config["model_type"]
    if kind is not None and models.entry(model_type).kind != kind:
        raise CheckpointError(f"{file}: is a {model_type}; expected {NOUNS[kind]}")


def _stamp(found: Found) -> str:
    """Changes when the file, a config next to it or this program does."""
    files = [found.file, *(f for name in CONFIGS if (f := find_near(found.file, name)))]
    stats = [(f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in files]
    text = json.dumps([recital.__version__, found.source, stats])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _command(found: Found) -> str:
    return (
        f".venv/bin/python -m recital.bins.import_checkpoint --source {found.source} "
        f"--checkpoint {found.file} --output_dir DIR"
    )
