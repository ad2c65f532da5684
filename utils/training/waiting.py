"""What a process says if another one of the run has ended, or does not answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from torch import distributed

from recital.utils.errors import RecitalError


@contextmanager
def lost_processes_named(limit: str, remedy: str) -> Iterator[None]:
    """In this context, an error of the connection to another process is a `RecitalError`. `limit`
    is the time that one waits for an answer.
    """
    try:
        yield
    except RuntimeError as error:
        # gloo has no class of errors
        if not isinstance(error, distributed.DistError) and "gloo" not in str(error):
            raise
        late = re.search("time.?out|timed out", str(error), re.IGNORECASE)
        what = f"did not answer for {limit}" if late else "has ended"
        raise RecitalError(
            f"another process of this run {what}: what it printed, or its exit code, says why. "
            f"{remedy}"
        ) from error
