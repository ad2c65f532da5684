"""Errors that a user can fix. A command line prints their message as one line, without a
traceback.
"""

from __future__ import annotations


class RecitalError(Exception):
    """An error with what, where, what was expected and what to do; `exit_code` is that of the
    process.
    """

    exit_code = 1


class UsageError(RecitalError):
    """An invalid command line."""

    exit_code = 2


class ConfigError(RecitalError):
    """An invalid configuration."""


class DataError(RecitalError):
    """A corpus, a feature or a text that cannot be used."""


class CheckpointError(RecitalError):
    """A checkpoint that is missing, broken, or from another model."""


class ContractError(RecitalError):
    """A model whose code violates `modules/contract/model.py`."""


class Preempted(RecitalError):
    """A signal stopped the run after it was saved: start it again with --resume."""

    exit_code = 75  # EX_TEMPFAIL of sysexits.h, "try again later": what a Slurm script requeues on
