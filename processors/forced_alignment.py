"""Forced alignment of a whole corpus by models of its sounds (`modules/alignment/hmm.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from recital.modules.alignment.hmm import N_ITERATIONS, HmmAligner, Sound, cepstra
from recital.processors.dataset import Example, SpeechDataset
from recital.processors.text import TextProcessor
from recital.processors.text.sounds import sounds_of

MOST_LEARNED = 2000  # utterances from which the models are learned
UNLIKELY = 4.0  # deviations of the likelihood below its median: another text
LEAST_DEVIATION = 0.1  # of the likelihood of a frame; copies of one recording have none


class Found(NamedTuple):
    """What was found of an utterance: frames of each token [N], or why it has none."""

    example: Example
    durations: np.ndarray | None
    failure: str | None


class _Item(NamedTuple):
    """An utterance that is read when it is asked for."""

    data: SpeechDataset
    place: int

    @property
    def example(self) -> Example:
        return self.data.examples[self.place]

    def features(self) -> np.ndarray:
        """[T, D]."""
        return cepstra(self.data[0, self.place]["mel"].numpy())


def align_corpus(splits: Sequence[SpeechDataset], text: TextProcessor) -> Iterator[Found]:
    """Align all utterances of some splits, which have mels and tokens of `text`. One whose sounds
    and text agree far less than those of the others is yielded a second time, without durations:
    that is known only when all are aligned.
    """
    from tqdm import tqdm

    items = [_Item(data, i) for data in splits for i in range(len(data))]

    def sounds(item: _Item) -> list[Sound]:
        return sounds_of(text.token_names(item.example.tokens), text)

    if not items:
        return
    speakers: dict[str, _Moments] = {}
    for item in tqdm(items, desc="reading mels", delay=3, disable=None):
        speakers.setdefault(item.example.utterance.speaker, _Moments()).add(item.features())

    def normal(item: _Item) -> np.ndarray:
        return speakers[item.example.utterance.speaker].normal(item.features())

    some = _learned(len(items), map(sounds, items))
    with tqdm(total=N_ITERATIONS, desc="learning the sounds", delay=3, disable=None) as bar:
        aligner = HmmAligner(
            [sounds(items[i]) for i in some], [normal(items[i]) for i in some], bar.update
        )
    likelihoods: list[float] = []
    aligned_items: list[_Item] = []
    for item in tqdm(items, desc="aligning", delay=3, disable=None):
        example, own = item.example, sounds(item)
        aligned = aligner.align(own, normal(item), len(example.tokens))
        if aligned is None:
            n_sounds, n_frames = sum(bool(s.name) for s in own), example.frames
            failure = f"{n_sounds} sounds do not fit into {n_frames} frames"
            yield Found(example, None, failure if n_sounds else "its text has no sound")
        else:
            yield Found(example, aligned.durations, None)
            likelihoods.append(aligned.likelihood)
            aligned_items.append(item)
    for item, below in zip(aligned_items, _below_median(likelihoods), strict=True):
        if below > UNLIKELY:
            failure = (
                "its sounds are not those of its text: their likelihood is "
                f"{below:.1f} deviations below the median"
            )
            yield Found(item.example, None, failure)


def _below_median(likelihoods: Sequence[float]) -> list[float]:
    """How many deviations each likelihood is below the median of all."""
    if not likelihoods:
        return []
    below = np.median(likelihoods) - np.array(likelihoods)
    # a normal distribution's deviation, which a few wrong texts do not move
    deviation = max(1.4826 * float(np.median(np.abs(below))), LEAST_DEVIATION)
    found: list[float] = (below / deviation).tolist()
    return found


def _learned(n_texts: int, texts: Iterable[Sequence[Sound]]) -> list[int]:
    """The places of the texts to learn from: about `MOST_LEARNED` spread evenly, and the first with
    each sound, without which no text that has it could be aligned.
    """
    step = -(-n_texts // MOST_LEARNED)
    places, known = list[int](), set[str]()
    for i, text in enumerate(texts):
        names = {sound.name for sound in text}
        if names and (i % step == 0 or not names <= known):
            places.append(i)
            known |= names
    return places


class _Moments:
    """Mean and deviation of a speaker's features."""

    def __init__(self) -> None:
        self.count = 0
        self.sums = self.squares = np.zeros(())

    def add(self, features: np.ndarray) -> None:
        """Features [T, D]."""
        self.count += len(features)
        self.sums = self.sums + features.sum(0, dtype=np.float64)
        self.squares = self.squares + np.square(features).sum(0, dtype=np.float64)

    def normal(self, features: np.ndarray) -> np.ndarray:
        """Features [T, D] -> with mean 0 and deviation 1."""
        mean = self.sums / self.count
        deviation = np.sqrt(np.maximum(self.squares / self.count - np.square(mean), 1e-6))
        normal: np.ndarray = ((features - mean) / deviation).astype(np.float32)
        return normal
