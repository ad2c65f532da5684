"""CMU ARCTIC: `cmu_us_<speaker>_arctic/wav/arctic_a0001.wav`, texts in `etc/txt.done.data` with
lines `( arctic_a0001 "What is said." )`.

The corpus folder is one voice, or a folder of several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from recital.preprocessors.entries import Corpus, entry, numbered_lines
from recital.processors.store import Rejected, Utterance
from recital.utils.errors import DataError

FORM = '( arctic_a0001 "What is said." )'
_LINE = re.compile(r'\(\s*(\S+)\s+"(.*)"\s*\)')
_NAME = re.compile(r"cmu_(?:us|in)_([a-z0-9]+)_arctic")


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """Yield the utterances, voice by voice. Raises `DataError` if there is none."""
    prompts = Path("etc") / "txt.done.data"
    one = corpus.has(corpus.folder / prompts)
    voices = [""] if one else sorted(p.parent.parent.name for p in corpus.find(f"*/{prompts}"))
    if not voices:
        raise DataError(f"{corpus.folder}: expected {prompts}, or voices in folders that have it")
    for voice in voices:
        name = voice or corpus.folder.resolve().name
        found = _NAME.match(name)
        speaker = found[1] if found else name
        path = corpus.folder / voice / prompts
        for line in numbered_lines(corpus, path, f"a line {FORM} for each recording"):
            if isinstance(line, Rejected):
                yield line
                continue
            parts = _LINE.fullmatch(line[1].strip())
            if parts is None:
                reason = f"{line[0]}: is not of that form"
                yield Rejected(line[0], "", "metadata", reason, f"write it as {FORM}")
                continue
            id, text = parts[1], parts[2].replace('\\"', '"')
            audio = f"{voice}/wav/{id}.wav".lstrip("/")
            yield entry(corpus, f"{speaker}_{id}", audio, text, speaker, language="en")
