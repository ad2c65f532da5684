"""Requests of clients that mean harm, or that know no better: each is answered with one line."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from recital.processors.speech.plan import record
from recital.processors.speech.synthesizer import Synthesizer
from tests.serving_helpers import Running, eventually, running, small_voice

httpx = pytest.importorskip("httpx2")
pytest.importorskip("starlette")

from recital.processors.serving.request import CONTROLS  # noqa: E402  # needs starlette

SPEECH = "/v1/audio/speech"
GOOD = {"input": "Hello.", "voice": "tiny", "response_format": "pcm"}


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Synthesizer:
    return small_voice(tmp_path_factory.mktemp("voice"))


@pytest.fixture(scope="module")
def server(voice: Synthesizer) -> Iterator[Running]:
    with running({"tiny": voice}, max_letters=300, max_body=20000, body_seconds=0.5) as it:
        yield it


@pytest.fixture(scope="module")
def client(server: Running) -> Iterator[Any]:
    with httpx.Client(base_url=server.url, timeout=20) as it:
        yield it


def message(reply: Any, status: int) -> str:
    """The one line of an error."""
    assert reply.status_code == status, reply.text[:300]
    error = reply.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    text: str = error["message"]
    assert text and "\n" not in text and "Traceback" not in text and len(text) < 1000
    return text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"input": ""}, "no text to speak"),
        ({"input": None}, "expected the text to speak"),
        ({"input": 5}, "expected the text to speak"),
        ({"input": ["a"]}, "expected the text to speak"),
        ({"input": "a" * 301}, "301 letters, more than the 300"),
        ({"input": "…"}, "nothing to speak"),
        ({"input": "\ud800"}, "surrogate"),
        ({"input": "\U00013000"}, "nothing to speak"),
        ({"input": "<prosody rate='x'>Hello.</prosody>"}, "rate"),
        ({"input": '<break time="99999s"/>Hello.'}, ""),
        ({"voice": "nobody"}, "no voice 'nobody'; known: tiny"),
        ({"voice": "/etc/passwd"}, "known: tiny"),
        ({"voice": "../../etc/passwd"}, "known: tiny"),
        ({"voice": "tiny/../x"}, "no speaker"),
        ({"voice": {"id": "nobody"}}, "no voice 'nobody'"),
        ({"voice": ["tiny"]}, "voice: expected a string"),
        ({"voice": {"id": 5}}, "voice: expected a string"),
        ({"speaker": "x"}, "no speaker 'x'"),
        ({"speed": 0}, "0.25 to 4"),
        ({"speed": -1}, "0.25 to 4"),
        ({"speed": 1e308}, "0.25 to 4"),
        ({"speed": "fast"}, "expected a number"),
        ({"speed": True}, "expected a number"),
        ({"speed": 10**400}, "0.25 to 4"),
        ({"temperature": 11}, "temperature: expected 0 to 10, found 11"),
        ({"temperature": 10**400}, "temperature: expected 0 to 10"),
        ({"duration_temperature": "0.5"}, "duration_temperature: expected a number"),
        ({"temperature": True}, "temperature: expected a number"),
        ({"temperature": 0.5}, "temperature: this voice draws nothing, so it cannot be changed"),
        ({"duration_temperature": 0.5}, "duration_temperature: this voice draws no durations"),
        ({"n_steps": 2.5}, "n_steps: expected a whole number"),
        ({"n_steps": 2}, "n_steps: this voice has no steps to choose"),
        ({"pitch_flatten": 1}, "pitch_flatten: expected true or false"),
        ({"pitch_scale": [1.0, 2.0]}, "pitch_scale: expected 6 numbers, one for each token"),
        ({"pitch_scale": {}}, "pitch_scale: expected a number"),
        ({"language": "de"}, "language: this voice does not speak 'de'"),
        ({"fade_out": -1}, "fade_out: expected 0 to 60"),
        ({"pace": 2}, "pace: unknown field"),
        ({"max_seconds": 1e6}, "max_seconds: unknown field"),
        ({"pitch_function": "os:system"}, "pitch_function: unknown field"),
        ({"response_format": "aac"}, "one of mp3, opus, flac, wav, pcm, found 'aac'"),
        ({"response_format": "exe"}, "one of mp3"),
        ({"response_format": ["wav"]}, "one of mp3"),
        ({"stream_format": "tcp"}, "one of audio, sse"),
        ({"timestamps": 1}, "true or false"),
        ({"model": 5}, "model: expected a string"),
        ({"respnse_format": "wav"}, "did you mean 'response_format'"),
        ({"start": -1}, "start: expected seconds from 0"),
        ({"start": 1}, "start: is a place in controls"),
        ({"controls": []}, "controls: expected an object"),
        ({"controls": {}}, "controls.text: is missing"),
        ({"controls": {"text": "a", "x": 1}}, "no key 'x'"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else "",
)
def test_a_wrong_field_is_named(client: Any, fields: dict[str, Any], said: str) -> None:
    body = json.dumps({**GOOD, **fields}).encode("utf-8")
    reply = client.post(SPEECH, content=body, headers={"Content-Type": "application/json"})
    assert said in message(reply, 400)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b'"a"', b"\xff\xfe{}", b'{"input": NaN}', b'{"speed": Infinity}',
        b"[" * 15000, b'{"a":' * 3000, b'{"speed": 1' + b"0" * 6000 + b"}",
    ],
    ids=range(11),
)  # fmt: skip
def test_a_body_that_is_no_json_object(client: Any, body: bytes) -> None:
    reply = client.post(SPEECH, content=body, headers={"Content-Type": "application/json"})
    assert message(reply, 400)


def test_a_large_body_is_refused_before_it_is_read(server: Running, client: Any) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        head = f"POST {SPEECH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        connection.sendall(f"{head}Content-Length: 99999999999\r\n\r\n".encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 413")

    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            yield b" " * 1000

    headers = {"Content-Type": "application/json"}
    try:
        reply = client.post(SPEECH, content=endless(), headers=headers)
    except httpx.TransportError:
        return  # the connection was closed while we were still sending
    assert "larger than 20000 bytes" in message(reply, 413)


def test_a_body_that_never_arrives_is_given_up(server: Running) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        head = f"POST {SPEECH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        connection.sendall(f'{head}Content-Length: 100\r\n\r\n{{"input"'.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 408")


def test_headers_without_end_are_refused(server: Running) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200_000)
        assert b" 400 " in connection.recv(1000).split(b"\r\n")[0]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", SPEECH, 405),
        ("DELETE", SPEECH, 405),
        ("POST", "/v1/voices", 405),
        ("GET", "/static/../app.py", 404),
        ("GET", "/static/%2e%2e/%2e%2e/app.py", 404),
        ("GET", "/static/..%2f..%2f..%2fserving/app.py", 404),
        ("GET", "/static//etc/passwd", 404),
        ("GET", "/static/%00", 404),
    ],
)
def test_other_paths(client: Any, method: str, path: str, status: int) -> None:
    assert message(client.request(method, path), status)


def test_pages_of_other_sites_are_kept_out(client: Any, server: Running) -> None:
    """A name that was bound to 127.0.0.1, a page that sends a form, and a page that asks first."""
    assert "Host" in message(client.get("/v1/voices", headers={"Host": "evil.example"}), 403)
    assert message(client.get("/v1/voices", headers={"Host": "127.0.0.1.evil.example:80"}), 403)
    assert message(client.get("/v1/voices", headers={"Host": "localhost:1@evil.example"}), 403)
    from_site = {"Origin": "https://evil.example"}
    assert "Origin" in message(client.post(SPEECH, json=GOOD, headers=from_site), 403)
    assert message(client.post(SPEECH, json=GOOD, headers={"Origin": "null"}), 403)
    form = client.post(SPEECH, content=json.dumps(GOOD), headers={"Content-Type": "text/plain"})
    assert "application/json" in message(form, 415)
    asked = client.options(SPEECH, headers={**from_site, "Access-Control-Request-Method": "POST"})
    assert asked.status_code == 403
    assert not [name for name in asked.headers if name.startswith("access-control")]
    own = {"Origin": server.url}
    assert client.post(SPEECH, json=GOOD, headers=own).status_code == 200
    assert client.get("/health", headers={"Host": "[::1]:8080"}).status_code == 200


def test_with_a_key_everything_but_the_page_needs_it(voice: Synthesizer) -> None:
    with running({"tiny": voice}, key="s3cret-ü") as server:
        for path in ("/v1/voices", "/v1/models", "/metrics", "/v1/audio/speech", "/nothing"):
            reply = httpx.request("POST" if "speech" in path else "GET", server.url + path)
            assert "RECITAL_API_KEY" in message(reply, 401)
            assert reply.headers["www-authenticate"] == "Bearer"
        assert httpx.get(f"{server.url}/health").status_code == 200
        for wrong in (
            b"Bearer",
            b"Bearer s3cret",
            b"Basic s3cret-\xc3\xbc",
            b"\xff",
            b"Bearer \xff",
        ):
            got = httpx.get(f"{server.url}/v1/voices", headers=[(b"Authorization", wrong)])
            assert got.status_code == 401
        # another name is what a proxy or a container has, and the key protects it
        headers = [(b"Authorization", "Bearer s3cret-ü".encode()), (b"Host", b"tts.example")]
        assert httpx.get(f"{server.url}/v1/voices", headers=headers).status_code == 200


def test_random_requests_are_never_our_own_failure(
    client: Any, server: Running, voice: Synthesizer
) -> None:
    """Bodies made of right and wrong values, and edited controls; seeded."""
    rng = random.Random(0)
    plan = record(voice.plan("Hello there."))
    values: list[Any] = [
        None, True, -1, 0, 1.5, 1e400, 10**30, "", "a", "tiny", "\0", "\u202e", "wav", "pcm", "sse",
        "é" * 300, [], [1], {}, {"id": "tiny"}, {"a": {"b": [None]}}, "Hello.", "<b>", "{", "{|9|}",
    ]  # fmt: skip
    names = [*GOOD, "speed", "speaker", "model", "stream_format", "timestamps", "start", "x"]
    names += CONTROLS
    for _ in range(60):
        body = dict(GOOD)
        for name in rng.sample(names, rng.randint(0, 3)):
            body[name] = rng.choice(values)
        if rng.random() < 0.3:
            controls = json.loads(json.dumps(plan))
            target = rng.choice([controls, controls["sentences"][0]])
            target[rng.choice(list(target))] = rng.choice(values)
            body["controls"] = controls
            if rng.random() < 0.3:
                body["start"] = rng.choice([0.1, 1e308, 10**400, 99])
        content = json.dumps(body).encode("utf-8")
        reply = client.post(SPEECH, content=content, headers={"Content-Type": "application/json"})
        assert reply.status_code == 200 or message(reply, 400), body
    assert eventually(lambda: not server.service.pool.open)


def test_a_failure_of_ours_shows_no_traceback(voice: Synthesizer, caplog: Any) -> None:
    class Broken:
        audio, speakers, text = voice.audio, [], voice.text

        def stream(self, text: str, **options: Any) -> Iterator[Any]:
            raise RuntimeError("secret of /home/someone")

    with running({"broken": Broken()}) as server:
        reply = httpx.post(server.url + SPEECH, json={"input": "Hello."})
        assert "secret" not in message(reply, 500)
        assert eventually(lambda: "secret" in caplog.text)  # the log has it
        assert not server.service.pool.open


def test_a_failure_in_the_middle_is_not_taken_for_the_end(voice: Synthesizer, caplog: Any) -> None:
    class Broken:
        audio, speakers, text = voice.audio, [], voice.text

        def stream(self, text: str, **options: Any) -> Iterator[Any]:
            yield np.zeros(30000, np.float32)
            raise RuntimeError("secret of /home/someone")

    with running({"broken": Broken()}) as server:
        body = {"input": "Hello.", "response_format": "pcm"}
        with (
            pytest.raises(httpx.RemoteProtocolError),
            httpx.stream("POST", server.url + SPEECH, json=body) as reply,
        ):
            assert reply.status_code == 200
            b"".join(reply.iter_bytes())
        assert eventually(lambda: "secret" in caplog.text)
        assert eventually(lambda: not server.service.pool.open)
        metrics = httpx.get(f"{server.url}/metrics").text
        assert 'recital_requests_total{outcome="failed",protocol="http"} 1.0' in metrics
