"""The server under load: many clients at once ask it for speech, and compare each reply with the
one that it gave alone. Some go away in the middle, some send nonsense.
"""

from __future__ import annotations

import http.client
import json
import random
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from recital.bins.benchmark.common import Figures
from recital.utils.config import ROOT
from recital.utils.errors import RecitalError

TEXTS = (
    "Hello there.",
    "The train leaves at half past seven.",
    "It was a bright cold day in April, and the clocks were striking thirteen.",
    "She opened the window and looked across the river. Nobody was there. Then she heard a bell, "
    "far away, and closed it again.",
    "Dr. Smith paid $12.50 on 3 March 2021; his train was 15 minutes late.",
    "Please leave a message after the tone, and we will call you back before Friday.",
)
FORMATS = ("wav", "pcm", "wav", "flac")
NONSENSE = (b"{", b'{"input": 5}', b'{"input": "Hello.", "voice": "../etc/passwd"}')
HEADERS = {"Content-Type": "application/json"}
SPEECH = "/v1/audio/speech"


@dataclass
class Seen:
    """Replies, errors and waiting times, as the clients of a run saw them."""

    first: list[float] = field(default_factory=list)  # seconds to the first audio
    whole: list[float] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    audio: float = 0.0  # seconds
    lock: threading.Lock = field(default_factory=threading.Lock)


class Server:
    """The address of a server and its process."""

    def __init__(self, process: subprocess.Popen[str], host: str) -> None:
        self.process, self.host = process, host

    def connect(self) -> http.client.HTTPConnection:
        """A new connection."""
        return http.client.HTTPConnection(self.host, timeout=120)

    def memory(self) -> float:
        """MB that the process has in memory, as its own metrics say."""
        connection = self.connect()
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        found = re.search(r"^process_resident_memory_bytes (\S+)$", text, re.MULTILINE)
        return float(found[1]) / 1e6 if found else float("nan")


@contextmanager
def serving(flags: Sequence[str] = ()) -> Iterator[Server]:
    """Start `recital serve` on a free port; afterwards ask it to stop."""
    command = [sys.executable, "-m", "recital.bins.serve", "--port=0", *flags]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        address = re.search(r"http://(\S+)", line)
        if address is None:
            raise RecitalError(f"the server did not start: {line.strip()}")
        yield Server(process, address[1])
    finally:
        process.terminate()  # again, where it was asked before
        process.wait(90)


def bench_serve(minutes: float = 0.5, clients: int = 32) -> Figures:
    """The shipped voice by `recital serve`: first audio of 1 and 4 clients, then `clients` clients
    for `minutes` minutes, and the reply that is in the making when the server is asked to stop.
    """
    with serving() as server:
        whole = {(t, f): ask(server, t, f, None) for t in TEXTS for f in sorted(set(FORMATS))}
        figures: Figures = {"memory before (MB)": server.memory()}
        for n in (1, 4):
            seen = Seen()
            crowd(server, n, 20.0 if minutes >= 1 else 2.0, whole, seen, peaceful=True)
            figures[f"first audio, {n} at once (s)"] = _spread(seen.first)
        seen, memory = Seen(), []
        watching = threading.Event()

        def watch() -> None:
            while not watching.wait(max(minutes * 60 / 40, 0.5)):
                memory.append(server.memory())

        watcher = threading.Thread(target=watch)
        watcher.start()
        crowd(server, clients, minutes * 60, whole, seen)
        watching.set()
        watcher.join()
        half = len(memory) // 2
        figures |= {
            "clients": float(clients),
            "minutes": minutes,
            **{name: float(seen.counts[name]) for name in ("right", "wrong", "left", "refused")},
            "busy (429)": float(seen.counts["busy"]),
            "failed": float(seen.counts["failed"]),
            "audio per second of wall (s)": seen.audio / max(minutes * 60, 1e-9),
            "first audio (s)": _spread(seen.first),
            "whole reply (s)": _spread(seen.whole),
            "memory, largest of 1st half (MB)": max(memory[:half], default=float("nan")),
            "memory, largest of 2nd half (MB)": max(memory[half:], default=float("nan")),
        }
        figures["reply at SIGTERM"] = stop_in_a_reply(server)
    figures["exit code"] = float(server.process.returncode)
    return figures


def _spread(values: list[float]) -> str:
    if not values:
        return "none"
    ordered = sorted(values)
    late = ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)]
    return f"median {statistics.median(ordered):.3f}, 95% {late:.3f}, most {ordered[-1]:.3f}"


def crowd(
    server: Server,
    clients: int,
    seconds: float,
    whole: dict[tuple[str, str], bytes],
    seen: Seen,
    peaceful: bool = False,
) -> None:
    """Clients that ask again and again for `seconds` seconds."""
    end = time.monotonic() + seconds

    def client(number: int) -> None:
        rng = random.Random(number)
        while time.monotonic() < end:
            asked = rng.choice(TEXTS), rng.choice(FORMATS)
            kind = 1.0 if peaceful else rng.random()
            try:
                if kind < 0.05:
                    _leave(server, *asked)
                    outcome = "left"
                elif kind < 0.1:
                    outcome = "refused" if _nonsense(server, rng.choice(NONSENSE)) else "failed"
                else:
                    found = ask(server, *asked, seen)
                    outcome = "right" if found == whole[asked] else "wrong"
            except _Busy as busy:
                outcome = "busy"
                time.sleep(min(busy.seconds, 1.0))
            except (OSError, http.client.HTTPException):
                outcome = "failed"
            with seen.lock:
                seen.counts[outcome] += 1

    threads = [threading.Thread(target=client, args=(i,)) for i in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class _Busy(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def ask(server: Server, text: str, form: str, seen: Seen | None) -> bytes:
    """One reply. Raises `_Busy` for 429."""
    connection = server.connect()
    begun = time.monotonic()
    body = json.dumps({"input": text, "response_format": form})
    connection.request("POST", SPEECH, body, HEADERS)
    reply = connection.getresponse()
    if reply.status == 429:
        connection.close()
        raise _Busy(float(reply.headers["Retry-After"]))
    if reply.status != 200:
        raise http.client.HTTPException(reply.read().decode())
    # a header alone is no audio
    data = reply.read(1000)
    first = time.monotonic() - begun
    data += reply.read()
    connection.close()
    if seen is not None:
        with seen.lock:
            seen.first.append(first)
            seen.whole.append(time.monotonic() - begun)
            if form == "wav":
                seen.audio += (len(data) - 44) / 44100
            elif form == "pcm":
                seen.audio += len(data) / 48000
    return data


def _leave(server: Server, text: str, form: str) -> None:
    """Go away after the first bytes of a long text."""
    connection = server.connect()
    body = json.dumps({"input": f"{text} " * 10, "response_format": form})
    connection.request("POST", SPEECH, body, HEADERS)
    connection.getresponse().read(1000)
    connection.close()


def _nonsense(server: Server, body: bytes) -> bool:
    """Whether a wrong request is answered with 400."""
    connection = server.connect()
    connection.request("POST", SPEECH, body, HEADERS)
    status = connection.getresponse().status
    connection.close()
    return status == 400


def stop_in_a_reply(server: Server) -> str:
    """Ask the server to stop while it speaks; whether that reply is whole."""
    text = " ".join(TEXTS) * 3
    alone = ask(server, text, "wav", None)
    connection = server.connect()
    connection.request(
        "POST", SPEECH, json.dumps({"input": text, "response_format": "wav"}), HEADERS
    )
    reply = connection.getresponse()
    data = reply.read(1000)
    server.process.send_signal(signal.SIGTERM)
    data += reply.read()
    connection.close()
    return "whole" if data == alone else f"{len(data)} of {len(alone)} bytes"
