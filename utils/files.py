"""Reading and atomic writing of files, and locks that name their holder."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from recital.utils.errors import CheckpointError, DataError, RecitalError

if TYPE_CHECKING:
    import numpy as np

LOCK = ".lock"
LIST_BYTES = 256 * 2**20  # of a list that a user names, such as a lexicon


def share(path: Path) -> None:
    """Give a file the default permissions of `open`: safetensors creates its files readable by the
    owner only, so a colleague could neither train on the features nor load the voice.
    """
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(path, 0o666 & ~mask)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(2**20):
            digest.update(block)
    return digest.hexdigest()


def as_path(directory: object) -> Path:
    """The path of a directory, which need not exist. Raises `CheckpointError` for anything else."""
    if not isinstance(directory, (str, os.PathLike)):
        raise CheckpointError(f"expected the path of a directory, found {directory!r:.80}")
    path = Path(directory)
    if "\0" in str(path) or any(len(part) > 255 for part in path.parts):
        raise CheckpointError(
            f"{str(path)[:80]!r}: expected the path of a directory; a name in it is too long, or "
            "has a zero byte"
        )
    return path


def named_path(given: str) -> tuple[str, str]:
    """(name, path) of `NAME=PATH`; the name of a path alone is "". Where either has a "=" in it,
    it is divided so that the path exists.
    """
    parts = given.split("=")
    for i in range(len(parts)):
        path = "=".join(parts[i:])
        if path and Path(path).exists():
            return "=".join(parts[:i]), path
    name, _, path = given.partition("=")
    return (name, path) if path else ("", name)


def lines_of(text: str) -> list[str]:
    """The lines of a text file. Only a newline ends a line: `str.splitlines` also splits at U+2028,
    U+0085 and others, which may occur in a sentence.
    """
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")] if text else []


def read_lines(path: Path) -> list[str]:
    """The lines of a text file in UTF-8. Raises `DataError` if it cannot be read."""
    try:
        return lines_of(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is no text in UTF-8: {error}") from None


def read_text(path: Path, max_bytes: int, encoding: str = "utf-8") -> str:
    """Decode `read_bytes`; raises `UnicodeDecodeError` where the encoding is another one."""
    return read_bytes(path, max_bytes).decode(encoding)


def open_text(path: Path, encoding: str) -> TextIO:
    """Open a regular file for its lines, which a newline alone ends. Raises as `read_bytes`."""
    _require_file(path)
    return path.open(encoding=encoding, newline="\n")


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """A regular file of at most `max_bytes`. Raises `OSError` for another file (a device or a pipe
    would never end), for a longer one, and for a name that no file system takes.
    """
    _require_file(path)
    with path.open("rb") as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise OSError(f"is longer than {max_bytes // 2**20} MiB")
    return data


def read_array(path: Path) -> np.ndarray:
    """The array of a `.npy` file; nothing is unpickled. Raises `OSError`, `EOFError` or
    `ValueError` with the reason.
    """
    import numpy as np

    try:
        array: np.ndarray = np.load(path, allow_pickle=False)
    except ValueError as error:
        # NumPy advises to unpickle it, which would run what the file says
        if "pickle" in str(error):
            raise ValueError("is no .npy file of numbers") from None
        raise
    return array


def _require_file(path: Path) -> None:
    if "\0" in str(path):
        raise OSError("its name holds a null character")
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise OSError("is a folder; expected a file")
    if not stat.S_ISREG(mode):
        raise OSError("is no regular file")


def make_folder(path: Path) -> None:
    """Make a folder and those above it. Raises `RecitalError` if that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecitalError(
            f"{path}: no folder can be made there: {error.strerror}; choose another one, or make "
            "it writable"
        ) from None


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path that replaces `path` at the end; it is removed if writing fails. Raises
    `RecitalError` with the path if it cannot be written.
    """
    make_folder(path.parent)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise RecitalError(f"{path}: cannot be written: {error.strerror or error}") from None
        raise


def write_text(path: Path, text: str) -> None:
    """Replace a text file, unless it already has this text."""
    if path.is_file() and path.read_bytes() == text.encode():
        return
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


_held: set[int] = set()  # descriptors of the locks of this process


def _forget_in_child() -> None:
    """Close locks in a forked worker, which would otherwise hold them after its parent's death."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_forget_in_child)


@contextmanager
def locked(directory: Path, what: str) -> Iterator[None]:
    """In this context, only this process may write to `directory`; the lock ends with the process.
    Raises `RecitalError` that names the current holder, such as "a training (process 123 on host,
    since …)".
    """
    make_folder(directory)
    try:
        descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise RecitalError(
            f"{directory}: cannot be written: {error.strerror}; choose another folder, or make it "
            "writable"
        ) from None
    owner = os.getpid()
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 4096, 0).decode(errors="replace").strip()
            raise RecitalError(
                f"{directory}: is in use by {holder or 'another process'}; wait until it has "
                "ended, or stop it"
            ) from None
        except OSError:  # a file system without locks
            yield
            return
        _held.add(descriptor)
        since = time.strftime("%Y-%m-%d %H:%M:%S")
        note = f"{what} (process {owner} on {socket.gethostname()}, since {since})\n"
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, note.encode(), 0)
        try:
            yield
        finally:
            if os.getpid() == owner:
                os.ftruncate(descriptor, 0)
                fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        if os.getpid() == owner:
            _held.discard(descriptor)
            os.close(descriptor)


@contextmanager
def waiting(directory: Path) -> Iterator[None]:
    """In this context, only this process works in `directory`; others wait, where the file system
    has locks.
    """
    make_folder(directory)
    with open(directory / LOCK, "a", encoding="utf-8") as file:
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
