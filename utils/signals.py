"""Signals that ask a run to stop: noted at once, obeyed at the next step."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

from recital.utils.errors import Preempted

STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)
OF_SCHEDULERS = (signal.SIGTERM, signal.SIGUSR1)


class StopSignals:
    """Within, SIGTERM, SIGINT and SIGUSR1 only set `received`; a second SIGINT interrupts as it
    always did.
    """

    def __init__(self) -> None:
        self.received: signal.Signals | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> StopSignals:
        # Python allows handlers in the main thread alone
        if threading.current_thread() is threading.main_thread():
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


@contextmanager
def exit_when_signalled() -> Iterator[None]:
    """Within, until `StopSignals` takes over, SIGTERM and SIGUSR1 end the process at once with the
    exit code of a requeue: while a run starts up there is nothing to save.

    To be entered before torch is imported, which takes seconds.
    """
    before = {}
    # Python allows handlers in the main thread alone
    if threading.current_thread() is threading.main_thread():
        before = {number: signal.signal(number, _exit) for number in OF_SCHEDULERS}
    unblock()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit(number: int, frame: FrameType | None) -> None:
    name = signal.Signals(number).name
    os.write(2, f"error: {name} before the first step: start the run again\n".encode())
    # no exception: the import that it would interrupt might swallow it
    os._exit(Preempted.exit_code)


@contextmanager
def blocked() -> Iterator[None]:
    """A process that is started within keeps a scheduler's signals waiting until it calls
    `unblock` or `exit_when_signalled`, so that none arrives before its handlers are there.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, OF_SCHEDULERS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def unblock() -> None:
    """Let a scheduler's signals arrive that the parent process kept waiting."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, OF_SCHEDULERS)


def ignore_stop_signals(worker: int = 0) -> None:
    """For loader workers: a scheduler signals the whole process group, and the main process still
    needs them to finish a step.
    """
    for number in STOP:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def parent_watched(grace: float = 60.0) -> Iterator[None]:
    """Within, a process of several that `accelerate launch` started stops when the launcher has
    died: as by SIGTERM, so that it saves, and for good after `grace` seconds, since it may wait for
    others that are gone. Else a resumed run would find a second writer.
    """
    if "LOCAL_RANK" not in os.environ:
        yield
        return
    parent, ended = os.getppid(), threading.Event()

    def watch() -> None:
        while not ended.wait(1.0):
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGTERM)
                if not ended.wait(grace):
                    os._exit(1)
                return

    threading.Thread(target=watch, name="parent", daemon=True).start()
    try:
        yield
    finally:
        ended.set()
