"""CSS10: `<language>/transcript.txt` with lines `book/id.wav|text|normalised text|seconds`.

The corpus folder is one language, or a folder of several; each has one speaker, named after its
folder.
"""

from __future__ import annotations

from collections.abc import Iterator

from recital.preprocessors.entries import Corpus, entry, numbered_fields, stem_of
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError

LANGUAGES = {
    "chinese": "zh",
    "dutch": "nl",
    "finnish": "fi",
    "french": "fr",
    "german": "de",
    "greek": "el",
    "hungarian": "hu",
    "japanese": "ja",
    "russian": "ru",
    "spanish": "es",
}


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """Yield the utterances, language by language. Raises `DataError` if there is no transcript."""
    name = "transcript.txt"
    one = corpus.has(corpus.folder / name)
    folders = [""] if one else sorted(p.parent.name for p in corpus.find(f"*/{name}"))
    if not folders:
        raise DataError(f"{corpus.folder}: expected {name}, or folders by language that have it")
    for folder in folders:
        speaker = folder or corpus.folder.resolve().name
        language = LANGUAGES.get(speaker.lower().removeprefix("css10-"), "")
        path = corpus.folder / folder / name
        for fields in numbered_fields(corpus, path, (3, 4), "wav|text|normalised text|seconds"):
            if isinstance(fields, Rejected):
                yield fields
                continue
            audio = f"{folder}/{fields[0]}".lstrip("/") if folder else fields[0]
            id = f"{speaker}-{stem_of(audio)}"
            yield entry(corpus, id, audio, fields[2] or fields[1], speaker, language=language)
