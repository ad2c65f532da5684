"""The doctor's page: the values of `templates/doctor.html`, computed from the findings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from recital.preprocessors.doctor.examine import Examined
from recital.preprocessors.doctor.findings import Diagnosis, Finding, Severity, by_code
from recital.preprocessors.doctor.report import Judged
from recital.preprocessors.doctor.texts import count_letters
from recital.processors.pages import charts
from recital.processors.pages.render import write_page

if TYPE_CHECKING:
    from markupsafe import Markup

MOST = 200  # findings per code on the page; doctor.json has all
FEW = 6  # findings per code that are visible before unfolding
WORST = 100  # utterances in the model's table


class Group(NamedTuple):
    """All findings of one code."""

    code: str
    severity: Severity
    findings: list[Finding]
    remedies: list[str]  # the three most frequent
    first: str  # the file, or the utterance, of the first


def write_diagnosis(
    path: Path,
    diagnosis: Diagnosis,
    examined: Mapping[str, Examined],
    judged: Sequence[Judged],
    checkpoint: str = "",
) -> None:
    """Write `doctor.html`. Raises `OSError` where it cannot be written."""
    counts = Counter(f.severity for f in diagnosis.findings)
    write_page(
        path,
        "doctor.html",
        title=f"Doctor: {', '.join(diagnosis.n_recordings)}",
        counts=[(severity, counts[severity]) for severity in ("error", "warning", "note")],
        overview=[_overview(diagnosis, name) for name in diagnosis.n_recordings],
        groups=[_group(code, group) for code, group in by_code(diagnosis.findings).items()],
        groups_open=len(diagnosis.findings) <= FEW,
        most=MOST,
        judged=sorted(judged, key=lambda j: -j.loss)[:WORST],
        n_judged=len(judged),
        checkpoint=checkpoint,
        model_charts=_model_charts(judged),
        corpora=(
            (name, list(_corpus_charts(found, diagnosis.flagged(name))))
            for name, found in examined.items()
        ),
    )


def _overview(diagnosis: Diagnosis, name: str) -> tuple[str, ...]:
    """The row of a dataset in the first table."""
    n, flagged = diagnosis.n_recordings[name], len(diagnosis.flagged(name))
    figures = diagnosis.figures.get(name, {})
    return (
        name,
        f"{n:,}",
        f"{figures.get('hours', 0.0):.2f}",
        f"{figures.get('speakers', 0):.0f}",
        f"{flagged:,} ({flagged / n:.2%})" if n else "0",
    )


def _group(code: str, findings: list[Finding]) -> Group:
    first = findings[0]
    remedies = [remedy for remedy, _ in Counter(f.remedy for f in findings).most_common(3)]
    where = first.file.rpartition("/")[2] or first.id
    return Group(code, first.severity, findings, remedies, where)


def _corpus_charts(found: Examined, flagged: set[str]) -> Iterator[Markup | str]:
    """The charts of a corpus; none if no recording could be decoded."""
    utterances, measured = found.utterances, found.measured
    if not utterances:
        return
    measures = [measured[u.id] for u in utterances]
    letters = {u.id: float(count_letters(u.text)) for u in utterances}
    active = {u.id: measured[u.id].active for u in utterances}
    pace = [letters[u.id] / active[u.id] for u in utterances if active[u.id] > 0.1]
    minutes: dict[str, float] = defaultdict(float)
    for u in utterances:
        minutes[u.speaker or "(one speaker)"] += measured[u.id].seconds / 60
    yield charts.scatter("seconds of speech over letters of the text", letters, active, flagged)
    yield charts.histogram("length", "s", [m.seconds for m in measures])
    yield charts.histogram("pace", "letters a second", pace)
    yield charts.histogram("voice level", "dB of full scale", [m.speech_db for m in measures])
    yield charts.histogram("background", "dB below the voice", [-m.noise_db for m in measures])
    yield charts.histogram("pitch", "Hz", [m.pitch for m in measures if m.pitch > 0])
    yield charts.histogram("silence before", "s", [m.lead for m in measures])
    yield charts.histogram("silence behind", "s", [m.trail for m in measures])
    yield charts.histogram("longest pause", "s", [m.pause for m in measures])
    yield charts.histogram("highest frequency", "Hz", [m.bandwidth for m in measures])
    yield charts.ranking("minutes by speaker", minutes)
    if tokens := found.n_tokens:
        ratios = [found.frames[id] / n for id, n in tokens.items() if n and id in found.frames]
        yield charts.histogram("frames a token", "", ratios)


def _model_charts(judged: Sequence[Judged]) -> list[Markup | str]:
    sure = [j.confidence for j in judged if j.confidence is not None]
    loss = charts.histogram("loss", "", [j.loss for j in judged])
    return [loss, charts.histogram("alignment confidence", "", sure)]
