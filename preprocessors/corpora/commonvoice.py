"""Common Voice: `validated.tsv` (else `train.tsv`) with a header, recordings in `clips/`.

The corpus folder is one language (`cv-corpus-…/en`). The speaker is the first 16 digits of
`client_id`; the language is the column `locale`, or the folder's name without one.
"""

from __future__ import annotations

from collections.abc import Iterator

from recital.preprocessors.entries import Corpus, entry, numbered_lines, stem_of
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError

NEEDED = ("client_id", "path", "sentence")


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """Yield the utterances in the order of the table. Raises `DataError` if there is no table."""
    validated = corpus.folder / "validated.tsv"
    path = validated if corpus.has(validated) else corpus.folder / "train.tsv"
    columns: list[str] = []
    for line in numbered_lines(corpus, path, f"a table with the columns {', '.join(NEEDED)}"):
        if isinstance(line, Rejected):
            yield line
            continue
        where, text = line
        fields = [field.strip() for field in text.split("\t")]
        if not columns:
            columns = fields
            if not set(NEEDED) <= set(columns):
                raise DataError(f"{path}: expected the columns {', '.join(NEEDED)} in its header")
            continue
        if len(fields) != len(columns):
            reason = f"{where}: has {len(fields)} fields, the header has {len(columns)}"
            yield Rejected(where, "", "metadata", reason, "put one tab between two columns")
            continue
        row = dict(zip(columns, fields, strict=True))
        name = row["path"] if "." in row["path"] else row["path"] + ".mp3"
        language = row.get("locale") or corpus.folder.resolve().name
        yield entry(
            corpus,
            stem_of(name),
            f"clips/{name}",
            row["sentence"],
            row["client_id"][:16],
            language=language.lower(),
        )
