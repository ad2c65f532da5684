"""A small voice with random weights, and a server of it in a thread, for several tests."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from recital import load_voice
from recital.models import build
from recital.processors.speech.synthesizer import Synthesizer
from recital.processors.text import TextConfig, symbols_for
from recital.utils import checkpoint
from tests.tts_helpers import tiny_config

TEXT = {"cleaners": "english", "symbol_set": "english_basic"}
VOCOS = {"d_model": 8, "n_layers": 1, "d_inner": 8}


def save_small_voice(folder: Path, n_speakers: int = 1) -> tuple[Path, Path]:
    """Directories of an acoustic model of letters, and of its vocoder."""
    symbols = list(symbols_for(TextConfig(**TEXT)))  # type: ignore[arg-type]
    acoustic = {**tiny_config(n_speakers=n_speakers), "text": TEXT, "symbols": symbols}
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


def small_voice(folder: Path, n_speakers: int = 1) -> Synthesizer:
    """That voice, open."""
    return load_voice(*save_small_voice(folder, n_speakers))


@dataclass
class Running:
    """A server in a thread."""

    url: str
    pool: Any
    server: Any


@contextmanager
def running(voices: dict[str, Synthesizer], key: str | None = None, **limits: Any) -> Iterator[Any]:
    """Serve voices on a free port of loopback."""
    from recital.processors.serving.app import build_app
    from recital.processors.serving.limits import Limits
    from recital.processors.serving.pool import Pool
    from recital.processors.serving.run import build_server, listen
    from recital.processors.serving.voices import Voices

    bounds = Limits(**limits)
    listening = listen("127.0.0.1", 0)
    pool = Pool(2, bounds.max_requests)
    server = build_server(build_app(Voices(voices), pool, bounds, key), bounds)
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True
    )
    thread.start()
    try:
        yield Running(f"http://127.0.0.1:{listening.getsockname()[1]}", pool, server)
    finally:
        server.should_exit = True
        thread.join(30)
        pool.stop()
