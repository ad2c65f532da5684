"""The phones of a wave, as an aligner finds them: how much their durations differ, and how loud
fricatives are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import torch

from recital.modules.contract.audio import AudioConfig
from recital.modules.contract.mel import MelSpectrogram
from recital.processors.evaluation.analysis import Analysis
from recital.processors.text.processor import SILENT

FRICATIVES = frozenset("szʃʒfθçxχʂʐɕʑ")  # without those that are often as soft as a vowel
HISS = (4000.0, 8000.0)  # Hz
STRESS = "ˈˌ"
LETTERS = ("Ll", "Lo", "Lu")  # Unicode's categories; lengths, accents and tones are of others
LEAST = 5  # of a phone: the mean of fewer says little

Values = dict[str, float]


class Phone(NamedTuple):
    """A phone in frames `start` to `stop`."""

    name: str
    start: int
    stop: int


class PhoneFinder(Protocol):
    """Finds the phones that a wave says; none if the text cannot be read."""

    def __call__(self, analysis: Analysis, text: str) -> list[Phone]: ...


def phones_of(names: Sequence[str], durations: Sequence[int]) -> list[Phone]:
    """The phones of tokens in IPA with `durations` in frames. A stress belongs to the phone after
    it, a length or an accent to the one before; blanks and marks are no phones.
    """
    phones: list[Phone] = []
    frame = 0
    start: int | None = None  # of a stress that waits for its phone
    for name, frames in zip(names, durations, strict=True):
        begin, frame = frame, frame + frames
        bare = name.lstrip(STRESS)
        if name in SILENT:
            start = None
        elif not bare:
            start = begin if start is None else start
        elif any(unicodedata.category(sign) in LETTERS for sign in bare):
            phones.append(Phone(bare, begin if start is None else start, frame))
            start = None
        elif phones and phones[-1].stop == begin:
            phones[-1] = Phone(phones[-1].name + bare, phones[-1].start, frame)
    return phones


def fricative_level(analysis: Analysis, audio: AudioConfig, phones: Sequence[Phone]) -> float:
    """Mean power between 4 and 8 kHz in fricatives over the mean power of voiced frames, dB; NaN
    without either.
    """
    with torch.inference_mode():
        wav = torch.from_numpy(analysis.wav.copy())[None]
        power = MelSpectrogram(audio).magnitude(wav)[0].double().square().numpy()  # [F, T]
    hz = np.arange(len(power)) * audio.sample_rate / audio.n_fft
    band = (hz >= HISS[0]) & (hz < HISS[1])
    inside = np.zeros(power.shape[1], bool)
    for phone in phones:
        if phone.name in FRICATIVES:
            inside[phone.start : phone.stop] = True
    voiced = analysis.pitch > 0
    if not (inside.any() and voiced.any() and band.any()):
        return float("nan")
    hiss = power[np.ix_(band, inside)].sum(axis=0).mean()
    return float(10.0 * np.log10(hiss / power[:, voiced].sum(axis=0).mean()))


def duration_sums(utterances: Mapping[str, Sequence[Phone]]) -> dict[str, Values]:
    """By id: `phones`, how many there are, and `duration_squares`, the sum of the squares of their
    durations' relative differences from the mean of the same phone in all utterances. A phone that
    occurs less than five times is not counted. The mean of all squares is an unbiased variance.
    """
    durations: dict[str, list[int]] = {}
    for phones in utterances.values():
        for phone in phones:
            durations.setdefault(phone.name, []).append(phone.stop - phone.start)
    known = {name: all_ for name, all_ in durations.items() if len(all_) >= LEAST and any(all_)}
    means = {name: float(np.mean(all_)) for name, all_ in known.items()}
    # the mean is that of the same values, to which they are nearer than to the true one
    factors = {name: len(all_) / (len(all_) - 1) for name, all_ in known.items()}
    found = {}
    for id, phones in utterances.items():
        squares = [
            factors[p.name] * ((p.stop - p.start) / means[p.name] - 1.0) ** 2
            for p in phones
            if p.name in means
        ]
        if squares:
            found[id] = {"phones": float(len(squares)), "duration_squares": float(sum(squares))}
    return found
