"""Which utterances of some stores a training takes, as numbers in arrays."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recital.processors.manifest import Manifest
from recital.processors.reader import FeatureReader
from recital.processors.store import FeatureStore
from recital.processors.text import TextProcessor
from recital.processors.utterance import normal_text, speaker_name
from recital.utils.errors import DataError

log = logging.getLogger(__name__)

# splits whose texts a split must not contain
HELD_OUT = {"train": ("valid", "test"), "valid": ("test",)}
SHOWN = 5


@dataclass(frozen=True)
class Source:
    """The manifest, tokens and features of one dataset."""

    name: str
    store: FeatureStore
    manifest: Manifest
    readers: dict[str, FeatureReader]  # by feature
    tokens: FeatureReader | None


@dataclass
class Places:
    """The utterances of a split, an array of each number, [n]."""

    source: np.ndarray  # the number of the dataset
    row: np.ndarray  # the place in its manifest
    speaker: np.ndarray
    frames: np.ndarray

    def only(self, keep: np.ndarray) -> Places:
        """The utterances that a mask, or indices, select."""
        return Places(self.source[keep], self.row[keep], self.speaker[keep], self.frames[keep])


def open_source(
    name: str,
    store: FeatureStore,
    prints: Mapping[str, str],
    text: TextProcessor | None,
    jobs: int,
) -> Source:
    """A dataset with the features whose fingerprints are `prints` and, if there is a `text`, its
    tokens, which `jobs` processes make if they are missing.
    """
    manifest = store.manifest()
    readers = {f: store.reader(f, print_, manifest) for f, print_ in prints.items()}
    tokens = None if text is None else store.tokens(text, manifest, jobs=jobs)
    return Source(name, store, manifest, readers, tokens)


def select(sources: Sequence[Source], split: str, speakers: Sequence[str], of_mels: bool) -> Places:
    """The utterances of a split that can be trained on. With `of_mels`, those with more tokens than
    frames cannot. `speakers` are those that the model knows; with none, all have the number 0.

    Raises `DataError` for a speaker that the model does not know.
    """
    found = []
    for number, source in enumerate(sources):
        rows = _not_held_out(sources, source, split, source.store.rows(split, source.manifest))
        frames = np.zeros(len(rows), np.int32)
        if source.readers:
            frames = next(iter(source.readers.values())).lengths[rows]
        if source.tokens is not None:
            n_tokens = source.tokens.lengths[rows]
            too_many = (n_tokens > frames) & of_mels
            wrong = np.flatnonzero((n_tokens == 0) | too_many)
            _warn(source, split, rows, wrong, n_tokens, frames)
            rows, frames = np.delete(rows, wrong), np.delete(frames, wrong)
        speaker = np.zeros(len(rows), np.int32)
        if speakers:
            speaker = _speaker_numbers(source, rows, speakers)
        found.append(Places(np.full(len(rows), number, np.int16), rows, speaker, frames))
    return Places(
        np.concatenate([places.source for places in found]),
        np.concatenate([places.row for places in found]),
        np.concatenate([places.speaker for places in found]),
        np.concatenate([places.frames for places in found]),
    )


def _speaker_numbers(source: Source, rows: np.ndarray, speakers: Sequence[str]) -> np.ndarray:
    numbers = {speaker: i for i, speaker in enumerate(speakers)}
    names = [speaker_name(source.name, speaker) for speaker in source.manifest.speaker_names]
    of_name = np.array([numbers.get(name, -1) for name in names], np.int32)
    found = of_name[source.manifest.speaker[rows]]
    for row in rows[found < 0][:1]:
        u = source.manifest[int(row)]
        raise DataError(
            f"{source.name}: the voice does not know the speaker of {u.id}, "
            f"{u.speaker or 'who has no name'}; train one that does"
        )
    return found


def _not_held_out(
    sources: Sequence[Source], source: Source, split: str, rows: np.ndarray
) -> np.ndarray:
    """Without the texts on which the other datasets are validated or tested."""
    texts: set[str] = set()
    held = [np.zeros(0, np.uint64)]
    for other in sources:
        for kind in HELD_OUT.get(split, ()) if other is not source else ():
            theirs = other.store.rows(kind, other.manifest)
            held.append(other.manifest.normal_hash[theirs])
            texts |= {normal_text(other.manifest[int(row)].text) for row in theirs}
    # hashes find the few whose text is worth reading
    maybe = np.flatnonzero(np.isin(source.manifest.normal_hash[rows], np.concatenate(held)))
    lost = [i for i in maybe if normal_text(source.manifest[int(rows[i])].text) in texts]
    if lost:
        log.warning(
            "%s: %d utterances of %s are left out: another dataset is tested on their text",
            split,
            len(lost),
            source.name,
        )
    return np.delete(rows, lost)


def _warn(
    source: Source,
    split: str,
    rows: np.ndarray,
    wrong: np.ndarray,
    n_tokens: np.ndarray,
    frames: np.ndarray,
) -> None:
    """Name utterances whose text has no tokens, or more than the recording has frames."""
    if not len(wrong):
        return
    shown = []
    for i in wrong[:SHOWN]:
        u = source.manifest[int(rows[i])]
        why = f"{n_tokens[i]} tokens in {frames[i]} frames"
        if not n_tokens[i]:
            why = f"nothing to speak in {u.text[:40]!r}"
        shown.append(f"{u.id} ({why})")
    log.warning(
        "%s: %d utterances of %s are left out, since their text cannot be that of their "
        "recording: %s%s; --doctor lists more",
        split,
        len(wrong),
        source.name,
        ", ".join(shown),
        ", …" if len(wrong) > SHOWN else "",
    )
