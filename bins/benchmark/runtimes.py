"""The included voice on torch and on onnxruntime: text to wave, first audio, start-up, memory."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from recital.bins.benchmark.common import Figures
from recital.bins.benchmark.voice import SENTENCES
from recital.utils.config import ROOT
from recital.utils.errors import RecitalError
from recital.voices import VOICE, graphs_of

ROUNDS = 3
SPEAK = """
import re, statistics, time
import recital
voice = recital.load_voice({voice!r}, runtime={runtime!r})
rounds, firsts = [], []
for _ in range({rounds} + 1):
    start, audio = time.perf_counter(), 0.0
    for text in {texts!r}:
        wav, rate = voice(text)
        audio += len(wav) / rate
    rounds.append(time.perf_counter() - start)
    start = time.perf_counter()
    next(iter(voice.stream({texts!r}[2])))
    firsts.append(time.perf_counter() - start)
peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
print(audio / statistics.median(rounds[1:]), statistics.median(firsts[1:]), int(peak[1]) / 1000)
"""


def bench_runtimes() -> Figures | None:
    """Each in a process of its own: medians of three rounds; start-up is `recital say "Hello."`."""
    if not VOICE.is_dir() or graphs_of(VOICE) is None or sys.platform != "linux":
        return None
    figures: Figures = {}
    for runtime, flags in (("torch", ["--device", "cpu"]), ("onnx", [])):
        script = SPEAK.format(voice=str(VOICE), runtime=runtime, rounds=ROUNDS, texts=SENTENCES)
        speed, first, memory = map(float, _run(["-c", script]).split())
        figures[f"{runtime}: x real time"] = speed
        figures[f"{runtime}: first audio"] = f"{1e3 * first:.0f} ms"
        figures[f"{runtime}: memory (MB)"] = memory
        figures[f"{runtime}: start-up (s)"] = statistics.median(_start_up(flags) for _ in range(3))
    return figures


def _start_up(flags: list[str]) -> float:
    """Seconds from the start of a process to a written wav."""
    with tempfile.TemporaryDirectory() as folder:
        output = str(Path(folder) / "hello.wav")
        start = time.perf_counter()
        _run(["-m", "recital.bins.say", "Hello.", "-o", output, *flags])
        return time.perf_counter() - start


def _run(arguments: list[str]) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RecitalError(re.sub(r"\s+", " ", done.stderr.strip()[-300:]) or "it did not speak")
    return done.stdout
