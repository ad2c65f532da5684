"""Signals that ask a run to stop: noted at once, obeyed at the next step."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)


class StopSignals:
    """Within, SIGTERM, SIGINT and SIGUSR1 only set `received`; a second SIGINT interrupts as it
    always did.
    """

    def __init__(self) -> None:
        self.received: signal.Signals | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> StopSignals:
        if (
            threading.current_thread() is threading.main_thread()
        ):  # elsewhere Python allows no handlers
            self._before = {number: signal.signal(number, self._note) for number in STOP}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.received is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.received = signal.Signals(number)


def ignore_stop_signals(worker: int = 0) -> None:
    """For loader workers: a scheduler signals the whole process group, and the main process still
    needs them to finish a step.
    """
    for number in STOP:
        signal.signal(number, signal.SIG_IGN)
