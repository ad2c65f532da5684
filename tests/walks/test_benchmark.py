"""The benchmarks: each name has a function, and training benchmarks time the Trainer's step."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import torch

from recital.bins.benchmark import common
from recital.bins.benchmark.acoustic import GIVEN_DURATIONS
from recital.bins.benchmark.fast import PARTS, Part, gain
from recital.bins.benchmark.long_run import children
from recital.bins.benchmark.pitch import bench_pitch, spread
from recital.bins.benchmark.runner import BENCHMARKS, main
from recital.bins.benchmark.vocoder_costs import FIRST_FRAMES, measure_costs
from recital.processors.audio_files import save_wav
from recital.utils.config import ROOT, merge
from recital.utils.errors import ConfigError, UsageError
from recital.utils.training.networks import Networks

LAYERS = {"n_layers": 1, "d_inner": 16}
PREDICTOR = {"channels": 8}
SMALL = {
    "d_model": 8,
    "encoder": LAYERS,
    "decoder": LAYERS,
    "duration_predictor": PREDICTOR,
    "pitch_predictor": PREDICTOR,
    "energy_predictor": PREDICTOR,
}


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_name_leads_to_a_function(name):
    module, _, function = BENCHMARKS[name].partition(":")
    assert callable(vars(importlib.import_module(module))[function])


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_the_plain_forms_replace_what_is_there(part: Part):
    with ExitStack() as changes:
        for change in part.plain():
            changes.enter_context(change)


@pytest.mark.parametrize("part", PARTS[:2], ids=lambda part: part.name)
def test_the_plain_forms_run(part: Part):
    assert gain(part, "no", rounds=1) > 0


def test_an_unknown_name_is_refused():
    with pytest.raises(UsageError, match="did you mean 'voice'"):
        main(["voise"])


@pytest.mark.parametrize(
    "path", sorted((ROOT / "bins/benchmark").glob("*.py")), ids=lambda p: p.name
)
def test_benchmarks_share_no_private_names_and_know_their_models(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
            assert not [name for name in names if name.startswith("_")], names
            assert "Any" not in names


def test_a_step_is_the_trainer_s(monkeypatch):
    config = common.acoustic_config("fastpitch", {"model": SMALL})
    model = common.build_acoustic(config)
    batch = common.acoustic_batch(model, 2, (4, 5), (9, 12))
    assert batch.durations is None and batch.energy is not None  # exactly what it needs
    seen = []
    train_step = Networks.train_step

    def spy(self, batches, rate, meter):
        seen.append((self.config, rate))
        return train_step(self, batches, rate, meter)

    monkeypatch.setattr(Networks, "train_step", spy)
    before = model.state_dict()["network.embedding.weight"].clone()
    step = common.training_step(model, config, batch, "no")
    step()
    ((section, rate),) = seen
    assert section.loss_weights == config["train"]["loss_weights"] and section.clip_norm == 1.0
    assert rate == pytest.approx(1e-3 / 1000)  # at the first of 1000 warm-up steps
    moved = (model.state_dict()["network.embedding.weight"] - before).abs().max()
    assert 0 < moved <= 1.1 * rate


def test_given_durations_sum_to_the_frames_and_need_no_aligner():
    small = {k: v for k, v in SMALL.items() if not k.endswith(("pitch_predictor", "y_predictor"))}
    config = common.acoustic_config("fastspeech2", merge(GIVEN_DURATIONS, {"model": small}))
    model = common.build_acoustic(config)
    batch = common.acoustic_batch(model, 3, (4, 6), (9, 20))
    assert torch.equal(batch.durations.sum(1), batch.mel_lengths)
    common.training_step(model, config, batch, "no")()
    with pytest.raises(ConfigError, match="alignment"):
        config["train"]["loss_weights"]["alignment"] = 1.0
        common.training_step(model, config, batch, "no")()


def test_a_vocoder_s_step_trains_both_networks():
    small = {
        "generator": {"channels": 32},
        "discriminators": {"mpd": {"periods": [2], "channels": 1}, "msd": None},
    }
    config = common.vocoder_config("hifigan", {"model": small})
    model = common.build_vocoder(config, training=True)
    before = {name: p.clone() for name, p in model.named_parameters()}
    common.training_step(model, config, common.vocoder_batch(model, 1, 32), "no")()
    moved = {n.split(".")[0] for n, p in model.named_parameters() if not torch.equal(p, before[n])}
    assert moved == {"generator", "discriminator"}


def test_the_pitch_methods_are_compared_on_recordings(tmp_path: Path):
    pytest.importorskip("parselmouth")
    times = np.arange(22050) / 22050
    wav = 0.2 * sum(np.sin(2 * np.pi * 150 * k * times) / k for k in range(1, 8))
    for i in range(3):
        save_wav(tmp_path / "a" / f"{i}.wav", wav.astype(np.float32)[i * 1000 :], 22050)
    figures = bench_pitch([tmp_path / "a", tmp_path / "none"])
    assert figures is not None
    assert figures["all recordings"] == figures["a recordings"] == 3
    assert str(figures["all F0 off by 5%"]).startswith("0 (")
    assert bench_pitch([tmp_path / "none"]) is None
    assert len(spread(tmp_path)) == 3


def test_a_slow_vocoder_speaks_less():
    whole = measure_costs("MelGAN", n_frames=16, longest=60.0)
    slow = measure_costs("MelGAN", n_frames=16, longest=0.0)
    assert whole.audio == pytest.approx(16 * 256 / 22050)
    assert slow.audio == pytest.approx(FIRST_FRAMES * 256 / 22050)
    # 4.3 million weights
    assert 17 < whole.file < 18 and 0 < whole.loaded <= whole.megabytes
    assert whole.cpu_seconds > 0 and whole.seconds > 0


def test_the_workers_of_a_long_run_are_found():
    with subprocess.Popen(["sleep", "30"]) as process:
        assert process.pid in list(children(os.getpid()))
        process.kill()
    assert process.pid not in list(children(os.getpid()))


def test_a_slow_call_is_timed_less_often():
    calls: list[int] = []
    assert common.median_seconds(lambda: calls.append(1), 3, 2) < 1
    assert len(calls) == 5
    calls.clear()
    assert common.median_seconds(lambda: (calls.append(1), time.sleep(0.02)), 3, 2, 0.01) >= 0.02
    assert len(calls) == 1
