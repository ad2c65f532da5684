"""The page of stage 4: one HTML file that needs no network and no other file.

Whatever comes from data (ids, texts, names of runs) is escaped, and a content security policy
forbids all scripts but the page's own.
"""

from __future__ import annotations

import base64
import hashlib
import io
import math
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from recital.bins.evaluation_drawings import (
    carried,
    carried_pitch,
    interval_drawing,
    path_drawing,
    pitch_range,
    wave_drawing,
)
from recital.bins.evaluation_report import RECORDINGS, Report, cell
from recital.processors.audio_files import decode, to_int16
from recital.processors.evaluation.analysis import Clip
from recital.processors.evaluation.table import Metric
from recital.processors.evaluation.utterance import Measured, Result, Shown

WORST_BY = ("mcd_24", "wer", "mel_l1")  # the first that there is orders the page
ARROWS = {"lower": "↓", "higher": "↑", "zero": "→0", "": ""}

COLOURS = {  # of the runs, on light and on dark
    "LIGHT": "#1769c2 #c2410c #0f7b4d #7c3aed #b4236c #6b6b00",
    "DARK": "#6cb0ff #ff9a62 #5fd6a0 #b794ff #ff8dc0 #d6d65f",
}
STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1f; --soft: #6a6a75; --line: #d9d9e0; --back: #fff;
  --card: #f7f7fa; LIGHT }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececf1; --soft: #a0a0ad; --line: #3a3a44; --back: #17171b; --card: #202026; DARK }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1500px; padding: 1.5rem; font: 15px/1.45 system-ui, sans-serif;
  color: var(--ink); background: var(--back) }
h1 { font-size: 1.5rem; margin: 0 0 .3rem } h2 { font-size: 1.15rem; margin: 2rem 0 .6rem }
h3 { font-size: 1rem; margin: 0; color: var(--run) } p { margin: .3rem 0 }
.soft, small { color: var(--soft) } .bad { color: #c22 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } .wide { overflow-x: auto }
th, td { padding: .2rem .7rem; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap }
th { color: var(--run) } th:first-child, td:first-child { text-align: left }
.best { font-weight: 700 }
article { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: .8rem 1rem; margin: 0 0 1rem }
.waves { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; margin-top: .6rem }
.wave { max-width: 100% } .drawing { overflow-x: auto } svg { display: block }
.wave p, .wave details { max-width: 30rem }
audio { height: 34px; width: 320px; max-width: 100%; display: block; margin: .3rem 0 }
.tokens path { stroke: #fff; stroke-opacity: .35; stroke-width: .7 }
.tokens text { font-size: 10px; fill: var(--ink) }
.labels text { font-size: 10px; fill: var(--soft) }
rect.pitch { fill: none; stroke: var(--line) }
.own polyline, polyline.own { fill: none; stroke: var(--run); stroke-width: 2 }
.other polyline { fill: none; stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 3 2 }
.grid path { stroke: var(--line); fill: none }
svg.path { border: 1px solid var(--line); background: var(--back) }
.interval path { stroke-width: 2; fill: none } .r { --run: var(--soft) }
"""
for _scheme, _colours in COLOURS.items():
    _named = "; ".join(f"--run{i}: {c}" for i, c in enumerate(_colours.split()))
    STYLE = STYLE.replace(_scheme, _named)
STYLE += "".join(
    f".r{i} {{ --run: var(--run{i}) }} .run{i} {{ stroke: var(--run{i}); fill: var(--run{i}) }}\n"
    for i in range(6)
)

# Orders the articles by a number that each carries; the only script of the page.
SCRIPT = """
const list=document.getElementById("list"),order=document.getElementById("order");
order.addEventListener("change",()=>{const key="m_"+order.value;
const down=order.selectedOptions[0].dataset.worst!=="low";
const value=a=>key in a.dataset?Number(a.dataset[key]):(down?-Infinity:Infinity);
[...list.children].sort((a,b)=>down?value(b)-value(a):value(a)-value(b)).forEach(a=>list.append(a));});
list.dataset.ready="yes";
"""


def write_page(path: Path, report: Report, limit: int, link: bool) -> None:
    """Write the page with the `limit` worst utterances; `link`: audio by links, not inside."""
    ordered = worst_first(report)
    shown = ordered[:limit]
    page = Page(report, path.parent, link)
    with path.open("w", encoding="utf-8") as file:
        file.write(page.head())
        file.write(page.summary())
        file.write(page.list_head(len(shown), len(ordered)))
        for result in shown:
            file.write(page.article(result))
        file.write(f"</div><script>{SCRIPT}</script></body></html>\n")


def worst_first(report: Report) -> list[Result]:
    """Those with errors, then by the worst value of any run of the first metric of `WORST_BY`."""
    key = sort_metric(report)

    def badness(result: Result) -> float:
        if any(m.error for m in result.runs.values()):
            return math.inf
        values = [m.metrics.get(key, -math.inf) for m in result.runs.values()]
        return max(values, default=-math.inf)

    return sorted(report.results, key=badness, reverse=True)


def sort_metric(report: Report) -> str:
    """The metric that orders the page."""
    told = [m.name for m in report.metrics]
    return next((name for name in WORST_BY if name in told), "")


class Page:
    """The parts of the page, in order."""

    def __init__(self, report: Report, folder: Path, link: bool) -> None:
        self.report, self.folder, self.link = report, folder, link
        self.hop = report.settings.audio.hop_length / report.settings.audio.sample_rate
        self.index = {run.name: i for i, run in enumerate(report.runs)}
        self.metrics = {m.name: m for m in report.metrics}

    def head(self) -> str:
        """Everything up to the title."""
        digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode("ascii")
        policy = (
            "default-src 'none'; img-src data:; media-src data: file: 'self'; "
            f"style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
        )
        names = ", ".join(run.name for run in self.report.runs)
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f"<title>Evaluation of {escape(names)}</title><style>{STYLE}</style></head><body>"
            f"<h1>Evaluation of {escape(names)}</h1>"
        )

    def summary(self) -> str:
        """The table of all figures, what was left out, and what failed."""
        report = self.report
        columns = list(report.figures)
        head = "".join(f'<th class="{self.style(name)}">{escape(name)}</th>' for name in columns)
        rows = "".join(self._row(metric, columns) for metric in report.metrics)
        notes = [
            f"{len(report.results)} utterances. In brackets: 95% intervals of the bootstrap over "
            "utterances. ↓ less is better, ↑ more, →0 nearer to zero."
        ]
        notes += [
            f"{run.name} runs in step with the recordings: frame by frame, without DTW but for MCD."
            for run in report.runs
            if run.in_step
        ]
        notes += [f"Not measured: {line}" for line in report.left_out]
        text = "".join(f'<p class="soft">{escape(note)}</p>' for note in notes)
        bad = "".join(f'<p class="bad">{escape(line)}</p>' for line in report.errors())
        return (
            f"{text}{bad}<h2>Figures</h2><div class=wide><table><tr><th></th>{head}<th></th></tr>"
            f"{rows}</table></div>"
        )

    def _row(self, metric: Metric, columns: Sequence[str]) -> str:
        figures = {name: self.report.figures[name].get(metric.name) for name in columns}
        of_runs = [f for name, f in figures.items() if f is not None and name != RECORDINGS]
        best = _best([f.value for f in of_runs], metric)
        cells = "".join(
            f"<td{' class=best' if name != RECORDINGS and f and f.value == best else ''}>"
            f"{escape(cell(f, metric))}</td>"
            for name, f in figures.items()
        )
        drawing = ""
        if len(of_runs) > 1 and all(f.low is not None for f in of_runs):
            drawing = interval_drawing(of_runs)
        unit = f" <small>{escape(metric.unit)}</small>" if metric.unit else ""
        return (
            f'<tr><td title="{escape(metric.explained)}">{escape(metric.label)}{unit} '
            f"<small>{ARROWS[metric.better]}</small></td>{cells}<td>{drawing}</td></tr>"
        )

    def list_head(self, n_shown: int, n_all: int) -> str:
        """The title of the list, and what orders it."""
        chosen = sort_metric(self.report)
        options = "".join(
            f'<option value="{m.name}" data-worst="{"low" if m.better == "higher" else "high"}"'
            f"{' selected' if m.name == chosen else ''}>{escape(m.label)}</option>"
            for m in self.report.metrics
            if m.better
        )
        limit = "" if n_shown == n_all else f" ({n_shown} of {n_all})"
        return (
            f"<h2>Utterances, the worst first{limit}</h2><p><label>by "
            f'<select id="order">{options}</select></label> <small>Pitch: a line of the wave\'s '
            "colour; the recording's, dashed, moved onto its time. Tokens under a recording are "
            'those of the first run that tells them, moved by DTW.</small></p><div id="list">'
        )

    def article(self, result: Result) -> str:
        """One utterance: its text, and a panel for the recording and for each run."""
        numbers = {}
        for name, metric in self.metrics.items():
            values = [m.metrics[name] for m in result.runs.values() if name in m.metrics]
            if values and metric.better:
                worst = {"lower": max, "higher": min}.get(metric.better)
                numbers[name] = worst(values) if worst else max(map(abs, values))
        data = "".join(f' data-m_{name}="{value:.6g}"' for name, value in numbers.items())
        contours = [m.shown.pitch for m in (result.reference, *result.runs.values()) if m.shown]
        limits = pitch_range(contours)
        panels = [self._panel(RECORDINGS, result.reference, result, limits)]
        panels += [self._panel(name, m, result, limits) for name, m in result.runs.items()]
        text = escape(result.text) or "<span class=soft>text unknown</span>"
        return (
            f"<article{data}><h3>{escape(result.id)}</h3><p>{text}</p>"
            f'<div class="waves">{"".join(panels)}</div></article>'
        )

    def _panel(
        self, name: str, measured: Measured, result: Result, limits: tuple[float, float]
    ) -> str:
        title = "recording" if name == RECORDINGS else name
        start = f'<div class="wave {self.style(name)}"><h3>{escape(title)}</h3>'
        shown = measured.shown
        if shown is None:
            return f'{start}<p class="bad">{escape(measured.error)}</p></div>'
        told = [
            f"{m.label} {measured.metrics[n]:.{m.digits}f}{' ' * bool(m.unit)}{m.unit}"
            for n, m in self.metrics.items()
            if n in measured.metrics and (m.better != "zero" or measured.metrics[n])
        ]
        path = shown.path_frames
        original = result.reference.shown
        tokens, other = self._tokens(shown, name, result), None
        if path is not None and original is not None:
            other = carried_pitch(original.pitch, path, len(shown.pitch))
        parts = [
            start,
            f'<audio controls preload="none" src="{self.audio(shown.clip)}"></audio>',
            f'<div class="drawing">{wave_drawing(shown, self.hop, tokens, limits, other)}</div>',
        ]
        if shown.heard is not None:
            parts.append(f"<p><small>heard:</small> {escape(shown.heard)}</p>")
        if told:
            parts.append("<details open><summary>figures</summary><small>")
            parts += [escape(" · ".join(told)), "</small></details>"]
        if path is not None:
            parts += ["<details open><summary>alignment</summary>", path_drawing(path, self.hop)]
            parts.append(
                "<small>to the right: the recording's time; upwards: this one's</small></details>"
            )
        return "".join([*parts, "</div>"])

    def _tokens(self, shown: Shown, name: str, result: Result) -> list[tuple[float, str]]:
        """Tokens of a wave on its own time; a recording's are moved there from a run's."""
        if name != RECORDINGS:
            return [(second - shown.start, token) for second, token in shown.tokens]
        for measured in result.runs.values():
            run = measured.shown
            if run is not None and run.tokens and run.path_frames is not None:
                own = [(second - run.start, token) for second, token in run.tokens]
                return carried(own, run.path_frames, self.hop)
        return []

    def audio(self, clip: Clip) -> str:
        """A URL that holds the whole clip as a 16-bit WAV, or a link to the file."""
        if self.link:
            part = f"#t={clip.start:g}{f',{clip.end:g}' if clip.end else ''}"
            return escape(quote(os.path.relpath(clip.path, self.folder)) + part)
        import soundfile

        file = io.BytesIO()
        wav, sample_rate = decode(clip.path, clip.start, clip.end)
        soundfile.write(file, to_int16(wav), sample_rate, "PCM_16", format="WAV")
        return f"data:audio/wav;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"

    def style(self, name: str) -> str:
        """The CSS class of a column's colour."""
        return "r" if name == RECORDINGS else f"r{self.index[name] % 6}"


def _best(values: Sequence[float], metric: Metric) -> float | None:
    """The best of several runs; None where there is but one, or nothing is better."""
    if len(values) < 2 or not metric.better:
        return None
    if metric.better == "zero":
        return min(values, key=abs)
    return min(values) if metric.better == "lower" else max(values)
