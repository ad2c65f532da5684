"""Long recordings with their texts to a corpus of utterances, in LJSpeech's layout.

Each recording is aligned with its text by a network that hears phones of any speaker, and cut at
pauses. What does not match is listed in `rejected.jsonl`; `segments.jsonl` has the times and the
confidence of each utterance, `segments.html` the least sure ones to listen to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recital.bins.common.command import run
from recital.bins.common.experiment import load_experiment
from recital.bins.common.flags import command_parser
from recital.preprocessors.segmentation.book import (
    PARTS,
    Job,
    Part,
    check_output,
    find_sources,
    lowest,
    run_job,
    write_corpus,
)
from recital.processors.pages.render import write_page
from recital.processors.store import Rejected
from recital.utils.errors import ConfigError, DataError, UsageError
from recital.utils.files import locked
from recital.utils.parallel import run_parallel

SHOWN = 40  # utterances on the page, and rows of each kind of what was left out


def main(argv: Sequence[str] | None = None) -> None:
    args = command_parser("segment", __doc__).parse(argv)
    if not 0.0 <= args.segment_confidence <= 1.0:
        raise UsageError(f"--segment_confidence {args.segment_confidence:g}: expected 0 to 1")
    experiment, _ = load_experiment(args.config, args.set)
    if experiment.text is None:
        raise ConfigError(f"{args.config}: has no text section; expected the recipe of a voice")
    folder: Path = args.segment
    output: Path = args.segment_output or Path("corpora") / folder.resolve().name
    sources, rejected = find_sources(folder)
    check_output(folder, output)
    with locked(output / PARTS, "a segmentation"):
        jobs = [
            Job(folder, output, source, experiment.text.voice, args.segment_confidence)
            for source in sources
        ]
        parts = _run(jobs, args.jobs, args.backend, rejected)
        if not any(part.kept for part in parts):
            why = "; ".join(f"{r.audio}: {r.reason}" for r in rejected[-1:])
            raise DataError(
                f"{folder}: no utterance could be kept{f' ({why})' if why else ''}; is text.voice "
                f"{experiment.text.voice!r} the language, and is it the text of the recordings?"
            )
        write_corpus(output, parts, rejected)
        write_report(output, parts, rejected)
    for row in rejected:
        print(f"{folder / row.audio}: {row.reason}; {row.remedy}")
    print(table(output, parts, rejected))


def _run(jobs: Sequence[Job], n: int, backend: str, rejected: list[Rejected]) -> list[Part]:
    """The parts in the order of the jobs; what is wrong with a recording goes to `rejected`."""
    from tqdm import tqdm

    found: dict[int, Part] = {}
    results = run_parallel(_numbered, list(enumerate(jobs)), n, backend, alone=len(jobs) == 1)
    for i, part in tqdm(results, "recordings", len(jobs), delay=3, disable=None):
        if isinstance(part, Rejected):
            rejected.append(part)
        else:
            found[i] = part
    return [found[i] for i in sorted(found)]


def _numbered(item: tuple[int, Job]) -> tuple[int, Part | Rejected]:
    return item[0], run_job(item[1])


def table(output: Path, parts: Sequence[Part], rejected: Sequence[Rejected]) -> str:
    """The summary as text."""
    rows = [(name.replace("_", " "), text) for name, text in figures(parts, rejected)]
    return "\n".join([str(output), *(f"  {name:<11} {text}" for name, text in rows)])


def figures(parts: Sequence[Part], rejected: Sequence[Rejected]) -> list[tuple[str, str]]:
    """Counts and hours."""
    kept = [row for part in parts for row in part.kept]
    left = [row["code"] for part in parts for row in part.rejected] + [r.code for r in rejected]
    hours, heard = _hours(kept), sum(part.seconds for part in parts) / 3600
    sure = [row["confidence"] for row in lowest(parts, 1)]
    return [
        ("recordings", f"{len(parts)} ({heard:.2f} h)"),
        ("utterances", f"{len(kept)} ({hours:.2f} h, {hours / max(heard, 1e-9):.0%})"),
        ("confidence", f"from {sure[0]:.2f}" if sure else "none"),
        ("left out", ", ".join(f"{n} {code}" for code, n in Counter(left).most_common()) or "none"),
    ]


def _hours(rows: Sequence[dict[str, Any]]) -> float:
    return sum(row["end"] - row["start"] for row in rows) / 3600


def write_report(output: Path, parts: Sequence[Part], rejected: Sequence[Rejected]) -> None:
    """Write `segments.html`. Raises `DataError` where it cannot be written."""
    left: dict[str, list[dict[str, Any]]] = {}
    for row in (row for part in parts for row in part.rejected):
        left.setdefault(row["code"], []).append(row)
    for rows in left.values():
        rows.sort(key=lambda row: row["start"] - row["end"])
    path = output / "segments.html"
    try:
        write_page(
            path,
            "segments.html",
            title=f"Utterances of {output.name}",
            figures=figures(parts, rejected),
            lowest=list(lowest(parts, SHOWN)),
            left=left,
            shown=SHOWN,
            rejected=rejected,
        )
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror or error})") from None


if __name__ == "__main__":
    run(main)
