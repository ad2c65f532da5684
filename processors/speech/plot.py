"""Pictures of a synthesized text: mel, pitch, and tokens over both."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from recital.modules.contract.audio import AudioConfig
from recital.processors.speech.joining import Speech

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DPI = 100
ABOVE_TOKENS = 16  # points from the mel to the title


def plot_speech(path: str | Path, speech: Speech, audio: AudioConfig) -> None:
    """Write a PNG. Raises `ImportError` if matplotlib is not installed."""
    from matplotlib.figure import Figure

    width = min(max(8.0, 3.0 * _seconds(speech, audio)), 48.0)
    figure = Figure(figsize=(width, 5.0))
    top, bottom = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [2, 1]})
    title = speech.text if len(speech.text) <= 100 else speech.text[:97] + "…"
    top.set_title(title.replace("$", r"\$"), fontsize=9, pad=ABOVE_TOKENS)
    _draw(top, bottom, speech, audio)
    inches = figure.get_size_inches()
    margins = {"left": 0.6 / inches[0], "right": 1 - 0.2 / inches[0]}
    figure.subplots_adjust(**margins, bottom=0.1, top=0.9, hspace=0.06)
    figure.savefig(path, dpi=DPI)


def plot_side_by_side(path: str | Path, spoken: Mapping[str, tuple[Speech, AudioConfig]]) -> None:
    """Write a PNG of a text spoken by several voices (by name), on one scale. Raises `ImportError`
    if matplotlib is not installed.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.5 * len(spoken), 4.0), layout="constrained")
    axes = figure.subplots(
        2,
        len(spoken),
        sharex=True,
        sharey="row",
        squeeze=False,
        gridspec_kw={"height_ratios": [2, 1]},
    )
    for column, (name, (speech, audio)) in zip(axes.T, spoken.items(), strict=True):
        column[0].set_title(name, pad=ABOVE_TOKENS)
        _draw(column[0], column[1], speech, audio)
        if speech.pitch is None:
            column[1].text(0.5, 0.5, "predicts none", transform=column[1].transAxes, ha="center")
    axes[0, 0].set_xlim(0.0, max(_seconds(*pair) for pair in spoken.values()))
    for axis in axes.flat:
        axis.label_outer()
    figure.savefig(path, dpi=DPI)


def _seconds(speech: Speech, audio: AudioConfig) -> float:
    return speech.mel.shape[1] * audio.hop_length / audio.sample_rate


def _draw(top: Axes, bottom: Axes, speech: Speech, audio: AudioConfig) -> None:
    """Draw the mel with its tokens on the top axes, the pitch of each token below."""
    hop = audio.hop_length / audio.sample_rate  # seconds per frame
    ends = np.cumsum(speech.durations) * hop
    starts = ends - np.asarray(speech.durations) * hop
    extent = (0.0, _seconds(speech, audio), 0.0, float(audio.n_mels))
    top.imshow(speech.mel, origin="lower", aspect="auto", extent=extent, interpolation="nearest")
    ticks, labels = _frequency_ticks(audio)
    top.set_yticks(ticks, labels)
    top.set_ylabel("kHz")
    # one collection per axis: an artist per line takes ten times as long
    for axes, colour in ((top, "white"), (bottom, "0.85")):
        across = axes.get_xaxis_transform()
        axes.vlines(starts, 0, 1, transform=across, colors=colour, linewidth=0.4)
    for start, end, name in zip(starts, ends, speech.token_names, strict=True):
        # above the mel, whose bright and dark parts would hide them
        top.text((start + end) / 2, audio.n_mels * 1.01, name, fontsize=8, ha="center")
    if speech.pitch is not None:
        pitch, spoken = np.asarray(speech.pitch), ends > starts
        bottom.hlines(pitch[spoken], starts[spoken], ends[spoken], colors="tab:blue", linewidth=2)
    bottom.set_ylabel("pitch, Hz")
    bottom.set_xlabel("s")


def _frequency_ticks(audio: AudioConfig) -> tuple[list[float], list[str]]:
    """Mel bins at whole kHz (and 0.5), and their labels."""
    from recital.modules.contract.mel import mel_filters

    centres = mel_filters(audio).argmax(axis=1) * audio.sample_rate / audio.n_fft  # Hz
    kilohertz = [k for k in (0.5, 1, 2, 4, 8, 12, 16, 20) if k * 1000 <= centres[-1]]
    return [
        float(np.interp(k * 1000, centres, np.arange(audio.n_mels) + 0.5)) for k in kilohertz
    ], [f"{k:g}" for k in kilohertz]
