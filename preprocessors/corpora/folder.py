"""A folder of recordings, each beside its text: `x.wav` and `x.txt` (or `x.lab`).

Where they lie in subfolders, the first of them names the speaker. An utterance's id is its path
without the suffix, `-` for `/`.
"""

from __future__ import annotations

from collections.abc import Iterator

from recital.preprocessors.entries import Corpus, entry_of_files, find_recordings
from recital.processors.store import Rejected, Utterance


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """The utterances by path. Raises `DataError` where there is no recording."""
    for audio in find_recordings(corpus.root):
        stem = audio.rpartition(".")[0]
        speaker = stem.partition("/")[0] if "/" in stem else ""
        texts = (f"{stem}.txt", f"{stem}.lab")
        yield entry_of_files(corpus, stem.replace("/", "-"), audio, texts, speaker)
