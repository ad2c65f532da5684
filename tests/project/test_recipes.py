"""Every config of every recipe loads strictly and builds its model."""

from __future__ import annotations

import pytest

from recital.bins.common.experiment import load_experiment
from recital.bins.common.later_stages import build_to_train, resolve
from recital.models import build
from recital.modules.fast.fused import without_weight_norm
from recital.processors.text import symbols_for
from recital.utils.errors import ConfigError
from tests.conftest import ROOT

CONFIGS = sorted(ROOT.glob("egs/**/*.json"))


@pytest.mark.parametrize("path", CONFIGS, ids=[str(p.relative_to(ROOT)) for p in CONFIGS])
def test_a_recipe_builds_its_model_and_weighs_its_losses(path):
    experiment, tree = load_experiment(path)
    _, resolved = resolve(experiment, tree, ["a"])
    model = build_to_train(resolved, experiment.train)
    assert sum(p.numel() for p in model.parameters()) > 0
    assert model.audio == experiment.audio
    assert set(experiment.train.loss_weights) >= set().union(*model.losses.values())
    for dataset in experiment.dataset:
        assert experiment.corpus_folder(dataset).is_absolute()


def test_every_voice_fits_every_vocoder():
    """What the recipes train without a change can be combined; VITS brings its own decoder."""
    paths = [path for path in ROOT.glob("egs/*/*/exp_config.json") if path.parent.name != "VITS"]
    audio = {path.parent.name: load_experiment(path)[0].audio for path in paths}
    assert len(audio) > 15
    assert {name for name, found in audio.items() if found != audio["FastPitch"]} == set()


def test_the_published_size_is_the_default():
    experiment, tree = load_experiment(ROOT / "egs/tts/FastPitch/exp_config.json")
    model = build({**tree, "symbols": symbols_for(experiment.text), "speakers": ["a"]})
    assert 45e6 < sum(p.numel() for p in model.parameters()) < 47e6


@pytest.mark.parametrize(
    ("name", "size"), [("exp_config", 13_926_017), ("v2", 925_985), ("v3", 1_461_921)]
)
def test_the_three_hifi_gans_have_their_published_sizes(name, size):
    """Table 1 of arXiv 2010.05646: 13.92, 0.92 and 1.46 million; without weight normalization."""
    experiment, tree = load_experiment(ROOT / f"egs/vocoder/HiFiGAN/{name}.json")
    assert experiment.dataset == ["LJSpeech"]
    generator = build(tree, training=False).generator
    published = sum(p.numel() for p in without_weight_norm(generator).parameters())
    assert published == pytest.approx(size, rel=2e-3)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("train.batchsize=8", r"train.batchsize: no such key; did you mean 'batch_size'\?"),
        ("model_type=FastPich", r"did you mean 'FastPitch'\?"),
        ("audio.hop_length=0", "audio.hop_length: 0 is invalid"),
        ("model.decoder.n_head=2", r"model.decoder.n_head: no such key; did you mean 'n_heads'\?"),
        ("dataset=['a/b']", "'a/b' is no plain folder name"),
        ("preprocess.pitch.method=swipe", "preprocess.pitch.method: 'swipe' is none of"),
        ("text.cleaners=english_cleaner", "english_cleaner"),
    ],
)
def test_a_mistake_in_a_config_is_one_line_that_names_the_key(override, message):
    with pytest.raises(ConfigError, match=message):
        experiment, tree = load_experiment(ROOT / "egs/tts/FastPitch/exp_config.json", [override])
        build({**tree, "symbols": symbols_for(experiment.text), "speakers": ["a"]})


def test_a_dataset_without_a_path_says_how_to_give_one():
    experiment, _ = load_experiment(
        ROOT / "egs/tts/FastPitch/exp_config.json", ["dataset=['mine']"]
    )
    with pytest.raises(ConfigError, match="dataset_path.mine: is missing"):
        experiment.corpus_folder("mine")


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".."])
def test_an_experiment_stays_in_its_log_dir(name):
    experiment, _ = load_experiment(ROOT / "egs/tts/FastPitch/exp_config.json")
    with pytest.raises(ConfigError, match="plain folder name"):
        experiment.directory(name)
