"""Audio formats, written piece by piece: what can be sent is sent at once.

wav, flac and pcm hold the voice's samples; mp3 and Opus are libsndfile's (LAME, libopus), which is
in soundfile's wheels. A header of a stream cannot know the length: that of a wav has the largest
number instead, as OpenAI's own replies. A flac without it cannot be read by all, so it has to be
known there.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from recital.processors.audio_files import to_int16
from recital.processors.serving.pool import Piece

UNKNOWN = 0xFFFFFFFF  # the length in the header of a wav stream
# The first frame of an mp3 holds its length, written at the end: before that it is wrong, and
# players believe it. Without that frame they count.
MP3_LENGTHS = (b"Xing", b"Info")
PCM_RATE = 24000  # Hz: pcm has no header, and OpenAI's clients take this for granted


@dataclass(frozen=True)
class Format:
    """A format of replies; `rates` are the sample rates that it can have (Hz; empty: any)."""

    media_type: str
    container: str | None = None  # libsndfile's name; None: written here
    subtype: str = "PCM_16"
    rates: tuple[int, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)  # of soundfile
    counted: bool = False  # its header holds the number of samples

    def rate_for(self, sample_rate: int) -> int:
        """The lowest of its rates that loses nothing, else the highest."""
        if not self.rates or sample_rate in self.rates:
            return sample_rate
        return min((r for r in self.rates if r > sample_rate), default=max(self.rates))


_MPEG = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
# 80 kbit/s at 22.05 kHz; with a changing rate, players guess the length from the first frame
CONSTANT = {"compression_level": 0.5, "bitrate_mode": "CONSTANT"}
FORMATS = {
    "mp3": Format("audio/mpeg", "MP3", "MPEG_LAYER_III", _MPEG, CONSTANT),
    "opus": Format("audio/ogg", "OGG", "OPUS", (8000, 12000, 16000, 24000, 48000)),
    "flac": Format("audio/flac", "FLAC", counted=True),
    "wav": Format("audio/wav"),
    "pcm": Format(f"audio/pcm;rate={PCM_RATE};channels=1", rates=(PCM_RATE,)),
}
RAW = Format("audio/pcm")  # the voice's own samples


def encode(
    waves: Iterable[np.ndarray], sample_rate: int, form: Format, n_samples: int = 0
) -> Iterator[Piece]:
    """Waves float32 [s] in [-1, 1] -> the bytes of one file of a format, in pieces. A `counted`
    format needs the number of all samples.
    """
    rate = form.rate_for(sample_rate)
    if rate != sample_rate:
        waves = _resampled(waves, sample_rate, rate)
    if form.container is None:
        header = wav_header(rate) if form is FORMATS["wav"] else b""
        for wav in waves:
            yield Piece(header + to_int16(wav).astype("<i2").tobytes(), len(wav) / rate)
            header = b""
    else:
        yield from _by_libsndfile(waves, rate, form, n_samples)


def wav_header(sample_rate: int, n_bytes: int = UNKNOWN) -> bytes:
    """The header of 16-bit mono samples of `n_bytes` bytes."""
    whole = min(n_bytes + 36, UNKNOWN)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, sample_rate, 2 * sample_rate, 2, 16)
    return (
        struct.pack("<4sI4s", b"RIFF", whole, b"WAVE")
        + form
        + struct.pack("<4sI", b"data", n_bytes)
    )


def _resampled(waves: Iterable[np.ndarray], before: int, after: int) -> Iterator[np.ndarray]:
    import soxr

    resampler = soxr.ResampleStream(before, after, 1, dtype="float32")
    for wav in waves:
        yield resampler.resample_chunk(wav.astype(np.float32))
    yield resampler.resample_chunk(np.zeros(0, np.float32), last=True)


def _by_libsndfile(
    waves: Iterable[np.ndarray], rate: int, form: Format, n_samples: int
) -> Iterator[Piece]:
    import soundfile

    sink = _Sink()
    with soundfile.SoundFile(
        sink, "w", rate, 1, form.subtype, format=form.container, **form.options
    ) as file:
        for wav in waves:
            file.write(to_int16(wav))
            data = sink.take()
            if form.counted and data[:4] == b"fLaC":
                data = _with_count(data, n_samples)
            yield Piece(data, len(wav) / rate)
    if rest := sink.take():
        yield Piece(rest, 0.0)


def _with_count(data: bytes, n_samples: int) -> bytes:
    """The beginning of a flac with the 36 bits of its number of samples (RFC 9639, section 8.2)."""
    at = 8 + 13  # "fLaC" and the block's own header, then sizes, rate, channels and bits
    count = (data[at] & 0xF0) << 32 | n_samples
    return data[:at] + count.to_bytes(5, "big") + data[at + 5 :]


class _Sink(io.RawIOBase):
    """A file whose bytes are taken away as they come. When libsndfile goes back at the end to write
    lengths into a header that is already sent, that is left out.
    """

    def __init__(self) -> None:
        self.sent = 0  # bytes that were taken
        self.held = bytearray()  # those after them
        self.place = 0

    def take(self) -> bytes:
        """The bytes since the last time."""
        data = bytes(self.held)
        self.sent += len(data)
        self.held.clear()
        return data

    def write(self, data) -> int:  # type: ignore[no-untyped-def]
        start = self.place - self.sent
        if self.place == 0 and any(tag in bytes(data) for tag in MP3_LENGTHS):
            self.sent = max(self.sent, len(data))
        elif start >= 0:
            self.held[start : start + len(data)] = bytes(data)
        self.place += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        end = self.sent + len(self.held)
        self.place = offset + {0: 0, 1: self.place, 2: end}[whence]
        return self.place

    def tell(self) -> int:
        return self.place

    def seekable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True
