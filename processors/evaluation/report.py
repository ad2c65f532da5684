"""The results of stage 4: figures of all runs, as JSON, CSV and a table for the terminal."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from recital.processors.evaluation.inputs import RECORDINGS, Run
from recital.processors.evaluation.table import (
    CONFIDENCE,
    METRICS,
    RESAMPLES,
    Figure,
    Metric,
    summarize,
)
from recital.processors.evaluation.utterance import Measured, Result, Settings


@dataclass(frozen=True)
class Comparison:
    """All results of one evaluation."""

    results: Sequence[Result]
    runs: Sequence[Run]
    settings: Settings
    seed: int
    left_out: Sequence[str]  # what was not measured, and why, one line each

    @cached_property
    def figures(self) -> dict[str, dict[str, Figure]]:
        """Column -> metric -> figure; the recordings come first."""
        columns = {RECORDINGS: [r.reference for r in self.results]}
        for run in self.runs:
            columns[run.name] = [r.runs[run.name] for r in self.results if run.name in r.runs]
        return {
            name: summarize([m.values for m in column if not m.error], self.seed)
            for name, column in columns.items()
        }

    @cached_property
    def metrics(self) -> list[Metric]:
        """The metrics that any run has, in the order of the table."""
        found = {name for figures in self.figures.values() for name in figures}
        return [m for m in METRICS if m.name in found]

    def errors(self) -> list[str]:
        """A line for each wave that could not be measured, or is missing."""
        lines: dict[str, None] = {}
        for result in self.results:
            for name, measured in result.runs.items():
                if measured.error:
                    lines[f"{result.id}, {name}: {measured.error}"] = None
        for run in self.runs:
            if run.missing:
                shown = ", ".join(run.missing[:5]) + ", …" * (len(run.missing) > 5)
                lines[f"{run.name}: {len(run.missing)} waves are missing ({shown})"] = None
        return list(lines)


def write_json(path: Path, comparison: Comparison) -> None:
    """Write `metrics.json`: all figures, with the settings that they depend on."""
    settings = comparison.settings
    tree = {
        "settings": {
            "audio": dataclasses.asdict(settings.audio),
            "pitch": dataclasses.asdict(settings.pitch),
            "trim": dataclasses.asdict(settings.trim),
            "recognizer": settings.recognizer,
            "bootstrap": {
                "seed": comparison.seed,
                "resamples": RESAMPLES,
                "confidence": CONFIDENCE,
            },
        },
        "metrics": {
            m.name: {"label": m.label, "unit": m.unit, "better": m.better, "is": m.explained}
            for m in comparison.metrics
        },
        "left_out": list(comparison.left_out),
        RECORDINGS: {
            "summary": _summary(comparison.figures[RECORDINGS]),
            "utterances": [_utterance(r, r.reference) for r in comparison.results],
        },
        "runs": {
            run.name: {
                "directory": str(run.directory),
                "in_step": run.in_step,
                "missing": run.missing,
                "summary": _summary(comparison.figures[run.name]),
                "utterances": [
                    _utterance(r, r.runs[run.name])
                    for r in comparison.results
                    if run.name in r.runs
                ],
            }
            for run in comparison.runs
        },
        "errors": comparison.errors(),
    }
    text = json.dumps(tree, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _summary(figures: dict[str, Figure]) -> dict[str, dict[str, float | None]]:
    return {
        name: {key: _rounded(value) for key, value in dataclasses.asdict(figure).items()}
        for name, figure in figures.items()
    }


def _utterance(result: Result, measured: Measured) -> dict[str, str | float | None]:
    line: dict[str, str | float | None] = {"id": result.id, "text": result.text}
    if measured.error:
        return {**line, "error": measured.error}
    if measured.recognition is not None:
        line["heard"] = measured.recognition.heard
    return line | {name: _rounded(value) for name, value in measured.metrics.items()}


def _rounded(value: float | None) -> float | None:
    """Round to six significant digits; None for NaN and infinity, which JSON lacks."""
    if not isinstance(value, float):
        return value
    return float(f"{value:.6g}") if math.isfinite(value) else None


def write_csv(path: Path, comparison: Comparison) -> None:
    """Write `metrics.csv`: a line per utterance and run, the recordings included."""
    names = [m.name for m in comparison.metrics]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file, ["run", "id", "text", *names, "heard", "error"], extrasaction="ignore"
        )
        writer.writeheader()
        for result in comparison.results:
            for name, measured in {RECORDINGS: result.reference, **result.runs}.items():
                writer.writerow({"run": name, **_utterance(result, measured)})


def table(comparison: Comparison) -> str:
    """The figures with their 95% intervals: a row per metric, a column per run."""
    names = list(comparison.figures)
    rows = [["", *names]]
    for metric in comparison.metrics:
        label = f"{metric.label}{f' ({metric.unit})' * bool(metric.unit)}"
        rows.append([label, *(cell(comparison.figures[n].get(metric.name), metric) for n in names)])
    n_utterances = [str(sum(1 for r in comparison.results if not r.reference.error))]
    for run in comparison.runs:
        n_utterances.append(
            str(
                sum(
                    1
                    for r in comparison.results
                    if run.name in r.runs and not r.runs[run.name].error
                )
            )
        )
    rows.insert(1, ["utterances", *n_utterances])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in rows
    ]
    lines += [f"not measured: {line}" for line in comparison.left_out]
    return "\n".join(lines)


def cell(figure: Figure | None, metric: Metric) -> str:
    """Format a figure, such as "6.21 [5.98, 6.44]"."""
    if figure is None:
        return "-"
    value = f"{figure.value:.{metric.digits}f}"
    if figure.low is None or figure.high is None:
        return value
    return f"{value} [{figure.low:.{metric.digits}f}, {figure.high:.{metric.digits}f}]"
