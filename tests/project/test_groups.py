"""Groups of tests, which keep those that disturb each other on one worker of pytest-xdist."""

from __future__ import annotations

import os

import pytest


def test_this_worker_knows_its_groups(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ or not request.config.getvalue("loadgroup"):
        pytest.skip("no groups here")
    assert request.node.nodeid.endswith("test_groups.py")
    assert "@" in request.node.nodeid
