"""The shell around every command line: one clear line for what a user can fix, and honest exit
codes.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from recital.utils.errors import RecitalError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def run(main: Callable[[Sequence[str] | None], int | None]) -> NoReturn:
    """Run `main(None)` and exit with what it returns; a `RecitalError` becomes `error: …` and
    its exit code.
    """
    _open_streams()
    try:
        code = main(None)
        sys.stdout.flush()
    except RecitalError as error:
        print(f"error: {error}", file=sys.stderr)
        code = error.exit_code
    except BrokenPipeError:
        # the reader (`| head`) went away
        code = 141
        _drop_output()
    except OSError as error:
        # a stream has no name; a file that fails has one, or an error of ours
        if error.filename is not None or error.errno not in FULL:
            raise
        print(f"error: standard output cannot be written: {error.strerror}", file=sys.stderr)
        code = 1
        _drop_output()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = 130
    sys.exit(code)


def _open_streams() -> None:
    """Closed standard streams read and write nothing, and a letter that the terminal's encoding
    lacks is printed as its escape.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # the lowest free number is this one; else the next file opened would get it, and what
            # is printed would be written into that file
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # tests put other streams here
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _drop_output() -> None:
    """Python's own flush at exit must not fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
