"""Compiled functions, and loops on torch's threads."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from recital.modules.fast import loops
from recital.modules.fast.channels_last import image
from recital.modules.fast.polyphase import Polyphase
from recital.modules.layers.snake import AntiAliased, SnakeBeta
from recital.utils.compiled import callback, compiled


@pytest.fixture
def threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def activation() -> tuple[Polyphase, Tensor, Tensor]:
    """A layer, an input of many pieces, and its output on one thread."""
    layer = Polyphase(AntiAliased(SnakeBeta(64)))
    hidden = image(torch.randn(2, 64, 9_000))
    with torch.no_grad():
        return layer, hidden, layer(hidden)


@pytest.mark.parametrize("n_threads", [1, 2, 5])
def test_each_piece_is_taken_once(
    activation: tuple[Polyphase, Tensor, Tensor], threads: None, n_threads: int
) -> None:
    layer, hidden, want = activation
    torch.set_num_threads(n_threads)
    with torch.no_grad():
        assert torch.equal(layer(hidden), want)


def test_without_threads_to_share(
    activation: tuple[Polyphase, Tensor, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    layer, hidden, want = activation
    monkeypatch.setattr(loops, "_start_of_threads", lambda: None)
    with torch.no_grad():
        assert torch.equal(layer(hidden), want)


def test_requests_at_the_same_time(activation: tuple[Polyphase, Tensor, Tensor]) -> None:
    layer, hidden, want = activation

    def activate(_: int) -> bool:
        with torch.no_grad():
            return torch.equal(layer(hidden), want)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(activate, range(40)))


def test_functions_compile_where_no_cache_can_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As for a user without a home, in a container whose packages are read-only."""
    from numba import types
    from numba.core import caching

    def refuse(self: Any) -> Path:
        raise OSError("read-only")

    monkeypatch.setattr(caching._CacheLocator, "ensure_cache_path", refuse)

    @compiled()
    def double(x: int) -> int:
        return x + x

    @callback(types.int64(types.int64))
    def negative(x: int) -> int:
        return -x

    assert double(4) == 8 and negative.ctypes(3) == -3
