"""The server, asked by the real client of OpenAI."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from recital.processors.audio_files import to_int16
from recital.processors.speech.synthesizer import Synthesizer
from tests.serving_helpers import Running, running, small_voice

openai = pytest.importorskip("openai")
pytest.importorskip("starlette")

TEXT = "Hello there. This is the second sentence, and it is longer than the first one."


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Synthesizer:
    return small_voice(tmp_path_factory.mktemp("voice"))


@pytest.fixture(scope="module")
def server(voice: Synthesizer) -> Iterator[Running]:
    with running({"tiny": voice}) as it:
        yield it


@pytest.fixture(scope="module")
def client(server: Running) -> Any:
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0)


def samples(voice: Synthesizer, text: str, **controls: Any) -> np.ndarray:
    return to_int16(np.concatenate(list(voice.stream(text, **controls))))


def test_a_wav_is_what_the_voice_says(client: Any, voice: Synthesizer) -> None:
    got = client.audio.speech.create(
        model="tts-1", input=TEXT, voice="tiny", response_format="wav", speed=1.5
    ).content
    assert got[:4] == b"RIFF"
    np.testing.assert_array_equal(np.frombuffer(got[44:], np.int16), samples(voice, TEXT, pace=1.5))


@pytest.mark.parametrize("name", ["mp3", "opus", "flac", "wav"])
def test_every_format_holds_the_whole_text(client: Any, voice: Synthesizer, name: Any) -> None:
    import soundfile

    got = client.audio.speech.create(model="m", input=TEXT, voice="tiny", response_format=name)
    wav, rate = soundfile.read(io.BytesIO(got.content))
    assert len(wav) / rate == pytest.approx(len(samples(voice, TEXT)) / 22050, abs=0.12)
