"""16-bit mono WAV files that are written piece by piece, of any length."""

from __future__ import annotations

import struct
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np

from recital.utils.errors import DataError

FULL_SCALE = 32768.0  # of 16-bit samples, the format on disk
UNKNOWN = 0xFFFFFFFF  # a size that is not known at writing, or is in the chunk `ds64`
SIZES = 28  # bytes of the chunk `ds64`


def to_int16(wav: np.ndarray) -> np.ndarray:
    """wav [S] in [-1, 1] -> 16-bit samples; exact for samples of a 16-bit file."""
    if wav.dtype == np.int16:
        return wav
    return np.clip(np.rint(wav * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)


class WavWriter:
    """Writes [S] floats in [-1, 1], piece after piece. What is written so far is a whole file once
    it is closed, however it ended.

    A file that may grow beyond 4 GiB (27 hours at 22,050 Hz) is `long`: it has room for 64-bit
    sizes (RF64, EBU Tech 3306), which is a plain WAV until it needs them. On a pipe, the sizes are
    those of a stream.
    """

    def __init__(self, path: Path | None, sample_rate: int, long: bool = False) -> None:
        """`path` None is standard output. Raises `DataError` for a file that cannot be written."""
        self.path, self.sample_rate = path, sample_rate
        self.n_samples = 0
        try:
            self._file = self._open()
            self._seekable = path is not None and self._file.seekable()
            self._sizes = SIZES + 8 if long and self._seekable else 0
            self._file.write(self._header(UNKNOWN))
        except OSError as error:
            raise self._unwritable(error) from None

    def __enter__(self) -> WavWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def seconds(self) -> float:
        """What is written so far."""
        return self.n_samples / self.sample_rate

    def write(self, wav: np.ndarray) -> None:
        """Append [S] samples. Raises `DataError` if the disk is full."""
        try:
            self._file.write(to_int16(wav).astype("<i2").tobytes())
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self._unwritable(error) from None
        self.n_samples += len(wav)

    def close(self) -> None:
        """Write the true sizes into the header. Raises as `write`."""
        try:
            self._file.flush()
            if self._seekable:
                self._file.seek(0)
                self._file.write(self._header(2 * self.n_samples))
            self._file.close()
        except OSError as error:
            raise self._unwritable(error) from None

    def _open(self) -> BinaryIO:
        if self.path is None:
            return open(1, "wb", closefd=False)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.path.open("wb")

    def _header(self, size: int) -> bytes:
        rate = self.sample_rate
        total = 36 + self._sizes + size
        large = size != UNKNOWN and total > UNKNOWN
        sizes = b""
        if self._sizes:
            known = struct.pack("<QQQI", total, size, self.n_samples, 0) if large else bytes(SIZES)
            sizes = (b"ds64" if large else b"JUNK") + struct.pack("<I", SIZES) + known
        riff = b"RF64" if large else b"RIFF"
        return b"".join(
            (
                riff + struct.pack("<I", min(total, UNKNOWN)) + b"WAVE" + sizes,
                b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16),
                b"data" + struct.pack("<I", min(size, UNKNOWN)),
            )
        )

    def _unwritable(self, error: OSError) -> DataError:
        return DataError(
            f"{self.path or 'standard output'}: cannot be written: {error.strerror or error}"
        )
