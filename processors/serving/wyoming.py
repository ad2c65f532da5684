"""The Wyoming protocol, by which Home Assistant speaks: `docs/serve.md` says how to set it up.

A client sends a whole text (`synthesize`), or a text as it is written (`synthesize-start`,
`-chunk`, …, `-stop`), whose sentences are spoken as soon as each is complete. The events are those
of the package `wyoming`; reading them is done here, as the package reads whatever length a client
claims.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, Eventable, async_write_event
from wyoming.info import Attribution, Describe, Info, TtsProgram, TtsVoice, TtsVoiceSpeaker
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeVoice,
)

import recital
from recital.processors.serving.encoders import RAW, encode
from recital.processors.serving.pool import Full
from recital.processors.serving.replies import Refused
from recital.processors.serving.request import text_of
from recital.processors.serving.sentences import complete_sentences
from recital.processors.serving.service import Service
from recital.utils.errors import RecitalError

log = logging.getLogger(__name__)
WYOMING = "wyoming"
LONGEST_LINE = 1 << 16  # bytes of the JSON that begins an event
CHUNK = 8192  # bytes of audio of one event


async def read_event(reader: asyncio.StreamReader, most: int) -> Event | None:
    """The next event, None at the end. Raises `ValueError` for what is no event, or is larger than
    `most` bytes.
    """
    line = await reader.readline()  # raises ValueError beyond the reader's limit
    if not line:
        return None
    head = json.loads(line)
    if not isinstance(head, dict) or not isinstance(head.get("type"), str):
        raise ValueError("no event of the Wyoming protocol")
    data = head.get("data") or {}
    extra = await _block(reader, head.get("data_length"), most)
    if extra:
        data = {**data, **json.loads(extra)}
    payload = await _block(reader, head.get("payload_length"), most)
    return Event(head["type"], data, payload or None)


async def _block(reader: asyncio.StreamReader, length: object, most: int) -> bytes:
    if not length:
        return b""
    if not isinstance(length, int) or not 0 < length <= most:
        raise ValueError(f"a part of {length!r:.20} bytes; expected at most {most}")
    return await reader.readexactly(length)


def describe(service: Service) -> Info:
    """The voices, as Home Assistant lists them."""
    origin = Attribution("Recital", "")
    voices = []
    for name, voice in service.voices.by_name.items():
        speakers = [TtsVoiceSpeaker(s) for s in voice.speakers] or None
        language = voice.text.config.language
        voices.append(TtsVoice(name, origin, True, name, None, [language], speakers))
    program = TtsProgram(
        "recital",
        origin,
        True,
        "Recital",
        recital.__version__,
        voices,
        supports_synthesize_streaming=True,
    )
    return Info(tts=[program])


class Conversation:
    """One connection of a client."""

    def __init__(
        self, service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.service, self.reader, self.writer = service, reader, writer
        self.busy = False  # something is being said
        self.voice: tuple[str, str | None] | None = None  # of a text that is being written
        self.waiting = ""  # the part of it that is not said yet
        self.letters = 0  # of it so far
        self.sounds = False  # its audio has begun

    async def run(self) -> None:
        """Answer events until the client goes away or sends what is no event."""
        limits = self.service.limits
        try:
            while True:
                event = await asyncio.wait_for(
                    read_event(self.reader, limits.max_body), limits.idle_seconds
                )
                if event is None:
                    return
                self.busy = True
                await self.answer(event)
                self.busy = self.voice is not None
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            log.warning("wyoming: a connection was closed: %s", " ".join(str(error).split())[:200])
        except (OSError, EOFError, asyncio.TimeoutError):
            pass  # it went away, or was silent for too long
        except Exception:
            log.exception("wyoming: a request failed")
        finally:
            self.writer.close()

    async def answer(self, event: Event) -> None:
        """Answer one event; what is wrong with a text is answered with `error`."""
        try:
            if Describe.is_type(event.type):
                await self.send(describe(self.service))
            elif Ping.is_type(event.type):
                await self.send(Pong(Ping.from_event(event).text))
            elif SynthesizeStart.is_type(event.type):
                self.begin(SynthesizeStart.from_event(event).voice)
            elif SynthesizeChunk.is_type(event.type) and self.voice is not None:
                await self.add(SynthesizeChunk.from_event(event).text)
            elif SynthesizeStop.is_type(event.type) and self.voice is not None:
                await self.finish()
            elif Synthesize.is_type(event.type) and self.voice is None:
                # while a text is being written, it is sent again for servers that cannot stream
                whole = Synthesize.from_event(event)
                self.begin(whole.voice)
                self.waiting = whole.text
                await self.finish(streamed=False)
        except Full as full:
            await self.fail(
                f"{self.service.pool.max_replies} requests are being answered; try "
                f"again in {full.wait} s"
            )
        except Refused as refused:
            self.service.count(WYOMING, "refused")
            await self.fail(refused.detail)
        except RecitalError as error:
            await self.fail(f"text: {error}")

    async def send(self, event: Eventable) -> None:
        """Write an event; a client that reads nothing is dropped."""
        await asyncio.wait_for(
            async_write_event(event.event(), self.writer), self.service.limits.stall_seconds
        )

    async def fail(self, message: str) -> None:
        """Say what is wrong, and forget the text."""
        self.voice = None
        await self.send(Error(" ".join(message.split())))

    def begin(self, voice: SynthesizeVoice | None) -> None:
        """A text begins."""
        voice = voice or SynthesizeVoice()
        name = voice.name or self.service.voices.of_language(voice.language)
        self.voice = self.service.voices.find(name, voice.speaker)
        self.waiting, self.letters, self.sounds = "", 0, False

    async def add(self, text: str) -> None:
        """A part of a text: say the sentences that are complete by it."""
        assert self.voice is not None
        self.waiting += text
        self._check()
        ready, pause, self.waiting = await asyncio.to_thread(
            complete_sentences, self.waiting, self.service.voices.by_name[self.voice[0]].text
        )
        if ready:
            self.letters += len(ready)
            await self.say(ready, pause)

    async def finish(self, streamed: bool = True) -> None:
        """The end of a text: say the rest."""
        assert self.voice is not None
        self._check()
        if self.waiting.strip() or not self.sounds:
            await self.say(self.waiting)
        await self.send(AudioStop())
        if streamed:
            await self.send(SynthesizeStopped())
        self.voice = None

    def _check(self) -> None:
        limits = self.service.limits
        if self.letters + len(self.waiting) > limits.max_letters:
            raise Refused(400, f"text: more than the {limits.max_letters} letters of this server")

    async def say(self, text: str, pause: float = 0.0) -> None:
        """Speak a text, and then be silent for `pause` seconds."""
        assert self.voice is not None
        name, speaker = self.voice
        text = text_of({"input": text}, self.service.limits)
        voice = self.service.voices.by_name[name]
        rate = voice.audio.sample_rate
        speaking = self.service.begin(
            WYOMING,
            name,
            lambda: encode(
                voice.stream(text, speaker=speaker, max_seconds=self.service.limits.max_seconds),
                rate,
                RAW,
            ),
        )
        outcome = "gone"
        try:
            await speaking.wait()
            if not self.sounds:
                self.sounds = True
                await self.send(AudioStart(rate, 2, 1))
            async for data in _parts(speaking):
                await self.send(AudioChunk(rate, 2, 1, data))
            hop = voice.audio.hop_length
            silence = bytes(2 * hop * round(pause * rate / hop))  # as within a text
            for start in range(0, len(silence), CHUNK):
                await self.send(AudioChunk(rate, 2, 1, silence[start : start + CHUNK]))
            outcome = "spoken"
        except RecitalError:
            outcome = "refused"
            raise
        except (OSError, asyncio.TimeoutError):
            raise  # it went away
        except Exception:
            outcome = "failed"
            raise
        finally:
            speaking.close(outcome)


async def _parts(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        for start in range(0, len(piece), CHUNK):
            yield piece[start : start + CHUNK]


class WyomingServer:
    """Listens, until it is asked to stop."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.open: dict[asyncio.Task[None], Conversation] = {}
        self.stopping = False

    async def serve(self, listening: Any, stop: asyncio.Event) -> None:
        """Answer until `stop`; what is being said then is finished first."""
        server = await asyncio.start_server(self._meet, sock=listening, limit=LONGEST_LINE)
        async with server:
            await stop.wait()
            server.close()
            for task, conversation in list(self.open.items()):
                if not conversation.busy:
                    task.cancel()
            tasks = list(self.open)
            if tasks:
                await asyncio.wait(tasks, timeout=self.service.limits.drain_seconds)
            for task in self.open:
                task.cancel()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversation = Conversation(self.service, reader, writer)
        task = asyncio.current_task()
        assert task is not None
        if len(self.open) >= self.service.limits.max_connections:
            writer.close()
            return
        self.open[task] = conversation
        try:
            await conversation.run()
        finally:
            del self.open[task]
