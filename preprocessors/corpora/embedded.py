"""The embedded corpus: the project's own sentences, spoken by espeak-ng, with exact phoneme times.

It is generated once, as a folder in LJSpeech's layout plus `phonemes.jsonl`, which has {id,
phonemes, starts (s)} on each line.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from recital.preprocessors.corpora import ljspeech
from recital.preprocessors.entries import Corpus
from recital.processors.audio_files import save_wav
from recital.processors.store import Rejected, Utterance
from recital.processors.text.espeak import SAMPLE_RATE, speak

SENTENCES = Path(__file__).with_name("embedded_sentences.txt")


def read(corpus: Corpus) -> Iterator[Utterance | Rejected]:
    """Yield the utterances of the corpus, which is generated first if the folder is missing."""
    if not corpus.has(corpus.folder / "metadata.csv"):
        make(corpus.folder)
    return ljspeech.read(corpus)


def make(folder: Path) -> None:
    """Synthesize the corpus into a folder, atomically. Raises `RecitalError`
    without espeak-ng.
    """
    sentences = [s.strip() for s in SENTENCES.read_text(encoding="utf-8").splitlines() if s.strip()]
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    metadata, phonemes = [], []
    try:
        for number, (sentence, spoken) in enumerate(
            zip(sentences, speak(sentences), strict=True), 1
        ):
            id = f"E{number:04d}"
            save_wav(temporary / "wavs" / f"{id}.wav", spoken.wav, SAMPLE_RATE)
            metadata.append(f"{id}|{sentence}|{sentence}\n")
            line = {
                "id": id,
                "phonemes": spoken.phonemes,
                "starts": [round(s, 6) for s in spoken.starts],
            }
            phonemes.append(json.dumps(line, ensure_ascii=False) + "\n")
        (temporary / "phonemes.jsonl").write_text("".join(phonemes), encoding="utf-8")
        (temporary / "metadata.csv").write_text("".join(metadata), encoding="utf-8")
        os.replace(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
