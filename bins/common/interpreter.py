"""Checks whether a Python can run the stages. recipe.sh runs this file with each candidate; with
`flags`, it only checks whether it can read a command line.
"""

import sys
from importlib.util import find_spec

# required by stages; searched for without importing, since torch takes seconds
LIBRARIES = ("torch", "accelerate", "numpy", "safetensors", "json5")


def can_run_stages() -> bool:
    """Whether the libraries are installed for this Python."""
    return all(map(find_spec, LIBRARIES))


if __name__ == "__main__":
    able = sys.version_info >= (3, 10) and (sys.argv[1:] == ["flags"] or can_run_stages())
    sys.exit(not able)
