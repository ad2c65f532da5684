"""Stages 1 to 4 of the vocoders' recipes on a few sentences of the embedded corpus, with the tiny
models of their `ci.json`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from recital.bins import evaluate, preprocess, train, vocode
from recital.preprocessors.corpora import embedded
from recital.utils.config import ROOT

SENTENCES = 10


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sentences by espeak-ng, in the folder of the recipes' runs."""
    pytest.importorskip("espeakng_loader")
    folder = tmp_path_factory.mktemp("vocoders")
    lines = embedded.SENTENCES.read_text(encoding="utf-8").splitlines(keepends=True)[:SENTENCES]
    (folder / "sentences.txt").write_text("".join(lines), encoding="utf-8")
    sentences, embedded.SENTENCES = embedded.SENTENCES, folder / "sentences.txt"
    try:
        embedded.make(folder / "corpus")
    finally:
        embedded.SENTENCES = sentences
    return folder


RECIPES = sorted(path.parent.name for path in (ROOT / "egs/vocoder").glob("*/ci.json"))
NO_GAN = {"DiffWave", "SourceFilter", "WaveGlow", "WaveNet", "WaveRNN"}


@pytest.mark.parametrize("recipe", RECIPES)
def test_from_recordings_to_recordings(corpus: Path, recipe: str) -> None:
    places = {
        "dataset_path.embedded": corpus / "corpus",
        "log_dir": corpus / "ckpts",
        "preprocess.processed_dir": corpus / "data",
    }
    settings = [f"{key}={json.dumps(str(value))}" for key, value in places.items()]
    settings += ["preprocess.valid=2", "preprocess.test=2", "preprocess.golden_test=1"]
    settings += [
        "train.batch_size=2",
        "train.max_steps=6",
        "train.log_every_steps=1",
        "train.n_workers=0",
    ]
    if recipe not in NO_GAN:
        settings.append("model.adversarial_after=3")
    config = ["--config", str(ROOT / f"egs/vocoder/{recipe}/ci.json")]
    config += [f"--set={setting}" for setting in settings]

    preprocess.main([*config, "--jobs=1"])
    train.main([*config, f"--name={recipe}"])
    experiment = corpus / "ckpts" / recipe
    lines = [json.loads(line) for line in (experiment / "log.jsonl").read_text().splitlines()]
    turns = [set(line) for line in lines if "learning_rate" in line]
    if recipe not in NO_GAN:  # first without discriminators, then with
        assert "train/adversarial" not in turns[0] and "train/adversarial" in turns[-1]
    assert any("valid/mel_l1" in line for line in lines)
    assert all(np.isfinite(v) for line in lines for v in line.values() if isinstance(v, float))

    command = [*config, f"--name={recipe}", "--infer_mode=infer_from_dataset"]
    command += ["--infer_testing_set=test", "--denoising_strength=0.01"]
    assert vocode.main([*command, f"--infer_output_dir={corpus / recipe}"]) == 0
    made, recorded = (sorted((corpus / recipe / part).glob("*.wav")) for part in ("pred", "gt"))
    assert [path.name for path in made] == [path.name for path in recorded] and made
    for ours, theirs in zip(made, recorded, strict=True):
        (wav, rate), (original, _) = soundfile.read(ours), soundfile.read(theirs)
        assert rate == 22050 and abs(len(wav) - len(original)) <= 256 and wav.std() > 1e-4

    command = [*config, f"--name={recipe}", "--infer_testing_set=test"]
    command += ["--judges=none", "--recognizer=none"]
    assert evaluate.main([*command, f"--infer_output_dir={corpus / recipe}"]) == 0
    report = (experiment / "evaluation/test/metrics.json").read_text()
    (run,) = json.loads(report)["runs"].values()
    assert 0 < run["summary"]["mel_l1"]["value"] < 20 and not run["missing"]
