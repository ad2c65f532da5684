"""Functions compiled by numba for the CPU. Imported lazily, since numba takes a moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """`numba.njit` without the GIL."""
    return _cached(lambda function, cache: numba.njit(function, cache=cache, nogil=True, **options))


def callback(signature: Any) -> Callable[[Callable[..., Any]], Any]:
    """`numba.cfunc`: a function with an address, which C code can call."""
    return _cached(lambda function, cache: numba.cfunc(signature, cache=cache)(function))


def _cached(compiler: Callable[[Callable[..., Any], bool], Any]) -> Callable[..., Any]:
    """Keep the machine code beside the source, or else in the user's cache."""

    def compile_function(function: Callable[..., Any]) -> Any:
        try:
            return compiler(function, True)
        except RuntimeError:  # neither can be written: it is compiled in each process
            return compiler(function, False)

    return compile_function
