"""Checkpoint directories, written atomically and read without unpickling.

`config.json` (resolved: enough to rebuild the model), `model.safetensors` (for inference), `train/`
(for resuming; see `utils/training/training_state.py`) and `sha256.json`, the manifest that shows
whether the checkpoint is complete. A checkpoint is written to a temporary folder, synced and
renamed, so that a kill at any moment leaves the old ones or the new one.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from recital.utils.errors import CheckpointError
from recital.utils.files import as_path, sha256_of, share
from recital.utils.json_files import read_object

CONFIG, MODEL, MANIFEST = "config.json", "model.safetensors", "sha256.json"
STATE = "train/state.json"  # `step`, `valid_loss`, and values for resuming
FOLDER = "checkpoint"  # of an experiment directory
HEADROOM = 64 * 2**20  # bytes that must remain free on the disk after a checkpoint

logger = logging.getLogger(__name__)


def save_model(
    directory: str | Path, model_state: Mapping[str, Tensor], config: Mapping[str, Any]
) -> None:
    """Write a checkpoint for inference only (no `train/`), as importers do. `directory` must not
    exist or must be empty.
    """
    write(Path(directory), {MODEL: model_state, CONFIG: config})


def load_state(directory: Path) -> tuple[dict[str, Any], dict[str, dict[str, Tensor]]]:
    """The training state of a checkpoint: `state.json`, and the tensors of each file under `train/`
    by its stem.
    """
    verify(directory)
    if not (directory / STATE).is_file():
        raise CheckpointError(
            f"{directory}: was not left by training (no {STATE}); finetune from it instead of "
            "resuming"
        )
    files = sorted((directory / STATE).parent.glob("*.safetensors"))
    return read_json(directory / STATE), {path.stem: read_tensors(path) for path in files}


def find(directory: str | Path, which: Literal["last", "best"] = "last") -> Path:
    """`directory` itself if it is a checkpoint, or the newest complete or the best checkpoint of an
    experiment. The experiment's `checkpoint/` means the experiment, and so does `checkpoints/`, as
    others call it; a checkpoint's `model.safetensors` means the checkpoint.
    """
    directory = as_path(directory)
    if directory.name == MODEL and directory.is_file():
        directory = directory.parent
    if is_checkpoint(directory):
        verify(directory, (CONFIG, MODEL))
        return directory
    found = find_checkpoints(_experiment_of(directory))
    if not found:
        raise CheckpointError(
            f"{directory}: holds no checkpoint; expected a folder with {MODEL} and {MANIFEST}, or "
            "an experiment with "
            f"such folders under {FOLDER}/"
        )
    if which == "best":
        scored = {path: loss for path in found if (loss := valid_loss(path)) is not None}
        found = sorted(scored, key=scored.__getitem__)
    for path in found:
        try:
            verify(path)
        except CheckpointError as error:
            logger.warning("%s; passing over it", error)
        else:
            return path
    raise CheckpointError(
        f"{directory}: none of its checkpoints is {'validated and ' * (which == 'best')}whole"
    )


def is_checkpoint(directory: Path) -> bool:
    """Whether a folder is a checkpoint, complete or not."""
    return (directory / MANIFEST).is_file()


def _experiment_of(directory: Path) -> Path:
    """The experiment that a folder is, or is the checkpoints of."""
    named = directory.absolute()
    if named.name in (FOLDER, f"{FOLDER}s") and (named.parent / FOLDER).is_dir():
        return named.parent
    return directory


def find_checkpoints(expt_dir: str | Path) -> list[Path]:
    """The checkpoints of an experiment, newest (by step) first, complete or not."""
    found = (Path(expt_dir) / FOLDER).glob("epoch-*_step-*_loss-*")
    return sorted((p for p in found if p.is_dir()), key=step_of, reverse=True)


def checkpoint_name(epoch: int, step: int, loss: float) -> str:
    """The usual form: `epoch-0012_step-0003400_loss-0.512345`."""
    return f"epoch-{epoch:04d}_step-{step:07d}_loss-{loss:.6f}"


def step_of(checkpoint: Path) -> int:
    """The step in a checkpoint's name, or -1."""
    digits = checkpoint.name.partition("_step-")[2].partition("_")[0]
    return int(digits) if digits.isdigit() else -1


def epoch_of(checkpoint: Path) -> int:
    """The number of finished epochs in a checkpoint's name, or -1."""
    digits = checkpoint.name.removeprefix("epoch-").partition("_")[0]
    return int(digits) if digits.isdigit() else -1


def valid_loss(checkpoint: Path) -> float | None:
    """The validation loss at the step of a checkpoint, None if it was not validated."""
    try:
        found = read_json(checkpoint / STATE).get("valid_loss")
    except CheckpointError:
        return None
    return found if isinstance(found, (int, float)) else None


def verify(directory: Path, names: Iterable[str] | None = None) -> None:
    """Raise `CheckpointError` unless the files have the length and SHA-256 of the manifest:
    `names`, by default all files of the manifest and the folder.
    """
    manifest = read_json(directory / MANIFEST)
    if names is None:
        tensors = (p.relative_to(directory).as_posix() for p in directory.rglob("*.safetensors"))
        state = [STATE] if (directory / STATE).is_file() else []
        names = dict.fromkeys([CONFIG, MODEL, *state, *sorted(tensors), *manifest])
    for name in names:
        path = directory / name
        entry = manifest.get(name)
        if not path.is_file():
            raise CheckpointError(
                f"{directory}: is broken: {name} is missing; copy its folder again"
            )
        if not isinstance(entry, dict):
            raise CheckpointError(
                f"{directory}: is broken: {MANIFEST} does not list {name}, so it cannot be "
                "verified; use another checkpoint"
            )
        if path.stat().st_size != entry.get("bytes") or sha256_of(path) != entry.get("sha256"):
            raise CheckpointError(
                f"{directory}: is broken: {name} differs from {MANIFEST}; use another checkpoint"
            )


def model_hash(directory: Path) -> str:
    """The SHA-256 of a checkpoint's weights, from its manifest."""
    verify(directory, (MODEL,))
    return str(read_json(directory / MANIFEST)[MODEL]["sha256"])


def set_weights(module: nn.Module, weights: Mapping[str, Tensor], where: str | Path) -> None:
    """Copy `weights` into a module, strictly: `CheckpointError` names each missing, extra or
    mis-shaped key.
    """
    own = module.state_dict()
    problems = [f"missing {key} {list(own[key].shape)}" for key in own.keys() - weights.keys()]
    problems += [f"extra {key} {list(weights[key].shape)}" for key in weights.keys() - own.keys()]
    problems += [
        f"{key} is {list(weights[key].shape)}, expected {list(own[key].shape)}"
        for key in own.keys() & weights.keys()
        if own[key].shape != weights[key].shape
    ]
    if problems:
        shown = "; ".join(sorted(problems)[:8]) + f"; and {len(problems) - 8} more" * (
            len(problems) > 8
        )
        raise CheckpointError(
            f"{where}: is from another model; its tensors must be those that the config builds: "
            f"{shown}"
        )
    broken = [key for key, w in weights.items() if not bool(w.isfinite().all())]
    if broken:
        raise CheckpointError(
            f"{where}: holds NaN or infinity in {', '.join(sorted(broken)[:3])}; take an earlier "
            "checkpoint"
        )
    module.load_state_dict(weights)


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object of a checkpoint."""
    return read_object(path, CheckpointError, "is missing")


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read a safetensors file to the CPU."""
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path}: cannot be read: {error}") from None


def write(directory: Path, files: Mapping[str, Mapping[str, Any]]) -> None:
    """Write a checkpoint of `.safetensors` (name -> Tensor) and `.json` files atomically.

    Raises `CheckpointError` if `directory` is not empty, or the disk has too little space.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise CheckpointError(f"{directory}: exists already; remove it or choose another folder")
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CheckpointError(f"{directory}: cannot be written: {error}") from None
    _require_room(directory.parent, files)
    temporary = directory.parent / f".writing-{directory.name}"
    shutil.rmtree(temporary, ignore_errors=True)  # from a run that was killed while writing
    try:
        manifest = {}
        for name, content in files.items():
            path = temporary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".json":
                path.write_text(
                    json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
                )
            else:
                save_file(_storable(content), path)
                share(path)
            manifest[name] = {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
        (temporary / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
        for path in [*temporary.rglob("*"), temporary]:
            _fsync(path)
        os.replace(temporary, directory)
        _fsync(directory.parent)
    except (OSError, SafetensorError) as error:  # the latter for a full disk
        raise CheckpointError(
            f"{directory}: cannot be written: {error}; make room and resume from the last one"
        ) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def remove(checkpoint: Path) -> None:
    """Delete a checkpoint such that a kill half-way leaves none that looks complete."""
    away = checkpoint.parent / f".removing-{checkpoint.name}"
    shutil.rmtree(away, ignore_errors=True)
    os.replace(checkpoint, away)
    shutil.rmtree(away, ignore_errors=True)


def prune(
    expt_dir: Path,
    keep_last: int,
    is_milestone: Callable[[int, int | None], bool] = lambda step, epoch: False,
) -> None:
    """Remove all checkpoints but the newest `keep_last`, the best by validation loss, and those of
    which `is_milestone(step, epoch)` is true; the epoch is given for the first of each only.
    """
    found = find_checkpoints(expt_dir)  # the newest first
    first = {epoch_of(path): path for path in found}
    losses = {path: loss for path in found if (loss := valid_loss(path)) is not None}
    best = min(losses, key=losses.__getitem__) if losses else None
    for path in found[keep_last:]:
        epoch = epoch_of(path) if path == first[epoch_of(path)] else None
        if path != best and not is_milestone(step_of(path), epoch):
            remove(path)


def set_aside(expt_dir: Path, step: int) -> list[str]:
    """Rename the checkpoints after `step`, broken or from an abandoned continuation; returns their
    old names.
    """
    beyond = [path for path in find_checkpoints(expt_dir) if step_of(path) > step]
    for path in beyond:
        away = path.with_name(f"abandoned-{path.name}")
        shutil.rmtree(away, ignore_errors=True)
        os.replace(path, away)
    return [path.name for path in beyond]


def sweep(expt_dir: Path) -> None:
    """Delete partial checkpoints of killed runs. Only the process that saves may call it."""
    for pattern in (".writing-*", ".removing-*"):
        for path in (expt_dir / FOLDER).glob(pattern):
            shutil.rmtree(path, ignore_errors=True)


def _storable(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors on the CPU, contiguous, with a copy of each tensor that shares its memory:
    safetensors cannot store shared tensors.
    """
    stored: dict[str, Tensor] = {}
    seen: set[int] = set()
    for name, tensor in tensors.items():
        tensor = tensor.detach().cpu().contiguous()
        pointer = tensor.untyped_storage().data_ptr()
        stored[name] = tensor.clone() if pointer in seen else tensor
        seen.add(pointer)
    return stored


def _require_room(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> None:
    tensors = [t for content in files.values() for t in content.values() if isinstance(t, Tensor)]
    needed = sum(t.numel() * t.element_size() for t in tensors) + HEADROOM
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise CheckpointError(
            f"{folder}: no room for a checkpoint: {needed / 2**20:.0f} MiB are needed, "
            f"{free / 2**20:.0f} MiB are free; "
            "make room and resume from the last one"
        )


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
