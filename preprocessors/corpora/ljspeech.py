"""The layout of LJSpeech: `metadata.csv` with lines `id|text|normalised text`, recordings in
`wavs/`.

The normalised text is taken where it stands, else the text. A recording is `wavs/<id>` with one of
`SUFFIXES`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from recital.preprocessors.entries import SUFFIXES, Corpus, entry, numbered_fields
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """The utterances of a corpus, in the order of its metadata. Raises `DataError` where there
    is no such corpus.
    """
    wavs = corpus.root / "wavs"
    try:
        names = set(os.listdir(wavs))
    except OSError as error:
        reason = f"{wavs}: cannot be read ({error.strerror}); expected a folder of recordings"
        raise DataError(reason) from None
    metadata = corpus.folder / "metadata.csv"
    for fields in numbered_fields(corpus, metadata, (2, 3), "id|text|normalised text"):
        if isinstance(fields, Rejected):
            yield fields
            continue
        id, text = fields[0], fields[-1] or fields[1]
        suffix = next((s for s in SUFFIXES if id + s in names), SUFFIXES[0])
        yield entry(corpus, id, f"wavs/{id}{suffix}", text)
