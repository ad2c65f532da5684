"""The processes of stage 3: one, or those that `accelerate launch` started, and the device of this
one.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import TypeVar

import torch
from torch import nn

from recital.utils.devices import open_device
from recital.utils.errors import UsageError
from recital.utils.training.precision import DTYPES, Precision, has_bf16, slow_bf16, unsupported
from recital.utils.training.waiting import lost_processes_named

T = TypeVar("T")
LONGEST = timedelta(days=1)  # that one waits for the others, whose texts may be longer


class Processes:
    """Process `index` of `count`; `main` is the first. Accelerate, which takes a second to import,
    is imported only for several processes.
    """

    def __init__(self, device: str | None = None) -> None:
        """`device` as in `--device`; by default the first GPU, or the CPU if there is none. Raises
        `UsageError` for one that is not here.
        """
        self.index, self.count = 0, 1
        self._state = None
        if int(os.environ.get("WORLD_SIZE", "1")) > 1:
            from accelerate import PartialState

            self._state = PartialState(timeout=LONGEST)
            self.index, self.count = self._state.process_index, self._state.num_processes
        if device is None and self._state is not None:
            self.device = self._state.device
        else:
            self.device = choose_device(device)
        self.main = self.index == 0

    def gather(self, items: Sequence[T]) -> list[T]:
        """The items of all processes, in order of the processes."""
        if self._state is None:
            return list(items)
        from accelerate.utils import gather_object

        with lost_processes_named("a day", "Start the command again"):
            gathered: list[T] = gather_object(list(items))
        return gathered

    def end(self) -> None:
        """Shut down the process group."""
        if self._state is not None:
            self._state.destroy_process_group()


def choose_device(name: str | None) -> torch.device:
    """`cpu`, `cuda`, `cuda:1`, `mps`, …; None: the first GPU, or the CPU if there is none (Apple's
    GPUs only if asked for). Raises `UsageError` for a device that torch does not see.
    """
    if name is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return open_device(name, "--device")


PRECISIONS: dict[str, Precision] = {"fp32": "no", "bf16": "bf16", "fp16": "fp16"}


def inference_precision(
    precision: str, device: torch.device, *models: nn.Module
) -> AbstractContextManager[object]:
    """A context in which products of `models` are computed in `precision`: fp32, bf16 or fp16.
    Raises `UsageError` for one in which the device cannot compute them; bf16 on a CPU where it is
    slower is said to be so.
    """
    if precision == "fp32":
        return nullcontext()
    for model in models:
        if (why := unsupported(model, PRECISIONS[precision], device)) is not None:
            raise UsageError(f"--precision {precision}: {why}; use fp32")
    if device.type == "cpu" and not has_bf16(device):
        logging.getLogger(__name__).warning("--precision bf16: %s", slow_bf16())
    return torch.autocast(device.type, DTYPES[precision])
