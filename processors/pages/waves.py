"""Drawings of waves as SVG: mel, tokens and pitch over one time axis, and a DTW path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from recital.processors.pages.embed import picture_url
from recital.processors.pages.render import render

if TYPE_CHECKING:
    from markupsafe import Markup

PIXELS_A_SECOND = 150.0
MEL_HEIGHT, TOKEN_HEIGHT, PITCH_HEIGHT, AXIS_HEIGHT = 120, 16, 80, 16
TOKEN_WIDTH = 7  # pixels; a token closer to the last label is not labelled
PATH_SIZE = 150.0
PATH_POINTS = 300
MIN_RANGE = 40.0  # Hz, the smallest range of a pitch panel


def wave_drawing(
    mel: np.ndarray,
    pitch: np.ndarray,
    hop_seconds: float,
    tokens: Sequence[tuple[float, str]],
    pitch_range: tuple[float, float],
    other_pitch: np.ndarray | None = None,
) -> Markup:
    """Draw mel uint8 [n_mels, T] with pitch [T] (Hz, 0 unvoiced) and tokens (seconds from the first
    frame, name) below, 150 pixels a second; `other_pitch` [T] is drawn behind the pitch.
    """
    width = mel.shape[1] * hop_seconds * PIXELS_A_SECOND
    contours = [("own", pitch)] if other_pitch is None else [("other", other_pitch), ("own", pitch)]
    top = MEL_HEIGHT + TOKEN_HEIGHT
    return render(
        "wave.svg",
        width=width,
        height=top + PITCH_HEIGHT + AXIS_HEIGHT,
        mel=picture_url(mel),
        mel_height=MEL_HEIGHT,
        tokens=_tokens(tokens, width),
        top=top,
        pitch_height=PITCH_HEIGHT,
        contours=[
            (style, _contour(hz, hop_seconds, pitch_range, top + PITCH_HEIGHT))
            for style, hz in contours
        ],
        pitch_range=pitch_range,
        seconds=[(s * PIXELS_A_SECOND, s) for s in np.arange(0.0, width / PIXELS_A_SECOND, 0.5)],
    )


def path_drawing(path: np.ndarray, hop_seconds: float) -> Markup:
    """Draw a DTW path [L, 2]: the recording's time to the right, the synthesis's upwards; a
    straight diagonal is equal timing.
    """
    seconds = path * hop_seconds
    longest = max(float(seconds.max()), 1e-3)
    scale = PATH_SIZE / longest
    points = seconds[:: max(1, len(path) // PATH_POINTS)] * scale
    return render(
        "path.svg",
        size=PATH_SIZE,
        grid=[second * scale for second in range(1, int(longest) + 1)],
        points=_points(points, PATH_SIZE),
    )


def pitch_range(contours: Sequence[np.ndarray]) -> tuple[float, float]:
    """Contours [T] of F0 (Hz, 0 where unvoiced) -> the lowest and highest F0 to show, in Hz,
    without outliers.
    """
    voiced = np.concatenate([c[c > 0] for c in contours]) if contours else np.zeros(0)
    if not len(voiced):
        return 100.0, 200.0
    low, high = np.percentile(voiced, (1, 99))
    spare = max(MIN_RANGE - (high - low), 0.2 * (high - low)) / 2
    return float(low - spare), float(high + spare)


def _tokens(tokens: Sequence[tuple[float, str]], width: float) -> list[tuple[float, str]]:
    """Pixels from the left, and the label, "" where there is no room for it."""
    marks, last = [], -100.0
    for second, name in tokens:
        x = second * PIXELS_A_SECOND
        if not 0 <= x <= width:
            continue
        named = x - last >= TOKEN_WIDTH and name.strip()
        marks.append((x, name if named else ""))
        last = x if named else last
    return marks


def _contour(
    pitch: np.ndarray, hop: float, limits: tuple[float, float], bottom: float
) -> list[str]:
    """The points of a line for each run of voiced frames."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (pitch > 0).astype(np.int8), [0]])))
    low, high = limits
    lines = []
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        hz = np.clip(pitch[start:stop], low, high)
        x = np.arange(start, stop) * hop * PIXELS_A_SECOND
        points = np.stack([x, (hz - low) / (high - low) * PITCH_HEIGHT], axis=1)
        if len(points) == 1:
            points = np.concatenate([points, points + [[1.0, 0.0]]])
        lines.append(_points(points, bottom))
    return lines


def _points(points: np.ndarray, bottom: float) -> str:
    """[L, 2] pixels to the right and upwards -> an SVG's list of points."""
    return " ".join(f"{x:.1f},{bottom - y:.1f}" for x, y in points)
