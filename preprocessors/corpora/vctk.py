"""VCTK: 0.80 (`wav48/p225/p225_001.wav`) and 0.92 (`wav48_silence_trimmed/p225/p225_001_mic1.flac`
and `_mic2`), texts in `txt/p225/p225_001.txt`.

0.92 has two microphones; the first is used, as not all speakers have the second. Speaker p315 has
no texts: these recordings are rejected with that reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from recital.preprocessors.entries import Corpus, entry_of_files, find_recordings, stem_of
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError

FOLDERS = ("wav48_silence_trimmed", "wav48", "wav22")  # 0.92, 0.80, and a common copy at 22.05 kHz


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """Yield the utterances sorted by speaker and number. Raises `DataError` if there is none."""
    name = next((n for n in FOLDERS if corpus.has(corpus.root / n)), None)
    if name is None:
        raise DataError(f"{corpus.root}: expected one of the folders {', '.join(FOLDERS)} of VCTK")
    chosen: dict[str, str] = {}  # id -> recording; sorted, so that mic1 comes before mic2
    for audio in find_recordings(corpus, name):
        id = stem_of(audio).removesuffix("_mic1").removesuffix("_mic2")
        chosen.setdefault(id, audio)
    for id, audio in chosen.items():
        speaker = id.partition("_")[0]
        yield entry_of_files(corpus, id, audio, (f"txt/{speaker}/{id}.txt",), speaker, "en")
