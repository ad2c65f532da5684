"""The results of `benchmark gpu` as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict


class Rows(TypedDict):
    """The parts of an outcome that a report shows."""

    name: str
    status: str
    seconds: float
    rows: list[dict[str, float | str]]
    texts: dict[str, str]


def markdown(outcomes: Sequence[Rows]) -> str:
    """A table for each part, then the longer texts."""
    parts = [
        f"## {o['name']}\n\n{o['status']}, {o['seconds']:.0f} s\n\n{table(o['rows'])}"
        for o in outcomes
    ]
    texts = [
        f"### {o['name']}: {title}\n\n```\n{text.rstrip()}\n```\n"
        for o in outcomes
        for title, text in o["texts"].items()
    ]
    return "\n".join(["# A GPU", "", *parts, *texts])


def table(rows: Sequence[Mapping[str, float | str]]) -> str:
    """Rows with the union of their columns."""
    if not rows:
        return ""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [columns, ["---"] * len(columns)]
    lines += [[cell(row.get(column, "")) for column in columns] for row in rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def cell(value: float | str) -> str:
    """A number with four digits; a text on one line."""
    if isinstance(value, str):
        return " ".join(value.split()).replace("|", "\\|")
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
