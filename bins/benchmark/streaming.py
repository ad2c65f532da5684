"""An hour of mel through a vocoder, and the latency of a streamed sentence; random weights."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from recital.bins.benchmark.common import Figures, peak_memory, stream_seconds
from recital.models import build
from recital.models.tts.fastpitch import FastPitch
from recital.processors.text import TextConfig, symbols_for
from recital.utils import checkpoint
from recital.utils.config import ROOT, build_section, load_config
from recital.utils.errors import RecitalError
from recital.voices import open_voice

HOUR = 310_078  # frames of 256 samples at 22.05 kHz
VOCODERS = {
    "SourceFilter": "config/vocoder/source_filter.json",
    "Vocos": "config/vocoder/vocos.json",
    "HiFi-GAN V2": "config/vocoder/hifigan_v2.json",
    "HiFi-GAN V1": "config/vocoder/hifigan.json",
}
SENTENCES = (
    "Streaming begins with the first sentence.",
    "The quick brown fox jumps over the lazy dog, while the cat sleeps in the warm afternoon sun.",
    "It was a bright cold day in April, and the clocks were striking thirteen; nobody in the whole "
    "street looked up, for they had heard it before, and would hear it again before long.",
)
FRAMES_PER_TOKEN = 6.0


def bench_hour_of_mel() -> Figures:
    """Stage 3 on a file with an hour of mel, through the demo's Vocos, in a process of its own."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _vocoder(folder / "vocoder", "egs/vocoder/Vocos/demo.json")
        (folder / "mels").mkdir()
        mel = np.random.default_rng(0).normal(-5.0, 2.0, (80, HOUR)).astype(np.float32)
        np.save(folder / "mels" / "hour.npy", mel)
        command = [sys.executable, "-m", "recital.bins.vocode"]
        command += ["--infer_expt_dir", str(folder / "vocoder")]
        command += ["--infer_feature_dir", str(folder / "mels")]
        command += ["--infer_output_dir", str(folder / "out")]
        before = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - before
        if done.returncode:
            raise RecitalError(done.stderr.strip() or "stage 3 failed")
        size = (folder / "out/pred/hour.wav").stat().st_size
    record = dict(line.rsplit("  ", 1) for line in done.stdout.splitlines() if "  " in line)
    first = next(value for name, value in record.items() if name.startswith("first audio"))
    return {
        "process (s)": seconds,
        "wav (s of audio)": (size - 44) / 2 / 22050,
        "largest process (MB)": peak_memory(),
        "first audio": first.strip(),
    }


def bench_first_audio() -> Figures:
    """Milliseconds from text to the first and the last samples of `voice.stream`: FastPitch of full
    size, sentences of 41, 92 and 179 letters.
    """
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _voice(folder / "voice")
        for name, config in VOCODERS.items():
            voice = open_voice(folder / "voice", _vocoder(folder / name, config))
            for text in SENTENCES:
                times = [stream_seconds(voice, text) for _ in range(7)][2:]
                first, whole = (statistics.median(t[i] for t in times) for i in (0, 1))
                label = f"{name}, {len(text)} letters"
                figures[label] = f"{1e3 * first:.0f} ms, all after {1e3 * whole:.0f} ms"
    return figures


def _voice(directory: Path) -> Path:
    config = load_config(ROOT / "config/tts/fastpitch.json")
    text = build_section(TextConfig, config.get("text", {}), "text")
    config |= {"symbols": list(symbols_for(text)), "speakers": ["0"]}
    torch.manual_seed(0)
    model = build(config)
    assert isinstance(model, FastPitch)
    model.pitch_statistics.set(200.0, 50.0)
    with torch.no_grad():
        durations = model.bare_network.duration_predictor.out
        durations.weight.zero_()
        durations.bias.fill_(math.log(FRAMES_PER_TOKEN + 1))
    checkpoint.save_model(directory, model.state_dict(), config)
    return directory


def _vocoder(directory: Path, path: str) -> Path:
    config = load_config(ROOT / path)
    torch.manual_seed(0)
    checkpoint.save_model(directory, build(config, training=False).state_dict(), config)
    return directory
