"""Lists of utterances to leave out: one id per line, with the reason after `#`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from recital.utils.errors import DataError
from recital.utils.files import LIST_BYTES, lines_of, read_text


def read_exclude_list(path: Path) -> dict[str, str]:
    """Id -> reason. Raises `DataError` if the file cannot be read."""
    try:
        lines = lines_of(read_text(path, LIST_BYTES, "utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = f"{path}: cannot be read as a list of ids ({error})"
        raise DataError(f"{reason}; fix dataset_exclude, or remove it from the config") from None
    listed: dict[str, str] = {}
    for line in lines:
        id, _, reason = line.partition("#")
        if id.strip():
            listed[id.strip()] = reason.strip() or f"is in {path.name}"
    return listed


def write_exclude_list(path: Path, reasons: Mapping[str, str]) -> None:
    """Write a list for `read_exclude_list`."""
    lines = [f"{id}  # {' '.join(reason.split())}\n" for id, reason in reasons.items()]
    path.write_text("".join(lines), encoding="utf-8")
