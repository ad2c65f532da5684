"""What both protocols do with a request: begin it, hand over its pieces, count how it ended."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator

from recital.processors.serving.limits import Limits
from recital.processors.serving.metrics import Metrics
from recital.processors.serving.pool import Full, Piece, Pool, Reply
from recital.processors.serving.voices import Voices


class Service:
    """The voices of a server and the threads that they speak in."""

    def __init__(self, voices: Voices, pool: Pool, limits: Limits) -> None:
        self.voices, self.pool, self.limits = voices, pool, limits
        self.metrics = Metrics(limits.max_requests)

    def begin(self, protocol: str, voice: str, make: Callable[[], Iterator[Piece]]) -> Speaking:
        """Start a reply; `make` runs in a thread of the pool. Raises `Full`."""
        try:
            reply = self.pool.start(make)
        except Full:
            self.count(protocol, "busy")
            raise
        self.metrics.open.set(len(self.pool.open))
        return Speaking(self, protocol, voice, reply)

    def count(self, protocol: str, outcome: str) -> None:
        """Count a request that has ended."""
        self.metrics.requests.labels(protocol, outcome).inc()


class Speaking:
    """A reply on its way to a client: `async for data in …`, and `close` whatever happens."""

    def __init__(self, service: Service, protocol: str, voice: str, reply: Reply) -> None:
        self._service, self._protocol, self._voice = service, protocol, voice
        self._reply = reply
        self._pieces = aiter(reply)
        self._begun = time.monotonic()
        self._first: bytes | None = None
        self._closed = False

    async def wait(self) -> None:
        """Until its first audio is there. Raises what is wrong with the text."""
        async for piece in self._pieces:
            if piece.data:
                self._first = piece.data
                seconds = time.monotonic() - self._begun
                self._service.metrics.first_audio.labels(self._protocol).observe(seconds)
                return

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._first is not None:
            yield self._first
        async for piece in self._pieces:
            if piece.data:
                yield piece.data

    def close(self, outcome: str) -> None:
        """Make no more of it, and count it; once closed, nothing more happens."""
        if self._closed:
            return
        self._closed = True
        self._reply.close()
        metrics = self._service.metrics
        self._service.count(self._protocol, outcome)
        metrics.open.set(len(self._service.pool.open))
        metrics.audio.labels(self._voice).inc(self._reply.seconds)
        metrics.work.labels(self._voice).inc(self._reply.busy)
