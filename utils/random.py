"""Seeds derived from their purpose, and the state of the random generators of this process.

Data loading uses `generator(seed, epoch, utterance id)`, never a worker's state, so that a resumed
run equals an uninterrupted one for any number of workers.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch


def seed_of(*parts: str | int) -> int:
    """A seed in [0, 2^63) from a hash of the parts, as in `seed_of(config.seed, epoch, id)`."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def generator(*parts: str | int) -> np.random.Generator:
    """A new generator, seeded with `seed_of(*parts)`."""
    return np.random.default_rng(seed_of(*parts))


def seed_all(*parts: str | int) -> None:
    """Seed the global generators of Python, numpy and torch (all devices) of this process."""
    import torch

    seed = seed_of(*parts)
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def random_state() -> dict[str, Any]:
    """The global generators' state as plain JSON values."""
    import torch

    name, keys, *rest = np.random.get_state(legacy=True)
    cuda = torch.cuda.get_rng_state() if torch.cuda.is_available() else None
    return {
        "python": random.getstate(),
        "numpy": [name, np.asarray(keys).tolist(), *rest],
        "torch": torch.get_rng_state().numpy().tobytes().hex(),
        "cuda": None if cuda is None else cuda.numpy().tobytes().hex(),
    }


def set_random_state(state: dict[str, Any]) -> None:
    """Restore the result of `random_state`; that of a GPU only if there is one."""
    import torch

    version, keys, gauss = state["python"]
    random.setstate((version, tuple(keys), gauss))
    name, keys, *rest = state["numpy"]
    np.random.set_state((name, np.array(keys, dtype=np.uint32), *rest))
    torch.set_rng_state(_tensor(state["torch"]))
    if state["cuda"] is not None and torch.cuda.is_available():
        torch.cuda.set_rng_state(_tensor(state["cuda"]))


@contextmanager
def isolated(*parts: str | int) -> Iterator[None]:
    """In this context, the global generators are seeded with `parts`; restored afterwards."""
    state = random_state()
    seed_all(*parts)
    try:
        yield
    finally:
        set_random_state(state)


def _tensor(text: str) -> torch.Tensor:
    import torch

    return torch.frombuffer(bytearray.fromhex(text), dtype=torch.uint8)
