"""What the vocoder of each recipe costs on a CPU: speed, memory and size, with random weights.

Each speaks a sentence in a process of its own, on the threads that OMP_NUM_THREADS allows. One that
would take more than `LONGEST` speaks a shorter one, so that all are done in minutes.
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import save_file

from recital.bins.benchmark.common import Figures, audio_seconds, in_process, seconds_of
from recital.models import build
from recital.models.vocoder.griffin_lim import GriffinLim
from recital.modules.contract.model import Vocoder
from recital.utils.config import ROOT, load_config

N_FRAMES = 431  # 5.0 s at 22.05 kHz
FIRST_FRAMES = 8
LONGEST = 30.0  # CPU seconds that a model may speak
REPEATS = 3
GRIFFIN_LIM = "Griffin-Lim"
OTHER_SIZES = {"HiFi-GAN V2": "config/vocoder/hifigan_v2.json"}


class Costs(NamedTuple):
    """Speed, memory and size of one vocoder."""

    audio: float  # s that were spoken
    seconds: float  # by the clock
    cpu_seconds: float  # of all threads: what counts on a machine with other work
    megabytes: float  # of the process, at most
    loaded: float  # MB of the process before it speaks
    file: float  # MB of weights


def bench_vocoder_costs() -> Figures:
    """Real-time factor, peak memory and file of the vocoder of each recipe, of other sizes that
    docs/vocoders-figures.md compares, and of Griffin-Lim.
    """
    recipes = sorted(path.parent.name for path in ROOT.glob("egs/vocoder/*/exp_config.json"))
    figures: Figures = {}
    for name in (*recipes, *OTHER_SIZES, GRIFFIN_LIM):
        costs = in_process(measure_costs, name)
        figures[name] = (
            f"{costs.audio / costs.seconds:.3g} x real time, {costs.audio / costs.cpu_seconds:.3g} "
            f"by CPU seconds ({costs.audio:.2f} s spoken), "
            f"{costs.megabytes:.0f} MB ({costs.loaded:.0f} before it speaks), "
            f"file {costs.file:.1f} MB"
        )
        print(f"  {name:<16} {figures[name]}", flush=True)
    return figures


def measure_costs(name: str, n_frames: int = N_FRAMES, longest: float = LONGEST) -> Costs:
    """The costs of a vocoder in this process, for `n_frames` frames or as many of them as
    it speaks in `longest` CPU seconds.
    """
    model = _vocoder(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        save_file({key: v.contiguous() for key, v in model.state_dict().items()}, path)
        file = path.stat().st_size / 1e6
    loaded = _peak_mb()
    n = min(FIRST_FRAMES, n_frames)
    # the first call also prepares what later ones share
    _speak(model, n)
    times = [_speak(model, n)]
    while n < n_frames and 4 * times[0][1] < longest:
        n = min(4 * n, n_frames)
        times = [_speak(model, n)]
    while len(times) < REPEATS and 2 * times[0][1] < longest / REPEATS:
        times.append(_speak(model, n))
    wall, cpu = map(min, zip(*times, strict=True))
    return Costs(audio_seconds(model, n), wall, cpu, _peak_mb(), loaded, file)


def _vocoder(name: str) -> Vocoder:
    torch.manual_seed(0)
    if name == GRIFFIN_LIM:
        return GriffinLim(_vocoder("HiFiGAN").audio).eval()
    config = OTHER_SIZES.get(name, f"egs/vocoder/{name}/exp_config.json")
    model = build(load_config(ROOT / config), training=False)
    assert isinstance(model, Vocoder)
    return model.eval()


def _speak(model: Vocoder, n_frames: int) -> tuple[float, float]:
    """Seconds by the clock, and of the CPU."""
    mel, before = torch.randn(1, model.audio.n_mels, n_frames), time.process_time()
    with torch.inference_mode():
        wall = seconds_of(lambda: model.infer(mel))
    return wall, time.process_time() - before


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
