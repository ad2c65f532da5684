"""A picture of one spoken text: its mel, its pitch, and where each token stands."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from recital.modules.audio import AudioConfig
from recital.processors.synthesizer import Speech


def plot_speech(path: str | Path, speech: Speech, audio: AudioConfig) -> None:
    """Write a PNG. Raises `ImportError` where matplotlib is not installed."""
    from matplotlib.figure import Figure

    hop = audio.hop_length / audio.sample_rate  # seconds a frame
    n_frames = speech.mel.shape[1]
    ends = np.cumsum(speech.durations) * hop
    starts = ends - np.asarray(speech.durations) * hop
    figure = Figure(figsize=(min(max(8.0, 3.0 * n_frames * hop), 48.0), 5.0), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [2, 1]})
    title = speech.text if len(speech.text) <= 100 else speech.text[:97] + "…"
    top.set_title(title.replace("$", r"\$"), fontsize=9)
    extent = (0.0, n_frames * hop, 0.0, float(audio.n_mels))
    top.imshow(speech.mel, origin="lower", aspect="auto", extent=extent, interpolation="nearest")
    ticks, labels = _frequency_ticks(audio)
    top.set_yticks(ticks, labels)
    top.set_ylabel("kHz")
    for start, end, name in zip(starts, ends, speech.token_names, strict=True):
        for axes in (top, bottom):
            axes.axvline(start, color="white" if axes is top else "0.85", linewidth=0.4)
        top.text(
            (start + end) / 2,
            audio.n_mels * 0.97,
            name,
            color="white",
            fontsize=6,
            ha="center",
            va="top",
        )
    if speech.pitch is not None:
        spoken = [(s, e, hz) for s, e, hz in zip(starts, ends, speech.pitch, strict=True) if e > s]
        for start, end, hz in spoken:
            bottom.plot((start, end), (hz, hz), color="tab:blue", linewidth=2)
    bottom.set_ylabel("pitch, Hz")
    bottom.set_xlabel("s")
    figure.savefig(path, dpi=80)


def _frequency_ticks(audio: AudioConfig) -> tuple[list[float], list[str]]:
    """Mel bins of whole kHz (and 0.5), and their labels."""
    from recital.modules.mel import mel_filters

    centres = mel_filters(audio).argmax(axis=1) * audio.sample_rate / audio.n_fft  # Hz
    kilohertz = [k for k in (0.5, 1, 2, 4, 8, 12, 16, 20) if k * 1000 <= centres[-1]]
    return [
        float(np.interp(k * 1000, centres, np.arange(audio.n_mels) + 0.5)) for k in kilohertz
    ], [f"{k:g}" for k in kilohertz]
