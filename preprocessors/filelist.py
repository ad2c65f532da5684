"""A plain list: `filelist.txt` with lines `wav|text|speaker`, paths relative to the folder it
stands in.

The speaker may be left out where there is only one. An utterance's id is its path without the
suffix, `-` for `/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from recital.preprocessors.entries import entry, numbered_fields
from recital.processors.store import Rejected, Utterance


def read(folder: Path) -> Iterator[Utterance | Rejected]:
    """The utterances of a list, in its order. Raises `DataError` where there is no such list."""
    for fields in numbered_fields(folder / "filelist.txt", (2, 3), "wav|text|speaker"):
        if isinstance(fields, Rejected):
            yield fields
            continue
        audio, text, speaker = [*fields, ""][:3]
        id = str(PurePosixPath(audio).with_suffix("")).strip("/") if audio else ""
        yield entry(folder, id.replace("/", "-"), audio, text, speaker)
