"""The parts of `benchmark gpu`, in order of worth."""

from __future__ import annotations

from typing import NamedTuple


class Part(NamedTuple):
    """A part, the most seconds that it may take, and the least with which it is begun."""

    name: str
    function: str  # takes a `Job`
    most: float
    least: float


HERE = "recital.bins.benchmark.gpu"
PARTS = (
    Part("machine", f"{HERE}.machine:measure", 40, 10),
    Part("tests_parity", f"{HERE}.tests:run_parity", 120, 30),
    Part("fastpitch", f"{HERE}.training:fastpitch", 90, 25),
    Part("latency", f"{HERE}.latency:measure", 100, 30),
    Part("alignment", f"{HERE}.alignment:measure", 25, 10),
    Part("tests_training", f"{HERE}.tests:run_training", 120, 40),
    Part("hifigan", f"{HERE}.training:hifigan", 75, 25),
    Part("tacotron2", f"{HERE}.training:tacotron2", 60, 30),
    Part("trainer", f"{HERE}.whole:measure", 90, 40),
    Part("vocos", f"{HERE}.training:vocos", 45, 20),
    Part("fastspeech2", f"{HERE}.training:fastspeech2", 45, 22),
    Part("fastpitch_compiled", f"{HERE}.training:fastpitch_compiled", 150, 70),
)
