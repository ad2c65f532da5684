"""`--finetune_from`: from a folder of recordings and a trained voice to a new voice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from recital.bins import inference, preprocess, train
from recital.bins.common.duration_scale import measured_duration_scale
from recital.bins.common.experiment import load_experiment
from recital.bins.common.plan import Plan, Recipe
from recital.models import build, load
from recital.modules.contract.audio import AudioConfig
from recital.processors import speaker_encoder
from recital.processors.audio_files import save_wav
from recital.processors.dataset import SpeechDataset
from recital.processors.features import PreprocessConfig
from recital.processors.store import FeatureStore
from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.utils import checkpoint
from recital.utils.config import build_section
from recital.utils.errors import CheckpointError, ConfigError, DataError, UsageError
from tests.conftest import ROOT
from tests.tts_helpers import AUDIO, tiny_config

RATE = 22050
FASTPITCH, SOURCE_FILTER = (
    ROOT / "egs" / name for name in ("tts/FastPitch", "vocoder/SourceFilter")
)
SENTENCES = (
    *("the first sentence", "another one follows", "a third of them", "all is said here"),
    *("nothing is left", "but this remains", "it goes on and on", "a word or two"),
    *("who says so", "so say all of us", "the end is near", "this is the end"),
)


def corpus(folder: Path, n: int = 12, f0: float = 150.0, rate: int = RATE) -> Path:
    """`x.wav` next to `x.txt`, half a second each."""
    for i, text in enumerate(SENTENCES[:n]):
        t = np.arange(rate // 2 + 300 * i) / rate
        tone = sum(np.sin(2 * np.pi * k * f0 * (1 + 0.02 * i) * t) / k for k in range(1, 6))
        folder.mkdir(parents=True, exist_ok=True)
        save_wav(folder / f"r{i:02}.wav", (0.1 * tone).astype(np.float32), rate)
        (folder / f"r{i:02}.txt").write_text(f"{text}.\n")
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A voice of random weights."""
    text = {"cleaners": "basic_cleaners", "symbol_set": "english_basic"}
    config = tiny_config() | {
        "text": text,
        "symbols": symbols_for(TextConfig(**text)),
        "speakers": ["anna"],
        "preprocess": {"pitch": {"method": "praat", "f_min": 70.0, "f_max": 450.0}, "valid": 3},
        "train": {"loss_weights": {}},
        "dataset": ["anna"],
        "speech": {"gain_db": 9.0},
    }
    config["model"]["duration_scale"] = 1.3
    torch.manual_seed(3)
    model: Any = build(config)
    torch.nn.init.constant_(model.network.duration_predictor.out.bias, 1.4)  # a few frames
    folder = tmp_path_factory.mktemp("base") / "voice"
    checkpoint.save_model(folder, model.state_dict(), config)
    return folder


def planned(tmp_path: Path, *flags: str) -> Plan:
    places = (f"log_dir={tmp_path}/ckpts", f"preprocess.processed_dir={tmp_path}/data")
    small = ("train.batch_size=4", "train.precision=no", "train.valid_every_steps=2")
    sets = [f"--set={change}" for change in (*places, *small)]
    return Recipe("tts", str(FASTPITCH)).plan([*flags, "--jobs", "1", *sets])


def run(plan: Plan) -> None:
    for words in plan.commands:
        module = next(m for m in (preprocess, train, inference) if m.__name__ in words)
        assert not module.main(words[words.index(module.__name__) + 1 :])


def recordings(
    tmp_path: Path, config: dict[str, Any], needs: frozenset[str], split: str
) -> SpeechDataset:
    """A split of the corpus "me", for the voice of a config."""
    return SpeechDataset(
        {"me": FeatureStore(tmp_path / "data/me")},
        split,
        needs=needs,
        audio=AudioConfig(**config["audio"]),
        preprocess=build_section(PreprocessConfig, config["preprocess"], "preprocess"),
        text=TextProcessor(TextConfig(**config["text"]), config["symbols"]),
        speakers=["me"],
    )


def test_a_folder_of_recordings_becomes_a_voice(
    base: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = json.dumps(
        [
            {"below": 1, "train": {"max_steps": 3, "freeze": ["network.encoder.*"]}},
            {"train": {"max_steps": 99}},
        ]
    )
    flags = ["--finetune_from", str(base), "--dataset_path", str(corpus(tmp_path / "mine", f0=210))]
    plan = planned(
        tmp_path, *flags, "-n", "me", "--infer_text", "a word", f"--set=by_minutes={rows}"
    )
    run(plan)
    said = capfd.readouterr().out
    assert "me: 0.1 minutes of each speaker to learn from, 1 recordings to validate with" in said
    assert "train.max_steps=3, train.freeze=['network.encoder.*']" in said

    model, config = load(tmp_path / "ckpts/me")
    before, theirs = load(base)
    assert config["speakers"] == ["me"] and config["symbols"] == theirs["symbols"]
    assert config["audio"]["n_mels"] == AUDIO["n_mels"] and config["text"] == theirs["text"]
    assert config["preprocess"]["pitch"]["f_max"] == 450.0 and "speech" not in config
    assert config["train"]["max_steps"] == 3
    assert not {"finetune_from", "by_minutes"} & config.keys()
    # what it knows of the speaker is the new one's
    assert 190 < float(model.pitch_mean) < 260
    # and its texts last as long as the recordings, in the mean
    lists = [recordings(tmp_path, config, model.needs, name) for name in ("valid", "train")]
    model.duration_scale, measured = 1.0, model.duration_scale
    assert measured == pytest.approx(measured_duration_scale(model, lists), abs=2e-3) != 1.3
    own, old = model.state_dict(), before.state_dict()
    same = {name for name in own if torch.equal(own[name], old[name])}
    frozen = {name for name in own if name.startswith("network.encoder.")}
    assert frozen <= same and not [name for name in same - frozen if ".decoder." in name]
    assert list((tmp_path / "ckpts/me/infer/single").glob("*.wav"))

    # the checkpoint needs nothing else: it goes on as any other run, and speaks by its name
    (words,) = (
        Recipe("tts", str(FASTPITCH))
        .plan(["-n", "me", "--stage", "3", "--infer_text", "so", f"--set=log_dir={tmp_path}/ckpts"])
        .commands
    )
    assert inference.main(words[1:]) == 0
    with pytest.raises(CheckpointError, match="holds a run already"):
        run(planned(tmp_path, *flags, "-n", "me", "--stage", "2", f"--set=by_minutes={rows}"))
    run(
        planned(
            tmp_path, *flags, "-n", "me", "--stage", "2", "--resume", f"--set=by_minutes={rows}"
        )
    )


def test_several_speakers_begin_as_the_one(base: Path, tmp_path: Path) -> None:
    corpus(tmp_path / "two/anna", 6)
    corpus(tmp_path / "two/bert", 12, f0=110)
    flags = ("--finetune_from", str(base), "--dataset_path", str(tmp_path / "two"), "-n", "two")
    own = ("--set=train.max_steps=1", "--set=model.duration_scale=1.25")
    run(planned(tmp_path, *flags, "--stop_stage", "2", *own))
    model, config = load(tmp_path / "ckpts/two")
    assert config["model"]["duration_scale"] == 1.25
    assert config["speakers"] == ["two_anna", "two_bert"]
    assert float(model.pitch_mean[0]) > float(model.pitch_mean[1]) + 20


def test_a_stranger_begins_from_several_speakers_by_the_vector(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def encode(wav: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.normalize(torch.fft.rfft(wav[:4096], 510).abs(), dim=0)

    monkeypatch.setattr(speaker_encoder, "speaker_encoder", lambda: encode)
    config = tiny_config(n_speakers=3, speaker_conditioning="embedding")
    config |= {
        "text": {"cleaners": "basic_cleaners", "symbol_set": "english_basic"},
        "symbols": symbols_for(TextConfig()),
        "speakers": ["anna", "bert", "carl"],
        "train": {"loss_weights": {}},
    }
    several: Any = build(config)
    several.network.speaker_embedding.vectors.copy_(torch.eye(3, 256))
    checkpoint.save_model(tmp_path / "several", several.state_dict(), config)
    mine = corpus(tmp_path / "mine", f0=210)
    flags = ("--finetune_from", str(tmp_path / "several"), "--dataset_path", str(mine), "-n", "me")
    one = ("--set=train.max_steps=1", "--set=train.freeze=['network.speaker_embedding.*']")
    run(planned(tmp_path, *flags, "--infer_text", "a word", *one))
    model, made = load(tmp_path / "ckpts/me")
    assert made["speakers"] == ["me"] and list((tmp_path / "ckpts/me/infer/single").glob("*.wav"))
    mean = model.network.speaker_embedding.vectors[0].numpy()
    data = recordings(tmp_path, made, model.needs | {"speaker_embedding"}, "train")
    vectors = np.mean([vector for _, vector in data.arrays("speaker_embedding")], 0)
    np.testing.assert_allclose(mean, vectors / np.linalg.norm(vectors), atol=1e-6)
    own, before = model.network.speaker_embedding, several.network.speaker_embedding
    assert torch.equal(own.projection.weight, before.projection.weight)


@pytest.mark.parametrize("conditioning", ["table", "embedding"])
def test_several_speakers_do_not_become_one_without_a_vector(
    tmp_path: Path, conditioning: str
) -> None:
    """It is refused before anything is computed."""
    config = tiny_config(n_speakers=3, speaker_conditioning=conditioning)
    config |= {
        "text": {"cleaners": "basic_cleaners", "symbol_set": "english_basic"},
        "symbols": symbols_for(TextConfig()),
        "speakers": ["anna", "bert", "carl"],
    }
    checkpoint.save_model(tmp_path / "several", build(config).state_dict(), config)
    flags = ("--finetune_from", str(tmp_path / "several"), "-n", "me", "--stop_stage", "1")
    table = ("--set=model.speaker_conditioning=table",)
    mine = ("--dataset_path", str(corpus(tmp_path / "mine", 6)))
    what = (
        "speakers by vectors" if conditioning == "embedding" else r"3 speakers \(anna, bert, carl"
    )
    with pytest.raises(
        CheckpointError, match=f"{what}.*--set model.speaker_conditioning=embedding"
    ):
        run(planned(tmp_path, *flags, *mine, *table))
    assert not (tmp_path / "data").exists()
    # two that begin as their mean
    corpus(tmp_path / "two/anna", 6)
    corpus(tmp_path / "two/bert", 6)
    run(planned(tmp_path, *flags, "--dataset_path", str(tmp_path / "two"), *table))
    assert (tmp_path / "data/me/manifest.jsonl").is_file()


@pytest.mark.parametrize("n", [1, 3, 4])
def test_too_few_recordings_are_one_line(base: Path, tmp_path: Path, n: int) -> None:
    flags = ("--finetune_from", str(base), "--dataset_path", str(corpus(tmp_path / "few", n)))
    with pytest.raises(DataError, match="few: . recordings? to learn from, .* expected 5 or more"):
        run(planned(tmp_path, *flags, "-n", "few", "--stop_stage", "2"))
    assert not (tmp_path / "ckpts/few/checkpoint").exists()


def test_flags_become_settings_under_the_user_s_own(tmp_path: Path) -> None:
    (tmp_path / "wavs").mkdir()
    (tmp_path / "metadata.csv").write_text("a|b\n")
    plan = planned(
        tmp_path,
        *("--finetune_from", "shipped", "--dataset_path", str(tmp_path), "-n", "my.voice"),
        "--set=dataset_layout={'my.voice': 'vctk'}",
    )
    assert plan.config == str(FASTPITCH / "finetune.json") and len(plan.commands) == 3
    first, second, third = plan.commands
    sets = [word.removeprefix("--set=") for word in first if word.startswith("--set=")]
    experiment, tree = load_experiment(plan.config, sets)
    assert experiment.dataset == ["my.voice"]
    assert experiment.dataset_path["my.voice"] == str(tmp_path)
    assert experiment.layout("my.voice") == "vctk"
    assert tree["audio"]["sample_rate"] == 22050 and tree["model"]["d_model"] == 192
    assert "--vocoder_dir=shipped" in third and "--or_shipped" not in third
    assert not any("vocoder" in word for word in second)


def test_the_table_is_by_minutes_and_set_wins() -> None:
    path = FASTPITCH / "finetune.json"
    steps = [load_experiment(path, [], minutes)[0].train.max_steps for minutes in (1, 5, 15, 30)]
    assert steps == sorted(steps) and steps[0] < steps[-1]
    # the figure of a validation is no reason to end: its judges are still learning
    # (docs/your-voice-figures.md)
    early = [load_experiment(path, [], minutes)[0].train.patience for minutes in (1, 5, 15, 30)]
    assert early == [None] * 4
    own = ["train.max_steps=7", "train.patience=2"]
    train = load_experiment(path, own, 5.0)[0].train
    assert (train.max_steps, train.patience, train.scheduler.decay_steps) == (7, 2, 400)
    assert load_experiment(path)[0].train.max_steps is None
    # each phase of the schedule ends with the steps
    for minutes in (1, 5, 15, 30):
        config = load_experiment(path, [], minutes)[0].train
        assert config.scheduler.decay_steps == config.max_steps


def test_another_language_keeps_the_marks_alone() -> None:
    english = load_experiment(FASTPITCH / "finetune.json")[0].text
    german = load_experiment(FASTPITCH / "kerstin.json")[0].text
    assert english is not None and german is not None
    assert english.spoken_as["x"] == "k" and english.voice == "en-us"
    assert german.voice == "de" and set(german.spoken_as) == set("!:-")
    several = load_experiment(FASTPITCH / "base.json")[0].text
    assert several is not None and several.voice == "en-us"
    assert set(several.spoken_as) == set("!:-") and "ru" in several.languages


def test_a_vocoder_is_fine_tuned_from_the_voice_s_own() -> None:
    _, tree = load_experiment(SOURCE_FILTER / "finetune.json", [], 5.0)
    _, theirs = load_experiment(SOURCE_FILTER / "kathleen_refined.json")
    assert tree["model"] == theirs["model"] and tree["audio"] == theirs["audio"]
    plan = Recipe("vocoder", str(SOURCE_FILTER)).plan(["--finetune_from", "shipped", "-n", "me"])
    assert not any(word.startswith("--vocoder_dir") for words in plan.commands for word in words)


def test_voices_that_cannot_be_the_start() -> None:
    path = FASTPITCH / "finetune.json"
    with pytest.raises(CheckpointError, match="no folder, and no voice of this name"):
        load_experiment(path, ["finetune_from=kathlene"])
    with pytest.raises(ConfigError, match="is a FastPitch, this recipe's model a Tacotron2"):
        load_experiment(path, ["model_type=Tacotron2"])
    with pytest.raises(ConfigError, match=r"by_minutes\[0\]: expected an object"):
        load_experiment(path, ["by_minutes=[{below: 'x'}]"])
    with pytest.raises(ConfigError, match="by_minutes: expected a list of objects, found 3"):
        load_experiment(path, ["by_minutes=3"])
    with pytest.raises(ConfigError, match="text: expected an object"):
        load_experiment(path, ["text=3"])
    with pytest.raises(UsageError, match="Matcha has no finetune.json, as FastPitch have"):
        Recipe("tts", str(ROOT / "egs/tts/Matcha")).plan(["--finetune_from", "shipped"])
    with pytest.raises(UsageError, match="--demo trains from nothing"):
        Recipe("tts", str(FASTPITCH)).plan(["--finetune_from", "shipped", "--demo"])


@pytest.mark.parametrize("key", ["audio", "model", "preprocess", "text"])
def test_a_broken_voice_is_one_line(tmp_path: Path, key: str) -> None:
    config = tiny_config() | {key: 3}
    checkpoint.save_model(tmp_path / "voice", {"weight": torch.zeros(1)}, config)
    with pytest.raises(CheckpointError, match=f"{key}: expected an object"):
        load_experiment(FASTPITCH / "finetune.json", [f"finetune_from={tmp_path}/voice"])


def test_sounds_that_were_spoken_as_others_begin_as_these(base: Path) -> None:
    from recital.models.adapt import adapt_weights

    config: dict[str, Any] = checkpoint.read_json(base / checkpoint.CONFIG)
    before = config | {"text": config["text"] | {"spoken_as": {"b": "a", "c": "a"}}}
    after = config | {"text": config["text"] | {"spoken_as": {"c": "a"}}}
    weights = build(config).state_dict()
    adapted, notes = adapt_weights(build(config), weights, before, after)
    table, was = adapted["network.embedding.weight"], weights["network.embedding.weight"]
    a, b, c = map(config["symbols"].index, "abc")
    assert torch.equal(table[b], was[a]) and torch.equal(table[c], was[c])
    assert notes == ["symbols that were spoken as others begin as these: 'b' as 'a'"]


def test_the_page_has_the_table_of_the_config() -> None:
    page = (ROOT / "docs/your-voice.md").read_text()
    path = FASTPITCH / "finetune.json"
    for row in load_experiment(path)[0].by_minutes:
        minutes = f"below {row['below']}" if "below" in row else "more"
        train = load_experiment(path, [], row.get("below", 1e6) - 0.1)[0].train
        shown = (minutes, train.max_steps, f"{train.optimizer.lr:g}", f"{train.ema_share:g}")
        assert f"| {' | '.join(map(str, shown))} |" in page
        assert f"steps of {train.batch_size} |" in page
