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
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from recital.processors.text.languages import language_of
from recital.processors.text.scripts import check_script, plain_marks
from recital.utils.config import nearest
from recital.utils.errors import ConfigError, DataError, RecitalError

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
    """IPA phonemes of texts: stress marks precede their vowel, " " between words, and the
    mark that closes a clause, of any script.

    ["Hello, you."] -> [["h", "ə", "l", "ˈoʊ", ",", " ", "j", "uː", "."]].
    In `marked` texts `[[…]]` holds phonemes in espeak-ng's notation. Raises as `speak`, and
    `DataError` for letters of a script that the voice does not read.
    """
    language = language_of(voice)
    for text in texts:
        check_script(text, language)
    texts = [plain_marks(text if marked else without_marks(text)) for text in texts]
    return [answer["phonemes"] for answer, _ in _worker.ask("phonemize", voice, texts)]


def without_marks(text: str) -> str:
    """The text, in which brackets hold no phonemes."""
    return text.replace("[[", "[ [")


@cache
def voices() -> dict[str, str]:
    """What espeak-ng offers, "de" -> "German"; nothing where it is not installed. Only its files
    are read here: no code of it runs in this process.
    """
    spec = importlib.util.find_spec("espeakng_loader")
    if spec is None or spec.origin is None:
        return {}
    folder = Path(spec.origin).with_name("espeak-ng-data") / "lang"
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        first = path.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0]
        found[path.name.lower()] = first.partition(" ")[2].partition("//")[0].strip()
    return found


def check_voice(voice: str, key: str = "text.voice") -> None:
    """`ConfigError` for a voice that espeak-ng has not, with the nearest name."""
    name = voice.rpartition("/")[2].partition("+")[0].lower()
    known = voices()
    if not known or name in known:
        return
    by_name = {title.lower(): code for code, title in known.items()}
    like = get_close_matches(name, by_name, n=1, cutoff=0.8)
    like = like or [title for title in by_name if title.startswith(f"{name} (")]
    parent = by_name[like[0]] if like else name.partition("-")[0]
    hint = f"; did you mean {parent!r}?" if parent in known else nearest(name, known)
    hint = hint or f"; known: {', '.join(known)}"
    raise ConfigError(f"{key}: espeak-ng has no voice {voice!r}{hint}")


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

    Any exception between a request and its last reply ends it, so that no reply of one request is
    ever taken for that of another; replies carry the number of their request besides.
    """

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.number = 0  # of the request
        self.rest = b""  # read from the worker, not yet asked for
        self.lock = threading.Lock()

    def ask(self, op: str, voice: str, texts: Sequence[str]) -> list[tuple[dict[str, Any], bytes]]:
        """Each text's answer, with the bytes that follow it."""
        texts = [text.replace("\0", " ") for text in texts]
        with self.lock:
            try:
                replies: list[tuple[dict[str, Any], bytes]] = []
                for i in range(0, len(texts), BATCH):
                    replies += self._ask_batch(op, voice, texts[i : i + BATCH])
                return replies
            except BaseException:
                self.stop()
                raise

    def _ask_batch(
        self, op: str, voice: str, texts: list[str]
    ) -> list[tuple[dict[str, Any], bytes]]:
        replies: list[tuple[dict[str, Any], bytes]] = []
        failed_at = None
        while len(replies) < len(texts):
            try:
                self._send({"op": op, "voice": voice, "texts": texts[len(replies) :]})
                while len(replies) < len(texts):
                    answer, pcm = self._receive()
                    if "error" in answer:
                        raise DataError(answer["error"])
                    replies.append((answer, pcm))
            except (OSError, EOFError, TimeoutError) as error:
                self.stop()
                if failed_at == len(replies):
                    raise DataError(
                        f"espeak-ng failed twice ({error}) on the text "
                        f"{_short(texts[len(replies)])}; leave that text out"
                    ) from None
                failed_at = len(replies)
        return replies

    def _send(self, request: dict[str, Any]) -> None:
        if self.process is None:
            self.process, self.rest = _start(), b""
        assert self.process.stdin is not None
        self.number += 1
        self.process.stdin.write(json.dumps({**request, "id": self.number}).encode() + b"\n")
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
        if answer.get("id") != self.number:
            raise EOFError(f"a reply to request {answer.get('id')}, not to {self.number}")
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
        if self.process is not None:
            process, self.process = self.process, None
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def forget(self) -> None:
        """In a fork: the worker is the parent's, and its lock may be held by a thread of that."""
        self.process, self.rest, self.lock = None, b"", threading.Lock()


def _start() -> subprocess.Popen[bytes]:
    if importlib.util.find_spec("espeakng_loader") is None:
        raise RecitalError(
            "espeak-ng is not installed: it speaks the demo corpus and makes phonemes; "
            "pip install espeakng-loader, or set text.phonemizer to null"
        )
    # by its path: `-m` would import all of `recital.processors.text` first
    command = [sys.executable, str(Path(__file__).with_name("espeak_process.py"))]
    return subprocess.Popen(command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")


_worker = _Worker()
atexit.register(_worker.stop)
if sys.platform != "win32":
    os.register_at_fork(after_in_child=_worker.forget)
