"""Charts of a page, as SVG.

Without matplotlib: its SVGs cannot use the page's light and dark colours or a tooltip per point,
and take 10 times the time (100 ms a chart) and 3 times the bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recital.processors.pages.render import render

if TYPE_CHECKING:
    from markupsafe import Markup

WIDTH, HEIGHT = 320, 150  # pixels, as all below
LEFT, RIGHT, BOTTOM, TOP = 34, WIDTH - 6, HEIGHT - 22, 8  # of the axes
ROW_HEIGHT, NAME_WIDTH, BAR_WIDTH = 16, 126, 150
MOST_POINTS = 3000


class PlotArea(NamedTuple):
    """The frame of a chart, and the values at its four edges."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def x(self, value: float) -> float:
        """Pixels from the left."""
        return LEFT + (RIGHT - LEFT) * (value - self.x_low) / (self.x_high - self.x_low)

    def y(self, value: float) -> float:
        """Pixels from the top."""
        return BOTTOM - (BOTTOM - TOP) * (value - self.y_low) / (self.y_high - self.y_low)


class Bar(NamedTuple):
    """A rectangle and its tooltip."""

    x: float
    y: float
    width: float
    height: float
    tip: str


class Point(NamedTuple):
    """A dot of a scatter plot; a marked one shows its id."""

    x: float
    y: float
    id: str
    marked: bool


def histogram(title: str, unit: str, values: Sequence[float], n_bins: int = 40) -> Markup | str:
    """A histogram; the outermost 0.2% on each side are in the edge bins. Empty without values."""
    array = np.asarray(values, dtype=float)
    array = array[np.isfinite(array)]
    if not len(array):
        return ""
    low, high = np.percentile(array, [0.2, 99.8])
    if high <= low:
        low, high = low - 0.5, high + 0.5
    counts, edges = np.histogram(np.clip(array, low, high), n_bins, (low, high))
    area = PlotArea(low, high, 0, int(counts.max()))
    drawn = []
    for count, left, right in zip(counts, edges[:-1], edges[1:], strict=True):
        if count:
            x, y = area.x(left), area.y(count)
            tip = f"{left:.4g} to {right:.4g} {unit}: {count}"
            drawn.append(Bar(x, y, max(area.x(right) - x - 1, 1), BOTTOM - y, tip))
    median = area.x(float(np.median(array)))
    title = f"{title}, {unit}" if unit else title
    return _chart("histogram.svg", title, area, bars=drawn, median=median)


def scatter(
    title: str, x: Mapping[str, float], y: Mapping[str, float], marked: set[str]
) -> Markup | str:
    """A scatter plot with a point per utterance (by id); those in `marked` are highlighted and
    show their id. Empty without points.
    """
    ids = [id for id in x if id in y]
    if not ids:
        return ""
    step = -(-len(ids) // MOST_POINTS)
    shown = [id for i, id in enumerate(ids) if i % step == 0 or id in marked]
    shown.sort(key=lambda id: id in marked)  # drawn on top
    area = PlotArea(0.0, max(x[id] for id in shown) or 1.0, 0.0, max(y[id] for id in shown) or 1.0)
    points = [Point(area.x(x[id]), area.y(y[id]), id, id in marked) for id in shown]
    return _chart("scatter.svg", title, area, points=points)


def ranking(title: str, values: Mapping[str, float], most: int = 30) -> Markup:
    """A bar per name, the longest first."""
    ranked = sorted(values.items(), key=lambda item: -item[1])
    shown = ranked[:most]
    top = max((value for _, value in shown), default=0.0) or 1.0
    more = f", the first {most} of {len(ranked)}" if len(ranked) > most else ""
    return render(
        "ranking.svg",
        title=title + more,
        width=WIDTH,
        height=ROW_HEIGHT * len(shown) + 4,
        row_height=ROW_HEIGHT,
        left=NAME_WIDTH,
        rows=[(name[:18], value, BAR_WIDTH * value / top) for name, value in shown],
    )


def intervals(figures: Sequence[tuple[float, float, float]], width: float = 120.0) -> Markup:
    """A dot on a bar for each figure (value, low, high), stacked over one axis."""
    low = min(min(figure) for figure in figures)
    span = max(max(max(figure) for figure in figures) - low, 1e-9)
    marks = [
        tuple((x - low) / span * (width - 8) + 4 for x in (start, value, end))
        for value, start, end in figures
    ]
    return render("intervals.svg", width=width, height=9 * len(figures) + 1, marks=marks)


def _chart(template: str, title: str, area: PlotArea, **values: object) -> Markup:
    frame = {"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": RIGHT}
    return render(template, title=title, area=area, top=TOP, bottom=BOTTOM, **frame, **values)
