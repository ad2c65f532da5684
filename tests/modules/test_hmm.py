"""Forced alignment: the search against all paths, and borders that are known."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from recital.modules.alignment.hmm import PAUSE, HmmAligner, Sound, cepstra
from recital.modules.alignment.hmm_cpu import best_path
from recital.processors import forced_alignment
from recital.processors.forced_alignment import _Moments, align_corpus
from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.processors.text.sounds import sounds_of


def _all_paths(n_frames: int, optional: np.ndarray):
    """Every path of a chain that leaves out optional states alone."""
    for path in product(range(len(optional)), repeat=n_frames):
        if all(a <= b for a, b in zip(path, path[1:], strict=False)) and all(
            optional[k] for k in set(range(len(optional))) - set(path)
        ):
            yield path


@pytest.mark.parametrize("seed", range(12))
def test_the_search_finds_the_best_of_all_paths(seed: int) -> None:
    random = np.random.default_rng(seed)
    n_frames, n_states = int(random.integers(1, 7)), int(random.integers(1, 6))
    optional = random.random(n_states) < 0.5
    scores = random.standard_normal((n_frames, n_states)).astype(np.float32)
    sums = {
        path: float(scores[np.arange(n_frames), path].sum())
        for path in _all_paths(n_frames, optional)
    }
    found = best_path(scores, optional)
    if sums:
        assert tuple(found) == max(sums, key=sums.__getitem__)
    else:
        assert len(found) == 0


def _spoken(random: np.random.Generator, means: dict[str, np.ndarray], text: list[str]):
    """Features of a text, and the first frame of each of its sounds."""
    frames, starts, n = [], [], 0
    for name in text:
        starts.append(n)
        longest = 0 if name == PAUSE and random.random() < 0.5 else 8
        size = int(random.integers(3, longest)) if longest else 0
        frames.append(means[name] + 0.5 * random.standard_normal((size, 6)))
        n += size
    return np.concatenate(frames).astype(np.float32), starts


def test_borders_are_learned_without_any_given() -> None:
    random = np.random.default_rng(0)
    names = [*"abdefghij", PAUSE]
    means = {name: random.standard_normal(6) for name in names}
    texts = [
        [x for _ in range(3) for x in (*random.choice(names[:-1], 3), PAUSE)][:-1]
        for _ in range(60)
    ]
    spoken = [_spoken(random, means, text) for text in texts]
    sounds = [[Sound(name, i) for i, name in enumerate(text)] for text in texts]
    aligner = HmmAligner(sounds, [features for features, _ in spoken])
    errors = []
    for text, (features, starts) in zip(sounds, spoken, strict=True):
        aligned = aligner.align(text, features, len(text))
        assert aligned is not None and aligned.durations.sum() == len(features)
        found = np.cumsum(aligned.durations) - aligned.durations
        errors += [abs(a - b) for a, b in zip(found, starts, strict=True)]
    assert np.mean(np.array(errors) <= 1) > 0.95


def test_fast_speech_has_one_frame_a_sound_and_what_does_not_fit_none() -> None:
    random = np.random.default_rng(1)
    text = [Sound(name, i) for i, name in enumerate("abcd")]
    features = [random.standard_normal((20, 6)).astype(np.float32) for _ in range(4)]
    aligner = HmmAligner([text] * 4, features)
    aligned = aligner.align(text, features[0][:5], 4)
    assert aligned is not None and aligned.durations.tolist().count(0) == 0
    assert aligner.align(text, features[0][:3], 4) is None
    assert aligner.align([Sound("unknown", 0)], features[0], 1) is None


def test_cepstra_do_not_depend_on_a_speakers_level() -> None:
    random = np.random.default_rng(2)
    mels = [random.standard_normal((80, n)) for n in (30, 50)]

    def normal(shift: float) -> np.ndarray:
        moments = _Moments()
        for mel in mels:
            moments.add(cepstra(mel + shift))
        return np.concatenate([moments.normal(cepstra(mel + shift)) for mel in mels])

    assert normal(0.0).shape == (80, 39)
    np.testing.assert_allclose(normal(0.0), normal(3.0), atol=1e-3)
    np.testing.assert_allclose(normal(0.0).mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(normal(0.0).std(0), 1, atol=1e-4)


@pytest.mark.parametrize(
    ("symbol_set", "phonemizer", "names", "expected"),
    [
        ("ipa", "espeak", " ˈaː, b", [("", 0), ("aː", 2), ("", 4), ("b", 6)]),
        ("espeak_en", "espeak", ["ˈɛ", " ", "n", "."], [("ɛ", 0), ("", 1), ("n", 2), ("", 3)]),
        ("english_basic", None, ["@AH1", " ", "A", "-"], [("@AH", 0), ("", 1), ("a", 2), ("", 3)]),
    ],
)
def test_sounds_of_symbols(symbol_set, phonemizer, names, expected) -> None:
    more = {"phonemizer": phonemizer} if phonemizer else {}
    config = TextConfig(symbol_set=symbol_set, cleaners="english", **more)
    processor = TextProcessor(config, symbols_for(config))
    assert sounds_of(list(names), processor) == expected


def test_marks_of_a_set_that_are_no_pause_elsewhere_are_pauses_too() -> None:
    config = TextConfig(symbol_set="vits", phonemizer="espeak")
    processor = TextProcessor(config, symbols_for(config))
    assert sounds_of(["n", "—", " ", "“", "a", "ː"], processor) == [("n", 0), ("", 1), ("aː", 4)]


def test_a_text_without_sounds_is_not_aligned() -> None:
    text, features = [Sound("a", 0)], np.random.default_rng(3).standard_normal((9, 6))
    aligner = HmmAligner([text], [features.astype(np.float32)])
    assert aligner.align([], features, 1) is None


def test_rare_sounds_are_learned_too(monkeypatch) -> None:
    monkeypatch.setattr(forced_alignment, "MOST_LEARNED", 2)
    texts = [[Sound(name, 0) for name in names] for names in ("ab", "a", "", "az", "b", "az", "a")]
    assert forced_alignment._learned(len(texts), iter(texts)) == [0, 3, 4]


def test_copies_of_a_recording_have_a_usual_likelihood() -> None:
    assert forced_alignment._below_median([-5.0] * 3 + [-6.0]) == pytest.approx([0, 0, 0, 10])
    assert forced_alignment._below_median([-7.0]) == [0]


def test_nothing_to_align_is_no_error() -> None:
    config = TextConfig()
    assert list(align_corpus([], TextProcessor(config, symbols_for(config)))) == []
