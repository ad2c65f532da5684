"""Runs the server until a signal asks it to stop; what is being said then is finished first."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Iterator
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from recital.processors.serving.limits import Limits
from recital.processors.serving.wyoming import WyomingServer
from recital.utils.errors import UsageError


class _Server(uvicorn.Server):
    """uvicorn, with the signals left to us: it would end the process by them at the end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises `UsageError` for an address that cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host.strip("[]"), port), family=family, backlog=256)
    except OSError as error:
        raise UsageError(
            f"cannot listen at {host}, port {port}: {error.strerror or error}"
        ) from None


def build_server(app: ASGIApp, limits: Limits) -> uvicorn.Server:
    """A server for `serve(sockets=[…])`; `should_exit` ends it."""
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        log_level=logging.WARNING,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=limits.max_connections,
        timeout_graceful_shutdown=limits.drain_seconds,
    )
    return _Server(config)


async def serve(
    server: uvicorn.Server,
    listening: socket.socket,
    wyoming: WyomingServer | None = None,
    wyoming_listening: socket.socket | None = None,
) -> None:
    """Answer requests until SIGTERM or SIGINT; a second SIGINT ends it at once."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def ask_to_stop(number: int) -> None:
        server.handle_exit(number, None)
        stop.set()

    def hear(number: int, frame: FrameType | None) -> None:
        # not by `add_signal_handler`: a signal after the end of the loop would kill the process
        if not loop.is_closed():
            loop.call_soon_threadsafe(ask_to_stop, number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, hear)
    both = [server.serve(sockets=[listening])]
    if wyoming is not None:
        both.append(wyoming.serve(wyoming_listening, stop))
    await asyncio.gather(*both)
