"""The toy of docs/add-a-model.md, run as it stands there: trained by the Trainer, saved, loaded,
spoken.
"""

from __future__ import annotations

import re
import sys
import types

import numpy as np
import pytest
import torch

from recital import models
from recital.models import load
from recital.models.vocoder.griffin_lim import GriffinLim
from recital.modules.contract.batch import Batch
from recital.processors.speech.synthesizer import Synthesizer
from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.utils.config import build_section, read_json5
from recital.utils.train_config import TrainConfig
from recital.utils.trainer import Trainer
from tests.conftest import ROOT

PAGE = ROOT / "docs/add-a-model.md"


class Data:
    """Eight utterances whose mel is constant in each token."""

    def __init__(self) -> None:
        self.ids = [f"u{i}" for i in range(8)]
        self.lengths = [24] * 8
        self.fingerprint = {"ids": "8"}
        self.weights = None

    def __getitem__(self, key: tuple[int, int]) -> tuple[str, torch.Tensor]:
        return self.ids[key[1]], torch.arange(12, 16) + key[1]

    def collate(self, items: list[tuple[str, torch.Tensor]]) -> Batch:
        tokens = torch.stack([t for _, t in items])
        lengths = torch.full((len(items),), 4)
        mel = tokens.repeat_interleave(6, 1)[:, None].expand(-1, 80, -1) / 30.0
        return Batch([i for i, _ in items], tokens, lengths, mel, lengths * 6)


@pytest.fixture
def uniform(monkeypatch):
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.S)
    assert code is not None
    module = types.ModuleType("recital.models.tts.uniform")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    entry = models.Entry(module.__name__, "acoustic", ("mel",))
    monkeypatch.setitem(models.MODELS, "Uniform", entry)
    exec(compile(code.group(1), str(PAGE), "exec"), module.__dict__)
    return module


def test_the_toy_of_the_page_trains_is_saved_and_speaks(uniform, tmp_path):
    text = TextConfig()
    config = {
        **read_json5(ROOT / "config/audio/hifigan_22k.json"),
        "model_type": "Uniform",
        "model": {"d_model": 16},
        "text": {},
        "symbols": symbols_for(text),
        "speakers": ["a"],
    }
    train = build_section(
        TrainConfig,
        {"loss_weights": {"mel": 1.0}, "batch_size": 8, "max_steps": 150, "n_workers": 0,
         "valid_every_epochs": None, "save_every_epochs": None, "optimizer": {"lr": 0.05}},
        "train",
    )  # fmt: skip
    torch.manual_seed(0)
    Trainer(
        models.build(config), train, directory=tmp_path, resolved_config=config, train_data=Data()
    ).fit()
    model, loaded = load(tmp_path)
    assert loaded["symbols"] == config["symbols"]
    batch = Data().collate([Data()[0, i] for i in range(8)])
    (_, losses), *_ = model.step(batch)
    assert float(losses["mel"]) < 1e-3
    voice = Synthesizer(
        model, GriffinLim(model.audio), TextProcessor(text, loaded["symbols"]), speakers=["a"]
    )
    wav, sample_rate = voice("Hello there.", pace=2.0)
    assert sample_rate == 22050
    assert len(wav) > 1000
    assert np.isfinite(wav).all()
