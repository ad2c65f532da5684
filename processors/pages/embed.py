"""Audio and pictures embedded in a page, or links to files."""

from __future__ import annotations

import base64
import io
import os
from functools import cache
from pathlib import Path
from urllib.parse import quote

import numpy as np

from recital.processors.audio_files import decode
from recital.processors.wav_files import to_int16


def audio_url(path: Path, start: float, end: float | None) -> str:
    """A file's part from `start` to `end` in seconds, as a data URL with a 16-bit WAV."""
    import soundfile

    file = io.BytesIO()
    wav, sample_rate = decode(path, start, end)
    soundfile.write(file, to_int16(wav), sample_rate, "PCM_16", format="WAV")
    return _data_url("audio/wav", file)


def audio_link(path: Path, start: float, end: float | None, folder: Path) -> str:
    """The same part as a link from a page in `folder`."""
    part = f"#t={start:g}{f',{end:g}' if end else ''}"
    return quote(os.path.relpath(path, folder)) + part


def picture_url(picture: np.ndarray) -> str:
    """uint8 [height, width] -> a data URL with a PNG in matplotlib's "magma" colours, row 0 at the
    bottom.
    """
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(picture[::-1]), mode="L").convert("P")
    image.putpalette(_palette())
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return _data_url("image/png", file)


def _data_url(kind: str, file: io.BytesIO) -> str:
    return f"data:{kind};base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


@cache
def _palette() -> bytes:
    from matplotlib import colormaps

    return (colormaps["magma"](np.arange(256))[:, :3] * 255).round().astype(np.uint8).tobytes()
