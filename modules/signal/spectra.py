"""Fourier transforms and complex spectra, also as real arithmetic, for runtimes without complex
numbers.

In `real_arithmetic()` a spectrum is a `Pair` of real tensors with the operations of a complex one,
and a transform is a few matrix products (`products.py`). So a model has one definition, and
its export traces the same lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from recital.modules.signal import products

_REAL: ContextVar[bool] = ContextVar("real_arithmetic", default=False)

if TYPE_CHECKING:
    Spectrum = Tensor
else:
    Spectrum = Any  # a complex tensor, or a `Pair`


@contextmanager
def real_arithmetic() -> Iterator[None]:
    """In this context, spectra are pairs of real tensors."""
    token = _REAL.set(True)
    try:
        yield
    finally:
        _REAL.reset(token)


def is_real_arithmetic() -> bool:
    """Whether spectra are pairs of real tensors."""
    return _REAL.get()


class Pair:
    """A complex tensor as its real and imaginary parts."""

    def __init__(self, real: Tensor, imag: Tensor) -> None:
        self.real, self.imag = real, imag

    @property
    def shape(self) -> torch.Size:
        """The shape of the real and of the imaginary part."""
        return self.real.shape

    def like(self, real: Tensor, imag: Tensor) -> Pair:
        """A pair of other parts, in the same order."""
        return Pair(real, imag)

    def __mul__(self, other: Tensor | Pair | float) -> Pair:
        if isinstance(other, Pair):
            return self.like(
                self.real * other.real - self.imag * other.imag,
                self.real * other.imag + self.imag * other.real,
            )
        return self.like(self.real * other, self.imag * other)

    __rmul__ = __mul__

    def __add__(self, other: Pair) -> Pair:
        return self.like(self.real + other.real, self.imag + other.imag)

    def __sub__(self, other: Pair) -> Pair:
        return self.like(self.real - other.real, self.imag - other.imag)

    def transpose(self, first: int, second: int) -> Pair:
        """With two dimensions swapped."""
        return Pair(self.real.transpose(first, second), self.imag.transpose(first, second))

    def abs(self) -> Tensor:
        """The magnitudes."""
        return (self.real.square() + self.imag.square()).sqrt()


class Folded(Pair):
    """Spectra of frames [B, T, n], in the order in which their products make the bins."""

    def __init__(self, real: Tensor, imag: Tensor, n: int, lead: tuple[int, int]) -> None:
        super().__init__(real, imag)
        self.n, self.lead = n, lead

    def like(self, real: Tensor, imag: Tensor) -> Pair:
        return Folded(real, imag, self.n, self.lead)


def folded(spectrum: Spectrum) -> Spectrum:
    """Spectra [B, T, n // 2 + 1] in the order in which transforms are fastest, in which they can be
    scaled, added and transformed.
    """
    if not _REAL.get():
        return spectrum
    lead, bins = spectrum.shape[:2], int(spectrum.shape[2])
    real, imag = (products.fold(x.reshape(-1, bins)) for x in (spectrum.real, spectrum.imag))
    return Folded(real, imag, 2 * (bins - 1), (lead[0], lead[1]))  # type: ignore[return-value]


def spectrum_of(real: Tensor, imag: Tensor) -> Spectrum:
    """The spectrum of a real and an imaginary part of one shape, of that shape."""
    return Pair(real, imag) if _REAL.get() else torch.complex(real, imag)  # type: ignore[return-value]


def polar(magnitude: Tensor, angle: Tensor) -> Spectrum:
    """The spectrum of magnitudes and angles (radians) of one shape, of that shape."""
    if _REAL.get():
        return Pair(magnitude * angle.cos(), magnitude * angle.sin())  # type: ignore[return-value]
    return torch.polar(magnitude, angle)


def rfft(frames: Tensor) -> Spectrum:
    """Frames [..., n] of even size -> spectra [..., n // 2 + 1]."""
    if not _REAL.get():
        return torch.fft.rfft(frames)
    return Pair(*products.forward(frames))  # type: ignore[return-value]


def rfft_folded(frames: Tensor) -> Spectrum:
    """Frames [B, T, n] -> `folded` spectra, in a graph."""
    n = int(frames.shape[2])
    real, imag = products.forward_folded(frames.reshape(-1, n))
    return Folded(real, imag, n, (frames.shape[0], frames.shape[1]))  # type: ignore[return-value]


def irfft(spectrum: Spectrum, n: int) -> Tensor:
    """Spectra [..., n // 2 + 1] -> frames [..., n] of even size."""
    if not _REAL.get():
        return torch.fft.irfft(spectrum, n=n)
    if isinstance(spectrum, Folded):
        frames = products.inverse_folded(spectrum.real, spectrum.imag, n)
        return frames.reshape(*spectrum.lead, n)
    return products.inverse(spectrum.real, spectrum.imag, n)
