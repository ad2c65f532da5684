"""The output of stage 3: a wav, a JSON, a picture and, if asked for, a mel per text."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import re
import sys
import time
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recital.bins.common.run_report import Outcome
from recital.processors.speech.controls import Controls
from recital.processors.speech.joining import Speech
from recital.processors.speech.plan import Plan
from recital.processors.speech.plan import record as plan_record
from recital.processors.speech.synthesizer import Synthesizer
from recital.utils.errors import DataError, RecitalError
from recital.utils.files import replacing
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
    language: str | None = None  # of the text (None: that of the controls)

    @property
    def plan_hash(self) -> str | None:
        """What distinguishes plans of one text."""
        if self.plan is None:
            return None
        return hashlib.sha256(json.dumps(plan_record(self.plan)).encode()).hexdigest()[:16]


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
        save_mels: bool = False,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        """Pictures are drawn for at most the first `plots` texts. With `keep_others`, a name
        already used for another text, speaker or setting gets a hash appended. With `save_mels`,
        the log mel [n_mels, T] of each text is written to a .npy. `settings` of the run are added
        to each JSON.
        """
        self.keep_others = keep_others
        self.directory = directory
        self.audio = voice.audio
        self.controls = controls.record()
        self.save_mels, self.settings = save_mels, dict(settings or {})
        self.model_hash, self.vocoder_hash = model_hash, vocoder_hash
        self.vocoder = voice.vocoder.name
        self.plots = plots
        self.last: Path | None = None  # the newest wav
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"{directory}: cannot be written: {error.strerror}") from None

    def write(self, request: Request, speech: Speech, spoken: Outcome) -> float:
        """Write the files of a text; returns the seconds that drawing took. Raises `RecitalError`
        if the disk fails.
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
            "spoken": speech.spoken,
            "speaker": request.speaker,
            "seconds": round(speech.seconds, 6),
            "real_time_factor": round(spoken.busy / max(speech.seconds, 1e-9), 6),
            "latency": round(spoken.latency, 6),
            "checkpoint": self.model_hash,
            "vocoder": self.vocoder,
            "vocoder_checkpoint": self.vocoder_hash,
            "controls": self.controls,
            "plan": request.plan_hash,
            "failures": list(speech.failures),
            **self.settings,
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
            if self.save_mels:
                with replacing(wav.with_suffix(".npy")) as mel, mel.open("wb") as file:
                    np.save(file, speech.mel)
            self.last = wav
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
            for suffix in (".wav", ".png", ".npy", ".json"):
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
