"""`benchmark gpu`: the parts one after the other, each in a process of its own.

A part that fails, hangs or crashes is a line of the result. `gpu.json`, `gpu.md` and the log of
each part are written after every part.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from recital.bins.benchmark.gpu.parts import PARTS, Part
from recital.bins.benchmark.gpu.report import markdown
from recital.utils.config import nearest
from recital.utils.errors import UsageError
from recital.utils.files import write_text

COMMAND = ["-m", "recital.bins.benchmark.gpu"]  # runs a part
GRACE = 3.0  # seconds from a request to end to the end
LOG_BYTES = 60_000  # of each part


class Outcome(TypedDict):
    """The result of one part."""

    name: str
    status: str  # "done", "failed", "stopped: …" or "not run: …"
    seconds: float
    rows: list[dict[str, float | str]]
    texts: dict[str, str]


def bench_gpu(
    out: Path | None = None,
    minutes: float = 9.0,
    rehearse: bool = False,
    parts: Sequence[str] = (),
) -> dict[str, float | str]:
    """Run `parts` (default: all) and write the results into `out`; returns the status of each."""
    if out is None:
        raise UsageError("--out: is missing; name the folder of the results")
    chosen = _chosen(parts)
    out.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + 60 * minutes
    outcomes: list[Outcome] = []
    log = out / "gpu.log"
    log.write_bytes(b"")
    for i, part in enumerate(chosen):
        left = end - time.monotonic() - GRACE
        if left < part.least and not rehearse:
            outcomes.append(_outcome(part, f"not run: {left:.0f} of {part.least:.0f} s left"))
        else:
            seconds = share(chosen[i:], left)
            print(f"{part.name}: up to {seconds:.0f} s of {left:.0f}", flush=True)
            outcomes.append(_run(part, seconds, rehearse, log))
        later = [_outcome(p, "not run yet") for p in chosen[i + 1 :]]
        write_text(out / "gpu.json", json.dumps([*outcomes, *later], indent=1) + "\n")
        write_text(out / "gpu.md", markdown([*outcomes, *later]))
        print(f"{part.name}: {outcomes[-1]['status']}, {outcomes[-1]['seconds']:.1f} s", flush=True)
    return {o["name"]: f"{o['status']}, {o['seconds']:.1f} s" for o in outcomes}


def share(parts: Sequence[Part], left: float) -> float:
    """The seconds of the first of the parts to come: its most, if that leaves the others their
    least, else its share of what is left, but not under its own least.
    """
    first, others = parts[0], parts[1:]
    fair = left * first.most / sum(part.most for part in parts)
    spare = left - sum(part.least for part in others)
    return min(first.most, max(first.least, fair, spare), left)


def _chosen(names: Sequence[str]) -> list[Part]:
    known = [part.name for part in PARTS]
    for name in names:
        if name not in known:
            hint = nearest(name, known) or f"; known: {', '.join(known)}"
            raise UsageError(f"--parts {name}: no such part{hint}")
    return [part for part in PARTS if not names or part.name in names]


def _outcome(part: Part, status: str) -> Outcome:
    return Outcome(name=part.name, status=status, seconds=0.0, rows=[], texts={})


def _run(part: Part, seconds: float, rehearse: bool, log: Path) -> Outcome:
    """Run a part in a process group of its own, which is ended after `seconds`."""
    outcome = _outcome(part, "done")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        result, output = Path(folder) / "result.json", Path(folder) / "output"
        command = [sys.executable, *COMMAND, part.name]
        command += ["--result", str(result), "--seconds", f"{seconds:.1f}"]
        command += ["--rehearse"] if rehearse else []
        with output.open("wb") as file:
            process = subprocess.Popen(
                command, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
            )
            try:
                code = process.wait(seconds)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                _end(process)
        outcome["seconds"] = time.monotonic() - began
        if result.is_file():
            found = json.loads(result.read_text(encoding="utf-8"))
            outcome["rows"], outcome["texts"] = found["rows"], found["texts"]
        printed = output.read_bytes()[-LOG_BYTES:].decode("utf-8", "replace")
    with log.open("a", encoding="utf-8") as file_of_all:
        file_of_all.write(f"\n===== {part.name}\n{printed}")
    if code is None:
        outcome["status"] = f"stopped: after {seconds:.0f} s"
    elif code:
        named = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        outcome["status"] = f"failed: {named}"
        outcome["texts"]["end of its output"] = printed[-6000:]
    elif any("failed" in row for row in outcome["rows"]):
        n = sum("failed" in row for row in outcome["rows"])
        outcome["status"] = f"done, {n} of {len(outcome['rows'])} rows failed"
    return outcome


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a part's process group, such as loader processes."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        until = time.monotonic() + GRACE / 2
        while number == signal.SIGTERM and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
    process.wait()
