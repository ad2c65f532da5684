"""How fast Recital is on this machine: named benchmarks, each a dictionary of figures."""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from recital.bins.common.command import cores
from recital.utils.config import ROOT, nearest
from recital.utils.errors import RecitalError, UsageError

Figures = dict[str, float | str]
RECIPE = "egs/tts/FastPitch/exp_config.json"


def main(argv: Sequence[str] | None = None) -> None:
    args = _arguments(argv)
    figures: dict[str, Figures | None] = {"machine": machine()}
    print(table("machine", figures["machine"]), flush=True)
    if args.durations is not None and args.names != ["boundaries"]:
        raise UsageError("--durations: is for the benchmark boundaries; name it alone")
    if args.sets is not None and args.names != ["text_accuracy"]:
        raise UsageError("--sets: is for the benchmark text_accuracy; name it alone")
    given = {k: v for k, v in (("durations", args.durations), ("sets", args.sets)) if v is not None}
    for name in args.names or BENCHMARKS:
        figures[name] = measure(name, **given)
        print(table(name, figures[name]), flush=True)
    if args.json is not None:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def machine() -> Figures:
    """What the figures were measured on."""
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    return {
        "cpu": model,
        "cores": cores(),
        "load": f"{os.getloadavg()[0]:.1f} before",
        "python": platform.python_version(),
        "torch": importlib.metadata.version("torch"),
    }


def table(name: str, figures: Figures | None) -> str:
    """One benchmark, for people; None where its data is not here."""
    if figures is None:
        return f"{name}\n  skipped: not here: RECITAL_SHARED's data, or the voice that --demo makes"
    cells = {k: f"{v:.4g}" if isinstance(v, float) else str(v) for k, v in figures.items()}
    return "\n".join([name, *(f"  {k:<28} {v}" for k, v in cells.items())])


def shared(*parts: str) -> Path | None:
    """A file or folder of the shared data, if it is there."""
    path = Path(os.environ.get("RECITAL_SHARED", ROOT.parent / "shared")).joinpath(*parts)
    return path if path.exists() else None


def features() -> Figures | None:
    """Stage 1 on the 75 minutes of kathleen."""
    corpus = shared("data", "kathleen")
    return None if corpus is None else bench_features(corpus)


def bench_features(corpus: Path) -> Figures:
    """mel, pitch and energy of a corpus in LJSpeech's layout, from nothing and with nothing to
    do; process start included.
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


def peak_memory() -> float:
    """MB of the largest process among all that have ended below this one."""
    import resource

    unit = 1 if sys.platform == "darwin" else 1024  # what the system counts in, bytes
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e6


def _timed(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of a command and its children. Raises `RecitalError` where it fails."""
    import resource

    def cpu() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    cpu_before, before = cpu(), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise RecitalError(f"{' '.join(command[:3])}: ended with code {done.returncode}: {last}")
    return time.perf_counter() - before, cpu() - cpu_before


BENCHMARKS = {  # name -> the function that measures it, imported when it is called
    "features": "recital.bins.benchmark.runner:features",
    "fastpitch_train": "recital.bins.benchmark.fastpitch:bench_fastpitch_train",
    "fastpitch_infer": "recital.bins.benchmark.fastpitch:bench_fastpitch_infer",
    "fastspeech2_train": "recital.bins.benchmark.tts:bench_fastspeech2_train",
    "fastspeech2_infer": "recital.bins.benchmark.tts:bench_fastspeech2_infer",
    "tacotron2_train": "recital.bins.benchmark.tts:bench_tacotron2_train",
    "tacotron2_infer": "recital.bins.benchmark.tts:bench_tacotron2_infer",
    "hifigan_train": "recital.bins.benchmark.vocoders:bench_hifigan_train",
    "vocoder_infer": "recital.bins.benchmark.vocoders:bench_vocoder_infer",
    "hour_of_mel": "recital.bins.benchmark.streaming:bench_hour_of_mel",
    "voice": "recital.bins.benchmark.voice:bench_voice",
    "first_audio": "recital.bins.benchmark.streaming:bench_first_audio",
    "boundaries": "recital.bins.benchmark.boundaries:bench_boundaries",
    "text": "recital.bins.benchmark.text:bench_text",
    "text_accuracy": "recital.bins.benchmark.text_accuracy:bench_text_accuracy",
}


def measure(name: str, **given: Path | list[Path]) -> Figures | None:
    """The figures of one benchmark, of what is `given` to it; None where its data is not here."""
    if name not in BENCHMARKS:
        hint = nearest(name, BENCHMARKS) or f"; known: {', '.join(BENCHMARKS)}"
        raise UsageError(f"{name}: no such benchmark{hint}")
    module, _, function = BENCHMARKS[name].partition(":")
    return getattr(importlib.import_module(module), function)(**given)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmark", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which (default: all): {', '.join(BENCHMARKS)}")
    parser.add_argument(
        "--durations",
        type=Path,
        metavar="DIR",
        help="of boundaries: measure these <id>.npy, and not the learned aligner of the demo",
    )
    parser.add_argument(
        "--sets",
        type=Path,
        nargs="+",
        metavar="DIR",
        help="of text_accuracy: folders of other people's sets, instead of the half kept aside",
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there, too")
    return parser.parse_args(argv)
