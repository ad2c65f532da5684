"""A folder of recordings, each next to its text: `x.wav` and `x.txt` (or `x.lab`).

With subfolders, the first level names the speaker. An utterance's id is its path without the
suffix, with `-` for `/`.
"""

from __future__ import annotations

from collections.abc import Iterator

from recital.preprocessors.entries import Corpus, entry_of_files, find_recordings
from recital.processors.store import Rejected, Utterance


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """Yield the utterances sorted by path. Raises `DataError` if there is no recording."""
    for audio in find_recordings(corpus):
        stem = audio.rpartition(".")[0]
        speaker = stem.partition("/")[0] if "/" in stem else ""
        texts = (f"{stem}.txt", f"{stem}.lab")
        yield entry_of_files(corpus, stem.replace("/", "-"), audio, texts, speaker)
