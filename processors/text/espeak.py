"""espeak-ng as speaker and phonemizer, through a worker process (`espeak_process.py`): its GPL
code stays outside of this one.
"""

from __future__ import annotations

import atexit
import importlib.util
import json
import os
import selectors
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from recital.utils.errors import DataError, RecitalError

SAMPLE_RATE = 22050  # Hz, what espeak-ng itself makes
TIMEOUT = 60.0  # seconds for one text
BATCH = 256  # texts a request
END_SILENCE = 0.1  # seconds kept of the pause that closes a text


class EspeakSpeech(NamedTuple):
    """One text spoken: `starts` in seconds, one a phoneme; a pause is the empty phoneme "", the
    last one closes the text.
    """

    wav: np.ndarray  # int16 [S]
    phonemes: list[str]
    starts: list[float]


def speak(
    texts: Sequence[str], voice: str = "en-us", sample_rate: int = SAMPLE_RATE
) -> list[EspeakSpeech]:
    """Speak texts, with the exact time of each phoneme.

    Raises `RecitalError` where espeak-ng is not installed, `DataError` for an unknown voice or a
    text that cannot be spoken.
    """
    return [_spoken(answer, pcm, sample_rate) for answer, pcm in _worker.ask("speak", voice, texts)]


def phonemize(
    texts: Sequence[str], voice: str = "en-us", *, marked: bool = False
) -> list[list[str]]:
    """IPA phonemes of texts: stress marks stand before their vowel, " " between words, and the
    mark that closes a clause.

    ["Hello, you."] -> [["h", "ə", "l", "ˈoʊ", ",", " ", "j", "uː", "."]].
    In `marked` texts `[[…]]` holds phonemes in espeak-ng's notation. Raises as `speak`.
    """
    if not marked:
        texts = [without_marks(text) for text in texts]
    return [answer["phonemes"] for answer, _ in _worker.ask("phonemize", voice, texts)]


def without_marks(text: str) -> str:
    """The text, in which brackets hold no phonemes."""
    return text.replace("[[", "[ [")


def token_starts(tokens: Sequence[str], spoken: EspeakSpeech) -> list[float | None] | None:
    """When each token of `phonemize` starts in `spoken`, in seconds.

    A space has no time (None); a mark has that of its pause, or None where none was made. Returns
    None where the two disagree about the phonemes, which espeak-ng changes in a few words while it
    speaks.
    """
    starts: list[float | None] = []
    i = 0
    for token in tokens:
        if token == " ":
            starts.append(None)
            continue
        pause = i
        while pause < len(spoken.phonemes) and not spoken.phonemes[pause]:
            pause += 1
        if token in ",.;:!?-":
            starts.append(spoken.starts[i] if pause > i else None)
            i = pause
        elif pause < len(spoken.phonemes) and _same(token, spoken.phonemes[pause]):
            starts.append(spoken.starts[pause])
            i = pause + 1
        else:
            return None
    return starts if not any(spoken.phonemes[i:]) else None


def _same(token: str, event: str) -> bool:
    """An event's name holds eight bytes at most."""
    return token.encode()[:8].decode(errors="ignore") == event


def _spoken(answer: dict[str, Any], pcm: bytes, sample_rate: int) -> EspeakSpeech:
    wav = np.frombuffer(pcm, dtype=np.int16)
    rate = answer["sample_rate"]
    pairs = [
        (name, start)
        for i, (name, start) in enumerate(answer["phonemes"])
        if name or i == 0 or answer["phonemes"][i - 1][0]  # a pause comes in several pieces
    ]
    if pairs and not pairs[-1][0]:
        wav = wav[: pairs[-1][1] + round(END_SILENCE * rate)]
    if sample_rate != rate:
        import soxr

        wav = soxr.resample(wav, rate, sample_rate)
    return EspeakSpeech(wav, [name for name, _ in pairs], [start / rate for _, start in pairs])


class _Worker:
    """One worker process, started at the first request, again after a fork, and once more where
    it dies or hangs.
    """

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.owner = 0
        self.rest = b""  # read from the worker, not yet asked for
        self.lock = threading.Lock()

    def ask(self, op: str, voice: str, texts: Sequence[str]) -> list[tuple[dict[str, Any], bytes]]:
        """Each text's answer, with the bytes that follow it."""
        texts = [text.replace("\0", " ") for text in texts]
        with self.lock:
            return [
                reply
                for i in range(0, len(texts), BATCH)
                for reply in self._ask_batch(op, voice, texts[i : i + BATCH])
            ]

    def _ask_batch(
        self, op: str, voice: str, texts: list[str]
    ) -> Iterator[tuple[dict[str, Any], bytes]]:
        done, failed_at = 0, None
        while done < len(texts):
            try:
                self._send({"op": op, "voice": voice, "texts": texts[done:]})
                while done < len(texts):
                    answer, pcm = self._receive()
                    if "error" in answer:
                        raise DataError(answer["error"])
                    done += 1
                    yield answer, pcm
            except (OSError, EOFError, TimeoutError) as error:
                self.stop()
                if failed_at == done:
                    raise DataError(
                        f"espeak-ng failed twice ({error}) on the text {_short(texts[done])}; "
                        "leave that text out"
                    ) from None
                failed_at = done

    def _send(self, request: dict[str, Any]) -> None:
        if self.process is None or self.owner != os.getpid():
            self.process, self.owner, self.rest = _start(), os.getpid(), b""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()

    def _receive(self) -> tuple[dict[str, Any], bytes]:
        while b"\n" not in self.rest:
            self._read()
        line, self.rest = self.rest.split(b"\n", 1)
        answer = json.loads(line)
        size = answer.get("bytes", 0)
        while len(self.rest) < size:
            self._read()
        pcm, self.rest = self.rest[:size], self.rest[size:]
        return answer, pcm

    def _read(self) -> None:
        assert self.process is not None and self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(TIMEOUT):
                raise TimeoutError(f"no answer in {TIMEOUT:g} s")
        data = os.read(self.process.stdout.fileno(), 1 << 20)
        if not data:
            raise EOFError(f"the worker ended with code {self.process.wait()}")
        self.rest += data

    def stop(self) -> None:
        if self.process is not None and self.owner == os.getpid():
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    pipe.close()
        self.process = None


def _start() -> subprocess.Popen[bytes]:
    if importlib.util.find_spec("espeakng_loader") is None:
        raise RecitalError(
            "espeak-ng is not installed: it speaks the demo corpus and makes phonemes; "
            "pip install espeakng-loader (the extra `espeak`), or set text.phonemizer to null"
        )
    # by its path: `-m` would import all of `recital.processors.text` first
    command = [sys.executable, str(Path(__file__).with_name("espeak_process.py"))]
    return subprocess.Popen(command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")


_worker = _Worker()
atexit.register(_worker.stop)
