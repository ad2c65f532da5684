"""Errors as OpenAI's clients expect them: `{"error": {"message", "type", "param", "code"}}`."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    408: "timeout_error",
    413: "invalid_request_error",
    415: "invalid_request_error",
    429: "rate_limit_error",
    500: "server_error",
    503: "server_error",
}


class Refused(HTTPException):
    """A request that is answered with one line; `param` is the field that is wrong."""

    def __init__(
        self,
        status: int,
        message: str,
        param: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(status, message, headers)
        self.param = param

    def reply(self) -> JSONResponse:
        """The reply that says so."""
        return error_reply(self.status_code, self.detail, self.param, self.headers)


def error_reply(
    status: int, message: str, param: str | None = None, headers: Any = None
) -> JSONResponse:
    """A reply of one line."""
    error = {
        "message": " ".join(message.split()),
        "type": KINDS.get(status, "invalid_request_error"),
        "param": param,
        "code": None,
    }
    return JSONResponse({"error": error}, status, headers)


async def answer_refused(request: Request, error: Exception) -> JSONResponse:
    """The reply to a `Refused`, or to what the framework itself refuses (no such path)."""
    if isinstance(error, Refused):
        return error.reply()
    assert isinstance(error, HTTPException)
    return error_reply(
        error.status_code,
        f"{request.method} {request.url.path}: {error.detail}",
        None,
        error.headers,
    )
