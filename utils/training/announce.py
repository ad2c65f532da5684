"""What a run says of itself: a line at its start, when it should end, and signs of life."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import torch
from tqdm import tqdm

TERMINAL_SECONDS, LOG_SECONDS = 5.0, 60.0  # between signs of life
PRECISIONS = {"no": "fp32"}  # accelerate's word -> ours


def announcement(
    model: str,
    sizes: Mapping[str, int],
    device: torch.device,
    n_processes: int,
    precision: str,
    n_utterances: int,
    hours: float | None,
    steps: tuple[int, int],
) -> str:
    """One line on what is about to run: parameters by network, device, processes, precision, data,
    and the steps of an epoch and of the run.
    """
    parts = ", ".join(f"{name} {size / 1e6:.1f} million" for name, size in sizes.items())
    kind = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    data = f"{n_utterances} utterances" + (f" of {hours:.2f} h" if hours is not None else "")
    return (
        f"{model}: {parts} parameters; {n_processes} process{'es' * (n_processes > 1)} on {kind}, "
        f"precision {PRECISIONS.get(precision, precision)}; {data}, {steps[0]} steps an epoch, "
        f"{steps[1]} in all"
    )


def forecast(seconds: float, step: int, last: int) -> str:
    """One line on a run at `step` whose steps take `seconds`."""
    left = seconds * (last - step)
    end = time.strftime("%Y-%m-%d %H:%M", time.localtime(time.time() + left))
    return f"a step takes {seconds:.3g} s; step {last} is expected in {left / 3600:.1f} h, at {end}"


class Alive:
    """Shows that a run goes on while nothing else is printed. On a terminal something changes every
    `TERMINAL_SECONDS`: the clock of the progress bar or, without one, a line on what is being done.
    In a log there is such a line every `LOG_SECONDS`.
    """

    def __init__(self, doing: str, bar: tqdm[Any] | None = None, show: bool = True) -> None:
        self.doing = doing
        self.bar = bar if bar is not None and not bar.disable else None
        on_terminal = self.bar is not None or sys.stderr.isatty()
        self.every = TERMINAL_SECONDS if on_terminal else LOG_SECONDS
        self._began = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True) if show else None

    def __enter__(self) -> Alive:
        if self._thread is not None:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    @contextmanager
    def now(self, doing: str) -> Iterator[None]:
        """In this context, the run does something else."""
        before = self.doing, self._began
        self._set(doing, time.monotonic())
        try:
            yield
        finally:
            self._set(*before)

    def _set(self, doing: str, began: float) -> None:
        self.doing, self._began = doing, began
        if self.bar is not None:
            self.bar.set_description(doing)

    def _run(self) -> None:
        while not self._stop.wait(self.every):
            if self.bar is not None:
                self.bar.refresh()
            else:
                tqdm.write(f"{self.doing}: {time.monotonic() - self._began:.0f} s so far")
