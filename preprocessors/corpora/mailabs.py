"""M-AILABS: `en_US/by_book/<female|male|mix>/<speaker>/<book>/metadata.csv` with lines
`id|text|normalised text`, recordings in `wavs/` next to it.

The corpus folder is the whole corpus or any part of it. Books with several readers are in
`mix/<book>/`; their speaker is `mix`. The language comes from the folder, such as `en-us`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from recital.preprocessors.corpora.ljspeech import texts_of
from recital.preprocessors.entries import Corpus, entry
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError

_LANGUAGE = re.compile(r"[a-z]{2}_[A-Z]{2}")


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """Yield the utterances, folder by folder. Raises `DataError` if there is no book."""
    books = corpus.find("**/metadata.csv")
    if not books:
        raise DataError(f"{corpus.folder}: expected books, folders with a metadata.csv")
    above = corpus.folder.resolve().parts
    for path in books:
        inside = PurePosixPath(path.parent.relative_to(corpus.folder).as_posix())
        parts = (*above, *inside.parts)
        language = next((p for p in reversed(parts) if _LANGUAGE.fullmatch(p)), "")
        speaker = _speaker(parts)
        for fields in texts_of(corpus, path):
            if isinstance(fields, Rejected):
                yield fields
                continue
            name, text = fields
            audio = str(inside / "wavs" / f"{name}.wav")
            id = f"{speaker}-{name}" if name else ""
            tag = language.lower().replace("_", "-")
            yield entry(corpus, id, audio, text, speaker, language=tag)


def _speaker(parts: tuple[str, ...]) -> str:
    """The folder after `female`, `male` or `mix`; for a single book outside the tree, its own."""
    for sex in ("female", "male", "mix"):
        if sex in parts:
            place = len(parts) - 1 - parts[::-1].index(sex)
            return "mix" if sex == "mix" or place + 1 == len(parts) else parts[place + 1]
    return parts[-1]
