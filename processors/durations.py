"""Durations of tokens in a folder: `ab/<id>.npy`, integer frames [N], where `ab` is a hash of the
id, so that no folder has many files. Durations of your own may be at `<id>.npy`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np


def find_durations(folder: Path, id: str) -> Path:
    """The file of an utterance that is there, or where it would be."""
    path, plain = _path(folder, id), folder / f"{id}.npy"
    return plain if not path.is_file() and plain.is_file() else path


def save_durations(folder: Path, id: str, durations: np.ndarray) -> None:
    """Write the durations [N] (frames a token) of an utterance, instead of those that it has."""
    remove_durations(folder, id)
    path = _path(folder, id)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, durations)


def remove_durations(folder: Path, id: str) -> None:
    """Remove the durations of an utterance, if there are any."""
    for path in (_path(folder, id), folder / f"{id}.npy"):
        path.unlink(missing_ok=True)


def _path(folder: Path, id: str) -> Path:
    return folder / hashlib.sha256(id.encode()).hexdigest()[:2] / f"{id}.npy"
