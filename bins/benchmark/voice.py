"""The voice that comes with Recital: real-time factor, latency of a stream, and memory."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import recital
from recital.bins.benchmark.common import Figures, stream_seconds
from recital.processors.speech.synthesizer import Synthesizer
from recital.utils.config import ROOT
from recital.utils.errors import RecitalError
from recital.voices import VOICE

SENTENCES = (
    "Hello, this is my voice.",
    "The library closes at six, so we have an hour left to find that book.",
    "If you would rather walk, take the second path on the left, which follows the river as far as "
    "the old mill.",
    "Nobody had expected the rain to stop, and when it did, half of the guests had already gone "
    "home; the others danced in the wet grass until the band had nothing left to play.",
)
ROUNDS = 5
RESIDENT = """
import re
import recital
voice = recital.load_voice()
for text in {texts!r}:
    voice(text)
peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
print(int(peak[1]) * 1024)
"""


def bench_voice() -> Figures | None:
    """Sentences of 24 to 173 letters: medians of five rounds after a warm-up."""
    if not VOICE.is_dir():
        return None
    voice = recital.load_voice()
    rounds = [_round(voice) for _ in range(ROUNDS + 1)][1:]
    audio = rounds[0][1]
    figures: Figures = {
        "audio (s)": audio,
        "text to wav, x real time": audio / statistics.median(seconds for seconds, _ in rounds),
    }
    for text in SENTENCES:
        times = [stream_seconds(voice, text) for _ in range(ROUNDS + 1)][1:]
        first = statistics.median(first for first, _ in times)
        figures[f"first audio, {len(text)} letters"] = f"{1e3 * first:.0f} ms"
    if sys.platform == "linux":
        figures["largest process (MB)"] = _resident() / 1e6
    return figures


def _round(voice: Synthesizer) -> tuple[float, float]:
    """Seconds of work and seconds of audio of all sentences."""
    start, audio = time.perf_counter(), 0.0
    for text in SENTENCES:
        wav, sample_rate = voice(text)
        audio += len(wav) / sample_rate
    return time.perf_counter() - start, audio


def _resident() -> int:
    """Peak bytes of a process that opens the voice and synthesizes. It reads its own peak, since
    the value that its parent sees includes the parent's.
    """
    command = [sys.executable, "-c", RESIDENT.format(texts=SENTENCES)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RecitalError(done.stderr.strip() or "the voice did not speak")
    return int(done.stdout)
