"""Model cards: a README.md that begins with a block of YAML between lines of `---`, its front
matter, as model hubs read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recital.utils.errors import DataError
from recital.utils.files import read_text, write_text

CARD = "README.md"
MAX_BYTES = 1 << 20
LINE = "---\n"


def read_card(folder: Path) -> tuple[dict[str, Any], str]:
    """The front matter of a folder's card and the text after it; empty where there is none. Raises
    `DataError` for a front matter that is not YAML.
    """
    import yaml

    path = folder / CARD
    if not path.is_file():
        return {}, ""
    try:
        text = read_text(path, MAX_BYTES)
        if not text.startswith(LINE):
            return {}, text
        front, found, body = text.removeprefix(LINE).partition("\n" + LINE)
        tree = yaml.safe_load(front) if found else None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{path}: its front matter cannot be read: {error}") from None
    if not isinstance(tree, dict):
        raise DataError(f"{path}: expected front matter of `key: value` lines between two ---")
    return tree, body.lstrip("\n")


def write_card(folder: Path, front: Mapping[str, Any], body: str) -> None:
    """Write the card of a folder."""
    import yaml

    block = yaml.safe_dump(dict(front), sort_keys=False, allow_unicode=True, width=120)
    write_text(folder / CARD, f"{LINE}{block}{LINE}\n{body}")
