"""Files as other users of a machine expect them."""

from __future__ import annotations

import os
from pathlib import Path


def share(path: Path) -> None:
    """Give a file the permissions that `open` would have: safetensors creates its files for the
    owner alone, so a colleague could neither train on the features nor load the voice.
    """
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(path, 0o666 & ~mask)
