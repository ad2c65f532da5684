"""Stages 1 to 3 of the recipes on a few sentences of the embedded corpus, with tiny models; and
training on a teacher's durations.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from recital.bins import evaluate, extract_durations, inference, preprocess, train
from recital.preprocessors.corpora import embedded
from recital.utils.errors import ConfigError, DataError, UsageError
from tests.conftest import ROOT

SMALL = {
    "FastSpeech2": [
        "model.d_model=16",
        "model.encoder={n_layers: 1, n_heads: 2, d_head: 8, d_inner: 16, kernel_size: [3, 1]}",
        "model.decoder={n_layers: 1, n_heads: 2, d_head: 8, d_inner: 16, kernel_size: [3, 1]}",
        "model.postnet.channels=8",
    ],
    "Tacotron2": [
        "model.d_model=16",
        "model.decoder.prenet_size=8",
        "model.decoder.attention_rnn_size=16",
        "model.decoder.decoder_rnn_size=16",
        "model.decoder.attention_size=8",
        "model.decoder.reduction=4",
        "model.postnet.channels=8",
        "model.max_decoder_steps=120",
    ],
    "Matcha": [
        "model.d_model=16",
        "model.encoder={n_layers: 1, n_heads: 2, d_inner: 16, duration_channels: 16}",
        "model.decoder={channels: [16, 16], n_mid: 1, d_head: 8}",
        "model.segment_frames=64",
    ],
    "FastPitch": [
        "model.d_model=16",
        "model.encoder={n_layers: 1, n_heads: 1, d_head: 8, d_inner: 16}",
        "model.decoder={n_layers: 1, n_heads: 1, d_head: 8, d_inner: 16}",
    ],
}
TEACHER = ["model.aligner=null", "train.loss_weights={alignment: 0, binarization: 0}"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    """Twelve sentences by espeak-ng, in the folder of a recipe's runs."""
    pytest.importorskip("espeakng_loader")
    folder = tmp_path_factory.mktemp("walk")
    (folder / "sentences.txt").write_text(
        "".join(embedded.SENTENCES.read_text().splitlines(keepends=True)[:12])
    )
    sentences, embedded.SENTENCES = embedded.SENTENCES, folder / "sentences.txt"
    try:
        embedded.make(folder / "corpus")
    finally:
        embedded.SENTENCES = sentences
    return folder


def words(recipe: str, corpus: Path, *more: str) -> list[str]:
    """The command line of a recipe's demo (or `ci.json`), for a tiny model and six steps."""
    places = {
        "dataset_path.embedded": corpus / "corpus",
        "log_dir": corpus / "ckpts",
        "preprocess.processed_dir": corpus / "data",
    }
    settings = [f"{key}={json.dumps(str(value))}" for key, value in places.items()]
    settings += ["preprocess.valid=2", "preprocess.test=2", "preprocess.golden_test=1"]
    settings += ["train.max_steps=6", "train.batch_size=4", "train.optimizer.lr=0.03"]
    settings += ["train.scheduler.warmup_steps=0", "train.ema_decay=null"]
    settings += [*SMALL.get(recipe, []), *more]
    folder = ROOT / "egs" / "tts" / recipe
    config = folder / "ci.json" if recipe not in SMALL else folder / "demo.json"
    return ["--config", str(config), *(f"--set={s}" for s in settings)]


def walk(recipe: str, folder: Path, name: str, *more: str) -> Path:
    """Run stages 1 and 2; return the experiment."""
    preprocess.main([*words(recipe, folder, *more), "--jobs=1"])
    train.main([*words(recipe, folder, *more), f"--name={name}"])
    return folder / "ckpts" / name


def speak(recipe: str, folder: Path, name: str, *flags: str) -> int:
    command = [*words(recipe, folder), f"--name={name}", "--infer_text=Yes.", *flags]
    return inference.main(command)


@pytest.fixture(scope="module")
def fastspeech2(corpus) -> Path:
    return walk("FastSpeech2", corpus, "fs2")


def test_fastspeech2_from_recordings_to_speech(corpus, fastspeech2):
    experiment = fastspeech2
    losses = [json.loads(line) for line in (experiment / "log.jsonl").read_text().splitlines()]
    assert any("valid/mel_postnet" in line for line in losses)
    assert speak("FastSpeech2", corpus, "fs2", "--pace=1.5", "--pitch_scale=1.2") == 0
    told = json.loads(next((experiment / "infer").rglob("*.json")).read_text())
    assert len(told["durations"]) == len(told["tokens"]) == len(told["pitch"])


def test_matcha_from_recordings_to_a_report(corpus, capsys):
    experiment = walk("Matcha", corpus, "matcha")
    assert speak("Matcha", corpus, "matcha", "--temperature=0.4", "--n_steps=2") == 0
    told = json.loads(next((experiment / "infer").rglob("*.json")).read_text())
    assert len(told["durations"]) == len(told["tokens"])
    assert told["controls"]["temperature"] == 0.4 and told["controls"]["n_steps"] == 2
    assert speak("Matcha", corpus, "matcha", "--pitch_scale=1.2") == 1
    assert "predicts no pitch" in capsys.readouterr().err
    command = [*words("Matcha", corpus), "--name=matcha", "--judges=none", "--recognizer=none"]
    assert evaluate.main(command) == 0
    # the search cannot fail, so it can be a teacher
    assert extract_durations.main([*words("Matcha", corpus), "--name=matcha"]) == 0
    given = ["model.alignment=given", "train.max_steps=2"]
    train.main([*words("Matcha", corpus, *given), "--name=given"])


def test_vits_speaks_without_a_vocoder(corpus, tmp_path, capsys):
    experiment = walk("VITS", corpus, "vits")
    shown = [path.name for path in (experiment / "show").rglob("*") if path.is_file()]
    assert any("predicted" in name and name.endswith(".wav") for name in shown), shown
    command = [*words("VITS", corpus), "--name=vits", "--infer_testing_set=test"]
    with pytest.raises(ConfigError, match="needs no vocoder"):
        inference.main([*command, f"--vocoder_dir={experiment}", "--infer_mode=batch"])
    judged = ["--judges=none", "--recognizer=none", "--jobs=1"]
    out = [f"--infer_output_dir={tmp_path / 'infer'}", f"--eval_output_dir={tmp_path / 'eval'}"]
    assert evaluate.main([*command, *judged, *out]) == 0
    assert "speaking the test split first" in capsys.readouterr().out
    told = json.loads(next((tmp_path / "infer").rglob("*.json")).read_text())
    assert told["vocoder"] == "VITS" and told["vocoder_checkpoint"] is None
    assert sum(told["durations"]) * told["hop_length"] == pytest.approx(
        told["seconds"] * told["sample_rate"]
    )


def test_durations_go_from_a_teacher_to_fastpitch_and_fastspeech2(
    corpus, fastspeech2, capsys, monkeypatch
):
    experiment = walk("Tacotron2", corpus, "t2")
    assert speak("Tacotron2", corpus, "t2") in (0, 1)  # six steps are too few to learn attention
    store = corpus / "data" / "embedded" / "durations"
    command = [*words("Tacotron2", corpus), "--name=t2"]
    with pytest.raises(DataError, match="train it for longer"):
        extract_durations.main(command)
    reasons = [json.loads(line) for line in (store / "rejected.jsonl").read_text().splitlines()]
    assert len(reasons) == 12 and all(r["remedy"] for r in reasons)

    # a learned aligner cannot fail, so it can be a teacher too
    preprocess.main([*words("FastPitch", corpus), "--jobs=1"])  # energy, in addition to what exists
    command = [*words("FastSpeech2", corpus), f"--infer_expt_dir={fastspeech2}"]
    assert extract_durations.main(command) == 0
    assert "12 utterances" in capsys.readouterr().out
    made = sorted(store.glob("??/*.npy"))
    assert len(made) == 12
    train.main([*words("FastPitch", corpus, *TEACHER), "--name=fp-taught"])

    # the forced aligner needs no voice
    command = [*words("FastSpeech2", corpus), "--aligner=hmm"]
    with pytest.raises(UsageError, match="hmm, which needs no voice"):
        extract_durations.main([*command, f"--infer_expt_dir={fastspeech2}"])
    by_voice = [np.load(path) for path in made]
    assert extract_durations.main(command) == 0
    assert "12 utterances" in capsys.readouterr().out
    assert [a.sum() for a in by_voice] == [np.load(path).sum() for path in made]
    assert any((a != np.load(path)).any() for a, path in zip(by_voice, made, strict=True))
    # only what was aligned is counted
    with monkeypatch.context() as patch:
        patch.setattr(extract_durations, "ALL", ("train",))
        assert extract_durations.main(command) == 0
    assert "10 utterances" in capsys.readouterr().out
    train.main([*words("FastSpeech2", corpus, *TEACHER), "--name=fs2-taught"])
    np.save(made[0], np.ones(3, np.int64))
    with pytest.raises(DataError, match="1 of .* have no durations that fit.*--extract_durations"):
        train.main([*words("FastPitch", corpus, *TEACHER), "--name=broken"])
    assert experiment.is_dir()
