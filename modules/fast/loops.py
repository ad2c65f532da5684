"""Runs a compiled loop on the threads of torch.

Threads of Python would share the cores with those: they wait for the next operation of torch
without sleep, for some milliseconds after each.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor


class Loop(Protocol):
    """A function compiled by `numba.cfunc`, of an array of pointers: to the number of pieces
    taken so far, to the sizes, both int64, and to tensors. Called on several threads at the same
    time, it takes pieces until none is left.
    """

    address: int
    ctypes: Any


def run_loop(loop: Loop, sizes: tuple[int, ...], *tensors: Tensor) -> None:
    """Call a loop on as many threads as torch uses, or on one where torch's OpenMP is not GNU's.
    The tensors are dense float32 on the CPU, in the order in memory that the loop expects.
    """
    assert all(t.dtype == torch.float32 and t.device.type == "cpu" for t in tensors)
    taken, counts = np.zeros(1, np.int64), np.array(sizes, np.int64)
    pointers = [taken.ctypes.data, counts.ctypes.data, *(t.data_ptr() for t in tensors)]
    data = (ctypes.c_void_p * len(pointers))(*pointers)
    start, threads = _start_of_threads(), torch.get_num_threads()
    if start is None or threads == 1:
        loop.ctypes(data)
    else:
        start(loop.address, data, threads, 0)


@lru_cache
def _start_of_threads() -> Any:
    """`GOMP_parallel(function, data, n_threads, flags)` of the library that torch has loaded."""
    try:
        start = ctypes.CDLL("libgomp.so.1").GOMP_parallel
    except (OSError, AttributeError):
        return None
    start.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint]
    start.restype = None
    return start
