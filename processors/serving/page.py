"""The page at `/` and what it loads, read when the server starts: a request's path is a key of a
table, never a path on the disk.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from recital.processors.serving.replies import Refused

STUDIO = Path(__file__).parent.parent / "pages" / "studio"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
HEADERS = {
    # nothing from elsewhere is loaded, nothing in the page itself is run, no other page frames it
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",  # asked for again, and answered with 304 while it is the same
}


class _File(NamedTuple):
    data: bytes
    media_type: str
    tag: str


def page_routes() -> list[Route]:
    """`/` and `/static/NAME`."""
    files = {path.name: _read(path) for path in STUDIO.glob("*") if path.suffix in TYPES}

    async def page(request: Request) -> Response:
        return _reply(request, files.get("index.html"))

    async def static(request: Request) -> Response:
        return _reply(request, files.get(request.path_params["name"]))

    return [Route("/", page), Route("/static/{name}", static)]


def _read(path: Path) -> _File:
    data = path.read_bytes()
    return _File(data, TYPES[path.suffix], f'"{hashlib.sha256(data).hexdigest()[:16]}"')


def _reply(request: Request, file: _File | None) -> Response:
    if file is None:
        raise Refused(404, f"GET {request.url.path}: not found")
    headers = {**HEADERS, "ETag": file.tag}
    if request.headers.get("if-none-match") == file.tag:
        return Response(status_code=304, headers=headers)
    return Response(file.data, headers=headers, media_type=file.media_type)
