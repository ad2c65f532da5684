"""Forced alignment by hidden Markov models that are learned from the corpus itself: no voice is
needed (Young et al., "The HTK Book", chapters 1 and 3; McAuliffe et al., "Montreal Forced Aligner",
Interspeech 2017).

A sound has two states in turn and a pause one, each a Gaussian of cepstra and their changes. The
first alignment is even (a flat start); then models and alignment improve each other.

    text      t h e   c a t     # blanks and marks between two words are one pause,
    sounds    t h e _ c a t     # which may have no frame

Ours: cepstra are of the store's mels, so that borders are on their frames.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.fft import dct

N_CEPSTRA = 13
N_ITERATIONS = 25
N_STATES = 2  # of a sound
PAUSE = ""  # the name of a pause
# each variance begins with so many frames that have this share of the variance of all frames
EVEN_FRAMES, EVEN_SHARE = 10.0, 0.3
LEAST_VARIANCE = 0.01


class Sound(NamedTuple):
    """A sound or a pause of a text."""

    name: str
    token: int  # the token that gets its frames


class Aligned(NamedTuple):
    """The best alignment of a text."""

    durations: np.ndarray  # [N] int64, frames of each token
    likelihood: float  # mean of log-likelihoods over frames


class _Chain(NamedTuple):
    """The K states of a text, in turn."""

    states: np.ndarray  # [K] places in the models' means
    tokens: np.ndarray  # [K]
    optional: np.ndarray  # [K] whether a state may have no frame


def cepstra(mel: np.ndarray) -> np.ndarray:
    """Log mel [n_mels, T] -> cepstra, their changes, and the changes of these: [T, D] float32."""
    static = dct(mel, axis=0, norm="ortho")[:N_CEPSTRA].T
    first = _changes(static)
    return np.concatenate([static, first, _changes(first)], 1).astype(np.float32)


def _changes(values: np.ndarray) -> np.ndarray:
    padded = np.pad(values, ((1, 1), (0, 0)), mode="edge")
    return (padded[2:] - padded[:-2]) / 2


class HmmAligner:
    """The models of the sounds of one corpus."""

    def __init__(
        self,
        texts: Sequence[Sequence[Sound]],
        features: Sequence[np.ndarray],
        after_iteration: Callable[[], object] = lambda: None,
    ) -> None:
        """Learn from the sounds of some texts, and the features [T, D] of each: `cepstra` with mean
        0 and deviation 1 for each speaker.
        """
        names = sorted({sound.name for text in texts for sound in text} | {PAUSE})
        self.first_states = {name: N_STATES * i for i, name in enumerate(names)}
        chains = [self._chain(text) for text in texts]
        paths = [_even_path(len(x), len(c.states)) for x, c in zip(features, chains, strict=True)]
        for _ in range(N_ITERATIONS):
            self.means, self.variances = self._fitted(features, chains, paths)
            paths = [self._path(x, c)[0] for x, c in zip(features, chains, strict=True)]
            after_iteration()

    def align(self, text: Sequence[Sound], features: np.ndarray, n_tokens: int) -> Aligned | None:
        """The best alignment of the sounds of a text; None if it has no sound, more of them than
        frames, or one that was not learned.
        """
        if not text or any(sound.name not in self.first_states for sound in text):
            return None
        chain = self._chain(text)
        path, scores = self._path(features, chain)
        if len(path) == 0:
            return None
        durations = np.bincount(chain.tokens[path], minlength=n_tokens)
        return Aligned(durations, float(scores[np.arange(len(path)), path].mean()))

    def _chain(self, text: Sequence[Sound]) -> _Chain:
        """A chain in which every state of a sound has a frame."""
        rows = [
            (self.first_states[name] + i, token, name == PAUSE)
            for name, token in text
            for i in range(1 if name == PAUSE else N_STATES)
        ]
        states, tokens, optional = (np.array(column) for column in zip(*rows, strict=True))
        return _Chain(states, tokens, optional)

    def _path(self, features: np.ndarray, chain: _Chain) -> tuple[np.ndarray, np.ndarray]:
        """The place in the chain of each frame [T], and the score of each place [T, K]. Where
        speech is too fast for two states of each sound, one is enough; the path is empty where it
        is too fast for that.
        """
        # here, since numba takes a second to import
        from recital.modules.alignment.hmm_cpu import best_path

        scores = self._scores(features, chain)
        path = best_path(scores, chain.optional)
        if len(path) == 0:
            later = np.diff(chain.tokens, prepend=-1) == 0
            path = best_path(scores, chain.optional | later)
        return path, scores

    def _scores(self, features: np.ndarray, chain: _Chain) -> np.ndarray:
        """Features [T, D] -> the log-likelihood of each state of the chain [T, K], without the
        constant that all have.
        """
        used, places = np.unique(chain.states, return_inverse=True)
        mean, weight = self.means[used], 1 / self.variances[used]
        constant = (np.square(mean) * weight - np.log(weight)).sum(1)
        distance = np.square(features) @ weight.T - 2 * features @ (mean * weight).T + constant
        scores: np.ndarray = (-0.5 * distance[:, places]).astype(np.float32)
        return scores

    def _fitted(
        self, features: Sequence[np.ndarray], chains: Sequence[_Chain], paths: Sequence[np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray]:
        """The means and variances of all states, [S, D] float32 each, of the frames that the paths
        give to them.
        """
        size = features[0].shape[1]
        n_states = N_STATES * len(self.first_states)
        count = np.zeros((n_states, 1))
        sums, squares = np.zeros((2, n_states, size))
        for x, chain, path in zip(features, chains, paths, strict=True):
            if len(path) == 0:
                continue
            starts = np.flatnonzero(np.diff(path, prepend=-1))
            states = chain.states[path[starts]]
            np.add.at(count, states, np.diff(starts, append=len(path))[:, None])
            np.add.at(sums, states, np.add.reduceat(x, starts))
            np.add.at(squares, states, np.add.reduceat(np.square(x), starts))
        mean = sums / np.maximum(count, 1)
        of_all = squares.sum(0) / max(count.sum(), 1.0)
        spread = squares - count * np.square(mean) + EVEN_FRAMES * EVEN_SHARE * of_all
        variance = np.maximum(spread / (count + EVEN_FRAMES), LEAST_VARIANCE)
        return mean.astype(np.float32), variance.astype(np.float32)


def _even_path(n_frames: int, n_states: int) -> np.ndarray:
    """All states of a chain with as many frames each."""
    return np.arange(n_frames) * n_states // max(n_frames, 1)
