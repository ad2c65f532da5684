"""Which utterances train, validate and test: no split has heard a sentence of another's."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from recital.processors.features import PreprocessConfig
from recital.processors.store import Utterance


def split(utterances: Sequence[Utterance], preprocess: PreprocessConfig) -> dict[str, list[str]]:
    """Ids by split, in the order of the corpus. All takes of a text go together.

    So the sizes are upper bounds; of few utterances, a tenth goes to each of valid and test.

    A text's place is a hash of the seed and itself: a recording more or less moves at most those at
    the edges. golden_test is the first part of test. With two different texts test stays empty,
    with one valid too.
    """
    groups: dict[str, list[str]] = {}
    for u in utterances:
        groups.setdefault(normal_text(u.text), []).append(u.id)
    ranked = [groups[t] for t in sorted(groups, key=lambda t: _rank(preprocess.seed, t))]
    cap = max(1, len(utterances) // 10)
    chosen: dict[str, list[str]] = {"test": [], "valid": []}
    if len(ranked) > 2:
        chosen["test"], ranked = _draw(ranked, min(preprocess.test, cap))
    if len(ranked) > 1:
        chosen["valid"], ranked = _draw(ranked, min(preprocess.valid, cap))
    chosen["golden_test"] = chosen["test"][: preprocess.golden_test]
    chosen["train"] = [id for group in ranked for id in group]
    order = {u.id: i for i, u in enumerate(utterances)}
    return {name: sorted(ids, key=order.__getitem__) for name, ids in chosen.items()}


def normal_text(text: str) -> str:
    """What two takes of one sentence share: letters and digits, in lower case."""
    return " ".join(re.findall(r"\w+", text.casefold())) or text


def _draw(ranked: list[list[str]], size: int) -> tuple[list[str], list[list[str]]]:
    """Whole groups in their order while they fit, at least one where size > 0; and the groups
    that are left.
    """
    if size <= 0:
        return [], ranked
    drawn: list[list[str]] = []
    count = 0
    for group in ranked:
        if count + len(group) <= size:
            drawn.append(group)
            count += len(group)
        if count == size:
            break
    drawn = drawn or [min(ranked, key=len)]
    left = [group for group in ranked if group not in drawn]
    return [id for group in drawn for id in group], left


def _rank(seed: int, text: str) -> bytes:
    return hashlib.sha256(f"{seed} {text}".encode()).digest()
