"""Runs the server until a signal asks it to stop; what is being said then is finished first."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from recital.processors.serving.limits import Limits
from recital.utils.errors import UsageError

CONNECTIONS = 4  # for each reply that may be in the making; further ones are answered with 503


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
    except (OSError, OverflowError) as error:
        raise UsageError(f"--host {host} --port {port}: cannot listen there: {error}") from None


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
        limit_concurrency=CONNECTIONS * limits.max_requests,
        timeout_graceful_shutdown=round(limits.drain_seconds),
    )
    return _Server(config)


async def serve(server: uvicorn.Server, listening: socket.socket) -> None:
    """Answer requests until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.handle_exit, number, None)
    await server.serve(sockets=[listening])
