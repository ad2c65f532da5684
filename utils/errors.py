"""Errors that a user can fix. A command line prints their message as one line, without a
traceback.
"""

from __future__ import annotations


class RecitalError(Exception):
    """What, where, what was expected, and what to do about it; `exit_code` is what the process
    returns.
    """

    exit_code = 1


class UsageError(RecitalError):
    """A command line that cannot be understood."""

    exit_code = 2


class ConfigError(RecitalError):
    """A configuration that cannot be right."""


class DataError(RecitalError):
    """A corpus, a feature or a text that cannot be used."""


class CheckpointError(RecitalError):
    """A checkpoint that is missing, broken, or of another model."""


class ContractError(RecitalError):
    """A model whose code does not keep to `modules/contract/model.py`."""


class Preempted(RecitalError):
    """A signal ended the run, which was saved first: start it again with --resume."""

    exit_code = 75  # EX_TEMPFAIL of sysexits.h, "try again later": what a Slurm script requeues on
