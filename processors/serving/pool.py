"""A few threads that make the replies of many clients, one piece at a time.

A piece is some audio of one reply. The threads always make the piece that is needed first: a reply
that has not begun is due at once, one that is being heard when what was made of it has been played.

    client A   a0 a1 .. .. a2      # a0 and a1 were made: a2 is due when their audio is over
    client B         b0            # arrives: due at once, so it goes before a2
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

AHEAD = 4  # pieces made before their reader has taken them


class Piece(NamedTuple):
    """A part of a reply, and how long it plays."""

    data: bytes
    seconds: float


class Full(Exception):
    """The pool has as many replies as it may; `wait` is when to try again, in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"try again in {wait} s")
        self.wait = wait


@dataclass
class _End:
    """After the last piece: the error that ended the reply, if any."""

    error: BaseException | None = None


class Reply:
    """One reply in the making: `async for data in reply`, and `close()` whatever happens."""

    def __init__(self, pool: Pool, make: Callable[[], Iterator[Piece]]) -> None:
        self._pool = pool
        self._loop = asyncio.get_running_loop()
        self._arrived: asyncio.Queue[Piece | _End] = asyncio.Queue()
        self.make = make
        self.pieces: Iterator[Piece] | None = None  # None before the first
        self.waiting = 0  # pieces that the reader has not taken
        self.parked = False  # its reader is behind
        self.closed = False
        self.due = time.monotonic()
        self.busy = 0.0  # seconds of work
        self.seconds = 0.0  # of audio

    async def __aiter__(self) -> AsyncIterator[Piece]:
        while True:
            piece = await self._arrived.get()
            if isinstance(piece, _End):
                if piece.error is not None:
                    raise piece.error
                return
            self._pool.taken(self)
            yield piece

    def close(self) -> None:
        """Make no more of it; to be called from the event loop, more than once does nothing."""
        self._pool.close_reply(self)

    def deliver(self, piece: Piece | _End) -> None:
        """Hand over from a thread of the pool."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._arrived.put_nowait, piece)


class Pool:
    """`threads` threads and at most `max_replies` replies."""

    def __init__(self, threads: int, max_replies: int) -> None:
        self.max_replies = max_replies
        self.n_threads = threads
        self.open: set[Reply] = set()
        self._condition = threading.Condition()
        self._ready: list[tuple[float, int, Reply]] = []  # a heap
        self._order = itertools.count()
        self._stopped = False
        self._usual = 1.0  # seconds of work of a reply, averaged
        self._threads = [
            threading.Thread(target=self._work, name=f"voice-{i}", daemon=True)
            for i in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def start(self, make: Callable[[], Iterator[Piece]]) -> Reply:
        """Begin a reply; `make` and its iterator run in the pool's threads. Raises `Full`."""
        with self._condition:
            if len(self.open) >= self.max_replies:
                wait = self._usual * len(self.open) / self.n_threads
                raise Full(min(max(round(wait), 1), 60))
            reply = Reply(self, make)
            self.open.add(reply)
            self._put(reply)
        return reply

    def taken(self, reply: Reply) -> None:
        """A reader took a piece, so another may be made."""
        with self._condition:
            reply.waiting -= 1
            if reply.parked and not reply.closed:
                reply.parked = False
                self._put(reply)

    def close_reply(self, reply: Reply) -> None:
        """Forget a reply. What is being made of it now is dropped when it is ready."""
        with self._condition:
            if not reply.closed:
                reply.closed = True
                self.open.discard(reply)
                if reply.parked:  # so that a thread closes its iterator
                    reply.parked = False
                    self._put(reply)

    def stop(self) -> None:
        """End the threads, each after its current piece."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()
        for thread in self._threads:
            thread.join()

    def _put(self, reply: Reply) -> None:
        heapq.heappush(self._ready, (reply.due, next(self._order), reply))
        self._condition.notify()

    def _work(self) -> None:
        while True:
            with self._condition:
                while not self._ready and not self._stopped:
                    self._condition.wait()
                if self._stopped:
                    return
                reply = heapq.heappop(self._ready)[2]
            piece = self._make(reply)
            with self._condition:
                if isinstance(piece, Piece):
                    reply.waiting += 1
                    reply.parked = reply.waiting >= AHEAD and not reply.closed
                    if not reply.parked:
                        self._put(reply)
                elif piece.error is None:
                    self._usual += 0.1 * (reply.busy - self._usual)
                # under the lock: a reader that takes it must find `waiting` counted
                reply.deliver(piece)

    def _make(self, reply: Reply) -> Piece | _End:
        """The next piece of a reply, or its end."""
        begun = time.monotonic()
        try:
            if reply.closed:
                if reply.pieces is not None:
                    _close(reply.pieces)
                return _End()
            if reply.pieces is None:
                reply.pieces = reply.make()
            piece = next(reply.pieces)
        except StopIteration:
            return _End()
        except BaseException as error:  # noqa: BLE001  # its reader gets it
            return _End(error)
        finally:
            ended = time.monotonic()
            reply.busy += ended - begun
        if reply.seconds == 0.0:
            reply.due = ended
        reply.due += piece.seconds
        reply.seconds += piece.seconds
        return piece


def _close(pieces: Iterator[Piece]) -> None:
    """Let a generator free what it holds."""
    if hasattr(pieces, "close"):
        pieces.close()
