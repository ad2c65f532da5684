"""Downloads that go on where they stopped, and archives unpacked without leaving their folder."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import shutil
import tarfile
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from recital.utils.errors import DataError
from recital.utils.files import locked

BLOCK = 2**20  # bytes
TIMEOUT = 60  # s without any data
MAX_MEMBERS = 5_000_000  # of an archive
BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError)
Progress = Callable[[int, int | None], None]  # (bytes that are there, bytes of the whole or None)


class Unreachable(DataError):
    """An address that gives no file."""


def download(url: str, path: Path, progress: Progress = lambda done, total: None) -> None:
    """Download to `path`. An interrupted download, in `<path>.part`, goes on where it stopped if
    the file at the address is still the same.

    Raises `Unreachable` if the server cannot be reached or refuses, and `DataError` if the
    connection ends early: then what came is kept.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise DataError(f"{url}: expected an address that begins with http:// or https://")
    part = path.with_name(f"{path.name}.part")
    tag = path.with_name(f"{path.name}.part.tag")  # the server's name of the version
    path.parent.mkdir(parents=True, exist_ok=True)
    known = tag.read_text() if tag.is_file() else ""
    start = part.stat().st_size if part.is_file() and known else 0
    headers = {"User-Agent": "recital"}
    if start:
        headers |= {"Range": f"bytes={start}-", "If-Range": known}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=TIMEOUT
        ) as answer:
            start = start if answer.status == 206 else 0
            length = answer.headers.get("Content-Length")
            total = start + int(length) if length and length.isdigit() else None
            etag = answer.headers.get("ETag") or ""
            stamp = etag if etag and not etag.startswith("W/") else answer.headers["Last-Modified"]
            tag.write_text(stamp or "")
            _require_room(path.parent, (total or 0) - start)
            done = _receive(answer, part, start, total, progress)
    except urllib.error.HTTPError as error:
        if error.code == 416 and start:  # nothing is left of it: of another file
            part.unlink()
            download(url, path, progress)
            return
        raise Unreachable(f"{url}: the server answers {error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise Unreachable(f"{url}: cannot be reached ({error.reason})") from None
    except (http.client.HTTPException, TimeoutError, ConnectionError, ValueError) as error:
        raise Unreachable(f"{url}: cannot be reached ({error})") from None
    if total is not None and done < total:
        raise DataError(
            f"{url}: the connection ended after {done:,} of {total:,} bytes; run the command again "
            "to continue from there"
        )
    os.replace(part, path)
    tag.unlink(missing_ok=True)


def _receive(
    answer: http.client.HTTPResponse, part: Path, start: int, total: int | None, progress: Progress
) -> int:
    """Append what arrives to `part`; the bytes that are there at the end."""
    done = start
    with part.open("ab" if start else "wb") as file:
        while True:
            try:
                block = answer.read(BLOCK)
            except http.client.IncompleteRead as error:
                block = error.partial
                total = total or -1
            except (TimeoutError, ConnectionError):
                return done
            file.write(block)
            done += len(block)
            progress(done, total)
            if not block or total == -1:
                return done


def checksum_of(path: Path, algorithm: str) -> str:
    """The hexadecimal digest of a file."""
    digest = hashlib.new(algorithm)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def verify(path: Path, checksum: str) -> None:
    """Raise `DataError` unless a file has this SHA-256 (64 digits) or MD5 (32)."""
    algorithm = {64: "sha256", 32: "md5"}.get(len(checksum))
    if algorithm is None or not set(checksum.lower()) <= set("0123456789abcdef"):
        raise DataError(f"{checksum}: expected 64 hexadecimal digits (SHA-256) or 32 (MD5)")
    found = checksum_of(path, algorithm)
    if found != checksum.lower():
        raise DataError(
            f"{path}: its {algorithm} is {found}, expected {checksum}; remove it and download it "
            "again"
        )


def unpack(archive: Path, inside: str, target: Path) -> None:
    """Unpack a tar or zip file such that its folder `inside` ("": the whole) becomes `target`. It
    appears there complete, or not at all.

    Raises `DataError` for a file that is no archive or is cut off, for a member that would lead out
    of the folder, and for a disk that is too full.
    """
    with locked(target.parent, f"unpacking {archive.name}"):
        temporary = target.parent / f".unpacking-{target.name}"
        shutil.rmtree(temporary, ignore_errors=True)  # of a killed run
        try:
            temporary.mkdir()
            _extract(archive, temporary)
            found = temporary / inside
            if not found.is_dir():
                held = ", ".join(sorted(p.name for p in temporary.iterdir())[:5]) or "nothing"
                raise DataError(f"{archive}: has no folder {inside}; found: {held}")
            os.replace(found, target)
        except DataError:
            raise
        except BROKEN as error:
            raise DataError(
                f"{archive}: cannot be unpacked: {_reason(archive, error)}; remove it and download "
                "it again"
            ) from None
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _reason(archive: Path, error: Exception) -> str:
    with archive.open("rb") as file:
        begin = file.read(64).lstrip().lower()
    if begin.startswith((b"<!doctype", b"<html")):
        return "it is a web page"
    return str(error) or type(error).__name__


def _extract(archive: Path, folder: Path) -> None:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            members = zipped.infolist()
            _check(archive, ((m.filename, m.file_size) for m in members), folder)
            zipped.extractall(folder)  # links become plain files
        return
    with tarfile.open(archive) as tar:
        _require_room(folder, archive.stat().st_size)
        for count, member in enumerate(tar):
            if count > MAX_MEMBERS:
                raise DataError(f"{archive}: holds more than {MAX_MEMBERS:,} files")
            _check(archive, [(member.name, member.size)], folder)
            with _refusing(archive):
                tar.extract(member, folder, filter="data")


@contextlib.contextmanager
def _refusing(archive: Path) -> Iterator[None]:
    try:
        yield
    except tarfile.FilterError as error:
        raise DataError(f"{archive}: would write outside of its folder: {error}") from None


def _check(archive: Path, members: Iterable[tuple[str, int]], folder: Path) -> None:
    total = 0
    for name, size in members:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0:1]:
            raise DataError(f"{archive}: would write outside of its folder: {name!r}")
        total += size
    _require_room(folder, total)


def _require_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise DataError(
            f"{folder}: no room: {needed / 2**30:.1f} GiB are needed, {free / 2**30:.1f} are free"
        )
