"""Run the code of docs/add-a-model.md as it is on the page: train, save, load, synthesize, and
check the contract.
"""

from __future__ import annotations

import re
import shutil
import sys
import types

import contract_helpers as contract
import numpy as np
import pytest
import torch
import vocoder_helpers

from recital import models
from recital.bins.common.experiment import load_experiment
from recital.models import load
from recital.models.vocoder.griffin_lim import GriffinLim
from recital.modules.contract.batch import Batch
from recital.processors.speech.torch_backend import torch_voice
from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.utils import config as config_module
from recital.utils.config import build_section, read_json5
from recital.utils.training.train_config import TrainConfig
from recital.utils.training.trainer import Trainer
from tests.conftest import ROOT

PAGE = ROOT / "docs/add-a-model.md"


class Data:
    """Eight utterances whose mel is constant within each token."""

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


BLOCKS = re.findall(r"```(python|json5)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
CODE = [text for kind, text in BLOCKS if kind == "python"]
CONFIGS = [text for kind, text in BLOCKS if kind == "json5"]
LINE = re.compile(r'`"(\w+)": (Entry\(.*?\)),`')
ENTRIES = {
    name: eval(line, {"Entry": models.Entry}) for name, line in LINE.findall(PAGE.read_text())
}


def add(name: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the file and the line of the table."""
    module = types.ModuleType(ENTRIES[name].module)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(models.MODELS, name, ENTRIES[name])
    exec(compile(code, str(PAGE), "exec"), module.__dict__)


@pytest.mark.pictures
def test_the_voice_of_the_page_trains_is_saved_and_speaks(monkeypatch, tmp_path):
    add("Uniform", CODE[0], monkeypatch)
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
    voice = torch_voice(
        model, GriffinLim(model.audio), TextProcessor(text, loaded["symbols"]), speakers=["a"]
    )
    wav, sample_rate = voice("Hello there.", pace=2.0)
    assert sample_rate == 22050
    assert len(wav) > 1000
    assert np.isfinite(wav).all()
    assert read_page(CONFIGS[0])["train"]["loss_weights"] == {"mel": 1.0}
    fresh = models.build(config)
    batch = contract.batch_for(fresh)
    contract.check_declarations(fresh, ENTRIES["Uniform"])
    contract.check_losses(fresh, batch, {"mel": 1.0})
    contract.check_padding(fresh, batch)
    contract.check_sizes(fresh)
    contract.check_show(fresh, batch)


@pytest.mark.pictures
def test_the_vocoder_of_the_page_trains_is_saved_and_vocodes(monkeypatch, tmp_path):
    add("SnakeGAN", CODE[1], monkeypatch)
    monkeypatch.setattr(config_module, "ROOT", tmp_path)
    shutil.copytree(ROOT / "config", tmp_path / "config")
    (tmp_path / "config/vocoder/snake_gan.json").write_text(CONFIGS[1])
    (tmp_path / "exp_config.json").write_text(CONFIGS[2])
    experiment, tree = load_experiment(tmp_path / "exp_config.json")
    published = models.build(tree)
    contract.check_declarations(published, ENTRIES["SnakeGAN"])
    assert set().union(*published.losses.values()) == set(experiment.train.loss_weights)
    tree["audio"] = vocoder_helpers.AUDIO
    tree["model"]["generator"] |= {"channels": 16, "upsample_rates": [8, 4], "dilations": [1, 3]}
    tree["model"]["discriminators"] = {
        "mpd": {"periods": [2], "channels": 2},
        "mrd": {"channels": 2, "resolutions": [[64, 16, 64]]},
    }
    weights = dict(experiment.train.loss_weights)
    model = contract.fresh(tree)
    batch = contract.batch_for(model)
    contract.check_losses(model, batch, weights)
    contract.check_padding(model, batch)
    contract.check_sizes(model)
    contract.check_show(model, batch)
    contract.check_context(model)
    contract.check_saved(tree, tmp_path / "expt", weights)


def read_page(text):
    import json5

    return json5.loads(text)
