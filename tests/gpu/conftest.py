"""The tests of `benchmark gpu`: on a GPU, or as its rehearsal on the CPU with tiny sizes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
import torch

REHEARSAL = os.environ.get("RECITAL_GPU_TESTS") == "rehearse"

Note = Callable[[str, float], None]


@pytest.fixture(scope="session")
def device() -> torch.device:
    """The GPU, or the CPU in a rehearsal; else the test is skipped."""
    if REHEARSAL:
        return torch.device("cpu")
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    return torch.device("cuda")


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    """Record a measured number for the report."""
    return lambda name, value: record_property(name, float(value))


@pytest.fixture(autouse=True)
def exact_products() -> Iterator[None]:
    """fp32 is fp32: no TF32, the same algorithms every time."""
    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    before = matmul.allow_tf32, cudnn.allow_tf32, cudnn.benchmark
    matmul.allow_tf32 = cudnn.allow_tf32 = cudnn.benchmark = False
    yield
    matmul.allow_tf32, cudnn.allow_tf32, cudnn.benchmark = before
