"""What several tests need: the reference numbers and recordings, where a checkout has them."""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("RECITAL_SHARED", ROOT.parent / "shared"))
MISSING = re.compile("is not installed|needs the extra|could not import|no shellcheck here")

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference vectors and recordings; tests that need it are skipped where it is
    missing.
    """
    if not (SHARED / "vectors" / "README.md").is_file():
        pytest.skip("no reference vectors here (RECITAL_SHARED)")
    return SHARED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where `env.sh dev` has installed all (CI), a package that is missing is a failure, and no
    reason to skip; pesq needs a compiler.
    """
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple) and os.environ.get("CI") == "true":
        reason = report.longrepr[2]
        if MISSING.search(reason) and "'pesq'" not in reason:
            report.outcome, report.longrepr = "failed", f"in CI: {reason}"
    return report
