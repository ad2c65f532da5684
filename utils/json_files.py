"""Untrusted JSON and JSON5: bounded in size, depth and time, with finite numbers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from recital.utils.errors import ConfigError, RecitalError
from recital.utils.files import read_text

MAX_BYTES = 4 * 2**20
MAX_JSON5 = 128 * 2**10  # characters; the parser takes some seconds for these
MAX_DEPTH = 32  # objects and lists within each other

_BRACKETS = re.compile(
    r"""[\[{}\]]|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|//[^\n]*|/\*.*?\*/""", re.DOTALL
)


def read_object(
    path: Path,
    error: type[RecitalError] = ConfigError,
    missing: str = "no such config file",
    *,
    unique: bool = True,
) -> dict[str, Any]:
    """Read the object {…} of a JSON5 file. Raises `error` with the path for anything else. Without
    `unique`, the last of duplicate keys counts, as other projects have it.
    """
    try:
        text = read_text(path, MAX_BYTES)
    except FileNotFoundError:
        raise error(f"{path}: {missing}") from None
    except (OSError, ValueError) as why:
        raise error(f"{path}: cannot be read as UTF-8 text: {why}") from None
    try:
        tree = parse(text, unique=unique)
    except ValueError as why:
        yaml = path.suffix in (".yaml", ".yml")
        hint = "; YAML is not read here, write it as JSON5" if yaml else ""
        raise error(f"{path}: {why}{hint}") from None
    if not isinstance(tree, dict):
        kind = "null" if tree is None else f"a {type(tree).__name__}"
        raise error(f"{path}: expected an object {{…}} at the top, found {kind}")
    return tree


def parse(text: str, where: str = "", *, unique: bool = True) -> Any:
    """The value of a JSON5 text, for the key `where`. Raises `ValueError` with the reason: a syntax
    error, a duplicate key, a number that is not finite, a nesting deeper than `MAX_DEPTH`.
    """
    _check_depth(text)
    try:
        # 100 times as fast as JSON5
        tree = json.loads(text, object_pairs_hook=_unique if unique else dict)
    except (json.JSONDecodeError, RecursionError):
        tree = _parse_json5(text, unique)
    except _Twice:
        raise
    except ValueError as why:  # digits beyond Python's limit
        raise ValueError(f"is not JSON5: {why}") from None
    _check_numbers(tree, where)
    return tree


def _parse_json5(text: str, unique: bool) -> Any:
    import json5

    if len(text) > MAX_JSON5:
        raise ValueError(
            f"is longer than {MAX_JSON5} characters; beyond that it must be plain JSON, "
            "without comments, or have its parts in files of their own"
        )
    try:
        return json5.loads(text, object_pairs_hook=_unique if unique else dict)
    except _Twice:
        raise
    except (ValueError, RecursionError, OverflowError) as why:
        # json5 names the text "<string>", as in `<string>:3 Unexpected "}" at column 7`
        reason = str(why).replace("<string>:", "line ", 1)
        raise ValueError(f"is not JSON5: {reason}") from None


class _Twice(ValueError):
    """A duplicate key of an object."""


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, value in pairs:
        if key in tree:
            raise _Twice(f"'{key[:80]}' is given twice in one object; keep one of them")
        tree[key] = value
    return tree


def _check_depth(text: str) -> None:
    depth = 0
    for found in _BRACKETS.finditer(text):
        mark = found[0]
        depth += (mark in ("[", "{")) - (mark in ("]", "}"))
        if depth > MAX_DEPTH:
            raise ValueError(f"is nested deeper than {MAX_DEPTH} objects and lists")


def _check_numbers(value: Any, where: str) -> None:
    """Check that all numbers fit a float: integers below 2**63, no NaN and no infinity."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_numbers(inner, f"{where}.{key}" if where else key)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            _check_numbers(inner, f"{where}[{i}]")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{where or 'it'}: expected a finite number, found {value}")
    elif isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError(f"{where or 'it'}: expected a number below 2**63 in size")
