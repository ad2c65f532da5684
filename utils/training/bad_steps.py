"""Counts steps with a non-finite loss or gradient, without waiting for the GPU at each step."""

from __future__ import annotations

from pathlib import Path

import torch
from accelerate.utils import gather_object
from torch import Tensor

from recital.utils.checkpoint import find_checkpoints
from recital.utils.errors import RecitalError


class BadSteps:
    """Collects the flags of `Networks.train_step`; `check` reads them occasionally."""

    def __init__(self, limit: int, directory: Path, scaled: bool = False) -> None:
        """`scaled`: fp16's loss scale is halved by each such step, so the first steps of a run are
        some until it fits.
        """
        self.limit = limit
        self.reason = "loss or gradient not finite"
        if scaled:
            self.reason += ", or too large for fp16's loss scale, which is now halved"
        self.directory = directory
        self.in_a_row = 0
        self.flags: list[tuple[int, Tensor, list[str]]] = []  # step, was it skipped?, ids

    def add(self, step: int, skipped: Tensor, ids: list[str]) -> None:
        """Record a step of this process; `skipped` is a boolean on the device."""
        self.flags.append((step, skipped, ids))

    def check(self) -> list[str]:
        """A line for each step skipped since the last call, with the utterances of all processes.

        Raises `RecitalError` with the last good checkpoint after `limit` in a row.
        """
        if not self.flags:
            return []
        flags, self.flags = self.flags, []
        lines = []
        skipped = torch.stack([flag for _, flag, _ in flags]).tolist()
        for (step, _, ids), bad in zip(flags, skipped, strict=True):
            self.in_a_row = self.in_a_row + 1 if bad else 0
            if bad:  # the same on every process, since gradients are averaged
                everyone = ", ".join(gather_object(ids))
                lines.append(f"step {step}: {self.reason}, skipped: {everyone}")
            if self.in_a_row >= self.limit:
                found = find_checkpoints(self.directory)
                raise RecitalError(
                    f"{lines[-1]}; {self.in_a_row} such steps in a row: look at these utterances, "
                    "lower train.optimizer.lr or set train.precision to 'no'. "
                    f"The last good checkpoint: {found[0] if found else 'none yet'}"
                )
        return lines
