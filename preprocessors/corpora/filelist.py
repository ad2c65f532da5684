"""A plain list, as NVIDIA's recipes have it: lines `wav|text|speaker`, paths relative to the
folder that the list stands in, or to `dataset_recordings`.

The list is `filelist.txt` in the corpus folder, or the file that `dataset_path` names. The speaker
may be left out where there is only one; a pitch file in the second place (`wav|pitch|text|…`) is
passed over. An utterance's id is its path without the suffix, `-` for `/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from recital.preprocessors.entries import Corpus, entry, numbered_fields
from recital.processors.store import Rejected, Utterance


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """The utterances of a list, in its order. Raises `DataError` where there is no such list."""
    path = corpus.folder if corpus.folder.is_file() else corpus.folder / "filelist.txt"
    for fields in numbered_fields(corpus, path, (2, 3, 4), "wav|text|speaker"):
        if isinstance(fields, Rejected):
            yield fields
            continue
        audio, *rest = fields
        if len(rest) > 1 and rest[0].endswith((".pt", ".npy")):
            rest = rest[1:]
        if len(rest) > 2:
            reason = f"{audio}: has {len(fields)} fields"
            yield Rejected(audio, audio, "metadata", reason, "write it as wav|text|speaker")
            continue
        text, speaker = [*rest, ""][:2]
        yield entry(corpus, list_id(corpus, audio), audio, text, speaker)


def list_id(corpus: Corpus, audio: str) -> str:
    """`wavs/x.wav` -> `wavs-x`."""
    path = PurePosixPath(audio)
    if path.is_absolute() and corpus.recordings and path.is_relative_to(corpus.recordings):
        path = path.relative_to(corpus.recordings)
    return str(path.with_suffix("")).strip("/").replace("/", "-") if path.name else ""
