"""The doctor's report: a table for the terminal, and JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import NamedTuple

import numpy as np

from recital.preprocessors.doctor.examine import Examined
from recital.preprocessors.doctor.findings import Diagnosis, by_code


class Judged(NamedTuple):
    """A trained model's scores of one utterance."""

    dataset: str
    id: str
    split: str
    text: str
    loss: float
    confidence: float | None  # probability of the hard alignment under the soft one


def summary(diagnosis: Diagnosis, seconds: float) -> str:
    """The table for the terminal."""
    rows = []
    for code, group in by_code(diagnosis.findings).items():
        first = group[0]
        where = ": ".join(part for part in (first.file or first.id, first.reason) if part)
        rows.append((first.severity, code, str(len(group)), where))
    lines = [f"{s:<8} {code:<24} {n:>6}  {where[:110]}" for s, code, n, where in rows]
    for dataset, n in diagnosis.n_recordings.items():
        flagged = len(diagnosis.flagged(dataset))
        share = f"{flagged / n:.2%}" if n else "0%"
        lines.append(f"{dataset}: {flagged} of {n} recordings have a fault ({share})")
    counts = Counter(f.severity for f in diagnosis.findings)
    totals = ", ".join(f"{counts[s]} {s}s" for s in ("error", "warning", "note"))
    return "\n".join([*lines, f"{totals}; {seconds:.1f} s"])


def to_json(diagnosis: Diagnosis, judged: Sequence[Judged]) -> str:
    """The text of `doctor.json`: all findings, the figures, and the model's scores."""
    tree = {
        "recordings": diagnosis.n_recordings,
        "flagged": {name: len(diagnosis.flagged(name)) for name in diagnosis.n_recordings},
        "counts": Counter(f.code for f in diagnosis.findings),
        "figures": diagnosis.figures,
        "findings": [asdict(f) for f in diagnosis.findings],
        "model": [j._asdict() for j in judged],
    }
    return json.dumps(tree, ensure_ascii=False, indent=1) + "\n"


def figures(found: Examined) -> dict[str, float]:
    """Figures of a corpus: counts and medians."""
    if not found.utterances:
        return {}
    measured = [found.measured[u.id] for u in found.utterances]
    names = ("seconds", "speech_db", "noise_db", "lead", "trail", "pitch", "bandwidth")
    medians = {f"median {n}": float(np.median([getattr(m, n) for m in measured])) for n in names}
    return {
        "recordings": len(measured),
        "hours": sum(m.seconds for m in measured) / 3600,
        "speakers": len({u.speaker for u in found.utterances}),
        "languages": len({u.language for u in found.utterances}),
    } | medians
