"""Mels predicted by an acoustic model with true durations, and a vocoder trained on them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from recital.bins import export, extract_durations, predict_mels, preprocess, train, vocode
from recital.bins.common.experiment import load_experiment
from recital.models import load
from recital.processors.audio_files import save_wav
from recital.processors.dataset import SpeechDataset
from recital.processors.durations import find_durations
from recital.utils import checkpoint
from recital.utils.errors import CheckpointError, ConfigError, DataError
from tests.conftest import ROOT
from tests.fastspeech2_helpers import tiny_model as tiny_fastspeech2
from tests.tacotron2_helpers import tiny_model as tiny_tacotron2
from tests.tts_helpers import one_item, random_batch, tiny_model

RATE, N = 22050, 6
STACK = "{n_layers: 1, n_heads: 1, d_head: 8, d_inner: 16}"
SMALL = [
    "text={cleaners: 'basic_cleaners', symbol_set: 'english_basic'}",
    "model.d_model=16",
    f"model.encoder={STACK}",
    f"model.decoder={STACK}",
]
VOCODER = [
    "model.generator={d_model: 16, n_layers: 1, d_inner: 16}",
    "model.discriminators={mpd: {periods: [2], channels: 2}, mrd: null}",
    "model.adversarial_after=5",
    "train.segment_frames=16",
]


def voice(i: int) -> np.ndarray:
    """Half a second of a few harmonics."""
    t = np.arange(RATE // 2 + 700 * i) / RATE
    tone = sum(np.sin(2 * np.pi * k * (120 + 15 * i) * t) / k for k in range(1, 8))
    return (0.1 * tone * (1 + np.sin(2 * np.pi * 3 * t))).astype(np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of six recordings, and FastPitch trained on it for two steps."""
    folder = tmp_path_factory.mktemp("gta")
    for i in range(N):
        save_wav(folder / f"corpus/wavs/u{i}.wav", voice(i), RATE)
    lines = [f"u{i}|tone number {'abcdef'[i]}\n" for i in range(N)]
    (folder / "corpus/metadata.csv").write_text("".join(lines))
    preprocess.main([*words(folder, "tts/FastPitch"), "--jobs=1"])
    train.main([*words(folder, "tts/FastPitch"), "--name=teacher"])
    preprocess.main([*words(folder, "vocoder/Vocos"), "--jobs=1"])
    return folder


def words(folder: Path, recipe: str, *more: str) -> list[str]:
    places = {
        "dataset_path": {"toy": str(folder / "corpus")},
        "dataset_layout": {"toy": "ljspeech"},
        "log_dir": str(folder / "ckpts"),
        "dataset": ["toy"],
    }
    settings = [f"{key}={json.dumps(value)}" for key, value in places.items()]
    settings += [f"preprocess.{name}={n}" for name, n in (("valid", 1), ("test", 1))]
    settings += ["preprocess.golden_test=1", f"preprocess.processed_dir={folder / 'data'}"]
    settings += ["train.max_steps=2", "train.batch_size=2", "train.n_workers=0", "train.seed=1"]
    settings += SMALL if recipe.startswith("tts") else VOCODER
    config = f"{ROOT}/egs/{recipe}/exp_config.json"
    return ["--config", config, *(f"--set={s}" for s in (*settings, *more))]


@pytest.mark.parametrize("make", [tiny_model, tiny_fastspeech2, tiny_tacotron2])
def test_taught_mels_have_the_frames_of_the_true_ones(make: Any) -> None:
    model, batch = make().eval(), random_batch([7, 12, 9])
    assert batch.mel is not None and batch.mel_lengths is not None
    taught = model.teach(batch)
    assert taught.shape == batch.mel.shape and not taught.requires_grad
    assert torch.equal(taught, model.teach(batch))
    for i, n_frames in enumerate(batch.mel_lengths.tolist()):
        alone = model.teach(one_item(batch, i))
        torch.testing.assert_close(taught[i, :, :n_frames], alone[0], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("make", [tiny_model, tiny_fastspeech2])
def test_taught_mels_deviate_as_spoken_ones(make: Any) -> None:
    """A vocoder learns from what the voice will give it."""
    batch = random_batch([7, 12, 9])
    assert batch.mel_lengths is not None
    plain, wide = (make(deviation_scale=s).eval().teach(batch) for s in (1.0, 1.25))
    for i, n_frames in enumerate(batch.mel_lengths.tolist()):
        ratio = wide[i, :, :n_frames].std(1) / plain[i, :, :n_frames].std(1)
        torch.testing.assert_close(ratio, torch.full_like(ratio, 1.25))


def test_a_vocoder_learns_from_what_a_voice_predicts(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [*words(folder, "tts/FastPitch"), "--name=teacher"]
    assert predict_mels.main(command) == 0
    assert f"{N} utterances" in capsys.readouterr().out
    gta = words(folder, "vocoder/Vocos", "preprocess.predicted_mels=teacher")
    experiment, _ = load_experiment(gta[1], [w.removeprefix("--set=") for w in gta[2:]])
    store = experiment.store("toy")
    model: Any
    model, config = load(folder / "ckpts/teacher")
    places = predict_mels._places("toy", experiment, model, config)
    seen = 0
    for split in ("train", "valid", "test"):
        options = {"audio": experiment.audio, "preprocess": experiment.preprocess}
        data = SpeechDataset({"toy": store}, split, needs=frozenset({"mel", "wav"}), **options)
        for i, example in enumerate(data.examples):
            source, place = places[example.utterance.id]
            batch = source.collate([source[0, place]])
            item = data[0, i]
            expected = model.teach(batch)[0]
            torch.testing.assert_close(item["mel"], expected, rtol=1e-4, atol=1e-4)
            assert (item["mel"] - batch.mel[0]).abs().max() > 0.1  # not of the recording
            assert len(item["wav"]) == item["mel"].shape[1] * experiment.audio.hop_length
            seen += 1
        assert (
            data.fingerprint["predicted mels"]
            == checkpoint.model_hash(checkpoint.find(folder / "ckpts/teacher"))[:12]
        )
    assert seen == N
    train.main([*gta, "--name=vocoder"])
    out = folder / "out"
    assert vocode.main([*gta, "--name=vocoder", f"--infer_output_dir={out}"]) == 0
    names = [sorted(path.name for path in (out / d).glob("*.wav")) for d in ("pred", "gt")]
    assert names[0] == names[1] == [f"{id}.wav" for id in store.split("test")]


def test_what_is_there_is_not_made_again(folder: Path) -> None:
    command = [*words(folder, "tts/FastPitch"), "--name=teacher"]
    predict_mels.main(command)
    made = sorted((folder / "data/toy/mel-predicted-teacher").rglob("*.safetensors"))
    before = [path.stat().st_mtime_ns for path in made]
    predict_mels.main(command)
    assert [path.stat().st_mtime_ns for path in made] == before
    made[0].write_bytes(made[0].read_bytes()[:-8])
    predict_mels.main(command)
    assert [path.stat().st_mtime_ns for path in made] != before


def test_what_other_settings_made_is_made_again(folder: Path) -> None:
    """The weights are the same."""
    command = [*words(folder, "tts/FastPitch"), "--name=teacher"]
    predict_mels.main(command)
    made = sorted((folder / "data/toy/mel-predicted-teacher").rglob("*.safetensors"))
    before = [path.stat().st_mtime_ns for path in made]
    voice = [f"--infer_expt_dir={folder}/ckpts/teacher", f"--output_dir={folder}/wide"]
    export.main([*voice, "--set=model.deviation_scale=1.25"])
    predict_mels.main([*command, f"--infer_expt_dir={folder}/wide"])
    after = [path.stat().st_mtime_ns for path in made]
    assert all(new != old for new, old in zip(after, before, strict=True))


def test_durations_of_other_tokens_replace_none(folder: Path) -> None:
    extract = [*words(folder, "tts/FastPitch"), "--name=teacher"]
    extract_durations.main(extract)
    made = sorted((folder / "data/toy/durations").rglob("*.npy"))
    before = [np.load(path).tolist() for path in made]
    with pytest.raises(DataError, match="reads its text as 13 tokens .* this config as 15"):
        extract_durations.main([*extract, "--set=text.edge_symbol=' '"])
    assert [np.load(path).tolist() for path in made] == before


@pytest.mark.parametrize(
    "wrong", [lambda d: d + [9, -9, *[0] * (len(d) - 2)], lambda d: d + 0.25, lambda d: d / 0.0]
)
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_durations_are_whole_numbers_from_0(folder: Path, wrong: Any) -> None:
    extract_durations.main([*words(folder, "tts/FastPitch"), "--name=teacher"])
    path = find_durations(folder / "data/toy/durations", "u0")
    np.save(path, wrong(np.load(path)))
    given = [*words(folder, "tts/FastPitch"), "--set=model.aligner=null", "--name=x"]
    given.append("--set=train.loss_weights={alignment: 0, binarization: 0}")
    with pytest.raises(DataError, match="expected whole numbers of frames from 0"):
        train.main(given)


def test_what_has_no_durations_keeps_its_mel(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    durations = words(folder, "tts/FastPitch")
    extract_durations.main([*durations, "--name=teacher"])
    given = [*durations, "--set=model.aligner=null", "--set=train.loss_weights={alignment: 0}"]
    given.append("--set=train.loss_weights={alignment: 0, binarization: 0}")
    rejected = folder / "data/toy/durations/rejected.jsonl"
    line = {"id": "u0", "audio": "wavs/u0.wav", "code": "alignment", "reason": "", "remedy": ""}
    rejected.write_text(json.dumps(line) + "\n")
    train.main([*given, "--name=taught"])
    capsys.readouterr()
    assert predict_mels.main([*given, "--name=taught"]) == 0
    assert "1 more without durations keep the mel" in capsys.readouterr().out


def test_what_users_can_mend_is_said(folder: Path) -> None:
    for setting, error, said in (
        ("preprocess.predicted_mels=nobody", DataError, "--predict_mels"),
        ("preprocess.predicted_mels=../x", ConfigError, "plain name of an experiment"),
    ):
        with pytest.raises(error, match=said):
            train.main([*words(folder, "vocoder/Vocos", setting), "--name=x"])
    predict_mels.main([*words(folder, "tts/FastPitch"), "--name=teacher"])
    other = words(folder, "vocoder/Vocos", "preprocess.predicted_mels=teacher", "audio.f_max=7000")
    with pytest.raises(ConfigError, match=re.compile(r"f_max +7000.* +8000", re.DOTALL)):
        train.main([*other, "--name=x"])
    vocoder = [*words(folder, "vocoder/Vocos"), "--name=v"]
    train.main(vocoder)
    with pytest.raises(CheckpointError, match="no acoustic model.* found a Vocos"):
        predict_mels.main([*words(folder, "tts/FastPitch"), "--name=v"])
