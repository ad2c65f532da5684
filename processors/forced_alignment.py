"""Forced alignment of a whole corpus by models of its sounds (`modules/alignment/hmm.py`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from recital.modules.alignment.hmm import N_ITERATIONS, HmmAligner, Sound, cepstra
from recital.processors.dataset import Example, SpeechDataset
from recital.processors.text import TextProcessor
from recital.processors.text.sounds import sounds_of

MOST_LEARNED = 2000  # utterances from which the models are learned
UNLIKELY = 4.0  # deviations of the likelihood below its median: another text


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
    """Align all utterances of some splits, which have mels and tokens of `text`. An utterance may
    be given twice: at last without durations, if its sounds and its text agree far less than those
    of all others.
    """
    from tqdm import tqdm

    items = [_Item(data, i) for data in splits for i in range(len(data))]

    def sounds(item: _Item) -> list[Sound]:
        return sounds_of(text.token_names(item.example.tokens), text)

    speakers: dict[str, _Moments] = {}
    for item in tqdm(items, desc="reading mels", delay=3, disable=None):
        speakers.setdefault(item.example.utterance.speaker, _Moments()).add(item.features())

    def normal(item: _Item) -> np.ndarray:
        return speakers[item.example.utterance.speaker].normal(item.features())

    some = items[:: -(-len(items) // MOST_LEARNED)]
    with tqdm(total=N_ITERATIONS, desc="learning the sounds", delay=3, disable=None) as bar:
        aligner = HmmAligner([sounds(i) for i in some], [normal(i) for i in some], bar.update)
    likelihoods: list[float] = []
    aligned_items: list[_Item] = []
    for item in tqdm(items, desc="aligning", delay=3, disable=None):
        example, own = item.example, sounds(item)
        aligned = aligner.align(own, normal(item), len(example.tokens))
        if aligned is None:
            n_sounds, n_frames = sum(bool(s.name) for s in own), example.frames
            yield Found(example, None, f"{n_sounds} sounds do not fit into {n_frames} frames")
        else:
            yield Found(example, aligned.durations, None)
            likelihoods.append(aligned.likelihood)
            aligned_items.append(item)
    if not likelihoods:
        return
    usual = float(np.median(likelihoods))
    # a normal distribution's deviation, which a few wrong texts do not move
    deviation = 1.4826 * float(np.median(np.abs(np.array(likelihoods) - usual)))
    for item, likelihood in zip(aligned_items, likelihoods, strict=True):
        if likelihood < usual - UNLIKELY * deviation:
            below = (usual - likelihood) / deviation
            failure = (
                "its sounds are not those of its text: their likelihood is "
                f"{below:.1f} deviations below the median"
            )
            yield Found(item.example, None, failure)


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
