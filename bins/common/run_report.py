"""The report of stage 3: amounts, speeds, and latencies by batch size, as a table and in
log.jsonl.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from recital.utils.errors import RecitalError

T = TypeVar("T")
PERCENTS = (50, 90, 95, 99)


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
    batch_size: int = 1  # items that were made together with it, itself included
    # seconds of each timed run of its batch; in the first item of a batch only
    times: tuple[float, ...] = ()
    kept: bool = False  # although the voice failed on it
    error: str = ""


def timed(make: Callable[[], T], repeats: int, warmup_steps: int) -> tuple[T, tuple[float, ...]]:
    """The result of `make`, and the seconds of `repeats` calls after `warmup_steps` others."""
    times = []
    for _ in range(warmup_steps + repeats):
        start = time.perf_counter()
        made = make()
        times.append(time.perf_counter() - start)
    return made, tuple(times[warmup_steps:])


def figures(spoken: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of a run. Throughput is per second of work. Latencies are seconds of a batch,
    over all batches and repeats: `latency` if there is one, otherwise min, mean and percentiles,
    and the same for each size of a batch in `by_batch_size`.
    """
    done = [s for s in spoken if not s.error]
    found: dict[str, Any] = {"utterances": len(done), "failed": len(spoken) - len(done)}
    if kept := sum(s.kept for s in done):
        found["kept_failed"] = kept
    found["audio_seconds"] = sum(s.seconds for s in done)
    if not done:
        return found
    found |= _speeds(done)
    if drawing := sum(s.drawing for s in done):
        found["drawing_seconds"] = drawing
    found |= _latencies([t for s in done for t in s.times])
    if first := [s.first_audio for s in done if s.first_audio is not None]:
        found["first_audio_p50"] = float(np.median(first))
    sizes = sorted({s.batch_size for s in done})
    found["by_batch_size"] = [
        {"batch_size": size, **_of_size([s for s in done if s.batch_size == size])}
        for size in sizes
    ]
    return found


def _speeds(done: Sequence[Outcome]) -> dict[str, float]:
    seconds, busy = sum(s.seconds for s in done), sum(s.busy for s in done)
    counts = {
        "items": len(done),
        "tokens": sum(s.tokens for s in done),
        "samples": sum(s.samples for s in done),
    }
    per_second = {f"{name}_per_second": n / max(busy, 1e-9) for name, n in counts.items() if n}
    return {"real_time_factor": busy / max(seconds, 1e-9), **per_second}


def _latencies(times: Sequence[float]) -> dict[str, float]:
    if len(times) < 2:
        return {"latency": times[0]} if times else {}
    percentiles = {f"latency_p{p}": float(np.percentile(times, p)) for p in PERCENTS}
    return {"latency_min": min(times), "latency_mean": float(np.mean(times)), **percentiles}


def _of_size(done: Sequence[Outcome]) -> dict[str, float]:
    times = [t for s in done for t in s.times]
    return {"runs": len(times), **_latencies(times), **_speeds(done)}


# rows of the table: a figure, its name, and its format
ROWS = {
    "utterances": ("utterances", "{:.0f}"),
    "failed": ("failed", "{:.0f}"),
    "kept_failed": ("kept though failed", "{:.0f}"),
    "audio_seconds": ("audio", "{:.2f} s"),
    "real_time_factor": ("real-time factor", "{:12.4f}  (below 1: faster than speech)"),
    "tokens_per_second": ("tokens per second", "{:.0f}"),
    "samples_per_second": ("samples per second", "{:.0f}"),
    "latency": ("latency", "{:.3f} s"),
    "latency_min": ("latency min", "{:.3f} s"),
    "latency_mean": ("latency mean", "{:.3f} s"),
    **{f"latency_p{p}": (f"latency p{p}", "{:.3f} s") for p in PERCENTS},
    "first_audio_p50": ("first audio p50", "{:.3f} s"),
    "drawing_seconds": ("drawing", "{:.2f} s"),
}
COLUMNS = {
    "batch_size": ("batch size", "{:.0f}"),
    "runs": ("runs", "{:.0f}"),
    "latency_min": ("min (s)", "{:.3f}"),
    "latency_mean": ("mean (s)", "{:.3f}"),
    **{f"latency_p{p}": (f"p{p} (s)", "{:.3f}") for p in PERCENTS},
    "items_per_second": ("items/s", "{:.2f}"),
    "samples_per_second": ("samples/s", "{:.0f}"),
    "real_time_factor": ("RTF", "{:.4f}"),
}


def report(spoken: Sequence[Outcome], directory: Path, settings: dict[str, Any]) -> str:
    """The figures of a run as a table; also appends them, with the `settings` of the run, to
    `log.jsonl` in `directory`.
    """
    found = figures(spoken)
    line = {"time": round(time.time(), 3), **settings, **_rounded(found)}
    try:
        with (directory / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    except OSError as error:
        raise RecitalError(f"{directory}: cannot be written: {error.strerror}") from None
    rows = [
        f"{title:<20}{form.format(found[name]):>12}"
        for name, (title, form) in ROWS.items()
        if name in found
    ]
    sizes = found.get("by_batch_size", [])
    if any(row["runs"] > 1 for row in sizes) and (len(sizes) > 1 or sizes[0]["batch_size"] > 1):
        rows += ["", *_table(sizes)]
    return "\n".join(rows)


def _table(sizes: Sequence[dict[str, float]]) -> list[str]:
    """A line for each batch size; the latency of a single run is in the column of the mean."""
    widths = [max(len(title), 8) + 2 for title, _ in COLUMNS.values()]
    lines = ["".join(f"{t:>{w}}" for (t, _), w in zip(COLUMNS.values(), widths, strict=True))]
    for row in sizes:
        cells = row if "latency" not in row else {**row, "latency_mean": row["latency"]}
        shown = [
            form.format(cells[name]) if name in cells else "" for name, (_, form) in COLUMNS.items()
        ]
        lines.append("".join(f"{c:>{w}}" for c, w in zip(shown, widths, strict=True)))
    return lines


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_rounded(v) for v in value]
    return round(value, 6) if isinstance(value, float) else value
