"""The shell around every command line: one clear line for what a user can mend, and honest exit
codes.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from recital.utils.errors import RecitalError


def run(main: Callable[[Sequence[str] | None], int | None]) -> NoReturn:
    """Run `main(None)` and exit with what it returns; a `RecitalError` becomes `error: …` and
    its exit code.
    """
    try:
        code = main(None)
        sys.stdout.flush()
    except RecitalError as error:
        print(f"error: {error}", file=sys.stderr)
        code = error.exit_code
    except BrokenPipeError:
        # the reader (`| head`) went away; Python's own flush at exit must not fail once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = 130
    sys.exit(code)


def add_config_arguments(parser: argparse.ArgumentParser, required: bool = True) -> None:
    """The two flags by which every command line takes a config."""
    parser.add_argument("--config", required=required, type=Path, help="exp_config.json")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override a key of the config",
    )


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
