"""Plays speech while it is made, with a player that is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import numpy as np

from recital.processors.wav_files import WavWriter, to_int16
from recital.utils.errors import RecitalError

# Those that read 16-bit samples from standard input -> their command; it is never given to a shell.
STREAMING: dict[str, Callable[[int], list[str]]] = {
    "paplay": lambda rate: ["--raw", "--format=s16le", f"--rate={rate}", "--channels=1"],
    "aplay": lambda rate: ["-q", "-t", "raw", "-f", "S16_LE", "-r", str(rate), "-c", "1", "-"],
    "ffplay": lambda rate: [
        *("-nodisp", "-autoexit", "-loglevel", "error"),
        *("-f", "s16le", "-ar", str(rate), "-ch_layout", "mono", "-i", "-"),
    ],
}
OF_FILES = "afplay"  # of macOS: plays a file, once it is whole


def find_player() -> str:
    """The name of a player that is here. Raises `RecitalError` where there is none."""
    for name in (*STREAMING, OF_FILES):
        if shutil.which(name):
            return name
    raise RecitalError(
        f"--play: no player is here; install one of {', '.join(STREAMING)}, or write a file with -o"
    )


class Player:
    """Plays [S] floats in [-1, 1], piece after piece; leaving the context waits for the end."""

    def __init__(self, name: str, sample_rate: int) -> None:
        self.name = name
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._writer: WavWriter | None = None
        self._process: subprocess.Popen[bytes] | None = None
        if self.name in STREAMING:
            command = [self.name, *STREAMING[self.name](sample_rate)]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE)
        else:
            self._folder = tempfile.TemporaryDirectory()
            self._writer = WavWriter(Path(self._folder.name) / "speech.wav", sample_rate)

    def write(self, wav: np.ndarray) -> None:
        """Play [S] after what was written before. Raises `RecitalError` if the player has ended."""
        if self._writer is not None:
            self._writer.write(wav)
            return
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(to_int16(wav).astype("<i2").tobytes())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._failed(self._process.wait()) from None

    def __enter__(self) -> Player:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            code = self._end(stopped=error is not None)
        finally:
            if self._folder is not None:
                self._folder.cleanup()
        if code and error is None:
            raise self._failed(code)

    def _end(self, stopped: bool) -> int:
        if self._process is not None:
            if stopped:
                self._process.terminate()
            self._process.communicate()
            return self._process.returncode
        assert self._writer is not None and self._writer.path is not None
        self._writer.close()
        return 0 if stopped else subprocess.run([self.name, str(self._writer.path)]).returncode

    def _failed(self, code: int) -> RecitalError:
        return RecitalError(
            f"--play: {self.name} ended with code {code}; is there a sound device? Write a file "
            "with -o instead"
        )
