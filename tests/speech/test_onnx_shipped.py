"""The shipped voice on onnxruntime: without torch, and as torch says it."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

import recital
from recital.voices import VOICE
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
    # the phase adds up rounding differences of F0 over each voiced stretch
    assert rms(ours - theirs) < 1e-3 * rms(ours)
    assert np.abs(ours - theirs).max() < 1e-3
    assert voices[0].plan(TEXT, **controls).sentences[0].durations == (
        voices[1].plan(TEXT, **controls).sentences[0].durations
    )
    pieces = np.concatenate(list(voices[1].stream(TEXT, **controls)))
    assert rms(pieces - theirs) < 1e-3 * rms(theirs)


def test_the_graphs_read_the_weights_of_the_checkpoints() -> None:
    """After another voice is trained, `recital export --format onnx` must run again."""
    onnx = pytest.importorskip("onnx")
    for part, names in (("acoustic", ["acoustic"]), ("vocoder", ["source", "vocoder"])):
        weights = VOICE / part / "model.safetensors"
        data = weights.read_bytes()
        size = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + size])
        places = {}
        for name, entry in header.items():
            if name != "__metadata__":
                start, stop = entry["data_offsets"]
                places[str(8 + size + start)] = name, entry["shape"], str(stop - start)
        read = set()
        for name in names:
            model = onnx.load(VOICE / part / f"{name}.onnx", load_external_data=False)
            for tensor in model.graph.initializer:
                facts = {entry.key: entry.value for entry in tensor.external_data}
                if facts:
                    assert facts["location"] == weights.name
                    found, shape, length = places[facts["offset"]]
                    assert tensor.name.removesuffix(".half").endswith(found)
                    assert (list(tensor.dims), facts["length"]) == (shape, length)
                    read.add(found)
        large = {n for n, e in header.items() if n != "__metadata__" and len(e["shape"]) > 1}
        assert not {name for name in large - read if "aligner" not in name}


def rms(wav: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(wav))))
