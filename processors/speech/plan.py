"""The plan of a text: each token of each sentence with its duration, pitch and energy.

`Synthesizer.plan` makes one; it can be edited and spoken in place of the text. As JSON it is what
the page of `recital serve` edits, and what stage 3 takes as --controls.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from recital.utils.config import nearest
from recital.utils.errors import DataError

LONGEST_SENTENCE = 60.0  # seconds; attention over more costs gigabytes
MOST_TOKENS = 1000  # of a sentence
PITCH = (20.0, 2000.0)  # Hz
# What `record` writes in addition, for readers; it follows from the rest and is not read again.
DERIVED = {"seconds", "starts", "mel", "editable", "voice", "total"}


class Word(NamedTuple):
    """A word, or several that are said as one: tokens `start` to `end` - 1 of its sentence."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """One sentence of N tokens. A token outside of all words is a pause or a mark."""

    text: str
    tokens: Sequence[str]  # names of symbols
    durations: Sequence[int]  # frames
    pitch: Sequence[float | None]  # Hz; None keeps what the voice predicts
    energy: Sequence[float | None]  # in the voice's own unit; None as for pitch
    words: Sequence[Word] = ()
    before: int = 0  # frames of silence
    after: int = 0
    mel: np.ndarray | None = None  # [n_mels, T] log mel, without the silence

    @property
    def frames(self) -> int:
        """T, without the silence."""
        return sum(self.durations)

    @property
    def all_frames(self) -> int:
        """T, with the silence."""
        return self.before + self.frames + self.after


@dataclass(frozen=True)
class Plan:
    """The sentences of a text, and what their numbers count in."""

    text: str
    speaker: str | None
    sample_rate: int  # Hz
    hop_length: int  # samples of a frame
    sentences: Sequence[Sentence]
    editable: bool = True  # False: the voice cannot be given durations
    total: int | None = None  # sentences of the text, of which this may be a part

    @property
    def frames(self) -> int:
        """The frames of the whole speech, with the silence."""
        return sum(sentence.all_frames for sentence in self.sentences)

    @property
    def frame_seconds(self) -> float:
        """The length of a frame."""
        return self.hop_length / self.sample_rate


def record(plan: Plan) -> dict[str, Any]:
    """The plan as JSON, without mels; times are in seconds from the start of the speech."""
    sentences, frame = [], 0
    for sentence in plan.sentences:
        ends = np.cumsum([frame + sentence.before, *sentence.durations])
        frame = int(ends[-1]) + sentence.after
        sentences.append(
            {
                "text": sentence.text,
                "words": [word._asdict() for word in sentence.words],
                "tokens": list(sentence.tokens),
                "durations": list(sentence.durations),
                "seconds": _seconds(sentence.durations, plan),
                "starts": _seconds(ends[:-1], plan),
                "pitch": [None if hz is None else round(hz, 3) for hz in sentence.pitch],
                "energy": [None if e is None else round(e, 6) for e in sentence.energy],
                "before": sentence.before,
                "after": sentence.after,
            }
        )
    return {
        "text": plan.text,
        "speaker": plan.speaker,
        "sample_rate": plan.sample_rate,
        "hop_length": plan.hop_length,
        "seconds": round(frame * plan.frame_seconds, 6),
        "editable": plan.editable,
        "sentences": sentences,
    }


def _seconds(frames: Sequence[int] | np.ndarray, plan: Plan) -> list[float]:
    return [round(float(n) * plan.frame_seconds, 6) for n in frames]


def read_plan(tree: object) -> Plan:
    """The inverse of `record`, for data of any origin. Raises `DataError` with the place of what is
    missing, unknown, of another type or out of range.
    """
    _check_keys(tree, "controls", ("text", "speaker", "sample_rate", "hop_length", "sentences"), ())
    assert isinstance(tree, dict)
    speaker = tree["speaker"]
    if speaker is not None and not isinstance(speaker, str):
        raise DataError(f"controls.speaker: expected a name or null, found {speaker!r:.80}")
    sample_rate = _whole(tree["sample_rate"], "controls.sample_rate", 1)
    hop_length = _whole(tree["hop_length"], "controls.hop_length", 1)
    sentences = tree["sentences"]
    if not isinstance(sentences, list) or not sentences:
        raise DataError(f"controls.sentences: expected a list of them, found {sentences!r:.80}")
    plan = Plan(
        _text(tree["text"], "controls.text"),
        speaker,
        sample_rate,
        hop_length,
        [_sentence(s, f"controls.sentences[{i}]") for i, s in enumerate(sentences)],
    )
    for i, sentence in enumerate(plan.sentences):
        if (seconds := sentence.frames * plan.frame_seconds) > LONGEST_SENTENCE:
            raise DataError(
                f"controls.sentences[{i}].durations: {seconds:.0f} seconds; expected at most "
                f"{LONGEST_SENTENCE:g} in one sentence"
            )
    return plan


def _sentence(tree: object, where: str) -> Sentence:
    _check_keys(
        tree,
        where,
        ("text", "tokens", "durations", "pitch", "energy"),
        ("words", "before", "after"),
    )
    assert isinstance(tree, dict)
    tokens = tree["tokens"]
    if (
        not isinstance(tokens, list)
        or not 0 < len(tokens) <= MOST_TOKENS
        or not all(isinstance(name, str) for name in tokens)
    ):
        raise DataError(f"{where}.tokens: expected 1 to {MOST_TOKENS} names, found {tokens!r:.80}")
    n = len(tokens)
    durations = _list(tree["durations"], f"{where}.durations", n)
    pitch = _list(tree["pitch"], f"{where}.pitch", n)
    energy = _list(tree["energy"], f"{where}.energy", n)
    read = Sentence(
        _text(tree["text"], f"{where}.text"),
        tokens,
        [_whole(d, f"{where}.durations[{i}]", 0) for i, d in enumerate(durations)],
        [_number(hz, f"{where}.pitch[{i}]", *PITCH) for i, hz in enumerate(pitch)],
        [_number(e, f"{where}.energy[{i}]", -1e4, 1e4) for i, e in enumerate(energy)],
        _words(tree.get("words", []), f"{where}.words", n),
        _whole(tree.get("before", 0), f"{where}.before", 0),
        _whole(tree.get("after", 0), f"{where}.after", 0),
    )
    if not read.frames:
        raise DataError(f"{where}.durations: all are 0; expected a frame for some token")
    return read


def _words(tree: object, where: str, n_tokens: int) -> list[Word]:
    words, last = [], 0
    if not isinstance(tree, list):
        raise DataError(f"{where}: expected a list, found {tree!r:.80}")
    for i, word in enumerate(tree):
        _check_keys(word, f"{where}[{i}]", ("text", "start", "end"), ())
        start = _whole(word["start"], f"{where}[{i}].start", last)
        last = _whole(word["end"], f"{where}[{i}].end", start)
        if last > n_tokens:
            raise DataError(f"{where}[{i}].end: expected at most {n_tokens}, found {last}")
        words.append(Word(_text(word["text"], f"{where}[{i}].text"), start, last))
    return words


def _check_keys(tree: object, where: str, required: Sequence[str], optional: Sequence[str]) -> None:
    if not isinstance(tree, Mapping):
        raise DataError(f"{where}: expected an object {{…}}, found {tree!r:.80}")
    known = {*required, *optional}
    for name in tree:
        if name not in known | DERIVED:
            hint = nearest(str(name), known) or f"; known: {', '.join(sorted(known))}"
            raise DataError(f"{where}: no key {name!r:.80} in a plan{hint}")
    for name in required:
        if name not in tree:
            raise DataError(f"{where}.{name}: is missing; expected a plan, as POST /v1/plan gives")


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise DataError(f"{where}: expected a text, found {value!r:.80}")
    return value


def _list(value: object, where: str, length: int) -> list[Any]:
    if not isinstance(value, list) or len(value) != length:
        found = f"{len(value)}" if isinstance(value, list) else f"{value!r:.80}"
        raise DataError(f"{where}: expected {length} numbers, one for each token, found {found}")
    return value


def _whole(value: object, where: str, low: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise DataError(f"{where}: expected a whole number from {low}, found {value!r:.80}")
    return value


def _number(value: object, where: str, low: float, high: float) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise DataError(f"{where}: expected a number or null, found {value!r:.80}")
    if not math.isfinite(value) or not low <= value <= high:
        raise DataError(f"{where}: expected {low:g} to {high:g} or null, found {value!r:.80}")
    return float(value)
