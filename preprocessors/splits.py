"""Splits into train, valid and test: no sentence occurs in two splits, unless they are given."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

from recital.processors.features import PreprocessConfig
from recital.processors.store import Utterance, normal_text

__all__ = ["normal_text", "split"]


def split(utterances: Sequence[Utterance], preprocess: PreprocessConfig) -> dict[str, list[str]]:
    """Ids by split, in the order of the corpus. All takes of a text stay together, so the
    configured sizes are upper bounds; a small corpus gives a tenth each to valid and test.

    Each speaker's share of valid and test is that of the corpus, as far as whole texts allow.
    Texts are ordered by a hash of the seed and the text: adding or removing a recording moves at
    most those at the edges. golden_test is the first part of test. With two different texts test
    is empty, with one valid is empty as well.

    Splits that utterances have already are kept: with a given train, the others are in no split;
    valid is drawn if it is not given, test if neither it nor train is. A given golden_test is in
    test too.
    """
    given: dict[str, list[str]] = {}
    for u in utterances:
        given.setdefault(u.split, []).append(u.id)
    golden = given.get("golden_test", [])
    drawn = [u for u in utterances if u.split == ("train" if "train" in given else "")]
    groups: dict[str, list[str]] = {}
    for u in drawn:
        groups.setdefault(normal_text(u.text), []).append(u.id)
    ranked = [groups[t] for t in sorted(groups, key=lambda t: _rank(preprocess.seed, t))]
    speaker_of = {u.id: u.speaker for u in utterances}
    cap = max(1, len(utterances) // 10)
    chosen = {"test": [*given.get("test", []), *golden], "valid": given.get("valid", [])}
    if len(ranked) > 2 and not ({"test", "train"} & given.keys()):
        size = max(min(preprocess.test, cap) - len(golden), 0)
        more, ranked = _draw(ranked, size, speaker_of)
        chosen["test"] += more
    if len(ranked) > 1 and "valid" not in given:
        chosen["valid"], ranked = _draw(ranked, min(preprocess.valid, cap), speaker_of)
    chosen["golden_test"] = golden or chosen["test"][: preprocess.golden_test]
    chosen["train"] = [id for group in ranked for id in group]
    order = {u.id: i for i, u in enumerate(utterances)}
    return {name: sorted(ids, key=order.__getitem__) for name, ids in chosen.items()}


def _draw(
    ranked: list[list[str]], size: int, speaker_of: Mapping[str, str]
) -> tuple[list[str], list[list[str]]]:
    """Take whole groups in order while they fit, at least one if size > 0; returns them and the
    rest.

    First groups that keep every speaker within its share, then any, while there is room.
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
    """Divide `size` among speakers in proportion to counts; largest remainders are rounded up."""
    exact = {speaker: size * n / counts.total() for speaker, n in counts.items()}
    shares = {speaker: int(share) for speaker, share in exact.items()}
    short = sorted(exact, key=lambda s: (shares[s] - exact[s], s))
    for speaker in short[: size - sum(shares.values())]:
        shares[speaker] += 1
    return shares


def _rank(seed: int, text: str) -> bytes:
    return hashlib.sha256(f"{seed} {text}".encode()).digest()
