"""Runs named benchmarks, each of which returns a dictionary of figures."""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recital.bins.common.command import cores
from recital.bins.common.parser import OneLineParser
from recital.utils.config import nearest
from recital.utils.errors import UsageError

if TYPE_CHECKING:
    from recital.bins.benchmark.common import Figures


def main(argv: Sequence[str] | None = None) -> None:
    args = _arguments(argv)
    figures: dict[str, Figures | None] = {"machine": machine()}
    print(table("machine", figures["machine"]), flush=True)
    given = {name: vars(args)[name] for name in OPTIONS if vars(args)[name] is not None}
    for name in given:
        if len(args.names) != 1 or args.names[0] not in OPTIONS[name]:
            several = "s" if len(OPTIONS[name]) > 1 else ""
            of = f"the benchmark{several} {' and '.join(OPTIONS[name])}"
            raise UsageError(f"--{name}: is for {of}; name one alone")
    for name in args.names or [name for name in BENCHMARKS if name not in ASKED]:
        figures[name] = measure(name, **given)
        print(table(name, figures[name]), flush=True)
    if args.json is not None:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def machine() -> Figures:
    """A description of the machine."""
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
    """Format the figures of one benchmark; None: its data is missing."""
    if figures is None:
        return f"{name}\n  skipped: not here: RECITAL_SHARED's data, or the voice that --demo makes"
    cells = {k: f"{v:.4g}" if isinstance(v, float) else str(v) for k, v in figures.items()}
    return "\n".join([name, *(f"  {k:<28} {v}" for k, v in cells.items())])


# name -> its function, imported when it is called
BENCHMARKS = {
    "features": "recital.bins.benchmark.features:bench_features",
    "pitch": "recital.bins.benchmark.pitch:bench_pitch",
    "fastpitch_train": "recital.bins.benchmark.acoustic:bench_fastpitch_train",
    "fastpitch_infer": "recital.bins.benchmark.acoustic:bench_fastpitch_infer",
    "fastspeech2_train": "recital.bins.benchmark.acoustic:bench_fastspeech2_train",
    "fastspeech2_infer": "recital.bins.benchmark.acoustic:bench_fastspeech2_infer",
    "tacotron2_train": "recital.bins.benchmark.acoustic:bench_tacotron2_train",
    "tacotron2_infer": "recital.bins.benchmark.acoustic:bench_tacotron2_infer",
    "hifigan_train": "recital.bins.benchmark.vocoders:bench_hifigan_train",
    "vocoder_infer": "recital.bins.benchmark.vocoders:bench_vocoder_infer",
    "vocoder_costs": "recital.bins.benchmark.vocoder_costs:bench_vocoder_costs",
    "fast": "recital.bins.benchmark.fast:bench_fast",
    "hour_of_mel": "recital.bins.benchmark.streaming:bench_hour_of_mel",
    "voice": "recital.bins.benchmark.voice:bench_voice",
    "runtimes": "recital.bins.benchmark.runtimes:bench_runtimes",
    "first_audio": "recital.bins.benchmark.streaming:bench_first_audio",
    "boundaries": "recital.bins.benchmark.boundaries:bench_boundaries",
    "text": "recital.bins.benchmark.text:bench_text",
    "homographs": "recital.bins.benchmark.homographs:bench_homographs",
    "text_accuracy": "recital.bins.benchmark.text_accuracy:bench_text_accuracy",
    "serve": "recital.bins.benchmark.serve:bench_serve",
    "references": "recital.bins.benchmark.references.run:bench_references",
    "gpu": "recital.bins.benchmark.gpu.run:bench_gpu",
    "scale": "recital.bins.benchmark.scale:bench_scale",
    "long_run": "recital.bins.benchmark.long_run:bench_long_run",
}
ASKED = {"references", "gpu", "scale", "long_run"}  # only run by name


# an option -> the benchmarks that take it
OPTIONS = {
    "durations": ("boundaries",),
    "sets": ("text_accuracy", "pitch"),
    "language": ("text_accuracy",),
    "minutes": ("serve", "gpu", "scale", "long_run"),
    "items": ("scale", "long_run"),
    "clients": ("serve",),
    "code": ("references",),
    "out": ("gpu",),
    "parts": ("gpu",),
    "rehearse": ("gpu",),
}


def measure(
    name: str, **given: str | float | bool | Path | list[Path] | list[str] | list[int]
) -> Figures | None:
    """Run one benchmark with the arguments `given`; None if its data is missing."""
    if name not in BENCHMARKS:
        hint = nearest(name, BENCHMARKS) or f"; known: {', '.join(BENCHMARKS)}"
        raise UsageError(f"{name}: no such benchmark{hint}")
    module, _, function = BENCHMARKS[name].partition(":")
    return getattr(importlib.import_module(module), function)(**given)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = OneLineParser(prog="benchmark", description=__doc__)
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
        help="of text_accuracy: folders of other people's sets, instead of the half kept aside; "
        "of pitch: folders of recordings",
    )
    parser.add_argument(
        "--language", metavar="CODE", help="of text_accuracy: that of --sets (default: en)"
    )
    parser.add_argument(
        "--minutes",
        type=float,
        metavar="N",
        help="of serve: how long (default: 0.5); of gpu: at most (default: 9); of scale: batches "
        "are read so long at each size (default: 0.5); of long_run: of training (default: 5)",
    )
    parser.add_argument(
        "--clients", type=int, metavar="N", help="of serve: how many at once (default: 32)"
    )
    parser.add_argument(
        "--code",
        nargs="+",
        metavar="NAME=DIR",
        help="of references: checkouts of bigvgan, hifigan, amphion, nvidia, fastspeech2",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="of gpu: the folder of its results")
    parser.add_argument(
        "--parts", nargs="+", metavar="PART", help="of gpu: only these (default: all)"
    )
    parser.add_argument(
        "--rehearse",
        action="store_const",
        const=True,
        help="of gpu: the same parts at tiny sizes, on any device",
    )
    parser.add_argument(
        "--items",
        type=int,
        nargs="+",
        metavar="N",
        help="of scale: utterances (default: 10000 100000); 5 million need 10 GB of disk; of "
        "long_run: the same (default: 10000)",
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there, too")
    return parser.parse_args(argv)
