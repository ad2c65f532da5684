"""The doctor's report: a table for the terminal, JSON for machines, an HTML page for people."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import escape
from typing import NamedTuple

import numpy as np

from recital.preprocessors.doctor import drawings
from recital.preprocessors.doctor.examine import Examined
from recital.preprocessors.doctor.findings import Finding, Report, by_code
from recital.preprocessors.doctor.texts import count_letters

MOST = 200  # findings of one code on the page; doctor.json has all
FEW = 6  # so many findings are shown at once
WORST = 100  # utterances of the model's table

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem;
       color: #1d2430; background: #fff }
h1 { margin-bottom: 0 } h2 { margin-top: 2.2rem; border-bottom: 1px solid #d5dae3 }
table { border-collapse: collapse; width: 100% } th { text-align: left; color: #5a6577 }
th, td { padding: .25rem .8rem .25rem 0; border-bottom: 1px solid #eceff4; vertical-align: top }
details table { table-layout: fixed } details th:nth-child(1) { width: 9rem }
details th:nth-child(2) { width: 22rem } summary small { color: #5a6577 }
td.n { text-align: right; font-variant-numeric: tabular-nums } td.f { overflow-wrap: anywhere }
.error { color: #b3261e; font-weight: 600 } .warning { color: #9a6700; font-weight: 600 }
.note { color: #5a6577 } summary { cursor: pointer; padding: .3rem 0 }
code { background: #f3f5f9; padding: 0 .25rem; border-radius: 3px }
.figures { display: flex; flex-wrap: wrap; gap: 1rem 1.5rem }
figure { margin: 0 } figcaption { font-size: 13px; color: #5a6577 }
svg { font: 10px system-ui, sans-serif } svg rect, svg circle { fill: #4a7fc1 }
svg text { fill: #5a6577 } svg text.end, svg text.name { text-anchor: end }
svg .axis { fill: none; stroke: #b9c1cf } svg .median { stroke: #1d2430; stroke-dasharray: 3 3 }
svg circle.bad { fill: #d33b30 }
"""


class Judged(NamedTuple):
    """What a trained model thinks of one utterance."""

    dataset: str
    id: str
    split: str
    text: str
    loss: float
    confidence: float | None  # probability of the hard alignment in the soft one


def summary(report: Report, seconds: float) -> str:
    """For the terminal."""
    rows = []
    for code, group in by_code(report.findings).items():
        first = group[0]
        where = ": ".join(part for part in (first.file or first.id, first.reason) if part)
        rows.append((first.severity, code, str(len(group)), where))
    lines = [f"{s:<8} {code:<24} {n:>6}  {where[:110]}" for s, code, n, where in rows]
    for dataset, n in report.n_recordings.items():
        flagged = len(report.flagged(dataset))
        share = f"{flagged / n:.2%}" if n else "0%"
        lines.append(f"{dataset}: {flagged} of {n} recordings have a fault ({share})")
    counts = Counter(f.severity for f in report.findings)
    told = ", ".join(f"{counts[s]} {s}s" for s in ("error", "warning", "note"))
    return "\n".join([*lines, f"{told}; {seconds:.1f} s"])


def to_json(report: Report, judged: Sequence[Judged]) -> str:
    """`doctor.json`: all findings, the figures, and what the model says."""
    tree = {
        "recordings": report.n_recordings,
        "flagged": {name: len(report.flagged(name)) for name in report.n_recordings},
        "counts": Counter(f.code for f in report.findings),
        "figures": report.figures,
        "findings": [asdict(f) for f in report.findings],
        "model": [j._asdict() for j in judged],
    }
    return json.dumps(tree, ensure_ascii=False, indent=1) + "\n"


def page(
    title: str,
    report: Report,
    examined: Mapping[str, Examined],
    judged: Sequence[Judged],
    checkpoint: str = "",
) -> str:
    """`doctor.html`, with everything in it."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
        _overview(report),
        "<h2>Findings</h2>",
        _findings(report.findings),
    ]
    if judged:
        parts += ["<h2>What the model says</h2>", _model(judged, checkpoint)]
    for name, found in examined.items():
        parts += [f"<h2>{escape(name)}</h2>", _corpus(found, report.flagged(name))]
    return "\n".join([*parts, "</body></html>"])


def figures(found: Examined) -> dict[str, float]:
    """The corpus in numbers: medians, besides counts."""
    if not found.utterances:
        return {}
    heard = [found.heard[u.id] for u in found.utterances]
    names = ("seconds", "speech_db", "noise_db", "lead", "trail", "pitch", "bandwidth")
    medians = {f"median {n}": float(np.median([getattr(m, n) for m in heard])) for n in names}
    return {
        "recordings": len(heard),
        "hours": sum(m.seconds for m in heard) / 3600,
        "speakers": len({u.speaker for u in found.utterances}),
        "languages": len({u.language for u in found.utterances}),
    } | medians


def _overview(report: Report) -> str:
    counts = Counter(f.severity for f in report.findings)
    told = ", ".join(
        f'<span class="{s}">{counts[s]} {s}{"s" * (counts[s] != 1)}</span>'
        for s in ("error", "warning", "note")
    )
    rows = []
    for name, n in report.n_recordings.items():
        flagged = len(report.flagged(name))
        told_of = report.figures.get(name, {})
        cells = [
            escape(name),
            f"{n:,}",
            f"{told_of.get('hours', 0.0):.2f}",
            f"{told_of.get('speakers', 0):.0f}",
            f"{flagged:,} ({flagged / n:.2%})" if n else "0",
        ]
        rows.append("<tr>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>")
    head = "".join(
        f"<th>{c}</th>" for c in ("dataset", "recordings", "hours", "speakers", "with a fault")
    )
    return f"<p>{told}</p><table><tr>{head}</tr>{''.join(rows)}</table>"


def _findings(findings: Sequence[Finding]) -> str:
    if not findings:
        return "<p>None.</p>"
    parts = []
    for code, group in by_code(findings).items():
        severity = group[0].severity
        rows = "".join(
            f'<tr><td>{escape(f.dataset)}</td><td class="f">{escape(f.file or f.id)}</td>'
            f'<td class="f">{escape(f.reason)}</td></tr>'
            for f in group[:MOST]
        )
        more = f"<p>{len(group) - MOST} more in doctor.json.</p>" if len(group) > MOST else ""
        remedies = Counter(f.remedy for f in group).most_common(3)
        remedy = "; or: ".join(escape(r) for r, _ in remedies)
        first = escape(group[0].file.rpartition("/")[2] or group[0].id)
        parts.append(
            f"<details{' open' if len(findings) <= FEW else ''}>"
            f'<summary><span class="{severity}">{severity}</span> '
            f"<code>{code}</code> {len(group)} — {remedy} <small>{first}</small></summary>"
            f"<table><tr><th>dataset</th><th>file</th><th>reason</th></tr>{rows}</table>{more}"
            "</details>"
        )
    return "".join(parts)


def _corpus(found: Examined, flagged: set[str]) -> str:
    said, heard = found.utterances, found.heard
    if not said:
        return "<p>Nothing in it could be heard.</p>"
    measures = [heard[u.id] for u in said]
    letters = {u.id: float(count_letters(u.text)) for u in said}
    active = {u.id: heard[u.id].active for u in said}
    pace = [letters[u.id] / active[u.id] for u in said if active[u.id] > 0.1]
    minutes: dict[str, float] = defaultdict(float)
    for u in said:
        minutes[u.speaker or "(one speaker)"] += heard[u.id].seconds / 60
    drawn = [
        drawings.scatter("seconds of speech over letters of the text", letters, active, flagged),
        drawings.histogram("length", "s", [m.seconds for m in measures]),
        drawings.histogram("pace", "letters a second", pace),
        drawings.histogram("voice level", "dB of full scale", [m.speech_db for m in measures]),
        drawings.histogram("background", "dB below the voice", [-m.noise_db for m in measures]),
        drawings.histogram("pitch", "Hz", [m.pitch for m in measures if m.pitch > 0]),
        drawings.histogram("silence before", "s", [m.lead for m in measures]),
        drawings.histogram("silence behind", "s", [m.trail for m in measures]),
        drawings.histogram("longest pause", "s", [m.pause for m in measures]),
        drawings.histogram("highest frequency", "Hz", [m.bandwidth for m in measures]),
        drawings.bars("minutes by speaker", minutes),
    ]
    if found.n_tokens:
        tokens = found.n_tokens
        ratios = [found.frames[id] / n for id, n in tokens.items() if n and id in found.frames]
        drawn.append(drawings.histogram("frames a token", "", ratios))
    return f'<div class="figures">{"".join(drawn)}</div>'


def _model(judged: Sequence[Judged], checkpoint: str) -> str:
    worst = sorted(judged, key=lambda j: -j.loss)[:WORST]
    sure = [j.confidence for j in judged if j.confidence is not None]
    drawn = drawings.histogram("loss", "", [j.loss for j in judged])
    if sure:
        drawn += drawings.histogram("alignment confidence", "", sure)
    rows = []
    for j in worst:
        confidence = "" if j.confidence is None else f"{j.confidence:.3f}"
        rows.append(
            f'<tr><td class="f">{escape(j.dataset)}/{escape(j.id)}</td><td>{escape(j.split)}</td>'
            f'<td class="n">{j.loss:.3f}</td><td class="n">{confidence}</td>'
            f'<td class="f">{escape(j.text)}</td></tr>'
        )
    names = ("utterance", "split", "loss", "alignment confidence", "text")
    head = "".join(f"<th>{name}</th>" for name in names)
    return (
        f"<p>{escape(checkpoint)}: the {len(worst)} worst of {len(judged)} utterances.</p>"
        f'<div class="figures">{drawn}</div><table><tr>{head}</tr>{"".join(rows)}</table>'
    )
