"""The included voice on torch, on onnxruntime, and by Piper: text to wave, first audio, start-up,
memory.
"""

from __future__ import annotations

import importlib.util
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from recital.bins.benchmark.common import Figures
from recital.bins.benchmark.voice import SENTENCES
from recital.utils.config import ROOT
from recital.utils.errors import RecitalError
from recital.voices import VOICE, graphs_of

ROUNDS = 3
# where `make consumers` installs Piper, which is GPL and runs in processes of its own
CONSUMERS = Path(os.environ.get("RECITAL_CONSUMERS", ROOT / "build" / "consumers"))
MEASURE = """
import re, statistics, time
rounds, firsts, texts = [], [], {texts!r}
for _ in range({rounds} + 1):
    start = time.perf_counter()
    audio = sum(map(seconds_of, texts))
    rounds.append(time.perf_counter() - start)
    start = time.perf_counter()
    first(texts[2])
    firsts.append(time.perf_counter() - start)
peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
print(audio / statistics.median(rounds[1:]), statistics.median(firsts[1:]), int(peak[1]) / 1000)
"""
RECITAL = """
import recital
voice = recital.load_voice({voice!r}, runtime={runtime!r})
def seconds_of(text):
    wav, rate = voice(text)
    return len(wav) / rate
def first(text):
    next(iter(voice.stream(text)))
"""
PIPER = """
from piper import PiperVoice
voice = PiperVoice.load({voice!r})
def seconds_of(text):
    chunks = list(voice.synthesize(text))
    return sum(len(chunk.audio_float_array) / chunk.sample_rate for chunk in chunks)
def first(text):
    next(iter(voice.synthesize(text)))
"""


class Speaker(NamedTuple):
    """A runtime with the voice in its form."""

    label: str
    python: str
    script: str  # defines `seconds_of` and `first`
    command: list[str]  # writes "Hello." to the wav whose name is appended
    stdin: str = ""


def bench_runtimes() -> Figures | None:
    """Each in a process of its own: medians of three rounds, and of three starts from a command
    line to a written wav. 8 bits are measured if the extra `onnx` is installed, Piper after `make
    consumers`.
    """
    if not VOICE.is_dir() or graphs_of(VOICE) is None or sys.platform != "linux":
        return None
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for speaker in _speakers(Path(folder)):
            script = speaker.script + MEASURE.format(rounds=ROUNDS, texts=SENTENCES)
            made = _run([speaker.python, "-c", script])
            speed, first, memory = map(float, made.split()[-3:])
            starts = [_start_up(speaker, Path(folder)) for _ in range(3)]
            figures[f"{speaker.label}: x real time"] = speed
            figures[f"{speaker.label}: first audio"] = f"{1e3 * first:.0f} ms"
            figures[f"{speaker.label}: memory (MB)"] = memory
            figures[f"{speaker.label}: start-up (s)"] = statistics.median(starts)
    return figures


def _speakers(folder: Path) -> Iterator[Speaker]:
    say = [sys.executable, "-m", "recital.bins.say", "Hello."]
    script = RECITAL.format(voice=str(VOICE), runtime="torch")
    yield Speaker("torch", sys.executable, script, [*say, "--device", "cpu", "-o"])
    script = RECITAL.format(voice=str(VOICE), runtime="onnx")
    yield Speaker("onnxruntime", sys.executable, script, [*say, "-o"])
    if importlib.util.find_spec("onnx") is None:
        return
    export = [sys.executable, "-m", "recital.bins.export", "--infer_expt_dir", str(VOICE)]
    small = folder / "int8"
    _run([*export, "--format", "onnx", "--precision", "int8", "--output_dir", str(small)])
    script = RECITAL.format(voice=str(small), runtime="onnx")
    yield Speaker("int8", sys.executable, script, [*say, "--voice", str(small), "-o"])
    if (CONSUMERS / "installed.txt").is_file():
        _run([*export, "--format", "piper", "--output_dir", str(folder / "piper")])
        (path,) = (folder / "piper").glob("*.onnx")
        script = PIPER.format(voice=str(path))
        command = [str(CONSUMERS / "bin" / "piper"), "-m", str(path), "-f"]
        yield Speaker("Piper", str(CONSUMERS / "bin" / "python"), script, command, "Hello.")


def _start_up(speaker: Speaker, folder: Path) -> float:
    """Seconds from the start of a process to a written wav."""
    output = folder / "hello.wav"
    output.unlink(missing_ok=True)
    start = time.perf_counter()
    _run([*speaker.command, str(output)], speaker.stdin)
    seconds = time.perf_counter() - start
    if not output.is_file():
        raise RecitalError(f"{speaker.label}: wrote no wav")
    return seconds


def _run(command: list[str], stdin: str = "") -> str:
    done = subprocess.run(
        command, cwd=ROOT, input=stdin, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RecitalError(re.sub(r"\s+", " ", done.stderr.strip()[-300:]) or "it did not speak")
    return done.stdout
