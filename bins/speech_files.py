"""What stage 3 leaves of each text: a wave, a JSON and a picture; and the table of the whole
run.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recital.processors.controls import Controls
from recital.processors.synthesizer import Speech, Synthesizer
from recital.utils.errors import DataError, RecitalError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """One text to speak."""

    id: str
    file_name: str  # without a suffix
    text: str
    speaker: str | None


@dataclass(frozen=True)
class Spoken:
    """What became of a request: figures, or an error."""

    id: str
    seconds: float = 0.0  # of audio
    latency: float = 0.0  # seconds from the start of its batch until its wave was ready
    busy: float = 0.0  # its share of the time that its batch took, seconds
    first_audio: float | None = None  # seconds until its first samples, where it came in pieces
    error: str = ""


class Writer:
    """Wave, JSON and picture of each text, in one folder."""

    def __init__(
        self,
        directory: Path,
        voice: Synthesizer,
        controls: Controls,
        model_hash: str,
        vocoder_hash: str | None = None,
    ) -> None:
        self.directory = directory
        self.audio = voice.audio
        self.controls = dataclasses.asdict(controls)
        self.model_hash, self.vocoder_hash = model_hash, vocoder_hash
        self.vocoder = type(getattr(voice.vocoder, "vocoder", voice.vocoder)).__name__
        self.draws = True
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"{directory}: cannot be written: {error.strerror}") from None

    def write(self, request: Request, speech: Speech, spoken: Spoken) -> None:
        """Write the three files; raises `DataError` where the disk refuses."""
        from recital.processors.audio import save_wav

        wav = self.directory / f"{request.file_name}.wav"
        hop = self.audio.hop_length / self.audio.sample_rate
        starts = (np.cumsum([0, *speech.durations[:-1]]) * hop).round(6)
        told = {
            "id": request.file_name,
            "text": request.text,
            "speaker": request.speaker,
            "seconds": round(speech.seconds, 6),
            "real_time_factor": round(spoken.busy / max(speech.seconds, 1e-9), 6),
            "latency": round(spoken.latency, 6),
            "checkpoint": self.model_hash,
            "vocoder": self.vocoder,
            "vocoder_checkpoint": self.vocoder_hash,
            "controls": self.controls,
            "sample_rate": speech.sample_rate,
            "hop_length": self.audio.hop_length,
            "tokens": speech.token_names,
            "durations": speech.durations,
            "starts": starts.tolist(),
            "pitch": None if speech.pitch is None else [round(hz, 3) for hz in speech.pitch],
        }
        try:
            save_wav(wav, speech.wav, speech.sample_rate)
            wav.with_suffix(".json").write_text(
                json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
            )
            self._draw(wav.with_suffix(".png"), speech)
        except OSError as error:
            raise RecitalError(f"{wav}: cannot be written: {error.strerror or error}") from None

    def _draw(self, path: Path, speech: Speech) -> None:
        if not self.draws:
            return
        from recital.processors.plot import plot_speech

        try:
            plot_speech(path, speech, self.audio)
        except ImportError:
            self.draws = False
            log.warning("matplotlib is not installed: no pictures")


def table(spoken: Sequence[Spoken], n_failed: int) -> str:
    """Utterances, seconds of audio, real-time factor, and latency p50/p90/p95/p99 in seconds."""
    seconds = sum(s.seconds for s in spoken)
    rows = {"utterances": str(len(spoken)), "failed": str(n_failed), "audio": f"{seconds:.2f} s"}
    if spoken:
        rows["real-time factor"] = f"{sum(s.busy for s in spoken) / max(seconds, 1e-9):.4f}"
        for percent in (50, 90, 95, 99):
            latency = np.percentile([s.latency for s in spoken], percent)
            rows[f"latency p{percent}"] = f"{latency:.3f} s"
    if first := [s.first_audio for s in spoken if s.first_audio is not None]:
        rows["first audio p50"] = f"{np.median(first):.3f} s"
    return "\n".join(f"{name:<18}{value:>12}" for name, value in rows.items())


def slug(text: str) -> str:
    """A file name for a text: "Hello there." -> "Hello-there"; see `safe_name`."""
    return safe_name(text, text.removesuffix(".").replace(" ", "-"))


def safe_name(text: str, wanted: str) -> str:
    """`wanted` where it is safe as a file name in every folder, else what is safe of it and a hash.

    Safe are ASCII letters, digits, `_` and single dashes, 60 at most. The hash keeps texts apart
    of which the same is left.
    """
    ascii_text = unicodedata.normalize("NFKD", wanted).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-zA-Z0-9_]+", "-", ascii_text)[:60].strip("-")
    if name == wanted:
        return name
    return f"{name or 'text'}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
