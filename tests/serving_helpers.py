"""A small voice with random weights, and a server of it in a thread, for several tests."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from recital import load_voice
from recital.models import build
from recital.processors.speech.synthesizer import Synthesizer
from recital.processors.text import TextConfig, symbols_for
from recital.utils import checkpoint
from tests.tts_helpers import tiny_config

TEXT = {"cleaners": "english", "symbol_set": "english_basic"}
VOCOS = {"d_model": 8, "n_layers": 1, "d_inner": 8}


def save_small_voice(folder: Path, n_speakers: int = 1, **model: Any) -> tuple[Path, Path]:
    """Directories of an acoustic model of letters, and of its vocoder."""
    symbols = list(symbols_for(TextConfig(**TEXT)))  # type: ignore[arg-type]
    acoustic = {**tiny_config(n_speakers=n_speakers, **model), "text": TEXT, "symbols": symbols}
    vocoder = {
        "model_type": "Vocos",
        "audio": acoustic["audio"],
        "model": {"generator": VOCOS},
    }
    torch.manual_seed(0)
    for name, config in (("acoustic", acoustic), ("vocoder", vocoder)):
        model: Any = build(config, training=name == "acoustic")
        if name == "acoustic":
            model.pitch_statistics.set(200.0, 40.0)
            torch.nn.init.constant_(model.network.duration_predictor.out.bias, 1.8)
        checkpoint.save_model(folder / name, model.state_dict(), config)
    return folder / "acoustic", folder / "vocoder"


def small_voice(folder: Path, n_speakers: int = 1, **model: Any) -> Synthesizer:
    """That voice, open."""
    return load_voice(*save_small_voice(folder, n_speakers, **model))


class StepVoice:
    """Says one second of a ramp a step, each when it is let: `steps.release()`. It counts the
    streams that were begun and ended.
    """

    audio = SimpleNamespace(sample_rate=22050)
    text = SimpleNamespace(config=SimpleNamespace(language="en"))
    speakers: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.steps = threading.Semaphore(0)
        self.begun = self.made = self.ended = 0

    def stream(self, text: str, **controls: Any) -> Iterator[np.ndarray]:
        """As many pieces as the text has letters."""
        self.begun += 1
        try:
            for _ in text:
                self.steps.acquire()
                self.made += 1
                yield np.linspace(-0.5, 0.5, 22050, dtype=np.float32)
        finally:
            self.ended += 1


def eventually(happens: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether something happens within a time."""
    end = time.monotonic() + seconds
    while not happens() and time.monotonic() < end:
        time.sleep(0.005)
    return happens()


@dataclass
class Running:
    """A server in a thread."""

    url: str
    wyoming: str
    service: Any


@contextmanager
def running(voices: Mapping[str, Any], key: str | None = None, **limits: Any) -> Iterator[Running]:
    """Serve voices on free ports of loopback."""
    from recital.processors.serving.app import build_app
    from recital.processors.serving.limits import Limits
    from recital.processors.serving.pool import Pool
    from recital.processors.serving.run import build_server, listen
    from recital.processors.serving.service import Service
    from recital.processors.serving.voices import Voices
    from recital.processors.serving.wyoming import WyomingServer

    bounds = Limits(**limits)
    http, wyoming = listen("127.0.0.1", 0), listen("127.0.0.1", 0)
    service = Service(Voices(voices), Pool(2, bounds.max_requests), bounds)
    server = build_server(build_app(service, key), bounds)
    stop, loops = asyncio.Event(), []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        talk = WyomingServer(service).serve(wyoming, stop)
        await asyncio.gather(server.serve(sockets=[http]), talk)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    addresses = [f"127.0.0.1:{listening.getsockname()[1]}" for listening in (http, wyoming)]
    try:
        yield Running(f"http://{addresses[0]}", f"tcp://{addresses[1]}", service)
    finally:
        for voice in voices.values():
            if isinstance(voice, StepVoice):
                voice.steps.release(10000)  # so that the threads of the pool can end
        server.should_exit = True
        loops[0].call_soon_threadsafe(stop.set)
        thread.join(30)
        service.pool.stop()
