"""Utterances of an aligned recording: where to cut it, and how sure each is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from recital.preprocessors.segmentation.alignment import Alignment
from recital.preprocessors.segmentation.listening import LEVELS, Heard
from recital.preprocessors.segmentation.listening import RATE as FRAME_RATE
from recital.preprocessors.segmentation.phones import PHONES
from recital.preprocessors.segmentation.script import CLAUSE, SENTENCE, WORD, Script

RATE = FRAME_RATE * LEVELS  # levels a second: the unit of time here

SHORTEST, USUAL, LONGEST = 1.0, 6.0, 13.0  # s
LEAST_PAUSE = {WORD: 20, CLAUSE: 12, SENTENCE: 6}  # levels of silence at which to cut
PRICE = {WORD: 1.5, CLAUSE: 0.4, SENTENCE: 0.0}  # of a cut
DROP = 20.0  # the price of a second that is in no utterance
BEFORE, BEHIND = 0.03, 0.005  # s of silence that are kept around an utterance
REACH = 14  # levels by which the aligner may be wrong about a border
SOFT = 3  # levels by which what is too soft for a threshold may be longer
BLOCK = 20 * RATE  # levels whose loudness is measured together
ABOVE_FLOOR, BELOW_VOICE = 11.0, 34.0  # dB: silence is between these
SOFT_LONGEST = 3  # levels
SOFT_ABOVE = 5.0  # dB above the background
LEAST_GAPS, MOST_SILENT = 100, 0.85  # levels between words, and the share that is silent
LITTLE = 4  # phones, of which the most surprising are looked for
MOST_SURPRISE = 4.0  # nats
LEAST_PHONES = 5  # of a kind, for its usual cost
LONG_RUN = 80  # phones
# nats a phone at which half are right, of an utterance and of a word; and how fast that changes
HALF_WHOLE, HALF_WORD, SPREAD = 2.1, 1.9, 0.15


class Cut(NamedTuple):
    """The silence at a border: in levels, from the end of speech to its next start."""

    stop: int
    start: int

    @property
    def middle(self) -> float:
        return (self.stop + self.start) / 2.0


class Piece(NamedTuple):
    """An utterance, or what is left out, of words `first` to `last`."""

    first: int
    last: int
    start: float  # s
    end: float  # s
    confidence: float


class Left(NamedTuple):
    """A part of the recording or of the text that is in no utterance."""

    code: str
    first: int  # words
    last: int
    start: float  # s; 0 to 0 for a text that is not read
    end: float


def find_utterances(heard: Heard, script: Script, found: Alignment) -> Iterator[Piece | Left]:
    """Cut a recording at pauses, into utterances of `SHORTEST` to `LONGEST` seconds."""
    found = found._replace(starts=found.starts * LEVELS, stops=found.stops * LEVELS)
    surprise = surprises(script, found)
    silent, soft = silences(heard.quiet, gaps_between(found, len(heard.quiet)))
    said = found.starts >= 0
    word = 0
    level = 0  # all levels before it are decided
    while word < len(said):
        if not said[word]:
            last = word
            while last < len(said) and not said[last]:
                last += 1
            yield Left("not_read", word, last, 0.0, 0.0)
            word = last
            continue
        last = word + 1
        while last < len(said) and said[last] and not found.apart[last]:
            last += 1
        yield from _speech(silent, level, int(found.starts[word]), word)
        yield from _cut_run(silent, soft, surprise, script, found, word, last)
        level, word = int(found.stops[last - 1]), last
    yield from _speech(silent, level, len(silent), word)


def _speech(silent: np.ndarray, start: int, stop: int, word: int) -> Iterator[Left]:
    """Speech that is not in the text, if there is any."""
    loud = np.flatnonzero(~silent[start + REACH : max(start + REACH, stop - REACH)])
    if len(loud) > 2 * REACH:
        first, last = start + REACH + int(loud[0]), start + REACH + int(loud[-1]) + 1
        yield Left("not_in_text", word, word, first / RATE, last / RATE)


def silences(quiet: np.ndarray, gaps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which levels are silent: nearer to the background than to the voice around them, and most of
    `gaps`, those where the aligner hears nothing between two words. And which may be a soft sound:
    those that are louder than the background.
    """
    silent, soft = np.zeros(len(quiet), bool), np.zeros(len(quiet), bool)
    for start in range(0, len(quiet), BLOCK):
        around = slice(max(0, start - BLOCK // 2), start + BLOCK + BLOCK // 2)
        voice, floor = np.quantile(quiet[around], [0.1, 0.99]) / 2.0  # dB below full scale
        threshold = min(max(floor - ABOVE_FLOOR, voice + 12.0), voice + BELOW_VOICE)
        between = quiet[around][gaps[around]] / 2.0
        if len(between) > LEAST_GAPS and (between > threshold).mean() < MOST_SILENT:
            # a loud background that is not steady
            threshold = max(float(np.quantile(between, 1.0 - MOST_SILENT)), voice + 5.0)
        block = slice(start, start + BLOCK)
        silent[block] = quiet[block] / 2.0 > threshold
        soft[block] = quiet[block] / 2.0 < floor - SOFT_ABOVE
    return silent, soft


def gaps_between(found: Alignment, n: int) -> np.ndarray:
    """Which of n levels are well between two words that follow each other."""
    gaps = np.zeros(n, bool)
    said = found.starts >= 0
    for w in np.flatnonzero(said[:-1] & said[1:] & ~found.apart[1:]).tolist():
        gaps[found.stops[w] + REACH // 2 : max(0, found.starts[w + 1] - REACH // 2)] = True
    return gaps


def _pause(silent: np.ndarray, soft: np.ndarray, stop: int, start: int) -> Cut:
    """The pause at a border between words that the aligner put from `stop` to `start`: from where
    the silence nearest to `stop` begins, since a stop that ends a word is a silence itself, to
    where the longest one from there ends. The aligner hears what is too soft for a threshold.
    """
    runs: list[Cut] = []
    i = max(0, stop - REACH)
    while i < min(len(silent), start + REACH):
        if silent[i]:
            runs.append(Cut(_end_of(silent, i, -1), _end_of(silent, i, 1)))
            i = runs[-1].start
        i += 1
    if not runs:
        return Cut((stop + start) // 2, (stop + start) // 2)
    begin = min((run.stop for run in runs), key=lambda level: abs(level - stop))
    later = [run for run in runs if run.stop >= begin]
    end = max(later, key=lambda run: run.start - run.stop).start
    last = min(stop - SOFT, begin + SOFT_LONGEST)
    while begin < last and soft[begin]:
        begin += 1
    return Cut(begin, max(begin, min(end, start + SOFT)))


def _end_of(silent: np.ndarray, i: int, step: int) -> int:
    """Where the silence around level i begins (`step` -1) or ends (1, the level after it)."""
    while 0 <= i < len(silent) and silent[i]:
        i += step
    return i + 1 if step < 0 else i


def _cut_run(
    silent: np.ndarray,
    soft: np.ndarray,
    surprise: np.ndarray,
    script: Script,
    found: Alignment,
    first: int,
    last: int,
) -> Iterator[Piece | Left]:
    """The utterances of words `first` to `last`, which follow each other without a gap: the
    cheapest way from pause to pause.
    """
    phones = script.first
    run = int(phones[last] - phones[first])
    words, cuts, prices = [], [], []
    for w in range(first, last + 1):
        stop = int(found.stops[w - 1]) if w > first else max(0, int(found.starts[w]) - REACH)
        start = (
            int(found.starts[w]) if w < last else min(len(silent), int(found.stops[w - 1]) + REACH)
        )
        kind = min(script.words[w - 1].ends, SENTENCE) if w > 0 else SENTENCE
        cut = _pause(silent, soft, stop, start)
        # a word before or after a gap may be heard by chance
        torn = kind == WORD and w in (first, last)
        if silent[cut.stop : cut.start].sum() >= LEAST_PAUSE[kind] and not torn:
            words.append(w)
            cuts.append(cut)
            prices.append(PRICE[kind])
    if len(words) < 2:
        yield _left(found, first, last)
        return
    if words[0] > first:
        yield _left(found, first, words[0])
    for a, b, kept in _cheapest(cuts, prices):
        if kept:
            edges = phones[words[a] : words[b] + 1]
            part = slice(edges[0], edges[-1])
            sure = confidence(found.costs[part], surprise[part], edges - edges[0], run)
            yield Piece(words[a], words[b], *_edges(cuts[a], cuts[b]), sure)
        else:
            yield _left(found, words[a], words[b])
    if words[-1] < last:
        yield _left(found, words[-1], last)


def _left(found: Alignment, first: int, last: int) -> Left:
    return Left("no_pause", first, last, found.starts[first] / RATE, found.stops[last - 1] / RATE)


def _edges(before: Cut, behind: Cut) -> tuple[float, float]:
    """Start and end in seconds, with a little of the silence around it."""
    start = max(before.middle, before.start - BEFORE * RATE)
    end = min(behind.middle, behind.stop + BEHIND * RATE)
    return start / RATE, end / RATE


def _cheapest(cuts: list[Cut], prices: list[float]) -> Iterator[tuple[int, int, bool]]:
    """The utterances between cuts, as (cut, cut, whether it is kept), by dynamic programming."""
    n = len(cuts)
    best, before = [0.0] + [math.inf] * (n - 1), [(0, False)] * n
    for b in range(1, n):
        gap = (cuts[b].stop - cuts[b - 1].start) / RATE
        best[b], before[b] = best[b - 1] + DROP * max(gap, 0.1), (b - 1, False)
        for a in range(b - 1, -1, -1):
            seconds = (cuts[b].stop - cuts[a].start) / RATE
            if seconds > LONGEST:
                break
            if seconds < SHORTEST:
                continue
            price = (
                best[a] + prices[b] + 0.3 * (seconds / USUAL - 1.0) ** 2 * max(1, USUAL / seconds)
            )
            if price < best[b]:
                best[b], before[b] = price, (a, True)
    path = []
    b = n - 1
    while b > 0:
        a, kept = before[b]
        path.append((a, b, kept))
        b = a
    return iter(path[::-1])


def surprises(script: Script, found: Alignment) -> np.ndarray:
    """How much more each phone [N] cost than that phone usually does in this recording, at most
    `MOST_SURPRISE`: so a reader's accent counts less than a wrong word.
    """
    said = np.repeat(found.starts >= 0, np.diff(script.first))
    n = np.bincount(script.phones[said], minlength=len(PHONES))
    usual = np.bincount(script.phones[said], found.costs[said], len(PHONES)) / np.maximum(n, 1)
    usual[n < LEAST_PHONES] = found.costs[said].mean() if said.any() else 0.0
    return np.minimum(found.costs - usual[script.phones], MOST_SURPRISE)


def confidence(costs: np.ndarray, surprise: np.ndarray, first: np.ndarray, run: int) -> float:
    """How sure it is that all words of an utterance are said, whose phones `first` [W + 1] cost
    `costs` [N] nats. The less sure of its mean cost and of the most surprising word decides, or of
    a few words together if they are short. Of a short `run` of phones that follow each other, which
    may match by chance, more is asked.
    """
    totals = np.concatenate([[0.0], np.cumsum(surprise)])
    worst = -math.inf
    for a in first[:-1]:
        b = np.searchsorted(first, a + LITTLE)
        if b < len(first):
            worst = max(worst, (totals[first[b]] - totals[a]) / (first[b] - a))
    share = 0.4 + 0.6 * min(1.0, run / LONG_RUN)
    return min(_sure(costs.mean(), HALF_WHOLE * share), _sure(worst, HALF_WORD * share))


def _sure(cost: float, half: float) -> float:
    return 1.0 / (1.0 + math.exp((cost - half) / SPREAD))
