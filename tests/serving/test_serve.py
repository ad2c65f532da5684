"""The server, asked by OpenAI's own client: formats, streaming, load, clients that go away."""

from __future__ import annotations

import dataclasses
import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from recital.bins.common.flags import FLAGS
from recital.processors.audio_files import to_int16
from recital.processors.speech.controls import Controls
from recital.processors.speech.synthesizer import Synthesizer
from tests.conftest import ROOT
from tests.serving_helpers import Running, StepVoice, eventually, running, small_voice
from tests.tts_helpers import drawn_prosody

openai = pytest.importorskip("openai")
pytest.importorskip("starlette")

from recital.processors.serving.request import CONTROLS  # noqa: E402  # needs starlette

TEXT = "Hello there. This is the second sentence, and it is longer than the first one."


def client_of(server: Running, key: str = "none") -> Any:
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0, timeout=30)


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Synthesizer:
    return small_voice(tmp_path_factory.mktemp("voice"))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Synthesizer:
    return small_voice(tmp_path_factory.mktemp("pair"), n_speakers=2)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Synthesizer:
    """A voice whose prosody is drawn."""
    return small_voice(tmp_path_factory.mktemp("drawn"), prosody=drawn_prosody())


@pytest.fixture(scope="module")
def server(voice: Synthesizer, pair: Synthesizer, drawn: Synthesizer) -> Iterator[Running]:
    with running({"tiny": voice, "pair": pair, "drawn": drawn}) as it:
        yield it


@pytest.fixture(scope="module")
def client(server: Running) -> Any:
    return client_of(server)


@pytest.fixture
def steps() -> StepVoice:
    return StepVoice()


def samples(voice: Synthesizer, text: str, **controls: Any) -> np.ndarray:
    return to_int16(np.concatenate(list(voice.stream(text, **controls))))


def say(client: Any, text: str = TEXT, voice: str = "tiny", **fields: Any) -> bytes:
    format_ = fields.pop("response_format", "wav")
    got = client.audio.speech.create(
        model="tts-1", input=text, voice=voice, response_format=format_, **fields
    )
    content: bytes = got.content
    return content


def test_a_wav_is_what_the_voice_says(client: Any, voice: Synthesizer) -> None:
    got = say(client, speed=1.5)
    assert got[:4] == b"RIFF"
    np.testing.assert_array_equal(np.frombuffer(got[44:], np.int16), samples(voice, TEXT, pace=1.5))


@pytest.mark.parametrize("name", ["mp3", "opus", "flac", "wav"])
def test_every_format_holds_the_whole_text(client: Any, voice: Synthesizer, name: str) -> None:
    import soundfile

    want = samples(voice, TEXT) / 32768
    got, rate = soundfile.read(io.BytesIO(say(client, response_format=name)))
    assert len(got) / rate == pytest.approx(len(want) / 22050, abs=0.12)
    assert rate == (24000 if name == "opus" else 22050)
    if name in ("wav", "flac"):
        np.testing.assert_allclose(got, want, atol=1e-9)
    assert np.sqrt(np.mean(got**2)) == pytest.approx(np.sqrt(np.mean(want**2)), rel=0.1)


def test_pcm_has_the_rate_that_openai_s_clients_take_for_granted(
    client: Any, voice: Synthesizer
) -> None:
    import soxr

    want = soxr.resample(samples(voice, TEXT).astype(np.float32) / 32768, 22050, 24000)
    got = np.frombuffer(say(client, response_format="pcm"), np.int16) / 32768
    assert abs(len(got) - len(want)) <= 2
    np.testing.assert_allclose(got[: len(want)], want[: len(got)], atol=2e-4)


def test_speakers_are_named_by_a_field_or_with_the_voice(client: Any, pair: Synthesizer) -> None:
    first, second = (say(client, voice=f"pair/{i}") for i in (0, 1))
    assert first != second
    assert say(client, voice="pair", extra_body={"speaker": "1"}) == second
    assert say(client, voice="pair") == first
    assert second[44:] == samples(pair, TEXT, speaker="1").tobytes()


def test_models_and_voices_are_listed(client: Any, server: Running) -> None:
    import httpx2

    assert [model.id for model in client.models.list()] == ["recital"]
    found = httpx2.get(f"{server.url}/v1/voices").json()["data"]
    speakers = {voice["id"]: voice["speakers"] for voice in found}
    assert speakers == {"tiny": ["0"], "pair": ["0", "1"], "drawn": ["0"]}
    # whoever is listed can be asked for
    for voice in found:
        for speaker in voice["speakers"]:
            assert say(client, "So.", voice["id"], extra_body={"speaker": speaker})
            assert say(client, "So.", f"{voice['id']}/{speaker}")
    with running({"unnamed": StepVoice()}) as other:
        (unnamed,) = httpx2.get(f"{other.url}/v1/voices").json()["data"]
    assert unnamed["speakers"] == []
    assert httpx2.get(f"{server.url}/health").json() == {"status": "ok"}


def test_every_reply_under_load_equals_the_one_alone(client: Any, server: Running) -> None:
    texts = [f"{TEXT} Number {['one', 'two', 'three', 'four'][i % 4]}." for i in range(4)]
    alone = {text: say(client, text) for text in texts}
    with ThreadPoolExecutor(16) as clients:
        got = list(clients.map(lambda i: say(client, texts[i % 4]), range(32)))
    assert all(wav == alone[texts[i % 4]] for i, wav in enumerate(got))
    assert eventually(lambda: not server.service.pool.open)


def test_audio_is_sent_while_the_rest_is_made(steps: StepVoice) -> None:
    with running({"steps": steps}) as server:
        create = client_of(server).audio.speech.with_streaming_response.create
        steps.steps.release()
        with create(model="m", input="abc", voice="steps", response_format="wav") as reply:
            parts = reply.iter_bytes()
            assert len(next(parts)) > 44
            assert steps.made == 1
            steps.steps.release(2)
            assert sum(map(len, parts)) > 2 * 44000


def test_a_client_that_goes_away_costs_no_more_work(steps: StepVoice) -> None:
    with running({"steps": steps}) as server:
        create = client_of(server).audio.speech.with_streaming_response.create
        steps.steps.release()
        with create(model="m", input="a" * 500, voice="steps", response_format="pcm") as reply:
            next(reply.iter_bytes())
        assert eventually(lambda: not server.service.pool.open)
        made = steps.made
        steps.steps.release(100)
        assert eventually(lambda: steps.ended == 1)
        assert steps.made <= made + 1


def test_a_client_that_goes_away_before_its_audio_is_noticed(steps: StepVoice) -> None:
    with running({"steps": steps}) as server:
        with pytest.raises(openai.APITimeoutError):
            say(client_of(server).with_options(timeout=0.3), "abc", "steps")
        assert eventually(lambda: not server.service.pool.open)
        steps.steps.release(3)
        assert eventually(lambda: steps.ended == 1)


def test_a_client_that_reads_slowly_holds_little(steps: StepVoice) -> None:
    with running({"steps": steps}) as server:
        steps.steps.release(1000)
        create = client_of(server).audio.speech.with_streaming_response.create
        with create(model="m", input="a" * 800, voice="steps", response_format="pcm") as reply:
            assert eventually(lambda: steps.made > 4)
            assert not eventually(lambda: steps.made > 600, 0.5)  # 48 kB each
            assert sum(map(len, reply.iter_bytes())) == pytest.approx(800 * 48000, abs=48000)


def test_a_client_that_reads_nothing_is_dropped(steps: StepVoice) -> None:
    with running({"steps": steps}, stall_seconds=0.3) as server:
        steps.steps.release(1000)
        create = client_of(server).audio.speech.with_streaming_response.create
        with create(model="m", input="a" * 900, voice="steps", response_format="pcm"):
            assert eventually(lambda: steps.ended == 1)
        assert eventually(lambda: not server.service.pool.open)


def test_one_request_too_many_is_told_when_to_come_again(steps: StepVoice) -> None:
    with running({"steps": steps}, max_requests=2) as server:
        client = client_of(server)
        with ThreadPoolExecutor(2) as clients:
            waiting = [clients.submit(say, client, "a", "steps") for _ in range(2)]
            assert eventually(lambda: len(server.service.pool.open) == 2)
            with pytest.raises(openai.RateLimitError, match="2 requests are being") as refused:
                say(client, "a", "steps")
            assert 1 <= int(refused.value.response.headers["Retry-After"]) <= 60
            steps.steps.release(2)
            assert len({future.result() for future in waiting}) == 1
        steps.steps.release()
        assert eventually(lambda: not server.service.pool.open)
        assert say(client, "a", "steps")


def test_a_new_listener_need_not_wait_for_the_long_text_of_another(
    client: Any, server: Running
) -> None:
    """Two long texts occupy both threads; a short one is answered before they end."""
    order: list[str] = []
    lock = threading.Lock()

    def ask(name: str, text: str) -> None:
        say(client, text)
        with lock:
            order.append(name)

    with ThreadPoolExecutor(3) as clients:
        long = [clients.submit(ask, "long", TEXT * 20) for _ in range(2)]
        assert eventually(lambda: len(server.service.pool.open) == 2)
        clients.submit(ask, "short", "Hello.").result()
        assert order == ["short"]
        for future in long:
            future.result()


def test_metrics_are_read_by_prometheus_own_parser(client: Any, server: Running) -> None:
    import httpx2
    from prometheus_client.parser import text_string_to_metric_families

    def value(name: str, **labels: str) -> float:
        text = httpx2.get(f"{server.url}/metrics").text
        families = text_string_to_metric_families(text)
        found = [s for family in families for s in family.samples if s.name == name]
        return sum(s.value for s in found if labels.items() <= s.labels.items())

    before = value("recital_requests_total", outcome="spoken")
    audio = value("recital_audio_seconds_total", voice="tiny")
    wav = say(client)
    with pytest.raises(openai.BadRequestError):
        say(client, "")
    assert eventually(lambda: value("recital_requests_total", outcome="spoken") == before + 1)
    assert value("recital_requests_total", outcome="refused", protocol="http") >= 1
    made = value("recital_audio_seconds_total", voice="tiny") - audio
    assert made == pytest.approx((len(wav) - 44) / 44100, abs=1e-6)
    assert value("recital_first_audio_seconds_count") >= before + 1
    assert value("process_resident_memory_bytes") > 1e6


def test_a_reply_with_times_says_when_each_phoneme_is_heard(
    client: Any, server: Running, voice: Synthesizer
) -> None:
    import base64

    import httpx2

    body = {"input": TEXT, "voice": "tiny", "response_format": "wav", "timestamps": True}
    told = httpx2.post(f"{server.url}/v1/audio/speech", json=body, timeout=30).json()
    wav = np.frombuffer(base64.b64decode(told["audio"])[44:], np.int16)
    assert told["seconds"] == pytest.approx(len(wav) / told["sample_rate"], abs=1e-5)
    np.testing.assert_array_equal(wav, samples(voice, TEXT))
    words = [word for sentence in told["sentences"] for word in sentence["words"]]
    assert " ".join(word["text"] for word in words) == TEXT
    ends = [(p["start"], p["end"]) for word in words for p in word["phonemes"]]
    assert all(a[0] <= a[1] <= b[0] for a, b in zip(ends, ends[1:], strict=False))
    assert len(ends) > len(words)
    for word in words:
        assert word["start"] == word["phonemes"][0]["start"]
        assert word["end"] == word["phonemes"][-1]["end"]


def test_events_hold_the_same_audio_and_the_times_first(client: Any, server: Running) -> None:
    import base64
    import json

    create = client.audio.speech.with_streaming_response.create
    with create(
        model="m", input=TEXT, voice="tiny", response_format="pcm", stream_format="sse",
        extra_body={"timestamps": True},
    ) as reply:  # fmt: skip
        assert reply.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in reply.iter_lines() if line]
    events = [json.loads(line.removeprefix("data: ")) for line in lines]
    kinds = [event["type"] for event in events]
    assert kinds[0] == "speech.audio.times" and kinds[-1] == "speech.audio.done"
    assert set(kinds[1:-1]) == {"speech.audio.delta"} and len(kinds) > 4
    audio = b"".join(base64.b64decode(event["audio"]) for event in events[1:-1])
    assert audio == say(client, response_format="pcm")


@pytest.mark.parametrize(
    ("name", "controls"),
    [
        ("drawn", {"temperature": 0.3}),
        ("drawn", {"duration_temperature": 0.8, "n_steps": 3}),
        ("tiny", {"pitch_shift_semitones": -3.0, "pitch_flatten": True}),
        ("tiny", {"energy_scale": 1.5, "fade_out": 0.1}),
    ],
)
def test_fields_control_the_speech(
    client: Any, server: Running, name: str, controls: dict[str, Any]
) -> None:
    voice = server.service.voices.by_name[name]
    plain, said = (samples(voice, TEXT, **given) for given in ({}, controls))
    assert plain.tobytes() != said.tobytes()
    got = say(client, voice=name, extra_body=controls)
    np.testing.assert_array_equal(np.frombuffer(got[44:], "<i2"), said)
    import soundfile

    flac = say(client, voice=name, response_format="flac", extra_body=controls)
    assert len(soundfile.read(io.BytesIO(flac))[0]) == len(said)


def test_a_control_that_a_voice_has_not_is_the_field_that_is_wrong(client: Any) -> None:
    for name, value in (("temperature", 0.5), ("temperature", -1), ("language", "de")):
        with pytest.raises(openai.BadRequestError, match=f"{name}: ") as found:
            say(client, extra_body={name: value})
        assert found.value.param == name


def test_every_control_is_a_field_and_a_flag_and_on_the_page() -> None:
    """The dataclass is the one list of them; the page of the server has those that it takes."""
    flags = {name.lstrip("-") for rows in FLAGS.values() for row in rows for name in row.names}
    names = {f.name for f in dataclasses.fields(Controls)}
    assert names - flags == {"pitch_shift_semitones", "pitch_function"}  # --pitch_shift 2st
    assert names - set(CONTROLS) == {"pace", "pitch_function", "max_seconds"}
    page = (ROOT / "docs/serve.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in CONTROLS)


def test_controls_are_spoken_in_place_of_the_text(
    client: Any, server: Running, voice: Synthesizer
) -> None:
    from recital.processors.speech.plan import record

    controls = record(voice.plan(TEXT))
    first = controls["sentences"][0]
    first["durations"] = [2 * frames for frames in first["durations"]]
    first["after"] += 10
    frames = sum(sum(s["durations"]) + s["before"] + s["after"] for s in controls["sentences"])
    got = say(client, TEXT, extra_body={"controls": controls})
    assert len(got) - 44 == 2 * 256 * frames
    import soundfile

    late = say(client, TEXT, response_format="flac", extra_body={"controls": controls, "start": 1})
    start = round(22050 / 256) * 256
    assert len(soundfile.read(io.BytesIO(late))[0]) == 256 * frames - start
    controls["sentences"][0]["tokens"][0] = "nope"
    with pytest.raises(openai.BadRequestError, match="'nope' is no symbol of this voice") as found:
        say(client, TEXT, extra_body={"controls": controls})
    assert found.value.param == "controls"
    with pytest.raises(openai.BadRequestError, match="speed: controls have their own"):
        say(client, TEXT, speed=2, extra_body={"controls": controls})
