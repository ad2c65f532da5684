"""Drawings for the page of stage 4, as SVG: a wave's mel, tokens and pitch, and a DTW path."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from functools import cache
from html import escape

import numpy as np

from recital.processors.evaluation.table import Figure
from recital.processors.evaluation.utterance import Shown

PIXELS_A_SECOND = 150.0
MEL_HEIGHT, TOKEN_HEIGHT, PITCH_HEIGHT, AXIS_HEIGHT = 120, 16, 80, 16
PATH_SIZE = 150.0
MIN_RANGE = 40.0  # Hz that a pitch panel shows at least


def wave_drawing(
    shown: Shown,
    hop_seconds: float,
    tokens: Sequence[tuple[float, str]],
    pitch_range: tuple[float, float],
    other_pitch: np.ndarray | None = None,
) -> str:
    """Mel, tokens (seconds from the first frame, name) and F0 over one time axis, 150 pixels a
    second; `other_pitch` [T] is the recording's F0, drawn behind.
    """
    n_frames = shown.mel.shape[1]
    width = n_frames * hop_seconds * PIXELS_A_SECOND
    height = MEL_HEIGHT + TOKEN_HEIGHT + PITCH_HEIGHT + AXIS_HEIGHT
    top = MEL_HEIGHT + TOKEN_HEIGHT
    parts = [
        f'<svg width="{width:.0f}" height="{height}" viewBox="0 0 {width:.1f} {height}">',
        f'<image width="{width:.1f}" height="{MEL_HEIGHT}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{mel_png(shown.mel)}"/>',
        _tokens(tokens, width),
        f'<rect class="pitch" y="{top}" width="{width:.1f}" height="{PITCH_HEIGHT}"/>',
    ]
    if other_pitch is not None:
        parts.append(_contour(other_pitch, hop_seconds, pitch_range, top, "other"))
    parts.append(_contour(shown.pitch, hop_seconds, pitch_range, top, "own"))
    parts += [_pitch_labels(pitch_range, top), _axis(width, height), "</svg>"]
    return "".join(parts)


def path_drawing(path: np.ndarray, hop_seconds: float) -> str:
    """A DTW path [L, 2]: the recording's time to the right, the synthesis's upwards; a straight
    diagonal is equal timing.
    """
    seconds = path * hop_seconds
    longest = max(float(seconds.max()), 1e-3)
    scale = PATH_SIZE / longest
    points = _points(seconds[:: max(1, len(path) // 300)] * scale, PATH_SIZE)
    lines = "".join(
        f'<path d="M{s * scale:.1f} 0V{PATH_SIZE}M0 {PATH_SIZE - s * scale:.1f}H{PATH_SIZE}"/>'
        for s in range(1, int(longest) + 1)
    )
    return (
        f'<svg class="path" width="{PATH_SIZE:.0f}" height="{PATH_SIZE:.0f}">'
        f'<g class="grid">{lines}</g><polyline class="own" points="{points}"/></svg>'
    )


def interval_drawing(figures: Sequence[Figure], width: float = 120.0) -> str:
    """A dot on a bar for each figure, one below the other, over one axis."""
    bars = [(f.value, f.low or 0.0, f.high or 0.0) for f in figures]
    low = min(min(bar) for bar in bars)
    span = max(max(max(bar) for bar in bars) - low, 1e-9)
    marks = []
    for i, (value, start, end) in enumerate(bars):
        a, b, c = ((x - low) / span * (width - 8) + 4 for x in (start, value, end))
        y = 5 + 9 * i
        marks.append(
            f'<path class="run{i % 6}" d="M{a:.1f} {y}H{max(c, a + 0.5):.1f}"/>'
            f'<circle class="run{i % 6}" cx="{b:.1f}" cy="{y}" r="3"/>'
        )
    height = 9 * len(bars) + 1
    return f'<svg class="interval" width="{width:.0f}" height="{height}">{"".join(marks)}</svg>'


def carried(
    seconds: Sequence[tuple[float, str]], path: np.ndarray, hop: float
) -> list[tuple[float, str]]:
    """Seconds of a synthesis to seconds of the recording, along a DTW path [L, 2]."""
    first = {int(s): int(r) for r, s in path[::-1]}  # the earliest frame that goes with it
    last = int(path[-1, 1])
    return [(first[min(max(round(t / hop), 0), last)] * hop, name) for t, name in seconds]


def carried_pitch(pitch: np.ndarray, path: np.ndarray, n_frames: int) -> np.ndarray:
    """The recording's F0 on the frames of a synthesis, along a DTW path [L, 2] -> [T]."""
    moved = np.zeros(n_frames, np.float32)
    moved[path[::-1, 1]] = pitch[path[::-1, 0]]
    return moved


def pitch_range(contours: Sequence[np.ndarray]) -> tuple[float, float]:
    """Hz from the lowest to the highest of all contours, without their strays."""
    voiced = np.concatenate([c[c > 0] for c in contours]) if contours else np.zeros(0)
    if not len(voiced):
        return 100.0, 200.0
    low, high = np.percentile(voiced, (1, 99))
    spare = max(MIN_RANGE - (high - low), 0.2 * (high - low)) / 2
    return float(low - spare), float(high + spare)


def mel_png(mel: np.ndarray) -> str:
    """uint8 [n_mels, T] -> base64 of a PNG, low frequencies at the bottom."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(mel[::-1]), mode="L")
    image = image.convert("P")
    image.putpalette(_palette())
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode("ascii")


@cache
def _palette() -> bytes:
    from matplotlib import colormaps

    return (colormaps["magma"](np.arange(256))[:, :3] * 255).round().astype(np.uint8).tobytes()


def _tokens(tokens: Sequence[tuple[float, str]], width: float) -> str:
    marks, last = [], -100.0
    for second, name in tokens:
        x = second * PIXELS_A_SECOND
        if not 0 <= x <= width:
            continue
        marks.append(f'<path d="M{x:.1f} 0V{MEL_HEIGHT + TOKEN_HEIGHT}"/>')
        if x - last >= 7 and name.strip():
            marks.append(f'<text x="{x + 1:.1f}" y="{MEL_HEIGHT + 12}">{escape(name)}</text>')
            last = x
    return f'<g class="tokens">{"".join(marks)}</g>'


def _contour(
    pitch: np.ndarray, hop: float, limits: tuple[float, float], top: float, style: str
) -> str:
    """A line for each stretch of voiced frames."""
    voiced = np.concatenate([[False], pitch > 0, [False]])
    edges = np.flatnonzero(voiced[1:] != voiced[:-1])
    low, high = limits
    lines = []
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        hz = np.clip(pitch[start:stop], low, high)
        x = np.arange(start, stop) * hop * PIXELS_A_SECOND
        points = np.stack([x, (hz - low) / (high - low) * PITCH_HEIGHT], axis=1)
        if len(points) == 1:
            points = np.concatenate([points, points + [[1.0, 0.0]]])
        lines.append(f'<polyline points="{_points(points, top + PITCH_HEIGHT)}"/>')
    return f'<g class="{style}">{"".join(lines)}</g>'


def _pitch_labels(limits: tuple[float, float], top: float) -> str:
    low, high = limits
    return (
        f'<g class="labels"><text x="2" y="{top + 10}">{high:.0f} Hz</text>'
        f'<text x="2" y="{top + PITCH_HEIGHT - 3}">{low:.0f} Hz</text></g>'
    )


def _axis(width: float, height: float) -> str:
    seconds = np.arange(0.0, width / PIXELS_A_SECOND, 0.5)
    labels = "".join(
        f'<text x="{s * PIXELS_A_SECOND + 1:.1f}" y="{height - 4}">{s:g}</text>' for s in seconds
    )
    return f'<g class="labels">{labels}</g>'


def _points(points: np.ndarray, bottom: float) -> str:
    return " ".join(f"{x:.1f},{bottom - y:.1f}" for x, y in points)
