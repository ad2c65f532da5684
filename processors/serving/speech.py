"""`POST /v1/audio/speech`: a text to a stream of audio."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from recital.processors.serving.delivery import media_type, spoken
from recital.processors.serving.pool import Full, Piece
from recital.processors.serving.replies import Refused
from recital.processors.serving.request import SpeechRequest, param_of, read_json, speech_request
from recital.processors.serving.service import Service, Speaking
from recital.utils.errors import RecitalError

HTTP = "http"


class SpeechRoute:
    """The route, with what it needs of the server."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def answer(self, request: Request) -> Response:
        """Answer one request. Its first audio is made before the status is sent, so that what is
        wrong with a text is a 400.
        """
        service = self.service
        try:
            body = await read_json(request, service.limits)
            wanted = speech_request(body, service.voices, service.limits)
        except Refused:
            service.count(HTTP, "refused")
            raise
        speaking = begin(service, wanted.voice, lambda: self._pieces(wanted))
        await first_audio(
            speaking, request, "input" if isinstance(wanted.input, str) else "controls"
        )
        return SpeechStream(speaking, media_type(wanted), service.limits.stall_seconds)

    def _pieces(self, wanted: SpeechRequest) -> Iterator[Piece]:
        return spoken(
            wanted, self.service.voices.by_name[wanted.voice], self.service.limits.max_seconds
        )


def begin(
    service: Service, voice: str, make: Callable[[], Iterator[Piece]], protocol: str = HTTP
) -> Speaking:
    """Start a reply. Raises `Refused` with 429 if there are too many."""
    try:
        return service.begin(protocol, voice, make)
    except Full as full:
        raise Refused(
            429,
            f"{service.pool.max_replies} requests are being answered; try again in {full.wait} s",
            headers={"Retry-After": str(full.wait)},
        ) from None


async def first_audio(speaking: Speaking, request: Request, param: str) -> None:
    """Wait for the first audio of a reply, or until its client goes away. Raises `Refused` for
    what is wrong with a control, or else with the field `param`.
    """
    ready, gone = asyncio.ensure_future(speaking.wait()), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((ready, gone), return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            raise Refused(499, "the client went away")
        await ready
    except RecitalError as error:
        speaking.close("refused")
        raise Refused(400, str(error), param_of(error, param)) from None
    except BaseException as error:
        lost = isinstance(error, (Refused, asyncio.CancelledError))
        speaking.close("gone" if lost else "failed")
        raise
    finally:
        ready.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


class SpeechStream(StreamingResponse):
    """A reply of which nothing more is made when its client goes away, or reads nothing."""

    def __init__(self, speaking: Speaking, media_type: str, stall_seconds: float) -> None:
        super().__init__(aiter(speaking), media_type=media_type)
        self.speaking, self.stall_seconds = speaking, stall_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            with anyio.fail_after(self.stall_seconds):
                await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self.speaking.close("spoken")

        try:
            await super().__call__(scope, receive, send_in_time)
        except (TimeoutError, ClientDisconnect):
            pass
        except Exception:
            self.speaking.close("failed")
            raise
        finally:
            self.speaking.close("gone")
