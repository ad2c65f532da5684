"""Mutations of configs, and their allowed outcomes."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from recital.utils.errors import RecitalError

# An input that is slow is slow each time; a busy machine is not.
ATTEMPTS = 4
SECONDS = 2.0  # per mutant, of this thread: those that other tests left behind do not count

VALUES: list[Any] = [
    *(None, True, "", "x", "\0", "a" * 300, "/dev/zero", "\ud800", [], {}, [[]], [None]),
    *(0, -1, 1, 2, 3.7, 0.5, -0.5, 10**6, 2**31, 2**63, 2**64, 10**30, 1e-300, 1e300, 10**400),
    *(float("nan"), float("inf"), -float("inf"), [1] * 1000, {"a": {"b": {}}}, [2, [3]]),
]
SHAPES = ["delete", "rename", "wrap", "swap", "nest"]


def paths(tree: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths in a tree, except its root."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in items:
        yield (*at, key)
        if isinstance(value, (dict, list)) and at[:1] != ("symbols",):
            yield from paths(value, (*at, key))


def mutate(tree: dict[str, Any], draw: random.Random) -> tuple[dict[str, Any], str]:
    """A copy with one value or one piece of structure changed, and a description of the change."""
    tree = copy.deepcopy(tree)
    *above, key = draw.choice(list(paths(tree)))
    inner: Any = tree
    for step in above:
        inner = inner[step]
    what = draw.choice([*SHAPES, *["value"] * 12])
    if what == "delete" or (what == "rename" and isinstance(inner, list)):
        del inner[key]
    elif what == "rename":
        inner[f"{key}s"] = inner.pop(key)
    elif what == "wrap":
        inner[key] = [inner[key]]
    elif what == "swap":
        inner[key] = tree[draw.choice(sorted(tree))]
    elif what == "nest":
        inner[key] = {"a": inner[key]}
    else:
        inner[key] = draw.choice(VALUES)
        what = repr(inner[key])[:40]
    return tree, f"{'.'.join(map(str, [*above, key]))}: {what}"


def judge(act: Any, what: str) -> bool:
    """Return whether `act` succeeds. Fails on anything but success or an error of ours, in time."""
    for _ in range(ATTEMPTS):
        begin = time.thread_time()
        try:
            act()
            fine = True
        except RecitalError as error:
            fine = False
            assert len(str(error)) < 1500, what
        except Exception as error:
            pytest.fail(f"{what}: {type(error).__name__}: {error}")
        if time.thread_time() - begin < SECONDS:
            return fine
    pytest.fail(f"{what}: over {SECONDS} s in each of {ATTEMPTS} attempts")
