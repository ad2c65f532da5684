"""The output of stage 3: a wav, a JSON and a picture per text, and the table of the run."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import re
import sys
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recital.processors.speech.controls import Controls
from recital.processors.speech.joining import Speech
from recital.processors.speech.plan import Plan
from recital.processors.speech.plan import record as plan_record
from recital.processors.speech.synthesizer import Synthesizer
from recital.utils.errors import DataError, RecitalError
from recital.utils.json_files import read_object

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """One text to synthesize."""

    id: str
    file_name: str  # without a suffix
    text: str
    speaker: str | None
    plan: Plan | None = None  # spoken in place of the text

    @property
    def plan_hash(self) -> str | None:
        """What tells plans of one text apart."""
        if self.plan is None:
            return None
        return hashlib.sha256(json.dumps(plan_record(self.plan)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Outcome:
    """The result of a request: figures, or an error."""

    id: str
    seconds: float = 0.0  # of audio
    latency: float = 0.0  # seconds from the start of its batch until its wav was ready
    busy: float = 0.0  # its share of the time that its batch took, seconds
    tokens: int = 0  # input
    samples: int = 0  # output
    drawing: float = 0.0  # seconds that its picture took
    first_audio: float | None = None  # seconds until the first samples, if streamed
    error: str = ""


class SpeechWriter:
    """Writes wav, JSON and picture of each text to one folder."""

    def __init__(
        self,
        directory: Path,
        voice: Synthesizer,
        controls: Controls,
        model_hash: str,
        vocoder_hash: str | None = None,
        plots: int = sys.maxsize,
        keep_others: bool = False,
    ) -> None:
        """Pictures are drawn for at most the first `plots` texts. With `keep_others`, a name
        already used for another text, speaker or setting gets a hash appended.
        """
        self.keep_others = keep_others
        self.directory = directory
        self.audio = voice.audio
        self.controls = dataclasses.asdict(controls)
        self.model_hash, self.vocoder_hash = model_hash, vocoder_hash
        self.vocoder = voice.vocoder.name
        self.plots = plots
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"{directory}: cannot be written: {error.strerror}") from None

    def write(self, request: Request, speech: Speech, spoken: Outcome) -> float:
        """Write the three files; returns the seconds that drawing took. Raises `DataError` if the
        disk fails.
        """
        from recital.processors.audio_files import save_wav

        if self.keep_others:
            request = self._apart(request)
        wav = self.directory / f"{request.file_name}.wav"
        hop = self.audio.hop_length / self.audio.sample_rate
        starts = (np.cumsum([0, *speech.durations[:-1]]) * hop).round(6)
        record = {
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
            "plan": request.plan_hash,
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
                json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
            )
            return self._draw(wav.with_suffix(".png"), speech)
        except OSError as error:
            raise RecitalError(f"{wav}: cannot be written: {error.strerror or error}") from None

    def _apart(self, request: Request) -> Request:
        """The request under an unused name."""
        ours = json.dumps([request.text, request.speaker, self.controls, request.plan_hash])
        path = self.directory / f"{request.file_name}.json"
        if not path.is_file():
            return request
        found = earlier(path)
        theirs = json.dumps([found.get(key) for key in ("text", "speaker", "controls", "plan")])
        if ours == theirs:
            return request
        digest = hashlib.sha256(ours.encode()).hexdigest()[:8]
        return dataclasses.replace(request, file_name=f"{request.file_name}-{digest}")

    def remove_others(self, requests: Sequence[Request]) -> int:
        """Delete the output of earlier runs for other texts; returns the number of texts."""
        names, removed = {request.file_name for request in requests}, 0
        for path in sorted(self.directory.glob("*.json")):
            if path.stem in names or earlier(path).get("id") != path.stem:
                continue
            removed += 1
            for suffix in (".wav", ".png", ".json"):
                path.with_suffix(suffix).unlink(missing_ok=True)
        return removed

    def _draw(self, path: Path, speech: Speech) -> float:
        """Seconds that it took; 0 if there are pictures enough."""
        if self.plots <= 0:
            return 0.0
        self.plots -= 1
        began = time.perf_counter()
        from recital.processors.speech.plot import plot_speech

        try:
            plot_speech(path, speech, self.audio)
        except ImportError:
            self.plots = 0
            log.warning("matplotlib is not installed: no pictures")
        except OSError:
            raise
        except Exception as error:
            # a picture for people does not end a run
            log.warning("%s: no picture: %s: %s", path, type(error).__name__, error)
        return time.perf_counter() - began


def earlier(path: Path) -> dict[str, Any]:
    """The JSON of stage 3 next to a wav; empty if it is not from stage 3."""
    try:
        record = read_object(path)
    except RecitalError:
        return {}
    return record if {"id", "text", "checkpoint", "durations"} <= record.keys() else {}


def figures(spoken: Sequence[Outcome]) -> dict[str, float]:
    """The figures of a run: counts, amounts, speeds. Throughput is per second of work; latencies
    are per batch, in seconds.
    """
    done = [s for s in spoken if not s.error]
    seconds, busy = sum(s.seconds for s in done), sum(s.busy for s in done)
    found: dict[str, float] = {
        "utterances": len(done),
        "failed": len(spoken) - len(done),
        "audio_seconds": seconds,
    }
    if not done:
        return found
    found["real_time_factor"] = busy / max(seconds, 1e-9)
    counts = {
        "items": len(done),
        "tokens": sum(s.tokens for s in done),
        "samples": sum(s.samples for s in done),
    }
    found |= {f"{name}_per_second": n / max(busy, 1e-9) for name, n in counts.items() if n}
    if drawing := sum(s.drawing for s in done):
        found["drawing_seconds"] = drawing
    for percent in (50, 90, 95, 99):
        found[f"latency_p{percent}"] = float(np.percentile([s.latency for s in done], percent))
    if first := [s.first_audio for s in done if s.first_audio is not None]:
        found["first_audio_p50"] = float(np.median(first))
    return found


# rows of the table: a figure, and its format
ROWS = {
    "utterances": "{:.0f}",
    "failed": "{:.0f}",
    "audio_seconds": "{:.2f} s",
    "real_time_factor": "{:.4f}",
    "tokens_per_second": "{:.0f}",
    "samples_per_second": "{:.0f}",
    **{f"latency_p{percent}": "{:.3f} s" for percent in (50, 90, 95, 99)},
    "first_audio_p50": "{:.3f} s",
    "drawing_seconds": "{:.2f} s",
}
NAMES = {
    "audio_seconds": "audio",
    "drawing_seconds": "drawing",
    "real_time_factor": "real-time factor",
}


def report(spoken: Sequence[Outcome], directory: Path) -> str:
    """The figures of a run as a table; also appends them to `log.jsonl` in `directory`."""
    found = figures(spoken)
    line = {"time": round(time.time(), 3)} | {k: round(v, 6) for k, v in found.items()}
    try:
        with (directory / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    except OSError as error:
        raise RecitalError(f"{directory}: cannot be written: {error.strerror}") from None
    return "\n".join(
        f"{NAMES.get(name, name.replace('_', ' ')):<20}{form.format(found[name]):>12}"
        for name, form in ROWS.items()
        if name in found
    )


def slug(text: str) -> str:
    """A file name for a text: "Hello there." -> "Hello-there"; see `safe_name`."""
    return safe_name(text, text.removesuffix(".").replace(" ", "-"))


def safe_name(text: str, wanted: str) -> str:
    """`wanted` if it is a safe file name, otherwise its safe characters and a hash of `text`.

    Safe are ASCII letters, digits, `_` and single dashes, 60 at most. The hash distinguishes texts
    with the same safe characters.
    """
    ascii_text = unicodedata.normalize("NFKD", wanted).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-zA-Z0-9_]+", "-", ascii_text)[:60].strip("-")
    if name == wanted:
        return name
    return f"{name or 'text'}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
