"""`POST /v1/audio/speech`: a text to a stream of audio."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator

import anyio
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from recital.processors.serving.encoders import FORMATS, encode
from recital.processors.serving.limits import Limits
from recital.processors.serving.pool import Full, Piece, Pool, Reply
from recital.processors.serving.replies import Refused
from recital.processors.serving.request import SpeechRequest, read_json, speech_request
from recital.processors.serving.voices import Voices
from recital.utils.errors import RecitalError

log = logging.getLogger(__name__)


class SpeechRoute:
    """The route, with what it needs of the server."""

    def __init__(self, voices: Voices, pool: Pool, limits: Limits) -> None:
        self.voices, self.pool, self.limits = voices, pool, limits

    async def answer(self, request: Request) -> Response:
        """Answer one request; its first audio is made before the status is sent, so that what is
        wrong with a text is a 400.
        """
        body = await read_json(request, self.limits)
        wanted = speech_request(body, self.voices, self.limits)
        try:
            reply = self.pool.start(lambda: self._pieces(wanted))
        except Full as full:
            raise Refused(
                429,
                f"{self.pool.max_replies} requests are being answered; try again in {full.wait} s",
                headers={"Retry-After": str(full.wait)},
            ) from None
        try:
            first, rest = await _begin(reply)
        except RecitalError as error:
            reply.close()
            raise Refused(400, f"input: {error}", "input") from None
        except BaseException:
            reply.close()
            raise
        media_type = FORMATS[wanted.response_format].media_type
        return _Stream(reply, first, rest, media_type, self.limits.stall_seconds)

    def _pieces(self, wanted: SpeechRequest) -> Iterator[Piece]:
        voice = self.voices.by_name[wanted.voice]
        waves = voice.stream(
            wanted.input,
            speaker=wanted.speaker,
            pace=wanted.speed,
            max_seconds=self.limits.max_seconds,
        )
        return encode(waves, voice.audio.sample_rate, wanted.response_format)


async def _begin(reply: Reply) -> tuple[bytes, AsyncIterator[Piece]]:
    """The first bytes, and the iterator over the rest."""
    pieces = aiter(reply)
    async for piece in pieces:
        if piece.data:
            return piece.data, pieces
    return b"", pieces


class _Stream(StreamingResponse):
    """A reply of which nothing more is made when its client goes away, or reads nothing."""

    def __init__(
        self,
        reply: Reply,
        first: bytes,
        rest: AsyncIterator[Piece],
        media_type: str,
        stall_seconds: float,
    ) -> None:
        super().__init__(self._body(first, rest), media_type=media_type)
        self.reply, self.stall_seconds = reply, stall_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            with anyio.fail_after(self.stall_seconds):
                await send(message)

        try:
            await super().__call__(scope, receive, send_in_time)
        finally:
            self.reply.close()

    @staticmethod
    async def _body(first: bytes, rest: AsyncIterator[Piece]) -> AsyncIterator[bytes]:
        yield first
        async for piece in rest:
            if piece.data:
                yield piece.data
