"""The layout of LJSpeech: `metadata.csv` with lines `id|text|normalised text`, recordings in
`wavs/`.

The normalised text is used if there is one, otherwise the text. A recording is `wavs/<id>` with
one of `SUFFIXES`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from recital.preprocessors.columns import CHECKED, require_texts, two_texts
from recital.preprocessors.entries import SUFFIXES, Corpus, entry, numbered_fields
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError

FORM = "id|text|normalised text"


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """Yield the utterances in the order of the metadata. Raises `DataError` if there is no such
    corpus.
    """
    wavs = corpus.root / "wavs"
    try:
        names = set(corpus.names_in(wavs))
    except OSError as error:
        reason = f"{wavs}: cannot be read ({error.strerror}); expected a folder of recordings"
        raise DataError(reason) from None
    metadata = corpus.folder / "metadata.csv"
    for fields in texts_of(corpus, metadata):
        if isinstance(fields, Rejected):
            yield fields
            continue
        name, text = fields
        # some lists give the file name instead of the id
        stem, dot, suffix = name.rpartition(".")
        id = stem if dot and f".{suffix.lower()}" in SUFFIXES else name
        forms = dict.fromkeys([id, *(unicodedata.normalize(f, id) for f in ("NFC", "NFD"))])
        found = next((form + s for form in forms for s in SUFFIXES if form + s in names), None)
        yield entry(corpus, id, f"wavs/{found or id + SUFFIXES[0]}", text)


def texts_of(corpus: Corpus, metadata: Path) -> Iterator[tuple[str, str] | Rejected]:
    """Yield (id, text) of each line, with the normalised text if there is one. Raises `DataError`
    if there is no such list, or its second column is a speaker name.
    """
    rows = numbered_fields(corpus, metadata, (2, 3), FORM)
    first = list(islice(rows, CHECKED))
    both = [row for row in first if not isinstance(row, Rejected) and len(row) == 3 and row[2]]
    if both and not any(two_texts(*row[1:]) and len(row[1].split()) > 1 for row in both):
        raws, texts = [row[1] for row in both], [row[2] for row in both]
        require_texts(metadata, raws, texts, FORM, "the normalised texts")
    for row in chain(first, rows):
        if isinstance(row, Rejected):
            yield row
        elif len(row) == 3 and row[2] and not two_texts(*row[1:]):
            reason = f"its texts share no word: {row[1][:40]!r} and {row[2][:40]!r}"
            yield Rejected(row[0], "", "metadata", reason, f"write it as {FORM}")
        else:
            yield row[0], row[-1] or row[1]
