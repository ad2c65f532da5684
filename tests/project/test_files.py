"""Files are readable by other users, unless the umask says otherwise; folders with their names."""

from __future__ import annotations

import os

import numpy as np
import pytest
import torch

from recital.processors.store import write_shard
from recital.utils.checkpoint import save_model
from recital.utils.files import named_path


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_features_and_checkpoints_follow_the_umask(tmp_path, mask, mode):
    before = os.umask(mask)
    try:
        write_shard(tmp_path / "a.safetensors", {"x": np.zeros(3, np.float32)}, {})
        save_model(tmp_path / "voice", {"w": torch.zeros(2)}, {"model_type": "FastPitch"})
    finally:
        os.umask(before)
    files = [tmp_path / "a.safetensors", *(p for p in (tmp_path / "voice").iterdir())]
    assert {p.name: oct(p.stat().st_mode & 0o777) for p in files if p.is_file()} == {
        p.name: oct(mode) for p in files if p.is_file()
    }


def test_a_name_and_a_path_are_divided_where_the_path_exists(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("a", "lr=1"):
        (tmp_path / folder).mkdir()
    assert named_path("a") == ("", "a") and named_path("lr=1") == ("", "lr=1")
    assert named_path("x=a") == ("x", "a") and named_path("x=lr=1") == ("x", "lr=1")
    assert named_path("x=y=a") == ("x=y", "a")
    assert named_path("gone") == ("", "gone") and named_path("x=gone") == ("x", "gone")
    assert named_path("a=") == ("", "a") and named_path("") == ("", "")
