"""The loop of `polyphase.py`, compiled for the CPU. Imported lazily, since it imports numba.

x             0   1   2   3
doubled       e0 o0 e1 o1 e2 o2 e3 o3
even          e0 e1 e2 e3      6 taps on x 3 earlier to 2 later
odd           o0 o1 o2 o3      6 taps on x 2 earlier to 3 later
filtered      6 taps on even, 2 earlier to 3 later, and 6 on odd, 3 earlier to 2 later
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from recital.utils.compiled import callback, compiled

PIECE = 2**14  # values, so that a piece and its doubled signal stay in the second cache
EDGE = 3  # samples on either side that a filter of one phase needs
TO_INTEGER = np.float32(1.5 * 2**23)  # float32 has no fractions there: adding it rounds


def _sine_squared() -> tuple[np.float32, ...]:
    """p with sin^2(pi r) = r^2 p(r^2) for r in [-1/2, 1/2], to 3e-8."""
    fitted = np.polynomial.Chebyshev.interpolate(
        lambda squares: np.sinc(np.sqrt(squares)) ** 2 * math.pi**2, 5, [0, 0.25]
    )
    return tuple(fitted.convert(kind=np.polynomial.Polynomial).coef.astype(np.float32))


P0, P1, P2, P3, P4, P5 = _sine_squared()


def _taken(_: Any, counter: Any) -> Any:
    """A pointer to an int64 -> its value; raises it by one, for all threads."""

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        int64 = ir.IntType(64)
        place = builder.bitcast(arguments[0], int64.as_pointer())
        return builder.atomic_rmw("add", place, int64(1), "monotonic")

    return types.int64(types.voidptr), generate


# numba's annotations are those of Python's calls, not of compiled ones
take: Any = intrinsic(_taken)
array: Any = numba.carray


# without `reassoc`, which would remove TO_INTEGER
@compiled(error_model="numpy", fastmath={"contract"})
def activate_piece(
    x: np.ndarray,
    y: np.ndarray,
    first: int,
    last: int,
    periods: np.ndarray,
    magnitude: np.ndarray,
    low_pass: np.ndarray,
    even: np.ndarray,
    odd: np.ndarray,
) -> None:
    """Rows first to last of x [T, C] -> the same rows of y. `even` and `odd`, [rows + 6, C], are
    overwritten; `periods` of sin^2 for each unit of x, and `magnitude`, [C].
    """
    n_samples, channels = x.shape
    k = low_pass  # symmetric
    u = low_pass + low_pass  # of a signal with zeros at its odd samples
    for i in range(last - first + 2 * EDGE):
        t = first - EDGE + i
        end = n_samples - 1
        d = min(max(t, 0), end)
        a, b, c = max(d - 3, 0), max(d - 2, 0), max(d - 1, 0)
        e, f, g = min(d + 1, end), min(d + 2, end), min(d + 3, end)
        for j in range(channels):
            xb, xc, xd, xe, xf = x[b, j], x[c, j], x[d, j], x[e, j], x[f, j]
            v = u[0] * x[a, j] + u[2] * xb + u[4] * xc + u[6] * xd + u[8] * xe + u[10] * xf
            w = u[1] * xb + u[3] * xc + u[5] * xd + u[7] * xe + u[9] * xf + u[11] * x[g, j]
            r = v * periods[j]
            r -= (r + TO_INTEGER) - TO_INTEGER
            q = r * r
            sine = q * (P0 + q * (P1 + q * (P2 + q * (P3 + q * (P4 + q * P5)))))
            even[i, j] = v + magnitude[j] * sine
            r = w * periods[j]
            r -= (r + TO_INTEGER) - TO_INTEGER
            q = r * r
            sine = q * (P0 + q * (P1 + q * (P2 + q * (P3 + q * (P4 + q * P5)))))
            odd[i, j] = w + magnitude[j] * sine
        # beyond its ends the doubled signal is its first even and its last odd sample
        if t < 0:
            for j in range(channels):
                odd[i, j] = even[i, j]
        elif t >= n_samples:
            for j in range(channels):
                even[i, j] = odd[i, j]
    for i in range(last - first):
        for j in range(channels):
            y[first + i, j] = (
                k[0] * odd[i, j]
                + k[1] * even[i + 1, j]
                + k[2] * odd[i + 1, j]
                + k[3] * even[i + 2, j]
                + k[4] * odd[i + 2, j]
                + k[5] * even[i + 3, j]
                + k[6] * odd[i + 3, j]
                + k[7] * even[i + 4, j]
                + k[8] * odd[i + 4, j]
                + k[9] * even[i + 5, j]
                + k[10] * odd[i + 5, j]
                + k[11] * even[i + 6, j]
            )


@callback(types.void(types.CPointer(types.voidptr)))
def activate(data: Any) -> None:
    """A `Loop` over sizes B, T, C, and x and y [B, T, C], periods and magnitude [C], low_pass."""
    n_items, n_samples, channels = array(data[1], 3, np.int64)
    x = array(data[2], (n_items, n_samples, channels), np.float32)
    y = array(data[3], (n_items, n_samples, channels), np.float32)
    periods = array(data[4], channels, np.float32)
    magnitude = array(data[5], channels, np.float32)
    low_pass = array(data[6], 12, np.float32)
    rows = max(PIECE // channels, 4 * EDGE)
    pieces = -(-n_samples // rows)
    even = np.empty((rows + 2 * EDGE, channels), np.float32)
    odd = np.empty_like(even)
    while True:
        piece = take(data[0])
        if piece >= n_items * pieces:
            return
        item, start = piece // pieces, piece % pieces * rows
        stop = min(start + rows, n_samples)
        weights = (periods, magnitude, low_pass)
        activate_piece(x[item], y[item], start, stop, *weights, even, odd)
