"""Two corpora of three speakers, spoken by voices of espeak-ng: all stages, for both models."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from recital.bins import doctor, inference, preprocess, train
from recital.models import load
from recital.utils.errors import DataError

RATE = 16000
TEXTS = [
    f"{number} birds sat on the {place}."
    for number in ("One", "Two", "Six", "Nine")
    for place in ("roof", "wall", "gate")
]
VOICES = {"many/anna": "en-us+f3", "many/bert": "en-us", "one/": "en-us+m3"}
STACK = {"n_layers": 1, "n_heads": 1, "d_head": 16, "d_inner": 32}
PREDICTOR = {"n_layers": 1, "channels": 16}
MODELS: dict[str, dict[str, Any]] = {
    "fastpitch": {
        "normalize_energy": True,
        "duration_predictor": PREDICTOR,
        "pitch_predictor": PREDICTOR,
        "energy_predictor": PREDICTOR,
    },
    "fastspeech2": {},
}


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("espeakng_loader") is None:
        pytest.skip("espeak-ng is not installed")
    from recital.processors.text.espeak import speak

    root = tmp_path_factory.mktemp("corpora")
    for name, voice in VOICES.items():
        dataset, speaker = name.split("/")
        folder = root / dataset / speaker
        folder.mkdir(parents=True)
        for i, (text, said) in enumerate(zip(TEXTS, speak(TEXTS, voice, RATE), strict=True)):
            soundfile.write(folder / f"{i}.wav", said.wav, RATE)
            (folder / f"{i}.txt").write_text(text)
    return root


def config(path: Path, corpora: Path, model: str) -> Path:
    tree = {
        "base_config": f"config/tts/{model}.json",
        "dataset": ["many", "one"],
        "dataset_path": {"many": str(corpora / "many"), "one": str(corpora / "one")},
        "dataset_layout": {"many": "folder", "one": "folder"},
        "dataset_language": {"many": "en-us", "one": "en-gb"},
        "dataset_weights": {"one": 2.0},
        "log_dir": str(path.parent / "ckpts"),
        "audio": {
            "sample_rate": RATE,
            "n_fft": 512,
            "win_length": 512,
            "hop_length": 256,
            "n_mels": 20,
            "f_max": 8000.0,
        },
        "preprocess": {
            "processed_dir": str(path.parent / "data"),
            "valid": 1,
            "test": 1,
            "golden_test": 1,
        },
        "model": {
            "d_model": 32,
            "encoder": STACK,
            "decoder": STACK,
            "aligner": {"channels": 16},
            **MODELS[model],
        },
        "train": {
            "batch_size": 8,
            "max_steps": 4,
            "n_workers": 0,
            "log_every_steps": 1,
            "valid_every_epochs": None,
            "save_every_epochs": None,
            "save_every_steps": 2,
            "ema_decay": None,
        },
    }
    path.write_text(json.dumps(tree))
    return path


def resumed_equals_whole(path: str, ckpts: Path) -> None:
    """Also with dataset weights: a resumed run ends with the weights of an uninterrupted one."""
    train.main(["--config", path, "--name", "cut", "--set", "train.max_steps=2"])
    train.main(["--config", path, "--name", "cut", "--resume"])
    whole, cut = (load(ckpts / name)[0].state_dict() for name in ("v", "cut"))
    for name, value in whole.items():
        np.testing.assert_array_equal(value.numpy(), cut[name].numpy(), err_msg=name)


@pytest.mark.parametrize("model", MODELS)
def test_two_corpora_of_three_speakers_train_and_speak(
    model: str, corpora: Path, tmp_path: Path
) -> None:
    path = str(config(tmp_path / "c.json", corpora, model))
    preprocess.main(["--config", path, "--jobs", "1"])
    train.main(["--config", path, "--name", "v"])
    if model == "fastpitch":
        resumed_equals_whole(path, tmp_path / "ckpts")

    voice, resolved = load(tmp_path / "ckpts/v")
    assert resolved["speakers"] == ["many_anna", "many_bert", "one"]
    assert resolved["dataset_weights"] == {"one": 2.0}
    mean = voice.pitch_mean.tolist()
    assert mean[0] > 1.2 * max(mean[1:]) and mean[1] != mean[2]  # a woman's and two men's
    assert len(set(voice.energy_mean.tolist())) == 3

    wavs = {}
    for speaker in resolved["speakers"]:
        flags = ["--config", path, "--name", "v", "--infer_text", "Two birds sang."]
        out = tmp_path / speaker
        code = inference.main(
            [*flags, "--infer_speaker_name", speaker, "--infer_output_dir", str(out)]
        )
        assert code == 0
        wavs[speaker], _ = soundfile.read(next(out.rglob("*.wav")))
        assert np.isfinite(wavs[speaker]).all() and np.abs(wavs[speaker]).max() > 0
    n = min(map(len, wavs.values()))
    assert not np.array_equal(wavs["many_anna"][:n], wavs["one"][:n])
    for wrong, hint in (("many_ana", "did you mean 'many_anna'"), (None, "expected the name")):
        with pytest.raises(DataError, match=f"{hint}.*known: many_anna, many_bert, one"):
            given = [] if wrong is None else ["--infer_speaker_name", wrong]
            inference.main([*flags, *given, "--infer_output_dir", str(tmp_path / "no")])

    told = doctor.main(["--config", path, "--name", "v", "--jobs", "1", "--output", str(tmp_path)])
    report = json.loads((tmp_path / "doctor.json").read_text())
    judged = report["model"]
    assert told == 0 and len(judged) == len({(j["dataset"], j["id"]) for j in judged}) >= 30
    losses = [j["loss"] for j in judged]
    assert losses == sorted(losses, reverse=True) and all(0 < j["confidence"] < 1 for j in judged)
    assert {j["split"] for j in judged} == {"train", "valid", "test"}
    assert "What the model says" in (tmp_path / "doctor.html").read_text()
