"""Files that appear whole or not at all, and locks that name their holder."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recital.utils.errors import RecitalError

LOCK = ".lock"


def share(path: Path) -> None:
    """Give a file the permissions that `open` would have: safetensors creates its files for the
    owner alone, so a colleague could neither train on the features nor load the voice.
    """
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(path, 0o666 & ~mask)


def lines_of(text: str) -> list[str]:
    """The lines of a text file. Only a newline ends one: `str.splitlines` also cuts at U+2028,
    U+0085 and others, which a sentence may hold.
    """
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")] if text else []


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to, which takes the place of `path` at the end; nothing is left of it where
    writing fails. Raises `RecitalError` with the path where the disk refuses.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
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
    """Replace a text file, unless it holds this text already."""
    if path.is_file() and path.read_bytes() == text.encode():
        return
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


_held: set[int] = set()  # descriptors of the locks of this process


def _forget_in_child() -> None:
    """A forked worker shares the lock of its parent, and would hold it longer than that lives."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_forget_in_child)


@contextmanager
def locked(directory: Path, what: str) -> Iterator[None]:
    """Within, this process alone may write to `directory`; the lock ends with the process, however
    it ends. Raises `RecitalError` that names the holder, such as "a training (process 123 on host,
    since …)", where there is one.
    """
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
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
