"""The shipped voice on onnxruntime: without torch, and as torch says it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import recital
from tests.conftest import ROOT

HEAVY = "torch accelerate librosa numba scipy matplotlib safetensors"
TEXT = "A sentence for both of them. Then another, which is said a little faster!"


def test_it_speaks_without_torch() -> None:
    pytest.importorskip("onnxruntime")
    script = (
        "import sys, recital\n"
        "wav, _ = recital.load_voice(runtime='onnx')('Hello.', pace=1.1)\n"
        "assert abs(wav).max() > 0.1\n"
        f"print(*[name for name in {HEAVY.split()} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_both_runtimes_say_the_same() -> None:
    pytest.importorskip("onnxruntime")
    voices = [recital.load_voice(runtime=runtime) for runtime in ("torch", "onnx")]
    controls = {"pace": 1.2, "pitch_shift_semitones": 1.5, "energy_scale": 1.1}
    ours, theirs = (voice(TEXT, **controls)[0] for voice in voices)
    # the refinement of phases amplifies differences of rounding here and there
    assert np.sqrt(np.mean((ours - theirs) ** 2)) < 1e-4 * np.sqrt(np.mean(ours**2)) * 10
    assert voices[0].plan(TEXT, **controls).sentences[0].durations == (
        voices[1].plan(TEXT, **controls).sentences[0].durations
    )
    pieces = np.concatenate(list(voices[1].stream(TEXT, **controls)))
    assert np.sqrt(np.mean((pieces - theirs) ** 2)) < 1e-3 * np.sqrt(np.mean(theirs**2))
