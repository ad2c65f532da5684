"""LibriTTS and LibriTTS-R: `<subset>/<speaker>/<chapter>/<id>.wav` with `<id>.normalized.txt`.

The corpus folder is the whole corpus or one of its subsets. Recordings on LibriTTS-R's list of
failed restorations (`libritts_r_failed_speech_restoration_examples/` in the corpus folder) are
rejected.
"""

from __future__ import annotations

from collections.abc import Iterator

from recital.preprocessors.entries import Corpus, entry_of_files, find_recordings, stem_of
from recital.processors.store import Rejected, Utterance

FAILED = "libritts_r_failed_speech_restoration_examples"


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """Yield the utterances sorted by subset, speaker, chapter and number. Raises `DataError` if
    there is no recording.
    """
    failed = _failed(corpus)
    for audio in find_recordings(corpus):
        stem = audio.rpartition(".")[0]
        id = stem_of(audio)
        if id in failed:
            reason = "the authors of LibriTTS-R list it as badly restored"
            yield Rejected(id, audio, "badly_restored", reason, "leave it out")
            continue
        texts = (f"{stem}.normalized.txt", f"{stem}.original.txt")
        yield entry_of_files(corpus, id, audio, texts, id.partition("_")[0], "en")


def _failed(corpus: Corpus) -> set[str]:
    lists = corpus.find(f"{FAILED}/*_bad_sample_list.txt")
    return {
        stem_of(line.strip())
        for path in lists
        for line in corpus.read(path, "paths").decode("utf-8", "replace").split("\n")
    }
