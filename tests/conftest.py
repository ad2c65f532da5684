"""What several tests need: the reference numbers and recordings, where a checkout has them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("RECITAL_SHARED", ROOT.parent / "shared"))

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference vectors and recordings; tests that need it are skipped where it is
    missing.
    """
    if not (SHARED / "vectors" / "README.md").is_file():
        pytest.skip("no reference vectors here (RECITAL_SHARED)")
    return SHARED
