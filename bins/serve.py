"""Serve voices over HTTP, as OpenAI's clients speak it, with a page to try them at `/`, and over
the Wyoming protocol of Home Assistant.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import logging
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recital.bins.common.command import run
from recital.bins.common.flag_checks import check
from recital.bins.common.flags import command_parser
from recital.utils.errors import DataError, UsageError
from recital.utils.files import named_path

if TYPE_CHECKING:
    from recital.processors.speech.synthesizer import Synthesizer

KEY = "RECITAL_API_KEY"  # of the environment: a flag would be seen in the list of processes
# Set before torch is imported, unless they are set already.
ENVIRONMENT = {
    # each reply has a thread of its own: more for one would be taken from the others
    "OMP_NUM_THREADS": "1",
    # oneDNN keeps what it prepares for each length; the memory of a server must not grow with it
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "64",
}
NEEDED = ("starlette", "uvicorn", "prometheus_client", "wyoming")


def main(argv: Sequence[str] | None = None) -> None:
    args = _arguments(argv)
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        raise UsageError(
            f"serve: needs the extra `serve` ({', '.join(missing)} is missing); "
            "pip install 'recital[serve]'"
        )
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    from recital.processors.serving.app import build_app
    from recital.processors.serving.guard import is_loopback
    from recital.processors.serving.limits import Limits
    from recital.processors.serving.pool import Pool
    from recital.processors.serving.run import build_server, listen, serve
    from recital.processors.serving.service import Service
    from recital.processors.serving.voices import Voices
    from recital.processors.serving.wyoming import WyomingServer

    key = os.environ.get(KEY, "").strip() or None
    if key is None and not is_loopback(args.host):
        raise UsageError(
            f"--host {args.host}: other machines can reach it, so a key is needed; set {KEY} in "
            "the environment to a long random word, and give it to the clients"
        )
    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
    limits = Limits(
        max_letters=args.max_letters,
        max_seconds=args.max_seconds,
        max_requests=args.max_requests,
    )
    listening = listen(args.host, args.port)
    wyoming_listening = listen(args.host, args.wyoming) if args.wyoming is not None else None
    voices = Voices({name: _open(path, args) for name, path in _named(args.voice)})
    pool = Pool(args.threads, limits.max_requests)
    service = Service(voices, pool, limits)
    wyoming = WyomingServer(service) if wyoming_listening is not None else None
    print(f"{', '.join(voices.by_name)}: http://{_address(listening)}", flush=True)
    if wyoming_listening is not None:
        print(f"Wyoming: tcp://{_address(wyoming_listening)}", flush=True)
        if not is_loopback(args.host):
            print("Wyoming knows no key: whoever reaches this port can use it", flush=True)
    server = build_server(build_app(service, key), limits)
    asyncio.run(serve(server, listening, wyoming, wyoming_listening))
    pool.stop()
    print("stopped", flush=True)


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _named(given: list[str]) -> list[tuple[str, str | None]]:
    """(name, where) of each --voice; without any, the voice that comes with Recital."""
    from recital.voices import VOICE

    named: list[tuple[str, str | None]] = []
    for word in given:
        name, path = named_path(word)
        named.append((name or Path(path).stem, path))
    names = [name for name, _ in named]
    for name in names:
        if not name.strip() or "/" in name:
            raise UsageError(f"--voice {name}=…: expected a name without a slash")
        if names.count(name) > 1:
            raise UsageError(f"--voice {name}=…: is given twice; give each voice a name of its own")
    return named or [(VOICE.name, None)]


def _open(path: str | None, args: argparse.Namespace) -> Synthesizer:
    """Open a voice and let it speak once, so that the first request waits for nothing."""
    import recital
    from recital.voices import lighter_runtime

    runtime = args.runtime
    if runtime is None and not args.device and args.vocoder_dir is None:
        runtime = lighter_runtime(path)
    voice = recital.load_voice(path, args.vocoder_dir, args.device or "cpu", runtime=runtime)
    speaker = voice.speakers[0] if len(voice.speakers) > 1 else None
    # a voice of another script learns to hurry at its first request
    with contextlib.suppress(DataError):
        for _ in voice.stream("It is the 3rd of May; that costs $5.", speaker=speaker):
            pass
    return voice


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    args = command_parser("serve", __doc__).parse(argv)
    check("serve", args)
    return args


if __name__ == "__main__":
    run(main)
