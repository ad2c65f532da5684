"""Audio files (WAV, FLAC, OGG, MP3; any rate and channel count) to mono float32 and back."""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from recital.processors.features import TrimConfig
from recital.processors.wav_files import to_int16
from recital.utils.errors import DataError
from recital.utils.storage import Place, is_address, opened

if TYPE_CHECKING:
    from soundfile import SoundFile

TRIM_FRAME_SECONDS = 0.01
SEGMENT_SLACK = 0.05  # s
BLOCK = 1 << 22  # samples decoded at a time
OGG_END = 0x04  # page flag: end of stream
MP3_TAG = re.compile(rb"(?:Xing|Info)\0\0\0[\0-\x0f]")  # in the first frame of a file
ENCODE = "copy it again, or encode it again as WAV or FLAC"


class UnusableAudio(DataError):
    """A recording that cannot be used; `code` is one word for tables, `remedy` how to fix it."""

    def __init__(self, path: Place, code: str, reason: str, remedy: str) -> None:
        super().__init__(f"{path}: {reason}; {remedy}")
        self.code, self.reason, self.remedy = code, reason, remedy


def decode(
    path: Place, start: float = 0.0, end: float | None = None, longest: float | None = None
) -> tuple[np.ndarray, int]:
    """Decode a file (or its part from `start` to `end`, in seconds) and mix it to mono: [S] float32
    in [-1, 1] at the file's own rate, and that rate in Hz. Raises like `decode_channels`.
    """
    wav, rate = decode_channels(path, start, end, longest)
    return wav[:, 0] if wav.shape[1] == 1 else wav.mean(axis=1), rate


def decode_channels(
    path: Place, start: float = 0.0, end: float | None = None, longest: float | None = None
) -> tuple[np.ndarray, int]:
    """Decode each channel: [S, C] float32 in [-1, 1], and the rate in Hz. Of a part, nothing else
    is read.

    Raises `UnusableAudio` for a file that is missing, empty, unreadable, truncated, or contains NaN
    or infinity, for a part beyond its end, and for more than `longest` seconds.
    """
    import soundfile

    problem = None
    try:
        if not is_address(path) and os.stat(path).st_size == 0:
            raise UnusableAudio(path, "empty_file", "the file has 0 bytes", "copy it again")
        with _source(path) as source, soundfile.SoundFile(source) as file:
            rate, declared = file.samplerate, file.frames
            first = 0
            if start > 0.0 or end is not None:
                first, last = _samples_of(path, start, end, declared, rate)
                declared = last - first
            if longest is not None and declared > longest * rate:
                # a header may declare any length: what is there is cut off, not too long
                file.seek(first + int(longest * rate))
                if len(file.read(1)) == 0:
                    reason = f"is cut off before {longest:g} of its {declared / rate:.1f} s"
                    raise UnusableAudio(path, "unreadable", reason, ENCODE)
                seconds = declared / rate
                reason = f"lasts {seconds:.1f} s, more than the {longest:g} s that fit in memory"
                raise UnusableAudio(path, "too_long", reason, "cut it into sentences")
            if first:
                file.seek(first)
            wav = _read(file, declared)
        if end is None and not first:
            problem = cut_off(path)
    except FileNotFoundError:
        raise UnusableAudio(path, "missing", "there is no such file", "restore it") from None
    except (OSError, soundfile.SoundFileError) as error:
        why = str(error).replace(f"{str(path)!r}", "it").strip()
        raise UnusableAudio(path, "unreadable", f"cannot be decoded ({why})", ENCODE) from None
    except MemoryError:
        reason = f"declares {declared} samples, more than fit into memory"
        raise UnusableAudio(path, "unreadable", reason, ENCODE) from None
    if len(wav) == 0:
        raise UnusableAudio(path, "no_samples", "holds no sample", "record or encode it again")
    if len(wav) < declared:
        reason = f"is cut off: {len(wav)} of {declared} samples can be read"
        raise UnusableAudio(path, "unreadable", reason, ENCODE)
    if problem is not None:
        raise UnusableAudio(path, "unreadable", problem, ENCODE)
    if not (np.isfinite(wav.min()) and np.isfinite(wav.max())):  # min and max propagate NaN
        raise UnusableAudio(path, "non_finite", "holds NaN or infinity", ENCODE)
    return wav, rate


def sample_rate_of(path: Place) -> int:
    """The sample rate that a file's header gives, in Hz. Raises `OSError` or soundfile's error."""
    import soundfile

    with _source(path) as source, soundfile.SoundFile(source) as file:
        rate: int = file.samplerate
        return rate


def duration(path: Place) -> float:
    """The seconds of a file of any length, of which only the header is read. Raises
    `UnusableAudio`, also for a file that is cut off.
    """
    import soundfile

    try:
        with _source(path) as source, soundfile.SoundFile(source) as file:
            seconds = file.frames / file.samplerate
        problem = cut_off(path)
    except FileNotFoundError:
        raise UnusableAudio(path, "missing", "there is no such file", "restore it") from None
    except (OSError, ValueError, soundfile.SoundFileError) as error:
        why = str(error).replace(f"{str(path)!r}", "it").strip()
        raise UnusableAudio(path, "unreadable", f"cannot be decoded ({why})", ENCODE) from None
    if problem is not None:
        raise UnusableAudio(path, "unreadable", problem, ENCODE)
    return seconds


def _read(file: SoundFile, n_samples: int) -> np.ndarray:
    """Read [S, C] float32 block by block: a header may declare any number of samples."""
    blocks = []
    while n_samples > 0:
        block = file.read(min(n_samples, BLOCK), dtype="float32", always_2d=True)
        if not len(block):
            break
        blocks.append(block)
        n_samples -= len(block)
    if len(blocks) == 1:
        return blocks[0]
    return np.concatenate(blocks) if blocks else np.zeros((0, file.channels), np.float32)


@contextmanager
def _source(path: Place) -> Iterator[Place | BinaryIO]:
    """What libsndfile reads: a path itself, which is faster, or a file of an object store."""
    if not is_address(path):
        yield path
        return
    with opened(path) as file:
        yield file


def cut_off(path: Place) -> str | None:
    """The reason why a file that decodes is still incomplete, or None: libsndfile takes a WAV's
    size from the file, ends an Ogg stream with its last page, and plays the first of joined MP3s.
    """
    with opened(path) as file:
        if is_address(path):
            return _incomplete(file.read())
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _incomplete(data)


def _incomplete(data: mmap.mmap | bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return _cut_off_wav(data)
    if data[:4] == b"OggS":
        last = data.rfind(b"OggS")
        if len(data) < last + 27 or not data[last + 5] & OGG_END:
            return "is cut off: its last page does not end the stream"
    elif data[:3] == b"ID3" or data[:1] == b"\xff":
        joined = len(MP3_TAG.findall(data))
        if joined > 1:
            return f"is {joined} MP3 files joined, of which only the first would be decoded"
    return None


def _cut_off_wav(data: mmap.mmap | bytes) -> str | None:
    place = 12
    while place + 8 <= len(data):
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        if data[place : place + 4] == b"data":
            missing = place + 8 + size - len(data)
            streamed = size in (0, 0xFFFFFFFF, 0x7FFFFFFF)  # not known at writing
            if missing > 0 and not streamed:
                return f"is cut off: {missing} of its {size} bytes of samples are missing"
            return None
        place += 8 + size + size % 2
    return None


def _samples_of(
    path: Place, start: float, end: float | None, n_samples: int, rate: int
) -> tuple[int, int]:
    """A segment as [first, last + 1) in samples; rounding may put the end up to SEGMENT_SLACK
    beyond that of the file.
    """
    first, last = round(start * rate), n_samples if end is None else round(end * rate)
    if first >= n_samples or last > n_samples + round(SEGMENT_SLACK * rate):
        seconds = n_samples / rate
        reason = f"its segment is {start:g} to {last / rate:g} s, the recording has {seconds:.2f} s"
        raise UnusableAudio(path, "bad_segment", reason, "fix its start and end")
    return first, min(last, n_samples)


def resample(wav: np.ndarray, rate: int, sample_rate: int) -> np.ndarray:
    """wav [S] at `rate` Hz -> [S * sample_rate / rate] float32 at `sample_rate` Hz."""
    if rate == sample_rate:
        return wav
    import soxr

    return soxr.resample(wav, rate, sample_rate, quality="HQ")


def load_wav(path: str | Path, sample_rate: int) -> np.ndarray:
    """Load a recording as mono float32 [S] in [-1, 1] at `sample_rate` Hz. Raises `UnusableAudio`,
    a `DataError`.
    """
    return np.clip(resample(*decode(path), sample_rate), -1.0, 1.0)


def save_wav(path: str | Path, wav: np.ndarray, sample_rate: int) -> None:
    """Write [S] floats in [-1, 1], or int16, as a 16-bit mono WAV, atomically."""
    save_stream(path, [np.asarray(wav)], sample_rate)


def save_stream(path: str | Path, pieces: Iterable[np.ndarray], sample_rate: int) -> float:
    """`save_wav` for a wav in pieces, each written before the next is requested; returns its
    seconds.
    """
    import soundfile

    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    n_samples = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with soundfile.SoundFile(temporary, "w", sample_rate, 1, "PCM_16", format="WAV") as file:
            for piece in pieces:
                file.write(to_int16(piece))
                n_samples += len(piece)
        os.replace(temporary, path)
    except (OSError, soundfile.SoundFileError) as error:
        raise DataError(f"{path}: cannot be written: {error}; is there room on the disk?") from None
    finally:
        temporary.unlink(missing_ok=True)
    return n_samples / sample_rate


def trim_silence(wav: np.ndarray, sample_rate: int, config: TrimConfig) -> tuple[int, int]:
    """The part of wav [S] between the silences at its ends: (start, stop) in samples.

    A 10 ms frame is sound if its RMS is within `threshold_db` of the loudest frame's.
    """
    size = max(1, round(TRIM_FRAME_SECONDS * sample_rate))
    padded = np.pad(wav, (0, -len(wav) % size)).reshape(-1, size)
    power = np.square(padded, dtype=np.float64).mean(axis=1)  # [frames]
    loud = np.flatnonzero(power >= power.max(initial=0.0) * 10.0 ** (config.threshold_db / 10.0))
    if not len(loud) or power.max() == 0.0:
        return 0, len(wav)
    keep = round(config.keep_seconds * sample_rate)
    return max(0, int(loud[0]) * size - keep), min(len(wav), int(loud[-1] + 1) * size + keep)
