"""The fast pitch method `praat` compared with Praat itself (`parselmouth`), on recordings."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from recital.bins.benchmark.common import Figures
from recital.modules.contract.audio import AudioConfig
from recital.processors.audio_files import load_wav
from recital.processors.features import PitchConfig
from recital.processors.pitch import estimate_pitch
from recital.utils.config import ROOT

AUDIO = AudioConfig(22050, 1024, 1024, 256, 80, 0.0, 8000.0)
METHODS = {"praat": PitchConfig("praat"), "parselmouth": PitchConfig("parselmouth")}
FOLDERS = (
    "kathleen ljspeech_385 nist_mrt_4spk kerstin_de librispeech_10spk librispeech_60ref "
    "nathalie_nl nsh_ru"
)
MOST = 100  # recordings of a folder, spread evenly over it
SUFFIXES = (".wav", ".flac", ".ogg")
FAR = 0.05  # of F0: an octave error, or another candidate


def bench_pitch(sets: Sequence[Path] | None = None) -> Figures | None:
    """Both methods on the recordings of folders (default: the shared data), one thread; None if
    there are no recordings.
    """
    shared = Path(os.environ.get("RECITAL_SHARED", ROOT.parent / "shared")) / "data"
    folders = sets or [shared / name for name in FOLDERS.split()]
    figures: Figures = {}
    total = Comparison()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    for folder in folders:
        found = Comparison()
        for path in spread(folder):
            found.add(load_wav(path, AUDIO.sample_rate))
        if found.recordings:
            figures |= found.figures(folder.name)
            total.join(found)
    torch.set_num_threads(threads)
    return figures | total.figures("all") if total.recordings else None


def spread(folder: Path) -> list[Path]:
    """At most `MOST` audio files of a folder."""
    paths = sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES)
    return paths[:: -(-len(paths) // MOST) or 1]


class Comparison:
    """Frames of both methods, and the seconds that each took."""

    def __init__(self) -> None:
        self.recordings, self.frames, self.changed = 0, 0, 0
        self.ratios: list[np.ndarray] = []  # of F0 in frames that both call voiced
        self.seconds = dict.fromkeys(METHODS, 0.0)
        self.audio = 0.0  # seconds

    def add(self, wav: np.ndarray) -> None:
        """Compare on one recording."""
        pitch = {}
        for method, config in METHODS.items():
            before = time.perf_counter()
            pitch[method] = estimate_pitch(wav, AUDIO, config)
            self.seconds[method] += time.perf_counter() - before
        ours, theirs = pitch["praat"], pitch["parselmouth"]
        voiced = (ours > 0) & (theirs > 0)
        self.recordings += 1
        self.frames += len(ours)
        self.changed += int(((ours > 0) != (theirs > 0)).sum())
        self.ratios.append(np.abs(ours[voiced] / theirs[voiced] - 1))
        self.audio += len(wav) / AUDIO.sample_rate

    def join(self, other: Comparison) -> None:
        """Add the frames of another comparison."""
        self.recordings += other.recordings
        self.frames += other.frames
        self.changed += other.changed
        self.ratios += other.ratios
        self.audio += other.audio
        for method, seconds in other.seconds.items():
            self.seconds[method] += seconds

    def figures(self, name: str) -> Figures:
        """Rows of the table, named `<name> …`."""
        ratios = np.concatenate(self.ratios)
        ours, theirs = self.seconds["praat"], self.seconds["parselmouth"]
        return {
            f"{name} recordings": self.recordings,
            f"{name} frames": self.frames,
            f"{name} voicing differs": f"{self.changed} ({100 * self.changed / self.frames:.3f}%)",
            f"{name} F0 off by 5%": f"{(ratios > FAR).sum()} ({100 * (ratios > FAR).mean():.3f}%)",
            f"{name} F0 difference": f"median {np.median(ratios):.1e}, "
            f"p99 {np.percentile(ratios, 99):.1e}",
            f"{name} x real time": f"{self.audio / ours:.0f}, Praat {self.audio / theirs:.0f}",
            f"{name} as fast (x)": theirs / ours,
        }
