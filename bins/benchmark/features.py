"""The speed of stage 1, on the 75 minutes of kathleen in the shared data."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from recital.bins.benchmark.common import Figures, peak_memory
from recital.bins.common.command import cores
from recital.utils.config import ROOT
from recital.utils.errors import RecitalError

RECIPE = "egs/tts/FastPitch/exp_config.json"


def bench_features() -> Figures | None:
    """Stage 1 on kathleen; None without the shared data."""
    shared = Path(os.environ.get("RECITAL_SHARED", ROOT.parent / "shared"))
    corpus = shared / "data" / "kathleen"
    return measure_features(corpus) if corpus.exists() else None


def measure_features(corpus: Path) -> Figures:
    """mel, pitch and energy of a corpus in LJSpeech's layout, from scratch and up to date;
    including process start.
    """
    with tempfile.TemporaryDirectory() as out:
        settings = {
            "dataset": '["bench"]',
            "dataset_path.bench": json.dumps(str(corpus)),
            "dataset_layout.bench": '"ljspeech"',
            "preprocess.processed_dir": json.dumps(out),
        }
        command = [sys.executable, "-m", "recital.bins.preprocess", "--config", str(ROOT / RECIPE)]
        command += ["--jobs", str(cores())]
        command += [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
        cold, cold_cpu = _timed(command)
        warm, _ = _timed(command)
        manifest = (Path(out) / "bench" / "manifest.jsonl").read_text(encoding="utf-8")
    seconds = sum(json.loads(line)["seconds"] for line in manifest.splitlines())
    return {
        "audio (min)": seconds / 60,
        "processes": cores(),
        "cold (s)": cold,
        "cold, CPU (s)": cold_cpu,
        "x real time": seconds / cold,
        "nothing to do (s)": warm,
        "largest process (MB)": peak_memory(),
    }


def _timed(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of a command and its children. Raises `RecitalError` if it fails."""

    def cpu() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    cpu_before, before = cpu(), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise RecitalError(f"{' '.join(command[:3])}: ended with code {done.returncode}: {last}")
    return time.perf_counter() - before, cpu() - cpu_before
