"""Stage 2 of a vocoder's recipe, from the feature store to a working checkpoint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from recital.bins import train
from recital.bins.common.experiment import load_experiment
from recital.models import entry, load
from recital.processors.features import fingerprint
from recital.utils import checkpoint
from recital.utils.config import ROOT
from recital.utils.errors import ConfigError
from tests.modules.test_segments import SAME, made_store

RECIPE = ROOT / "egs/vocoder/HiFiGAN"
CONFIG = {
    "base_config": "config/vocoder/hifigan.json",
    "dataset": ["set"],
    "audio": {
        "sample_rate": 16000,
        "n_fft": 256,
        "win_length": 256,
        "hop_length": 64,
        "n_mels": 12,
        "f_max": None,
    },
    "preprocess": {"trim": None},
    "model": {
        "generator": {
            "channels": 8,
            "upsample_rates": [8, 8],
            "upsample_kernel_sizes": [16, 16],
            "resblock_kernel_sizes": [3],
            "resblock_dilations": [[1, 3]],
        },
        "discriminators": {"mpd": {"periods": [2], "channels": 2}, "msd": None},
        "adversarial_after": 2,
    },
    "train": {
        "batch_size": 2,
        "segment_frames": 16,
        "max_epoch": 3,
        "n_workers": 0,
        "ema_decay": 0.9,
        "log_every_steps": 1,
        "valid_every_epochs": None,
        "valid_every_steps": 4,
    },
}


def test_a_vocoder_is_trained_and_judged_on_whole_recordings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config: dict[str, Any] = json.loads(json.dumps(CONFIG))
    config["log_dir"] = str(tmp_path / "ckpts")
    config["preprocess"]["processed_dir"] = str(tmp_path)
    (tmp_path / "exp_config.json").write_text(json.dumps(config))
    made_store(tmp_path / "set", SAME)
    (tmp_path / "set/valid.txt").write_text("long\nshort\n")
    train.main(["--config", str(tmp_path / "exp_config.json"), "--name", "v"])

    directory = tmp_path / "ckpts/v"
    lines = [json.loads(line) for line in (directory / "log.jsonl").read_text().splitlines()]
    valid = [line for line in lines if "valid/mel_l1" in line]
    assert [line["step"] for line in valid] == [4, 6]
    assert {"valid/adversarial", "valid/stft_distance"} <= valid[0].keys()
    best = checkpoint.find(directory, "best")
    assert best.name.endswith(f"loss-{min(line['valid/mel_l1'] for line in valid):.6f}")
    # two batches an epoch, gamma 0.999
    rates = {line["step"]: line["learning_rate"] for line in lines if "learning_rate" in line}
    assert [rates[step] for step in (1, 3, 5)] == pytest.approx(
        [2e-4, 2e-4 * 0.999, 2e-4 * 0.999**2], rel=1e-6
    )
    shown = {path.name for path in (directory / "show/step-0000004").glob("*.wav")}
    assert shown == {f"audio-{n}-{i}.wav" for n in ("predicted", "recorded") for i in (1, 2)}

    loaded: Any
    loaded, resolved = load(directory)
    assert loaded.audio == SAME and "symbols" not in resolved
    wav = loaded.infer(torch.randn(2, 12, 7))
    assert wav.shape == (2, 7 * 64) and wav.abs().max() <= 1


def test_segments_that_are_longer_than_every_recording_are_refused(tmp_path: Path) -> None:
    """100,000 frames by mistake fill a machine's memory with zeros."""
    config: dict[str, Any] = json.loads(json.dumps(CONFIG))
    config["log_dir"] = str(tmp_path / "ckpts")
    config["preprocess"]["processed_dir"] = str(tmp_path)
    config["train"]["segment_frames"] = 100000
    (tmp_path / "exp_config.json").write_text(json.dumps(config))
    made_store(tmp_path / "set", SAME)
    (tmp_path / "set/valid.txt").write_text("long\nshort\n")
    with pytest.raises(ConfigError, match="segment_frames: 100000 are more than the longest"):
        train.main(["--config", str(tmp_path / "exp_config.json"), "--name", "v"])
    assert not (tmp_path / "ckpts/v/checkpoint").exists()


@pytest.mark.parametrize("name", ["exp_config", "demo"])
def test_one_stage_1_serves_voice_and_vocoder(name: str) -> None:
    """The recipes agree on the mel and on the corpus's splits."""
    voice, _ = load_experiment(ROOT / f"egs/tts/FastPitch/{name}.json")
    vocoder, _ = load_experiment(RECIPE / f"{name}.json")
    assert vocoder.dataset == voice.dataset and vocoder.preprocess == voice.preprocess
    assert vocoder.audio == voice.audio
    for feature in entry(vocoder.model_type).features:
        assert fingerprint(feature, vocoder.audio, vocoder.preprocess) == fingerprint(
            feature, voice.audio, voice.preprocess
        )


def test_hop_and_upsampling_must_agree() -> None:
    path = RECIPE / "exp_config.json"
    _, tree = load_experiment(path, ["audio.hop_length=300"])
    from recital.models import build

    with pytest.raises(ConfigError, match="multiply to 256, but audio.hop_length is 300"):
        build(tree)


@pytest.mark.parametrize(
    ("rate", "upsampling"),
    [("16k", [8, 8, 2, 2]), ("24k", [8, 8, 2, 2]), ("44k", [8, 8, 4, 2]), ("48k", [8, 8, 4, 2])],
)
def test_presets_of_other_rates(tmp_path: Path, rate: str, upsampling: list[int]) -> None:
    from recital.models import build

    config = {
        "base_config": ["config/vocoder/hifigan_v2.json", f"config/audio/speech_{rate}.json"],
        "dataset": ["mine"],
        "model": {
            "generator": {
                "upsample_rates": upsampling,
                "upsample_kernel_sizes": [2 * r for r in upsampling],
            }
        },
    }
    (tmp_path / "c.json").write_text(json.dumps(config))
    experiment, tree = load_experiment(tmp_path / "c.json")
    model: Any = build(tree, training=False)
    assert experiment.audio.sample_rate // 1000 == int(rate[:-1])
    wav = model.infer(torch.zeros(1, experiment.audio.n_mels, 3))
    assert wav.shape[1] == 3 * experiment.audio.hop_length
