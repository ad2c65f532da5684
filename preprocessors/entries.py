"""What every corpus layout asks of its lines: readable text, a recording inside the corpus
folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError


def numbered_fields(
    path: Path, counts: tuple[int, ...], form: str
) -> Iterator[list[str] | Rejected]:
    """The `|`-separated fields of each line; a line that is not `form` becomes `Rejected`. Blank
    lines are skipped.

    Raises `DataError` where the file is missing.
    """
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        reason = (
            f"{path}: cannot be read ({error.strerror}); expected a line {form} for each recording"
        )
        raise DataError(reason) from None
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        where = f"{path.name}:{number}"
        try:
            fields = raw.decode("utf-8").strip("\r").split("|")
        except UnicodeDecodeError as error:
            remedy = "save the file as UTF-8"
            yield Rejected(where, "", "metadata", f"{where}: is not UTF-8 ({error.reason})", remedy)
            continue
        if len(fields) in counts:
            yield [field.strip() for field in fields]
        else:
            reason = f"{where}: has {len(fields)} fields"
            yield Rejected(
                fields[0].strip() or where, "", "metadata", reason, f"write it as {form}"
            )


def entry(folder: Path, id: str, audio: str, text: str, speaker: str = "") -> Utterance | Rejected:
    """An utterance whose recording is at `audio`, relative to the corpus folder, or why there is
    none.
    """
    if escapes(folder, audio):
        remedy = "keep recordings inside the corpus folder, and write their paths relative to it"
        return Rejected(id, audio, "outside", f"{audio}: leads out of the corpus folder", remedy)
    if not id or id.startswith(".") or any(c in '/\\:*?"<>|' or not c.isprintable() for c in id):
        remedy = "name it with letters, digits, '-', '_' and '.'"
        return Rejected(id, audio, "bad_id", f"{id!r} cannot be the name of a file", remedy)
    if not text:
        return Rejected(id, audio, "empty_text", "its text is empty", "write what is said in it")
    return Utterance(id, audio, text, speaker)


def escapes(folder: Path, audio: str) -> bool:
    """Whether a path leads out of the folder: absolute, through `..`, or by a symbolic link."""
    path = PurePosixPath(audio)
    if path.is_absolute() or ".." in path.parts or "\\" in audio or "\0" in audio:
        return True
    root, parent = _real(str(folder)), _real(str(folder / path.parent))
    real = os.path.join(parent, path.name)
    if os.path.islink(real):
        real = os.path.realpath(real)
    return not real.startswith(root.rstrip(os.sep) + os.sep)


@lru_cache(maxsize=4096)
def _real(path: str) -> str:
    return os.path.realpath(path)
