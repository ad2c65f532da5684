"""Signals that ask a run to stop: recorded immediately, handled at the next step."""

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
    """In this context, SIGTERM, SIGINT and SIGUSR1 only set `received`; a second SIGINT interrupts
    as usual.
    """

    def __init__(self) -> None:
        self.received: signal.Signals | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> StopSignals:
        # Python allows handlers only in the main thread
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
    """In this context, until `StopSignals` takes over, SIGTERM and SIGUSR1 exit immediately with
    the code for a requeue: while a run starts up there is nothing to save.

    Enter it before importing torch, which takes seconds.
    """
    before = {}
    # Python allows handlers only in the main thread
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
    # not by an exception: the interrupted import might swallow it
    os._exit(Preempted.exit_code)


@contextmanager
def blocked() -> Iterator[None]:
    """A process started in this context blocks a scheduler's signals until it calls `unblock` or
    `exit_when_signalled`, so that none arrives before its handlers are set.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, OF_SCHEDULERS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def unblock() -> None:
    """Unblock the scheduler's signals that the parent process blocked."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, OF_SCHEDULERS)


def ignore_stop_signals(worker: int = 0) -> None:
    """Ignore stop signals in loader workers: a scheduler signals the whole process group, and the
    main process needs its workers to finish a step.
    """
    for number in STOP:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def parent_watched(grace: float = 60.0) -> Iterator[None]:
    """In this context, one of several processes of `accelerate launch` stops when the launcher has
    died: first as by SIGTERM, so that it saves, then by force after `grace` seconds, since it may
    wait for dead processes. Otherwise a resumed run would meet a second writer.
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
