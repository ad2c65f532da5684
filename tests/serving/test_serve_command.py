"""`recital serve` as a process: its load, its end, and what it refuses to start with."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from recital.bins import serve
from recital.bins.benchmark.serve import FORMATS, TEXTS, Seen, ask, crowd, serving, stop_in_a_reply
from recital.utils.errors import CheckpointError, UsageError
from tests.serving_helpers import save_small_voice

pytest.importorskip("starlette")
pytest.importorskip("wyoming")


def test_a_process_answers_a_crowd_and_finishes_its_last_reply(tmp_path: Path) -> None:
    acoustic, vocoder = save_small_voice(tmp_path)
    flags = [f"--voice=tiny={acoustic}", f"--vocoder_dir={vocoder}", "--wyoming=0"]
    with serving(flags) as server:
        whole = {
            (text, form): ask(server, text, form, None) for text in TEXTS for form in set(FORMATS)
        }
        assert len({data[-2000:] for data in whole.values()}) > len(TEXTS)
        seen = Seen()
        crowd(server, 8, 1.0, whole, seen)
        assert not {"wrong", "failed", "busy"} & set(seen.counts)
        assert seen.counts["right"] > 3 and min(seen.first) > 0
        tampered = {key: data[:-2] + b"\1\2" for key, data in whole.items()}
        seen = Seen()
        crowd(server, 2, 0.2, tampered, seen)
        assert seen.counts["wrong"] and not seen.counts["right"]
        assert 50 < server.memory() < 4000
        assert stop_in_a_reply(server) == "whole"
        assert server.process.wait(30) == 0
        assert server.process.stdout is not None
        assert server.process.stdout.read().splitlines()[-1] == "stopped"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `serve` sets in its own process is undone here."""
    monkeypatch.delenv("RECITAL_API_KEY", raising=False)
    for name, value in serve.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com"])
def test_other_machines_need_a_key(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("", "  "):
        monkeypatch.setenv("RECITAL_API_KEY", key)
        with pytest.raises(UsageError, match="a key is needed; set RECITAL_API_KEY"):
            serve.main([f"--host={host}"])


def test_what_it_cannot_start_with(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(UsageError, match="cannot listen at 127.0.0.1, port"),
    ):
        serve.main([f"--port={taken.getsockname()[1]}"])
    with pytest.raises(UsageError, match="--threads 0: expected a whole number from 1"):
        serve.main(["--threads=0"])
    with pytest.raises(UsageError, match="--port 70000: expected 0 to 65535"):
        serve.main(["--port=70000"])
    for seconds in ("nan", "0", "-1", "inf"):
        with pytest.raises(UsageError, match=f"--max_seconds {seconds}: expected 1 to 1e"):
            serve.main([f"--max_seconds={seconds}"])
    with pytest.raises(CheckpointError, match=f"{tmp_path / 'x=y'}: holds no checkpoint"):
        (tmp_path / "x=y").mkdir()
        serve.main(["--port=0", f"--voice=a={tmp_path / 'x=y'}"])
    with pytest.raises(CheckpointError, match=f"{tmp_path / 'x=y'}: holds no checkpoint"):
        serve.main(["--port=0", f"--voice={tmp_path / 'x=y'}"])
    with pytest.raises(UsageError, match="--voice a=…: is given twice"):
        serve.main(["--port=0", "--voice=a=x", "--voice=a=y"])
    with pytest.raises(CheckpointError, match="nowhere"):
        serve.main(["--port=0", f"--voice=a={tmp_path / 'nowhere'}"])
