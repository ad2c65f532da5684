"""AISHELL-3: `train/wav/SSB0005/SSB00050001.wav`, texts in `train/content.txt` with lines
`SSB00050001.wav<tab>广 guang3 州 zhou1 …`; the same in `test/`.

The text is the characters; the text front end derives the pinyin. The corpus folder is the whole
corpus or one of its two parts.
"""

from __future__ import annotations

from collections.abc import Iterator

from recital.preprocessors.entries import Corpus, entry, numbered_lines
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError

FORM = "id.wav<tab>character pinyin character pinyin …"
SPEAKER = 7  # characters of an id: SSB0005 0001


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """Yield the utterances of both parts. Raises `DataError` if neither exists."""
    parts = [p for p in ("", "train/", "test/") if corpus.has(corpus.folder / p / "content.txt")]
    if not parts:
        raise DataError(f"{corpus.folder}: expected train/content.txt, test/content.txt or both")
    for part in parts:
        path = corpus.folder / part / "content.txt"
        for line in numbered_lines(corpus, path, f"a line {FORM} for each recording"):
            if isinstance(line, Rejected):
                yield line
                continue
            where, text = line
            name, *words = text.split()
            id = name.removesuffix(".wav")
            if words and len(words) % 2:
                reason = f"{where}: a character has no pinyin"
                yield Rejected(id, "", "metadata", reason, f"write it as {FORM}")
                continue
            speaker = id[:SPEAKER]
            audio = f"{part}wav/{speaker}/{id}.wav"
            yield entry(corpus, id, audio, "".join(words[::2]), speaker, language="zh")
