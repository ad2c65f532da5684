"""A corpus of any number of utterances, and the features that stage 1 would make of it.

Recordings are links to a few files, one for each folder of them. Shards are real files with a
header of their own and no data: what is not written of a file reads as zeros and takes no room. One
in a hundred has a pitch.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from recital.modules.contract.audio import AudioConfig
from recital.preprocessors.entries import Corpus
from recital.preprocessors.plan import open_plan
from recital.preprocessors.sources import FoundRecording
from recital.processors.audio_files import save_wav
from recital.processors.features import PreprocessConfig, fingerprint
from recital.processors.shards import shard_file
from recital.processors.store import FeatureStore

LAYOUT = "filelist"
IN_A_FOLDER = 1000  # recordings
SPEAKERS = 1000
FRAMES = (200, 1000)  # of an utterance, at least and fewer than
VOICED = 100  # every so many shards have a pitch
HERTZ = (100.0, 200.0)  # at its start and end
SPOKEN = """the of and a to in he was that it his her with as had for she not at but be on they
have him which said from all this one would were so when there been out what who up will
no more into little time them than then now some only could over very
before upon about should down good"""
WORDS = tuple(SPOKEN.split())


def write_corpus(folder: Path, n_items: int) -> None:
    """A list of `n_items` lines, and a link for each to a recording."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    with (folder / "filelist.txt").open("w", encoding="utf-8") as file:
        for start in range(0, n_items, IN_A_FOLDER):
            name = f"{start // IN_A_FOLDER:04d}"
            first = folder / name / "000.wav"
            save_wav(first, np.zeros(16, np.float32), 22050)
            numbers = random.integers(len(WORDS), size=(IN_A_FOLDER, 5))
            for i, words in enumerate(numbers[: n_items - start]):
                if i:
                    os.link(first, folder / name / f"{i:03d}.wav")
                text = " ".join(WORDS[word] for word in words)
                speaker = (start + 7 * i) % SPEAKERS
                file.write(f"{name}/{i:03d}.wav|{text} {_letters(start + i)}|s{speaker}\n")


def _letters(number: int) -> str:
    """A number as a word."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def write_features(
    folder: Path,
    store: Path,
    features: Sequence[str],
    audio: AudioConfig,
    preprocess: PreprocessConfig,
) -> None:
    """The shards of the corpus in `folder`."""
    folders = [(f, store / f"{f}-{fingerprint(f, audio, preprocess)}") for f in features]
    plan = open_plan(Corpus(folder), LAYOUT, {}, FeatureStore(store).index)
    for number, (name, group) in enumerate(plan.shards.items()):
        lengths = dict(_lengths(group))
        seconds = {id: n * audio.hop_length / audio.sample_rate for id, n in lengths.items()}
        for feature, place in folders:
            dims = [audio.n_mels] if feature == "mel" else []
            voiced = feature == "pitch" and number % VOICED == 0
            _write(place / shard_file(name), lengths, dims, seconds, voiced)


def _lengths(group: Sequence[FoundRecording]) -> Iterator[tuple[str, int]]:
    """Frames by id."""
    low, high = FRAMES
    for found in group:
        id = found.utterance.id
        yield id, low + int.from_bytes(id.encode()[-4:], "little") * 7919 % (high - low)


def _write(
    path: Path,
    lengths: dict[str, int],
    dims: list[int],
    seconds: dict[str, float],
    voiced: bool,
) -> None:
    notes = json.dumps({"rejected": [], "seconds": seconds})
    header: dict[str, object] = {"__metadata__": {"recital": notes}}
    place = 0
    for id, length in lengths.items():
        end = place + 4 * length * int(np.prod(dims))
        header[id] = {"dtype": "F32", "shape": [*dims, length], "data_offsets": [place, end]}
        place = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        if voiced:
            file.write(np.linspace(*HERTZ, place // 4, dtype="<f4").tobytes())
        file.truncate(8 + len(text) + place)
