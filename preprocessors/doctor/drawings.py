"""Drawings for the doctor's page, as SVG: no script, no library, no file beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

WIDTH, HEIGHT = 320, 150
LEFT, BOTTOM, TOP = 34, 22, 8
MOST_POINTS = 3000


def histogram(title: str, unit: str, values: Sequence[float], n_bins: int = 40) -> str:
    """How often each value comes; the outermost 0.2% on either side stand in the edge bins."""
    array = np.asarray(values, dtype=float)
    array = array[np.isfinite(array)]
    if not len(array):
        return ""
    low, high = np.percentile(array, [0.2, 99.8])
    if high <= low:
        low, high = low - 0.5, high + 0.5
    counts, edges = np.histogram(np.clip(array, low, high), n_bins, (low, high))
    top = int(counts.max())
    bars = []
    for count, left, right in zip(counts, edges[:-1], edges[1:], strict=True):
        if count:
            x0, x1 = _x(left, low, high), _x(right, low, high)
            y = _y(count, 0, top)
            tip = f"{left:.4g} to {right:.4g} {unit}: {count}"
            height = HEIGHT - BOTTOM - y
            bars.append(
                f'<rect x="{x0:.1f}" y="{y:.1f}" width="{max(x1 - x0 - 1, 1):.1f}" '
                f'height="{height:.1f}"><title>{escape(tip)}</title></rect>'
            )
    median = float(np.median(array))
    x = _x(median, low, high)
    line = f'<line class="median" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
    return _figure(f"{title}, {unit}" if unit else title, [*bars, line], low, high, 0, top)


def scatter(title: str, x: Mapping[str, float], y: Mapping[str, float], marked: set[str]) -> str:
    """A point an utterance (by id); those in `marked` stand out, and tell their id."""
    ids = [id for id in x if id in y]
    if not ids:
        return ""
    step = -(-len(ids) // MOST_POINTS)
    shown = [id for i, id in enumerate(ids) if i % step == 0 or id in marked]
    shown.sort(key=lambda id: id in marked)  # over the others
    x_low, x_high = 0.0, max(x[id] for id in shown) or 1.0
    y_low, y_high = 0.0, max(y[id] for id in shown) or 1.0
    points = []
    for id in shown:
        at = f'cx="{_x(x[id], x_low, x_high):.1f}" cy="{_y(y[id], y_low, y_high):.1f}"'
        if id in marked:
            points.append(f'<circle class="bad" r="3" {at}><title>{escape(id)}</title></circle>')
        else:
            points.append(f'<circle r="1.3" {at}/>')
    return _figure(title, points, x_low, x_high, y_low, y_high)


def bars(title: str, values: Mapping[str, float], most: int = 30) -> str:
    """A bar a name, the longest first."""
    ranked = sorted(values.items(), key=lambda item: -item[1])
    shown = ranked[:most]
    top = max((v for _, v in shown), default=0.0) or 1.0
    height = 16 * len(shown) + 4
    rows = [
        f'<text class="name" x="120" y="{16 * i + 14}">{escape(name[:18])}</text>'
        f'<rect x="126" y="{16 * i + 4}" width="{150 * value / top:.1f}" height="11"/>'
        f'<text x="{130 + 150 * value / top:.1f}" y="{16 * i + 14}">{value:.1f}</text>'
        for i, (name, value) in enumerate(shown)
    ]
    more = f", the first {most} of {len(ranked)}" if len(ranked) > most else ""
    view = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    drawn, caption = "".join(rows), escape(title + more)
    return f"<figure><figcaption>{caption}</figcaption><svg {view}>{drawn}</svg></figure>"


def _figure(title: str, parts: Sequence[str], x0: float, x1: float, y0: float, y1: float) -> str:
    base = HEIGHT - BOTTOM
    axes = (
        f'<path class="axis" d="M{LEFT} {TOP}V{base}H{WIDTH - 6}"/>'
        f'<text x="{LEFT}" y="{HEIGHT - 8}">{x0:.4g}</text>'
        f'<text class="end" x="{WIDTH - 6}" y="{HEIGHT - 8}">{x1:.4g}</text>'
        f'<text class="end" x="{LEFT - 4}" y="{TOP + 8}">{y1:.4g}</text>'
        f'<text class="end" x="{LEFT - 4}" y="{base}">{y0:.4g}</text>'
    )
    view = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    drawn = "".join(parts)
    return (
        f"<figure><figcaption>{escape(title)}</figcaption><svg {view}>{axes}{drawn}</svg></figure>"
    )


def _x(value: float, low: float, high: float) -> float:
    return LEFT + (WIDTH - 6 - LEFT) * (value - low) / (high - low)


def _y(value: float, low: float, high: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (value - low) / (high - low)
