"""The output of a validation as pictures and sounds."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterable, Iterator

import numpy as np

from recital.modules.contract.model import Shown
from recital.utils.training.log import Exhibit, new_figure


def exhibits(shown: Iterable[Shown]) -> Iterator[Exhibit]:
    """Encode each item as PNG or WAV; pictures are left out if matplotlib is missing."""
    for item in shown:
        if item.kind == "audio":
            yield Exhibit(item.name, ".wav", _wav(item))
        elif (picture := _png(item)) is not None:
            yield Exhibit(item.name, ".png", picture)


def _png(item: Shown) -> bytes | None:
    figure = new_figure(9, 4)
    if figure is None:
        return None
    # fixed margins: a constrained layout draws each picture twice
    axes = figure.add_axes((0.06, 0.08, 0.9, 0.84), title=item.name)
    array = np.asarray(item.array, dtype=np.float32)
    if item.kind == "curves":
        for i, curve in enumerate(array):
            axes.plot(curve, label=item.labels[i] if i < len(item.labels) else None)
        if item.labels:
            axes.legend()
    else:
        image = axes.imshow(array, origin="lower", aspect="auto", interpolation="none")
        figure.colorbar(image, pad=0.01, fraction=0.03)
        if item.kind == "matrix" and item.labels:
            axes.set_yticks(range(len(item.labels)), item.labels, fontsize=5)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=80)
    return buffer.getvalue()


def _wav(item: Shown) -> bytes:
    """Encode as 16-bit PCM with the standard library: training imports no audio package."""
    samples = np.clip(np.asarray(item.array, dtype=np.float32), -1.0, 1.0)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, item.sample_rate, 0, "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return buffer.getvalue()
