"""The server as one ASGI application."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from recital.processors.serving.guard import Guard
from recital.processors.serving.metrics import MEDIA_TYPE
from recital.processors.serving.page import page_routes
from recital.processors.serving.plan import PlanRoute
from recital.processors.serving.replies import answer_refused, error_reply
from recital.processors.serving.service import Service
from recital.processors.serving.speech import SpeechRoute
from recital.processors.serving.voices import MODEL


def build_app(service: Service, key: str | None = None) -> Starlette:
    """All routes; see docs/serve.md. With a `key`, only `/`, `/static` and `/health` go without."""

    async def list_voices(request: Request) -> Response:
        return JSONResponse(service.voices.describe())

    async def show_metrics(request: Request) -> Response:
        return Response(service.metrics.text(), media_type=MEDIA_TYPE)

    return Starlette(
        routes=[
            *page_routes(),
            Route("/health", _health),
            Route("/metrics", show_metrics),
            Route("/v1/models", _models),
            Route("/v1/voices", list_voices),
            Route("/v1/audio/speech", SpeechRoute(service).answer, methods=["POST"]),
            Route("/v1/plan", PlanRoute(service).answer, methods=["POST"]),
        ],
        middleware=[Middleware(Guard, key=key)],
        exception_handlers={HTTPException: answer_refused, Exception: _failed},
    )


async def _health(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _models(request: Request) -> Response:
    model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "recital"}
    return JSONResponse({"object": "list", "data": [model]})


async def _failed(request: Request, error: Exception) -> Response:
    """Our own mistake: the log has the traceback, the client one line."""
    return error_reply(500, "the server failed on this request; its log says why")
