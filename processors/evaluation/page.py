"""The page of stage 4: the values of `templates/evaluation.html`, computed from the results."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from recital.processors.evaluation.inputs import RECORDINGS
from recital.processors.evaluation.report import Comparison, cell
from recital.processors.evaluation.table import Metric
from recital.processors.evaluation.utterance import Measured, Result
from recital.processors.pages.charts import intervals
from recital.processors.pages.embed import audio_link, audio_url
from recital.processors.pages.render import write_page
from recital.processors.pages.waves import path_drawing, pitch_range, wave_drawing

if TYPE_CHECKING:
    from markupsafe import Markup

WORST_BY = ("mcd_24", "wer", "mel_l1")  # the first available one orders the page
ARROWS = {"lower": "↓", "higher": "↑", "zero": "→0", "": ""}
N_COLOURS = 6  # for runs, in `evaluation.css`


class TableCell(NamedTuple):
    """A figure in the table."""

    text: str
    best: bool


@dataclass(frozen=True)
class TableRow:
    """A metric in the table."""

    metric: Metric
    cells: list[TableCell]
    drawing: Markup | str  # its intervals


@dataclass(frozen=True)
class Panel:
    """A recording, or a run's synthesis of it."""

    title: str
    style: str
    error: str = ""  # if set, the rest is empty
    audio: str = ""  # URL
    drawing: Markup | str = ""
    heard: str | None = None
    figures: tuple[str, ...] = ()
    path: Markup | str = ""


@dataclass(frozen=True)
class Article:
    """An utterance on the page."""

    id: str
    text: str
    numbers: dict[str, float]  # the sort keys
    panels: list[Panel]


def write_comparison(path: Path, comparison: Comparison, limit: int, link: bool) -> None:
    """Write the page with the `limit` worst utterances; `link`: link to audio, do not embed it.

    Raises `OSError` if it cannot be written, and `DataError` for audio that no longer exists.
    """
    ordered = worst_first(comparison)
    page = ComparisonPage(comparison, path.parent, link)
    write_page(
        path,
        "evaluation.html",
        "evaluation.js",
        title=f"Evaluation of {', '.join(run.name for run in comparison.runs)}",
        notes=page.notes(),
        errors=comparison.errors(),
        columns=[{"name": name, "style": page.style(name)} for name in comparison.figures],
        rows=[page.row(metric) for metric in comparison.metrics],
        arrows=ARROWS,
        n_shown=min(limit, len(ordered)),
        n_all=len(ordered),
        sortable=[metric for metric in comparison.metrics if metric.better],
        sorted_by=sort_metric(comparison),
        articles=page.articles(ordered[:limit]),
    )


def worst_first(comparison: Comparison) -> list[Result]:
    """Sort: errors first, then by the worst value of the first metric of `WORST_BY`."""
    key = sort_metric(comparison)

    def badness(result: Result) -> float:
        if any(m.error for m in result.runs.values()):
            return math.inf
        values = [m.metrics.get(key, -math.inf) for m in result.runs.values()]
        return max(values, default=-math.inf)

    return sorted(comparison.results, key=badness, reverse=True)


def sort_metric(comparison: Comparison) -> str:
    """The metric that orders the page; "" if there is none."""
    names = [metric.name for metric in comparison.metrics]
    return next((name for name in WORST_BY if name in names), "")


class ComparisonPage:
    """The parts of the page."""

    def __init__(self, comparison: Comparison, folder: Path, link: bool) -> None:
        self.comparison, self.folder, self.link = comparison, folder, link
        audio = comparison.settings.audio
        self.hop = audio.hop_length / audio.sample_rate  # seconds
        self.index = {run.name: i for i, run in enumerate(comparison.runs)}

    def notes(self) -> list[str]:
        """Notes on how to read the table, and what is missing from it."""
        runs, left_out = self.comparison.runs, self.comparison.left_out
        return [
            f"{len(self.comparison.results)} utterances. In brackets: 95% intervals of the "
            "bootstrap over utterances. ↓ lower is better, ↑ higher, →0 closer to zero.",
            *(
                f"{run.name} is aligned with the recordings: frame by frame, with DTW only for MCD."
                for run in runs
                if run.in_step
            ),
            *(f"Not measured: {line}" for line in left_out),
        ]

    def row(self, metric: Metric) -> TableRow:
        """The row of a metric, over the recordings and all runs."""
        figures = {
            name: column.get(metric.name) for name, column in self.comparison.figures.items()
        }
        of_runs = [f for name, f in figures.items() if f is not None and name != RECORDINGS]
        best = _best([f.value for f in of_runs], metric)
        cells = [
            TableCell(cell(f, metric), name != RECORDINGS and f is not None and f.value == best)
            for name, f in figures.items()
        ]
        bars = [
            (f.value, f.low, f.high) for f in of_runs if f.low is not None and f.high is not None
        ]
        drawn = len(of_runs) > 1 and len(bars) == len(of_runs)
        return TableRow(metric, cells, intervals(bars) if drawn else "")

    def articles(self, results: Sequence[Result]) -> Iterator[Article]:
        """Yield one at a time, since each may contain its audio."""
        for result in results:
            waves = {RECORDINGS: result.reference, **result.runs}
            limits = pitch_range([m.view.pitch for m in waves.values() if m.view])
            panels = [self._panel(name, m, result, limits) for name, m in waves.items()]
            yield Article(result.id, result.text, self._numbers(result), panels)

    def _numbers(self, result: Result) -> dict[str, float]:
        """By metric, the worst value of any run."""
        numbers = {}
        for metric in self.comparison.metrics:
            measured = [
                m.metrics[metric.name] for m in result.runs.values() if metric.name in m.metrics
            ]
            if measured and metric.better:
                numbers[metric.name] = _worst(measured, metric)
        return numbers

    def _panel(
        self, name: str, measured: Measured, result: Result, limits: tuple[float, float]
    ) -> Panel:
        title, style = "recording" if name == RECORDINGS else name, self.style(name)
        view, alignment = measured.view, measured.alignment
        if view is None:
            return Panel(title, style, measured.error)
        tokens = view.tokens
        if name == RECORDINGS:  # those of the first run that has any
            aligned = [m.alignment.tokens for m in result.runs.values() if m.alignment]
            tokens = next(filter(None, aligned), ())
        clip = view.clip
        return Panel(
            title,
            style,
            audio=audio_link(clip.path, clip.start, clip.end, self.folder)
            if self.link
            else audio_url(clip.path, clip.start, clip.end),
            drawing=wave_drawing(
                view.mel,
                view.pitch,
                self.hop,
                [(second - view.start, token) for second, token in tokens],
                limits,
                alignment.pitch if alignment else None,
            ),
            heard=view.heard,
            figures=tuple(self._figures(measured)),
            path=path_drawing(alignment.path, self.hop) if alignment else "",
        )

    def _figures(self, measured: Measured) -> Iterator[str]:
        """Label, value and unit of a wave's metrics; flaws only if it has any."""
        for m in self.comparison.metrics:
            value = measured.metrics.get(m.name)
            if value is not None and (m.better != "zero" or value):
                yield f"{m.label} {value:.{m.digits}f}{' ' * bool(m.unit)}{m.unit}"

    def style(self, name: str) -> str:
        """The CSS class of a column's colour."""
        return "r" if name == RECORDINGS else f"r{self.index[name] % N_COLOURS}"


def _best(values: Sequence[float], metric: Metric) -> float | None:
    """The best of several runs; None for a single run, or a metric without a best direction."""
    if len(values) < 2 or not metric.better:
        return None
    if metric.better == "zero":
        return min(values, key=abs)
    return min(values) if metric.better == "lower" else max(values)


def _worst(values: Sequence[float], metric: Metric) -> float:
    if metric.better == "zero":
        return max(map(abs, values))
    return max(values) if metric.better == "lower" else min(values)
