"""The wrapper of every command line: one-line errors for what a user can fix, and exit codes."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from recital.utils.errors import RecitalError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def run(main: Callable[[Sequence[str] | None], int | None]) -> NoReturn:
    """Run `main(None)` and exit with its result; a `RecitalError` becomes `error: …` and its exit
    code.
    """
    _open_streams()
    try:
        code = main(None)
        sys.stdout.flush()
    except RecitalError as error:
        print(f"error: {error}", file=sys.stderr)
        code = error.exit_code
    except BrokenPipeError:
        # the reader (`| head`) closed the pipe
        code = 141
        _drop_output()
    except OSError as error:
        if error.errno not in (*FULL, *FORBIDDEN):
            raise
        code = 1
        what = error.filename
        if what is None:
            # of a write: what does not go into the output fails again
            try:
                sys.stdout.flush()
                what = "a file"
            except OSError:
                what = "standard output"
                _drop_output()
        print(f"error: {what}: cannot be opened or written: {error.strerror}", file=sys.stderr)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = 130
    sys.exit(code)


def _open_streams() -> None:
    """Replace closed standard streams by empty ones, and print characters that the terminal's
    encoding lacks as escapes.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # take the free file number, otherwise the next opened file gets it and receives the
            # printed text
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # tests replace the streams
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _drop_output() -> None:
    """Redirect the output to /dev/null, so that Python's flush at exit does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
