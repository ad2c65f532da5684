"""Files by name, in a folder on disk or below an address of an object store (`s3://bucket/path`).

Object stores are read by ranges, through fsspec, which torch brings; each has a package of its own
(`s3fs` for `s3://`, in the extra `s3`).
"""

from __future__ import annotations

import contextlib
import errno
import filecmp
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from recital.utils.errors import ConfigError, DataError
from recital.utils.files import replacing, waiting

Place = str | Path  # of a folder or a file: a path, or an address with a scheme
# what object stores and file systems call the version of a file
VERSIONS = ("ETag", "etag", "md5Hash", "content_hash", "mtime", "LastModified", "created")
BLOCK = 1 << 18  # bytes read at once from a file of an object store


class Folder(Protocol):
    """A folder. Names are relative paths with forward slashes. Reading raises `FileNotFoundError`
    for what is not there, and other `OSError`s.
    """

    def place(self, name: str = "") -> str:
        """The path or address of a file, for messages."""
        ...

    def read(self, name: str, start: int = 0, stop: int | None = None) -> bytearray:
        """The bytes from `start` to `stop`, or fewer if the file ends before."""
        ...

    def write(self, name: str, pieces: Iterable[bytes], *, unless_same: bool = False) -> None:
        """Write or replace a file; readers see all of it or nothing. With `unless_same`, a file on
        disk that has these bytes keeps its time. Raises `RecitalError` if it cannot be written.
        """
        ...

    def names(self, below: str = "") -> list[str]:
        """All files below a folder in this one, sorted; none if there is no such folder."""
        ...

    def has(self, name: str) -> bool:
        """Whether there is a file or a folder."""
        ...

    def stamp(self, name: str) -> tuple[int, int]:
        """The size of a file, and a number that changes with it, such as its time."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        ...

    def on_disk(self, name: str) -> Path:
        """A file that can be mapped: itself, or a copy on this machine."""
        ...


def is_address(place: Place) -> bool:
    """Whether a place is in an object store."""
    return isinstance(place, str) and "://" in place


def joined(place: Place, name: str) -> Place:
    """A folder or file in a folder."""
    return f"{place}/{name}" if isinstance(place, str) and is_address(place) else Path(place) / name


def open_folder(place: Place) -> Folder:
    """The folder at a place, which need not exist. Raises `ConfigError` for an address whose
    package is missing.
    """
    return Remote(str(place)) if is_address(place) else Local(Path(place))


def cache_of(place: Place) -> Local:
    """A folder of this user on this machine, for what can be made again from a place."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Local(root / "recital" / hashlib.sha256(str(place).encode()).hexdigest()[:16])


class Local:
    """A folder on disk."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        # names are joined as strings: path objects would take longer than reading
        self._root = str(directory)

    def place(self, name: str = "") -> str:
        return os.path.join(self._root, name) if name else self._root

    def read(self, name: str, start: int = 0, stop: int | None = None) -> bytearray:
        with open(os.path.join(self._root, name), "rb", buffering=0) as file:
            stop = os.fstat(file.fileno()).st_size if stop is None else stop
            data = bytearray(max(stop - start, 0))
            file.seek(start)
            done = 0
            with memoryview(data) as view:
                while done < len(data) and (n := file.readinto(view[done:])):
                    done += n
        del data[done:]
        return data

    def write(self, name: str, pieces: Iterable[bytes], *, unless_same: bool = False) -> None:
        path = self.directory / name
        with replacing(path) as temporary:
            with temporary.open("wb") as file:
                file.writelines(pieces)
            if unless_same and path.is_file() and filecmp.cmp(temporary, path, shallow=False):
                os.utime(temporary, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))

    def names(self, below: str = "") -> list[str]:
        return sorted(self._walk(below))

    def _walk(self, below: str) -> Iterator[str]:
        try:
            entries = list(os.scandir(self.directory / below))
        except (FileNotFoundError, NotADirectoryError):
            return
        for entry in entries:
            name = f"{below}/{entry.name}" if below else entry.name
            if entry.is_dir():
                yield from self._walk(name)
            else:
                yield name

    def has(self, name: str) -> bool:
        return (self.directory / name).exists()

    def stamp(self, name: str) -> tuple[int, int]:
        info = os.stat(os.path.join(self._root, name))
        if not stat.S_ISREG(info.st_mode):
            raise IsADirectoryError(self.place(name))
        return info.st_size, info.st_mtime_ns

    def remove(self, name: str) -> None:
        (self.directory / name).unlink(missing_ok=True)

    def on_disk(self, name: str) -> Path:
        return self.directory / name


class Remote:
    """A folder of an object store."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._listed: dict[str, Any] | None = None  # what `stamp` has found
        self._open()

    def _open(self) -> None:
        import fsspec

        try:
            self._filesystem, self._root = fsspec.core.url_to_fs(self.address)
            self._process = os.getpid()
        except (ImportError, ValueError) as error:
            raise ConfigError(
                f"{self.address}: cannot be opened ({error}); install the package of this kind of "
                "storage, for s3:// pip install 'recital[s3]'"
            ) from None

    @property
    def _system(self) -> Any:
        # a forked loader worker may not use the connections of its parent
        if self._process != os.getpid():
            self._open()
        return self._filesystem

    def __getstate__(self) -> dict[str, Any]:
        return {"address": self.address}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Remote.__init__(self, state["address"])

    def place(self, name: str = "") -> str:
        return f"{self.address}/{name}" if name else self.address

    def read(self, name: str, start: int = 0, stop: int | None = None) -> bytearray:
        if stop is not None and stop <= start:
            return bytearray()
        with _as_os_error(self.place(name)):
            return bytearray(self._system.cat_file(self._path(name), start, stop))

    def write(self, name: str, pieces: Iterable[bytes], *, unless_same: bool = False) -> None:
        path = self._path(name)
        with tempfile.NamedTemporaryFile(prefix="recital-") as file:
            file.writelines(pieces)
            file.flush()
            try:
                with _as_os_error(self.place(name)):
                    # object stores have no folders; other file systems behind fsspec do
                    self._system.makedirs(path.rpartition("/")[0], exist_ok=True)
                    self._system.put_file(file.name, path)
            except OSError as error:
                raise DataError(f"{self.place(name)}: cannot be written: {error}") from None

    def names(self, below: str = "") -> list[str]:
        self._system.invalidate_cache()
        with _as_os_error(self.place(below)):
            found = self._system.find(self._path(below))
        return sorted(path.removeprefix(self._root).lstrip("/") for path in found)

    def has(self, name: str) -> bool:
        with _as_os_error(self.place(name)):
            return bool(self._system.exists(self._path(name)))

    def stamp(self, name: str) -> tuple[int, int]:
        # one listing in place of a request for each file
        if self._listed is None:
            with _as_os_error(self.address):
                self._listed = self._system.find(self._root, detail=True)
        info = self._listed.get(self._path(name))
        if info is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self.place(name))
        version = next((info[key] for key in VERSIONS if key in info), "")
        found = hashlib.blake2b(str(version).encode(), digest_size=7).digest()
        return int(info["size"]), int.from_bytes(found, "little")

    def remove(self, name: str) -> None:
        with _as_os_error(self.place(name)), contextlib.suppress(FileNotFoundError):
            self._system.rm_file(self._path(name))

    def on_disk(self, name: str) -> Path:
        with _as_os_error(self.place(name)):
            self._system.invalidate_cache()
            version = self._system.ukey(self._path(name))
        copies = cache_of(self.place(name))
        copy = copies.directory / hashlib.sha256(str(version).encode()).hexdigest()[:16]
        if not copy.is_file():
            # processes of one machine wait for one copy
            with waiting(copies.directory):
                for old in copies.names():
                    if old[0] != "." and old != copy.name:
                        copies.remove(old)
                if not copy.is_file():
                    with replacing(copy) as temporary, _as_os_error(self.place(name)):
                        self._system.get_file(self._path(name), str(temporary))
        return copy

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}" if name else self._root


@contextmanager
def opened(place: Place) -> Iterator[BinaryIO]:
    """A file to read from, of an object store by ranges. Raises `OSError`."""
    if not is_address(place):
        with open(place, "rb") as file:
            yield file
        return
    import fsspec

    with _as_os_error(str(place)):
        system, path = fsspec.core.url_to_fs(str(place))
        file = system.open(path, "rb", block_size=BLOCK, cache_type="readahead")
    with file:
        yield file


@contextmanager
def _as_os_error(place: str) -> Iterator[None]:
    """Clients of object stores raise errors of their own, for a missing bucket or a wrong key."""
    try:
        yield
    except (OSError, DataError):
        raise
    except Exception as error:
        raise OSError(f"{place}: {type(error).__name__}: {error}") from None
