"""What a server takes on, so that no client can exhaust it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of one server. A request beyond them is refused with one line; see docs/serve.md."""

    max_letters: int = 4096  # of one text, as OpenAI's own limit
    max_seconds: float = 900.0  # of the audio of one text
    max_requests: int = 64  # spoken or waiting at once; a further one is answered with 429
    max_body: int = 2 << 20  # bytes of a request; controls of the longest text have about half
    body_seconds: float = 10.0  # until a request has arrived
    stall_seconds: float = 60.0  # until a client that reads nothing is dropped
    idle_seconds: float = 300.0  # until a silent Wyoming connection is closed
    drain_seconds: int = 60  # for what is being said when the server is asked to stop

    @property
    def max_connections(self) -> int:
        """Open connections of each protocol: more than replies, since some are idle and some are
        about to be refused with 429.
        """
        return 4 * self.max_requests + 64
