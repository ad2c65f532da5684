"""Mel spectrogram files of other programs: `.npy`, `.pt` and `.safetensors`."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from recital.modules.contract.audio import AudioConfig
from recital.utils.errors import DataError
from recital.utils.files import read_array


def read_mel(path: Path, audio: AudioConfig) -> Tensor:
    """Read one log mel, [n_mels, T] float32; the file may have a batch dimension, [1, n_mels, T].

    Nothing is unpickled. Raises `DataError` for a file that cannot be read, or has another shape,
    no frame, or NaN.
    """
    mel = READERS[path.suffix.lower()](path)
    found = list(mel.shape)
    if mel.dim() == 3 and len(mel) == 1:
        mel = mel[0]
    if mel.dim() != 2 or mel.shape[0] != audio.n_mels or not mel.is_floating_point():
        turned = mel.dim() == 2 and mel.shape[1] == audio.n_mels
        remedy = "transpose it" if turned else "make it with the vocoder's audio section"
        raise DataError(
            f"{path}: expected a mel of floats with the shape [{audio.n_mels}, T], found "
            f"{found} of {str(mel.dtype).removeprefix('torch.')}; {remedy}"
        )
    mel = mel.float()
    if mel.shape[1] == 0 or not bool(mel.isfinite().all()):
        what = "no frame" if mel.shape[1] == 0 else "NaN or infinity"
        raise DataError(f"{path}: holds {what}; make it again")
    return mel


def _npy(path: Path) -> Tensor:
    try:
        array = read_array(path)
        return torch.from_numpy(np.ascontiguousarray(array.astype(array.dtype.newbyteorder("="))))
    except (OSError, ValueError, TypeError, AttributeError, EOFError) as error:
        raise _unreadable(path, error) from None


def _pt(path: Path) -> Tensor:
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise _unreadable(path, error) from None
    except Exception as error:  # a file of any other kind: KeyError for a text, say
        if isinstance(error, pickle.UnpicklingError) and "GLOBAL" in str(error):
            # torch advises to switch the check off, which would run what the file says
            raise DataError(
                f"{path}: cannot be read as a mel: holds more than tensors; write the mel alone"
            ) from None
        raise _unreadable(path, ValueError("is no whole file of torch.save")) from None
    return _only(path, found if isinstance(found, dict) else {"mel": found})


def _safetensors(path: Path) -> Tensor:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return _only(path, load_file(path))
    except (OSError, SafetensorError) as error:
        raise _unreadable(path, error) from None


def _only(path: Path, tensors: dict[str, Any]) -> Tensor:
    """The tensor named `mel`, or the only one."""
    found = tensors.get("mel", next(iter(tensors.values())) if len(tensors) == 1 else None)
    if not isinstance(found, Tensor):
        names = ", ".join(map(str, tensors)) or "nothing"
        raise DataError(f"{path}: expected one tensor, or one named 'mel'; found {names}")
    return found


def _unreadable(path: Path, error: Exception) -> DataError:
    why = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return DataError(f"{path}: cannot be read as a mel: {why[:160]}; write it again")


READERS: dict[str, Callable[[Path], Tensor]] = {
    ".npy": _npy,
    ".pt": _pt,
    ".safetensors": _safetensors,
}
