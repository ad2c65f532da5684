"""Shards: safetensors files of a few dozen arrays by id, with notes as JSON in their metadata.

A shard is at `ab/abcdef.safetensors` in its folder, so that no folder has many files; older stores
have them without the folders between.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recital.utils.storage import Folder, Local

SUFFIX = ".safetensors"
# in the order of their arrays in a file, that of safetensors: none begins between two items
DTYPES: dict[str, np.dtype[Any]] = {
    "U64": np.dtype("<u8"),
    "I64": np.dtype("<i8"),
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "I32": np.dtype("<i4"),
    "U16": np.dtype("<u2"),
    "I16": np.dtype("<i2"),
    "U8": np.dtype("u1"),
}
TYPES = {dtype: name for name, dtype in DTYPES.items()}
HEADER_GUESS = 1 << 14  # bytes that are read at once, in which most headers fit
MAX_HEADER = 1 << 28


@dataclass(frozen=True)
class ShardArray:
    """The position of an array in its file."""

    dtype: np.dtype
    shape: tuple[int, ...]
    offset: int  # bytes


@dataclass(frozen=True)
class ShardHeader:
    """The header of a shard: its arrays and notes, without the data."""

    arrays: dict[str, ShardArray]
    notes: dict[str, Any]


def shard_file(name: str) -> str:
    """The file of a shard, relative to the folder of each feature."""
    return f"{name[:2]}/{name}{SUFFIX}"


def shard_files(folder: Folder, below: str = "") -> dict[str, str]:
    """All shards of a folder: their names and files."""
    found = {}
    for file in folder.names(below):
        if file.endswith(SUFFIX):
            found[file.rpartition("/")[2].removesuffix(SUFFIX)] = file
    return found


def pieces_of(arrays: Mapping[str, np.ndarray], notes: Mapping[str, Any]) -> Iterator[bytes]:
    """The content of a shard. The bytes are those of safetensors' `save`, which copies all arrays
    twice: the tables of 5 million utterances have 0.6 GB.
    """
    order = list(TYPES)
    names = sorted(arrays, key=lambda name: (order.index(arrays[name].dtype), name))
    header: dict[str, Any] = {"__metadata__": {"recital": json.dumps(notes, sort_keys=True)}}
    place = 0
    for name in names:
        array = arrays[name]
        end = place + array.nbytes
        shape, offsets = list(array.shape), [place, end]
        header[name] = {"dtype": TYPES[array.dtype], "shape": shape, "data_offsets": offsets}
        place = end
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    yield len(text).to_bytes(8, "little") + text
    for name in names:
        yield arrays[name].tobytes()


def write_shard(path: Path, arrays: dict[str, np.ndarray], notes: Mapping[str, Any]) -> None:
    """Write a shard on disk atomically."""
    Local(path.parent).write(path.name, pieces_of(arrays, notes))


def read_header(path: Path) -> ShardHeader | None:
    """The header of a shard on disk; see `find_header`."""
    return find_header(Local(path.parent), path.name)


def find_header(folder: Folder, name: str) -> ShardHeader | None:
    """Read the header of a shard; None if it is missing, truncated or another file.

    Not with safetensors' `safe_open`, which does not give the offsets that memory mapping needs.
    """
    try:
        data = folder.read(name, 0, HEADER_GUESS)
        size = int.from_bytes(data[:8], "little")
        if size > MAX_HEADER:
            return None
        if len(data) < 8 + size:
            data += folder.read(name, len(data), 8 + size)
        header = json.loads(data[8 : 8 + size])
        notes = dict(json.loads(header.pop("__metadata__")["recital"]))
        arrays = {
            id: ShardArray(DTYPES[a["dtype"]], tuple(a["shape"]), 8 + size + a["data_offsets"][0])
            for id, a in header.items()
        }
        end = 8 + size + max((a["data_offsets"][1] for a in header.values()), default=0)
        # whole: its last byte is there, and nothing after it
        if end < HEADER_GUESS:
            whole = len(data) == end
        else:
            whole = len(folder.read(name, end - 1, end + 1)) == 1
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return ShardHeader(arrays, notes) if whole else None


def map_arrays(path: Path, header: ShardHeader) -> dict[str, np.ndarray]:
    """The arrays of a shard on disk, mapped and not to be written to."""
    with open(path, "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    found = {}
    for name, a in header.arrays.items():
        count = int(np.prod(a.shape))
        found[name] = np.frombuffer(mapped, a.dtype, count, a.offset).reshape(a.shape)
    return found
