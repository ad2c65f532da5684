"""What a process of a run says if another one has ended, or does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import distributed

from recital.utils.errors import RecitalError


@contextmanager
def lost_processes_named(minutes: float) -> Iterator[None]:
    """In this context, an error of the connection to another process, or `minutes` without an
    answer, is a `RecitalError`.
    """
    try:
        yield
    except RuntimeError as error:
        # gloo has no class of errors
        if not isinstance(error, distributed.DistError) and "gloo" not in str(error):
            raise
        raise RecitalError(
            "another process of this run has ended, or did not answer for "
            f"{minutes:g} minutes (train.timeout_minutes): what it printed says why. Go on from "
            "the last checkpoint with --resume"
        ) from error
