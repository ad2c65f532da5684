"""The Wyoming protocol, with the client of its own package."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import numpy as np
import pytest

from recital.processors.audio_files import to_int16
from recital.processors.speech.synthesizer import Synthesizer
from tests.serving_helpers import Running, StepVoice, eventually, running, small_voice

pytest.importorskip("wyoming")
pytest.importorskip("starlette")

from wyoming.client import AsyncTcpClient  # noqa: E402
from wyoming.event import Event  # noqa: E402
from wyoming.info import Describe, Info  # noqa: E402
from wyoming.ping import Ping, Pong  # noqa: E402
from wyoming.tts import (  # noqa: E402
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeVoice,
)

FIRST, SECOND = "Hello there, Dr. Smith. ", "This is the second sentence."


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Synthesizer:
    return small_voice(tmp_path_factory.mktemp("voice"), n_speakers=2)


@pytest.fixture(scope="module")
def server(voice: Synthesizer) -> Iterator[Running]:
    with running({"tiny": voice}, max_letters=200) as it:
        yield it


def talk(server: Running, conversation: Callable[[AsyncTcpClient], Awaitable[Any]]) -> Any:
    """Run one conversation on a connection of its own."""

    async def main() -> Any:
        host, port = server.wyoming.removeprefix("tcp://").split(":")
        async with AsyncTcpClient(host, int(port), read_timeout=20) as client:
            return await conversation(client)

    return asyncio.run(main())


async def heard(client: AsyncTcpClient, last: str) -> tuple[list[str], bytes]:
    """The kinds of the events up to `last`, without repetition, and their audio."""
    kinds: list[str] = []
    audio = b""
    while True:
        event = await client.read_event()
        assert event is not None, kinds
        if event.type != (kinds[-1] if kinds else ""):
            kinds.append(event.type)
        audio += event.payload or b""
        if event.type in (last, "error"):
            return kinds, audio


def samples(voice: Synthesizer, text: str, speaker: str = "0") -> np.ndarray:
    return to_int16(np.concatenate(list(voice.stream(text, speaker=speaker))))


def test_it_says_what_it_can_say(server: Running) -> None:
    async def ask(client: AsyncTcpClient) -> tuple[Info, Pong]:
        await client.write_event(Describe().event())
        info = Info.from_event(await client.read_event())  # type: ignore[arg-type]
        await client.write_event(Ping("hm").event())
        return info, Pong.from_event(await client.read_event())  # type: ignore[arg-type]

    info, pong = talk(server, ask)
    (program,) = info.tts
    assert program.supports_synthesize_streaming and program.installed
    (voice,) = program.voices
    assert (voice.name, voice.languages) == ("tiny", ["en"])
    assert [speaker.name for speaker in voice.speakers] == ["0", "1"]
    assert pong.text == "hm"


def test_a_text_is_spoken(server: Running, voice: Synthesizer) -> None:
    async def ask(client: AsyncTcpClient) -> list[tuple[list[str], bytes]]:
        replies = []
        for chosen in (
            None,
            SynthesizeVoice(name="tiny", speaker="1"),
            SynthesizeVoice(language="en-GB"),
        ):
            await client.write_event(Synthesize(FIRST + SECOND, voice=chosen).event())
            replies.append(await heard(client, "audio-stop"))
        return replies

    for speaker, (kinds, audio) in zip("010", talk(server, ask), strict=True):
        assert kinds == ["audio-start", "audio-chunk", "audio-stop"]
        want = samples(voice, FIRST + SECOND, speaker)
        np.testing.assert_array_equal(np.frombuffer(audio, np.int16), want)


def test_a_text_is_spoken_while_it_is_written(server: Running, voice: Synthesizer) -> None:
    """As Home Assistant does: the whole text follows the chunks, for servers that cannot stream."""

    async def ask(client: AsyncTcpClient) -> tuple[int, tuple[list[str], bytes]]:
        await client.write_event(SynthesizeStart().event())
        for word in (FIRST + SECOND[:5]).split(" "):
            await client.write_event(SynthesizeChunk(word + " ").event())
        first = await client.read_event()
        assert first is not None and first.type == "audio-start"
        chunk = await client.read_event()
        assert chunk is not None and chunk.payload
        await client.write_event(SynthesizeChunk(SECOND[5:]).event())
        await client.write_event(Synthesize(FIRST + SECOND).event())
        await client.write_event(SynthesizeStop().event())
        kinds, audio = await heard(client, "synthesize-stopped")
        return len(chunk.payload), (kinds, chunk.payload + audio)

    _, (kinds, audio) = talk(server, ask)
    assert kinds == ["audio-chunk", "audio-stop", "synthesize-stopped"]
    got, want = np.frombuffer(audio, np.int16), samples(voice, FIRST + SECOND)
    # the same, but for the fades of 5 ms on both sides of the joint
    assert len(got) == len(want)
    assert np.mean(np.abs(got.astype(int) - want) > 2) < 3 * 0.005 * 22050 / len(want)


def test_what_is_wrong_with_a_text_is_said_and_the_next_is_spoken(server: Running) -> None:
    async def ask(client: AsyncTcpClient) -> list[str]:
        found = []
        for event in (
            Synthesize("Hello.", voice=SynthesizeVoice(name="../tiny")),
            Synthesize("Hello.", voice=SynthesizeVoice(name="tiny", speaker="no")),
            Synthesize("a" * 201),
            Synthesize("…"),
        ):
            await client.write_event(event.event())
            answer = await client.read_event()
            assert answer is not None and answer.type == "error"
            found.append(answer.data["text"])
        await client.write_event(SynthesizeStart().event())
        await client.write_event(SynthesizeChunk("b" * 201).event())
        answer = await client.read_event()
        assert answer is not None
        found.append(answer.data["text"])
        await client.write_event(Event("of-the-future", {"x": 1}))
        await client.write_event(Synthesize("Hello.").event())
        assert (await heard(client, "audio-stop"))[0][0] == "audio-start"
        return found

    wrong = talk(server, ask)
    for text, part in zip(
        wrong, ("no voice '../tiny'", "no speaker 'no'", "200", "nothing to", "200"), strict=True
    ):
        assert part in text and "\n" not in text and "Traceback" not in text


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"[1, 2]\n",
        b'{"type": 5}\n',
        b'{"type": "synthesize"}\n',
        b'{"type": "synthesize", "data": {"text": 5}}\n',
        b'{"type": "synthesize", "data": 7}\n',
        b'{"type": "ping", "data_length": 99999999999}\n',
        b'{"type": "ping", "payload_length": -1}\n',
        b'{"type": "ping", "payload_length": "1"}\n',
        b'{"type": "ping", "data_length": 2}\n{"',
        b"[" * 60000 + b"\n",
        b"x" * 200000,
        b"\xff\xfe\n",
    ],
    ids=range(13),
)
def test_what_is_no_event_ends_its_own_connection_alone(server: Running, data: bytes) -> None:
    async def send(client: AsyncTcpClient) -> bytes:
        assert client._writer is not None and client._reader is not None
        client._writer.write(data)
        try:
            return await asyncio.wait_for(client._reader.read(1000), 5)
        except ConnectionError:
            return b""

    answer = talk(server, send)
    assert answer == b"" or json.loads(answer.splitlines()[0])["type"] == "error"

    async def ask(client: AsyncTcpClient) -> str:
        await client.write_event(Ping().event())
        event = await client.read_event()
        assert event is not None
        return event.type

    assert talk(server, ask) == "pong"


def test_a_client_that_goes_away_costs_no_more_work() -> None:
    steps = StepVoice()
    with running({"steps": steps}) as server:
        steps.steps.release(2)

        async def leave(client: AsyncTcpClient) -> None:
            await client.write_event(Synthesize("a" * 500).event())
            await client.read_event()

        talk(server, leave)
        steps.steps.release(20)
        assert eventually(lambda: steps.ended == 1 and not server.service.pool.open)
        assert steps.made < 100
