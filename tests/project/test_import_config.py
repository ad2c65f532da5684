"""Configs of other projects: each key is converted, or listed with the reason."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from recital.bins.common.amphion_config import convert_amphion
from recital.bins.common.amphion_keys import BASES, ENDLESS, KEYS, MODELS_OF
from recital.bins.common.experiment import Experiment, load_experiment
from recital.bins.import_config import main
from recital.utils.config import load_config
from recital.utils.errors import ConfigError, UsageError
from tests.conftest import ROOT


def write(path: Path, tree: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(tree if isinstance(tree, str) else json.dumps(tree))
    return path


def converted(folder: Path, tree: Any) -> tuple[Experiment, dict[str, Any]]:
    """The experiment of a converted config, and its merged tree."""
    main([str(write(folder / "exp_config.json", tree)), "--output", str(folder / "ours.json")])
    return load_experiment(folder / "ours.json")


AS_PRINTED = """{
  "base_config": "config/fs2.json",
  "model_type": "FastSpeech2",
  "dataset": ["LJSpeech"],
  "dataset_path": {
    // TODO
    "LJSpeech": "[LJSpeech dataset path]"
  },
  "log_dir": "ckpts/tts",
  "preprocess": { "processed_dir": "data", "sample_rate": 22050, },
  "train": { "batch_size": 16, "max_epoch": -1 }
}"""


def test_fastspeech2_s_config_as_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment, _ = converted(tmp_path, AS_PRINTED)
    assert experiment.model_type == "FastSpeech2" and experiment.dataset == ["LJSpeech"]
    assert experiment.audio.sample_rate == 22050
    assert experiment.train.batch_size == 16 and experiment.train.max_epoch == ENDLESS
    out = capsys.readouterr().out
    assert "preprocess.sample_rate" in out and "audio.sample_rate" in out
    assert "is missing, or a placeholder, for LJSpeech" in out
    assert 'method: "dio"' in (tmp_path / "ours.json").read_text()  # their default, as a comment
    with pytest.raises(ConfigError, match="dataset_path.LJSpeech: is missing; name the folder"):
        experiment.corpus_folder("LJSpeech")


def test_vits_s_keys_reach_the_model(tmp_path: Path) -> None:
    tree = {
        "base_config": "config/vits.json",
        "model_type": "VITS",
        "dataset": ["a"],
        "dataset_path": {"a": "/data/a"},
        "preprocess": {"fmax": None, "hop_size": 256, "segment_size": 4096},
        "model": {"hidden_channels": 96, "n_layers": 3, "resblock": "1", "use_sdp": False},
        "train": {"learning_rate": 1e-4, "c_kl": 2.0, "lr_decay": 0.99, "fp16_run": True},
    }
    experiment, merged = converted(tmp_path, tree)
    model, train = merged["model"], experiment.train
    assert experiment.model_type == "VITS" and experiment.audio.f_max is None
    assert (model["d_model"], model["text_encoder"]["n_layers"]) == (96, 3)
    assert model["segment_frames"] == 16 and model["decoder"]["resblock"] == 1
    assert model["stochastic_durations"] is None and model["deterministic_durations"]
    assert (train.optimizer.lr, train.scheduler.gamma, train.precision) == (1e-4, 0.99, "fp16")
    assert train.loss_weights["divergence"] == 2.0


def test_everything_is_said_at_once_where_such_a_config_is_used_as_ours(tmp_path: Path) -> None:
    path = write(tmp_path / "exp_config.json", AS_PRINTED)
    with pytest.raises(ConfigError) as caught:
        load_experiment(path)
    message = str(caught.value)
    assert f"recital.bins.import_config {path} --output FILE" in message
    for said in ("config/tts/fastspeech2.json", "audio.sample_rate", "placeholder, for LJSpeech"):
        assert said in message


def test_its_keys_reach_the_model(tmp_path: Path) -> None:
    tree = {
        "base_config": "config/fs2.json",
        "dataset": ["a"],
        "dataset_path": {"a": "/data/a"},
        "preprocess": {"mel_extract_mode": "taco", "use_frame_pitch": True, "f0_min": 71},
        "model": {
            "transformer": {"encoder_layer": 2, "conv_kernel_size": [3, 1], "decoder_head": 4},
            "variance_predictor": {"filter_size": 64, "dropout": 0.25},
            "variance_embedding": {"pitch_quantization": "log", "n_bins": 128},
        },
        "train": {
            "optimizer": "Adam",
            "adam": {"lr": 0.01, "betas": [0.9, 0.98]},
            "lr_scheduler": {"num_warmup": 100},
            "keep_last": [3, -1],
            "dataloader": {"num_worker": 5, "pin_memory": True},
        },
    }
    experiment, ours = converted(tmp_path, tree)
    assert (experiment.audio.padding, experiment.audio.power_floor) == ("center", 0.0)
    assert experiment.preprocess.pitch.f_min == 71.0
    assert ours["model"]["encoder"]["n_layers"] == 2 and ours["model"]["decoder"]["n_heads"] == 4
    assert ours["model"]["encoder"]["kernel_size"] == [3, 1]
    for predictor in ("pitch", "energy"):
        assert ours["model"][predictor]["predictor"]["channels"] == 64
    assert (ours["model"]["pitch"]["level"], ours["model"]["energy"]["level"]) == ("frame", "token")
    assert ours["model"]["pitch"]["scale"] == "log" and ours["model"]["pitch"]["n_bins"] == 128
    assert experiment.train.optimizer.lr == 0.01 and experiment.train.keep_last == 3
    assert experiment.train.scheduler.warmup_steps == 100 and experiment.train.n_workers == 5
    assert experiment.dataset_path == {"a": "/data/a"}


PSP = ("input_conv", "output_R_conv", "output_I_conv")
GENERATORS: dict[str, dict[str, Any]] = {
    "hifigan": {
        "resblock": "2",
        "upsample_rates": [8, 8, 4],
        "upsample_kernel_sizes": [16, 16, 8],
        "upsample_initial_channel": 64,
        "resblock_kernel_sizes": [3, 5, 7],
        "resblock_dilation_sizes": [[1, 2], [2, 6], [3, 12]],
    },
    "bigvgan": {
        "resblock": "1",
        "activation": "snake",
        "snake_logscale": False,
        "upsample_rates": [8, 8, 2, 2],
        "upsample_kernel_sizes": [16, 16, 4, 4],
        "upsample_initial_channel": 64,
    },
    "melgan": {"ratios": [8, 8, 2, 2], "ngf": 4, "n_residual_layers": 2, "num_D": 3},
    "nsfhifigan": {"resblock": "1", "harmonic_num": 4, "upsample_initial_channel": 64},
    "apnet": {"ASP_channel": 16, "PSP_channel": 8, **{f"PSP_{k}_kernel_size": 5 for k in PSP}},
    "diffwave": {"residual_channels": 8, "residual_layers": 4, "upsample_factors": [16, 16]},
}


@pytest.mark.parametrize("name", GENERATORS)
def test_each_vocoder(tmp_path: Path, name: str) -> None:
    """The recipe's base is found above the file, as in Amphion's folders."""
    base = {
        "base_config": "config/vocoder.json",
        "model_type": "DiffusionVocoder" if name == "diffwave" else "GANVocoder",
        "dataset": ["csd", "ljspeech"],
        "preprocess": {"n_mel": 100, "sample_rate": 24000, "extract_audio": True},
        "model": {
            "discriminators": ["mpd", "mssbcqtd", "msstftd"],
            "mpd": {"mpd_reshapes": [2, 3]},
            "mrd": {"resolutions": [[512, 50, 240]]},
            "mssbcqtd": {"filters": 16, "in_channels": 1},
        },
        "train": {"adamw": {"lr": 3e-4, "adam_b1": 0.7, "adam_b2": 0.95}, "max_epoch": 10},
    }
    place = "egs/vocoder/gan/exp_config_base.json"
    write(tmp_path / place, base)
    tree = {"base_config": place, "model": {"generator": name, name: GENERATORS[name]}}
    path = write(tmp_path / "egs/vocoder/gan" / name / "exp_config.json", tree)
    found = convert_amphion(path)
    assert "csd" in found.left_out["dataset"] and "ljspeech" not in found.left_out["dataset"]
    main([str(path), "--output", str(tmp_path / "ours.json")])
    experiment, ours = load_experiment(tmp_path / "ours.json")
    assert experiment.model_type == MODELS_OF[name].model_type
    assert (experiment.audio.sample_rate, experiment.audio.n_mels) == (24000, 100)
    assert experiment.train.optimizer.betas == (0.7, 0.95) and experiment.train.max_epoch == 10
    if name == "diffwave":
        assert ours["model"]["network"]["channels"] == 8
        return
    assert "msstftd" in "".join(found.left_out)
    assert ours["model"]["discriminators"]["mpd"]["periods"] == [2, 3]
    assert ours["model"]["discriminators"].keys() == {"mpd", "cqt"}
    if name == "apnet":
        assert ours["model"]["generator"]["phase_kernel_sizes"] == [5, 5, 5]
    if name == "melgan":
        assert ours["model"]["generator"]["channels"] == 64


def test_a_model_without_a_counterpart_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    tree = {"base_config": "config/jets.json", "model_type": "Jets", "dataset": ["LJSpeech"]}
    path = write(tmp_path / "exp_config.json", tree)
    with pytest.raises(ConfigError, match="model_type: Jets has no counterpart here.*FastSpeech2"):
        main([str(path)])
    assert [p.name for p in tmp_path.iterdir()] == ["exp_config.json"]


def test_what_is_unknown_is_listed_and_a_wrong_value_says_which(tmp_path: Path) -> None:
    tree = {
        "base_config": "config/fs2.json",
        "dataset": ["a"],
        "preprocess": {"pitch_extractor": "pyreaper", "colour": 1},
        "train": {"scheduler": "ReduceLROnPlateau"},
    }
    path = write(tmp_path / "c.json", tree)
    found = convert_amphion(path)
    assert found.left_out["preprocess.colour"] == "has no counterpart"
    assert "pyreaper has no counterpart" in found.left_out["preprocess.pitch_extractor"]
    assert "ReduceLROnPlateau" in found.left_out["train.scheduler"]
    tree["train"] = {"batch_size": "many"}
    with pytest.raises(ConfigError, match=r"c.json: cannot be converted: .*train.batch_size: exp"):
        main([str(write(path, tree))])
    assert [p.name for p in tmp_path.iterdir()] == ["c.json"]
    tree["train"] = {}
    write(path, tree)
    main([str(path)])
    with pytest.raises(ConfigError, match="exists already"):
        main([str(path)])


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"base_config": "config/fs2.json", "model": 3, "dataset": ["a"]}, None),
        ({"base_config": "config/fs2.json", "train": {"adamw": []}, "dataset": [1]}, None),
        ({"base_config": 7, "preprocess": {"sample_rate": 1}}, "base_config: expected the path"),
        ({"a": 1}, "is neither a config of Amphion"),
        ("{", "is not JSON5"),
        ({"base_config": "x.json", "preprocess": {"n_mel": 80}}, "model_type: no model"),
    ],
)
def test_odd_files_are_one_error(tmp_path: Path, tree: Any, message: str | None) -> None:
    path = write(tmp_path / "x" / "y.json", tree)
    if message is None:
        try:
            main([str(path)])
        except ConfigError:
            return
        return
    with pytest.raises(ConfigError, match=message):
        main([str(path)])


def test_a_config_of_ours_is_called_so() -> None:
    with pytest.raises(UsageError, match="is a config of Recital already"):
        main([str(ROOT / "egs/tts/FastPitch/exp_config.json")])


def test_bases_that_go_in_a_circle(tmp_path: Path) -> None:
    write(tmp_path / "a.json", {"base_config": "b.json", "preprocess": {"n_mel": 80}})
    write(tmp_path / "b.json", {"base_config": "a.json", "preprocess": {"n_mel": 80}})
    with pytest.raises(ConfigError, match="goes in a circle"):
        main([str(tmp_path / "a.json")])


def test_every_key_of_the_table_is_one_of_ours() -> None:
    """Set in a config of its model, it is read: by the sections, or in the model's defaults."""
    trees = [load_config(ROOT / name) for base in MODELS_OF.values() for name in base.ours]
    trees.append(load_config(ROOT / "egs/tts/FastSpeech2/exp_config.json"))
    trees.append(load_config(ROOT / "config/vocoder/bigvgan_v2.json"))
    fields = {
        f"train.{name}" for name in ("max_steps", "seed", "gradient_accumulation", "precision")
    }
    fields |= {"train.keep_last", "train.n_workers", "text.voice"}
    fields |= {"model.discriminators.cqt.dilations"}
    for theirs, key in KEYS.items():
        for ours in key.ours:
            path = ours.partition("[")[0].split(".")
            assert ours in fields or any(_has(tree, path) for tree in trees), (theirs, ours)
    for base in [*BASES.values(), *MODELS_OF.values()]:
        assert all((ROOT / name).is_file() for name in base.ours)


def _has(tree: Any, path: list[str]) -> bool:
    for name in path:
        if not isinstance(tree, dict) or name not in tree:
            return False
        tree = tree[name]
    return True


def test_hifigan_s_config_of_its_authors(tmp_path: Path, shared: Path) -> None:
    path = tmp_path / "config_v2.json"
    shutil.copy(shared / "vectors/hifigan_jik876_v2/config.json", path)
    given = json.loads(path.read_text())
    main([str(path)])
    experiment, ours = load_experiment(tmp_path / "config_v2.recital.json")
    assert experiment.model_type == "HiFiGAN"
    assert ours["model"]["generator"]["channels"] == given["upsample_initial_channel"]
    assert experiment.train.batch_size == given.get("batch_size", 16)


def test_a_base_may_be_relative_to_the_file_that_names_it(tmp_path: Path) -> None:
    write(tmp_path / "mine/base.json", {"base_config": "config/tts/fastpitch.json", "log_dir": "x"})
    path = write(tmp_path / "mine/exp.json", {"base_config": "base.json", "dataset": ["a"]})
    tree = load_config(path)
    assert tree["log_dir"] == "x" and tree["model_type"] == "FastPitch"
    write(path, {"base_config": "../nowhere.json"})
    with pytest.raises(ConfigError, match="expected a path relative to .* or to this file"):
        load_config(path)
