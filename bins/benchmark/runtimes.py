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
texts = {texts!r}
def timed(work):
    clock, core = time.perf_counter(), time.process_time()
    made = work()
    return time.perf_counter() - clock, time.process_time() - core, made
def medians(runs):
    return [statistics.median(column) for column in zip(*runs[1:])]
rounds = [timed(lambda: sum(map(seconds_of, texts))) for _ in range({rounds} + 1)]
firsts = [timed(lambda: first(texts[2]))[:2] for _ in range({rounds} + 1)]
clock, core, audio = medians(rounds)
peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
print(audio / clock, audio / core, *medians(firsts), int(peak[1]) / 1000)
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
    line to a written wav; by the clock, and in the time of cores, which other programs change
    less. 8 bits are measured if the extra `onnx` is installed, Piper after `make consumers`.
    """
    if not VOICE.is_dir() or graphs_of(VOICE) is None or sys.platform != "linux":
        return None
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for speaker in _speakers(Path(folder)):
            script = speaker.script + MEASURE.format(rounds=ROUNDS, texts=SENTENCES)
            made = _run([speaker.python, "-c", script])
            speed, core_speed, first, core_first, memory = map(float, made.split()[-5:])
            starts = [_start_up(speaker, Path(folder)) for _ in range(3)]
            clock, cores = (statistics.median(column) for column in zip(*starts, strict=True))
            figures[f"{speaker.label}: x real time"] = f"{speed:.1f}; of a core {core_speed:.1f}"
            figures[f"{speaker.label}: first audio (ms)"] = (
                f"{1e3 * first:.0f}; of a core {1e3 * core_first:.0f}"
            )
            figures[f"{speaker.label}: start-up (s)"] = f"{clock:.2f}; of a core {cores:.2f}"
            figures[f"{speaker.label}: memory (MB)"] = memory
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


def _start_up(speaker: Speaker, folder: Path) -> tuple[float, float]:
    """Seconds from the start of a process to a written wav, by the clock and of cores."""
    output = folder / "hello.wav"
    output.unlink(missing_ok=True)
    start, before = time.perf_counter(), os.times()
    _run([*speaker.command, str(output)], speaker.stdin)
    seconds, after = time.perf_counter() - start, os.times()
    if not output.is_file():
        raise RecitalError(f"{speaker.label}: wrote no wav")
    user = after.children_user - before.children_user
    return seconds, user + after.children_system - before.children_system


def _run(command: list[str], stdin: str = "") -> str:
    done = subprocess.run(
        command, cwd=ROOT, input=stdin, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RecitalError(re.sub(r"\s+", " ", done.stderr.strip()[-300:]) or "it did not speak")
    return done.stdout
