"""`POST /v1/plan`, and speech with the plan that it gave."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from recital.processors.audio_files import to_int16
from recital.processors.speech.plan import read_plan
from recital.processors.speech.synthesizer import Synthesizer
from tests.serving_helpers import Running, running, small_voice

pytest.importorskip("starlette", reason="starlette is not installed")

TEXT = "Hello there. This is the second sentence."


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Synthesizer:
    return small_voice(tmp_path_factory.mktemp("voice"), n_speakers=2)


@pytest.fixture(scope="module")
def server(voice: Synthesizer) -> Iterator[Running]:
    with running({"tiny": voice}, max_seconds=30.0, max_letters=200) as it:
        yield it


def post(server: Running, path: str, **body: Any) -> bytes:
    data = json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.url}{path}", data, headers)
    with urllib.request.urlopen(request, timeout=30) as reply:
        return reply.read()


def refused(server: Running, path: str, **body: Any) -> tuple[int, str, str]:
    with pytest.raises(urllib.error.HTTPError) as caught:
        post(server, path, **body)
    error = json.loads(caught.value.read())["error"]
    return caught.value.code, error["param"], error["message"]


def spoken(server: Running, **body: Any) -> np.ndarray:
    wav = post(server, "/v1/audio/speech", response_format="wav", **body)
    return np.frombuffer(wav[44:], "<i2")


def test_a_plan_names_and_draws_what_would_be_said(server: Running, voice: Synthesizer) -> None:
    tree = json.loads(post(server, "/v1/plan", input=TEXT, speaker=voice.speakers[1], speed=1.25))
    plan = voice.plan(TEXT, speaker=voice.speakers[1], pace=1.25)
    assert tree["voice"] == "tiny" and tree["speaker"] == voice.speakers[1]
    assert [s["durations"] for s in tree["sentences"]] == [s.durations for s in plan.sentences]
    assert [w["text"] for s in tree["sentences"] for w in s["words"]] == TEXT.split()
    for told, sentence in zip(tree["sentences"], plan.sentences, strict=True):
        mel = told["mel"]
        values = np.frombuffer(base64.b64decode(mel["data"]), np.uint8).astype(np.float32)
        values = mel["low"] + values / 255 * (mel["high"] - mel["low"])
        step = (mel["high"] - mel["low"]) / 255
        shown = values.reshape(mel["n_mels"], mel["frames"])
        np.testing.assert_allclose(shown, sentence.mel, atol=step)


def test_parts_of_a_plan_are_the_whole(server: Running, voice: Synthesizer) -> None:
    """So that a page shows the first rows of a long text at once."""
    text = "One is here. Two follows it. Three is next. Four ends it."
    asked = {"input": text, "speaker": voice.speakers[0]}
    whole = json.loads(post(server, "/v1/plan", **asked))
    assert whole["total"] == 4
    parts = [
        json.loads(post(server, "/v1/plan", **asked, first=first, most=most))
        for first, most in ((0, 1), (1, 2), (3, 16))
    ]
    assert [part["total"] for part in parts] == [4, 4, 4]
    joined = [sentence for part in parts for sentence in part["sentences"]]
    for mine, expected in zip(joined, whole["sentences"], strict=True):
        assert {**mine, "starts": expected["starts"]} == expected
    for wrong, message in (
        ({"first": 4}, "first: expected 0 to 3"),
        ({"most": 0}, "most: expected a number of sentences from 1"),
        ({"first": -1}, "first: expected a whole number"),
        ({"most": True}, "most: expected a whole number"),
    ):
        assert message in refused(server, "/v1/plan", **asked, **wrong)[2]


def test_the_reply_is_spoken_back_as_it_was_edited(server: Running, voice: Synthesizer) -> None:
    tree = json.loads(post(server, "/v1/plan", input=TEXT, speaker=voice.speakers[1]))
    second = tree["sentences"][1]
    second["durations"][3] = 25
    second["pitch"] = [hz and 333.0 for hz in second["pitch"]]
    for sentence in tree["sentences"]:
        del sentence["mel"]
    again = json.loads(post(server, "/v1/plan", controls=tree))
    assert again["sentences"][1]["durations"][3] == 25 and again["speaker"] == voice.speakers[1]
    assert max(hz for hz in again["sentences"][1]["pitch"] if hz) == pytest.approx(333.0, abs=0.01)
    wav = spoken(server, controls=tree)
    expected = to_int16(np.concatenate(list(voice.stream(read_plan(tree)))))
    np.testing.assert_array_equal(wav, expected)
    hop = tree["hop_length"]
    part = spoken(server, controls=tree, start=40 * hop / tree["sample_rate"])
    np.testing.assert_allclose(part, expected[40 * hop :], atol=1)


def test_mistakes_are_one_line(server: Running, voice: Synthesizer) -> None:
    tree = json.loads(post(server, "/v1/plan", input="Hello."))
    wrong = {**tree, "sentences": [{**tree["sentences"][0], "durations": [-1] * 6}]}
    foreign = {**tree, "sentences": [{**tree["sentences"][0], "tokens": ["ß"] * 6}]}
    long = {**tree, "sentences": [{**tree["sentences"][0], "after": 10**6}]}
    for body, param, said in (
        ({"input": "Hello.", "format": "wav"}, "format", "unknown field"),
        ({"input": "…"}, "input", "nothing to speak"),
        ({"input": "a" * 300}, "input", "300 letters"),
        ({"controls": wrong}, "controls", r"sentences[0].durations[0]: expected a whole number"),
        ({"controls": foreign}, "controls", "'ß' is no symbol of this voice"),
        ({"controls": long}, "controls", "max_seconds"),
        ({"controls": tree, "speed": 2.0}, "speed", "their own durations"),
        ({"controls": tree, "pitch_shift": 5}, "pitch_shift", "its own durations and pitch"),
        ({"input": "Hello.", "temperature": 0.5}, "temperature", "draws nothing"),
        ({"input": "Hello.", "voice": "other"}, "voice", "known: tiny"),
    ):
        code, field, message = refused(server, "/v1/plan", **body)
        assert (code, field) == (400, param) and said in message, message
    for body, said in (
        ({"input": "Hello.", "start": 1.0}, "send these too"),
        ({"controls": tree, "start": -1.0}, "expected seconds from 0"),
        ({"controls": tree, "start": 0.1, "timestamps": True}, "leave one of them out"),
    ):
        code, field, message = refused(server, "/v1/audio/speech", **body)
        assert (code, field) == (400, "start") and said in message, message
    assert json.loads(post(server, "/v1/plan", input="Hello."))["sentences"]
