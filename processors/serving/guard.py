"""Who may send requests: with a key, its holders; without, programs and pages of this machine.

A server without a key listens on loopback, which every page in a browser of this machine can
reach. Such a page is kept out by the `Host` header (DNS rebinding: evil.example resolves to
127.0.0.1, and the browser still names evil.example) and by `Origin` (a request across sites).
"""

from __future__ import annotations

import hmac
import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from recital.processors.serving.replies import Refused

OPEN = ("/health", "/")  # these and /static/ hold nothing secret, and a browser has no key for them


def is_loopback(host: str) -> bool:
    """Whether an address or a name is this machine itself."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Guard:
    """ASGI middleware. With a `key`, `Authorization: Bearer <key>` is required."""

    def __init__(self, app: ASGIApp, key: str | None) -> None:
        self.app = app
        self.key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            self._check(scope["path"], Headers(scope=scope))
        except Refused as refused:
            await refused.reply()(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _check(self, path: str, headers: Headers) -> None:
        if self.key is not None:
            if path not in OPEN and not path.startswith("/static/"):
                _check_key(headers.get("authorization", ""), self.key)
            return
        host = headers.get("host", "")
        if not is_loopback(_name(f"//{host}")):
            raise Refused(
                403, f"Host: expected localhost, found {host[:80]!r}; another name needs a key"
            )
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            raise Refused(403, f"Origin: a page of {origin[:80]!r} may not use this server")


def _check_key(header: str, key: str) -> None:
    scheme, _, given = header.partition(" ")
    # the time of a comparison says nothing of how much of the key was right
    right = hmac.compare_digest(given.strip().encode("latin-1"), key.encode("utf-8"))
    if scheme.lower() != "bearer" or not right:
        raise Refused(
            401,
            "Authorization: expected Bearer and the key of this server (RECITAL_API_KEY)",
            headers={"WWW-Authenticate": "Bearer"},
        )


def _name(address: str) -> str:
    """The host of an address without its port; empty if it has none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
