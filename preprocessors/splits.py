"""Which utterances train, validate and test: no split has heard a sentence of another's."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

from recital.processors.features import PreprocessConfig
from recital.processors.store import Utterance, normal_text

__all__ = ["normal_text", "split"]


def split(utterances: Sequence[Utterance], preprocess: PreprocessConfig) -> dict[str, list[str]]:
    """Ids by split, in the order of the corpus. All takes of a text go together.

    So the sizes are upper bounds; of few utterances, a tenth goes to each of valid and test.

    Each speaker has a share of valid and test as of the corpus, as nearly as whole texts allow.
    A text's place is a hash of the seed and itself: a recording more or less moves at most those at
    the edges. golden_test is the first part of test. With two different texts test stays empty,
    with one valid too.
    """
    groups: dict[str, list[str]] = {}
    for u in utterances:
        groups.setdefault(normal_text(u.text), []).append(u.id)
    ranked = [groups[t] for t in sorted(groups, key=lambda t: _rank(preprocess.seed, t))]
    speaker_of = {u.id: u.speaker for u in utterances}
    cap = max(1, len(utterances) // 10)
    chosen: dict[str, list[str]] = {"test": [], "valid": []}
    if len(ranked) > 2:
        chosen["test"], ranked = _draw(ranked, min(preprocess.test, cap), speaker_of)
    if len(ranked) > 1:
        chosen["valid"], ranked = _draw(ranked, min(preprocess.valid, cap), speaker_of)
    chosen["golden_test"] = chosen["test"][: preprocess.golden_test]
    chosen["train"] = [id for group in ranked for id in group]
    order = {u.id: i for i, u in enumerate(utterances)}
    return {name: sorted(ids, key=order.__getitem__) for name, ids in chosen.items()}


def _draw(
    ranked: list[list[str]], size: int, speaker_of: Mapping[str, str]
) -> tuple[list[str], list[list[str]]]:
    """Whole groups in their order while they fit, at least one where size > 0; and the groups
    that are left.

    First those that keep every speaker within its share, then any, while there is room.
    """
    if size <= 0:
        return [], ranked
    shares = _shares(Counter(speaker_of[id] for group in ranked for id in group), size)
    drawn: set[int] = set()
    taken: Counter[str] = Counter()
    room = size
    for strict in (True, False):
        for i, group in enumerate(ranked):
            if room == 0:
                break
            if i in drawn or len(group) > room:
                continue
            more = Counter(speaker_of[id] for id in group)
            if strict and any(taken[s] + n > shares[s] for s, n in more.items()):
                continue
            drawn.add(i)
            taken.update(more)
            room -= len(group)
    drawn = drawn or {min(range(len(ranked)), key=lambda i: len(ranked[i]))}
    left = [group for i, group in enumerate(ranked) if i not in drawn]
    return [id for i in sorted(drawn) for id in ranked[i]], left


def _shares(counts: Counter[str], size: int) -> dict[str, int]:
    """`size` by speaker, in proportion to the counts; the largest remainders are rounded up."""
    exact = {speaker: size * n / counts.total() for speaker, n in counts.items()}
    shares = {speaker: int(share) for speaker, share in exact.items()}
    short = sorted(exact, key=lambda s: (shares[s] - exact[s], s))
    for speaker in short[: size - sum(shares.values())]:
        shares[speaker] += 1
    return shares


def _rank(seed: int, text: str) -> bytes:
    return hashlib.sha256(f"{seed} {text}".encode()).digest()
