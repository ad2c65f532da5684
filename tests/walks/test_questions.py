"""`train_questions`: a voice learns to ask from another speaker's questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from recital.bins import preprocess, train_questions
from recital.bins.train_questions import Questions
from recital.models import build, load
from recital.processors.audio_files import save_wav
from recital.processors.text import TextConfig, symbols_for
from recital.utils import checkpoint
from recital.utils.errors import DataError
from tests.tts_helpers import drawn_prosody, tiny_config

RATE = 22050
TEXT = {
    "cleaners": "basic_cleaners",
    "symbol_set": "english_basic",
    "spoken_as": {"?": ".", "!": "."},
}


@pytest.fixture(params=["predicted", "drawn"])
def voice(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    drawn = {"prosody": drawn_prosody()} if request.param == "drawn" else {}
    config = tiny_config(**drawn) | {
        "text": TEXT,
        "symbols": symbols_for(TextConfig(**TEXT)),  # type: ignore[arg-type]
        "speakers": ["anna"],
    }
    torch.manual_seed(5)
    model: Any = build(config)
    model.pitch_statistics.set(150.0, 30.0)
    weights = {name: w.half() if w.dim() > 1 else w for name, w in model.state_dict().items()}
    checkpoint.save_model(tmp_path / "voice", weights, config)
    return tmp_path / "voice"


def corpus(folder: Path, mark: str) -> list[str]:
    """Six tones that rise, of texts that end in `mark`, and six that fall; returns the flags of a
    config that reads them.
    """
    (folder / "wavs").mkdir(parents=True)
    lines = []
    for i in range(12):
        rises = i < 6
        t = np.arange(RATE // 2 + 200 * i) / RATE
        f0 = 150 + 5 * i + (60 if rises else -40) * np.maximum(t / t[-1] - 0.7, 0) / 0.3
        phase = 2 * np.pi * np.cumsum(f0) / RATE
        tone = sum(np.sin(k * phase) / k for k in range(1, 6))
        save_wav(folder / f"wavs/u{i:02}.wav", (0.1 * tone).astype(np.float32), RATE)
        lines.append(f"u{i:02}|sentence number {chr(97 + i)} here{mark if rises else '.'}\n")
    (folder / "metadata.csv").write_text("".join(lines))
    config = {
        "base_config": "config/tts/fastpitch.json",
        "audio": {"$replace": True, **tiny_config()["audio"]},
        "dataset": ["tones"],
        "dataset_layout": {"tones": "ljspeech"},
        "dataset_path": {"tones": str(folder)},
        "dataset_splits": {"tones": {s: str(folder / s) for s in ("train", "valid")}},
        "text": TEXT,
        "preprocess": {"processed_dir": str(folder / "data")},
    }
    for split, ids in (("train", range(0, 12, 2)), ("valid", range(1, 12, 2))):
        (folder / split).write_text("".join(f"u{i:02}\n" for i in ids))
    (folder / "config.json").write_text(json.dumps(config))
    flags = ["-c", str(folder / "config.json")]
    assert not preprocess.main([*flags, "--jobs", "1"])
    return flags


def test_the_mark_and_the_f0_predictor_are_learned(
    voice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = corpus(tmp_path / "tones", "?")
    places = ["--infer_expt_dir", str(voice), "--output_dir", str(tmp_path / "asks")]
    train_questions.main([*flags, *places])
    before, after = (
        checkpoint.read_tensors(folder / checkpoint.MODEL) for folder in (voice, tmp_path / "asks")
    )
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    embedding, predictor = train_questions.EMBEDDING, train_questions.PREDICTOR
    model, config = load(tmp_path / "asks")
    drawn = model.network.prosody is not None  # type: ignore[union-attr]
    assert {n for n in changed if not n.startswith(predictor)} == {embedding}
    assert (changed == {embedding}) == drawn
    assert all(after[name].dtype == before[name].dtype for name in before)
    rows = (before[embedding] != after[embedding]).any(1).nonzero()[:, 0]
    assert [config["symbols"][i] for i in rows] == ["?"]
    assert config["text"]["spoken_as"] == {"!": "."}
    lines = [line for line in capsys.readouterr().out.splitlines() if "squared error" in line]
    errors = [float(line.partition("error of F0 ")[2].partition(",")[0]) for line in lines]
    train, valid = errors[::2], errors[1::2]
    assert train[1] < 0.9 * train[0] and valid[1] < valid[0]
    assert drawn == (len(train) == 2)
    if not drawn:
        assert train[2] < 0.9 * train[1] and valid[2] < valid[1]


def test_questions_that_fall_are_not_learned_from() -> None:
    mask = torch.ones(3, 8)
    pitch = torch.full((3, 8), -1.0)
    pitch[1, -2:] = 2.0
    learned = mask.clone()
    learned[2, -5:] = 0  # no voiced token near its end
    pitch[2] = 1.0
    questions = Questions(torch.arange(24).view(3, 8), mask.bool(), pitch, learned)
    assert questions.last.sum(1).tolist() == [5, 5, 0]
    assert questions.rising().tokens.tolist() == [[*range(8, 16)]]
    with pytest.raises(DataError, match="no recording of a question that rises"):
        Questions(questions.tokens[:1], mask[:1].bool(), pitch[:1], learned[:1]).rising()


def test_a_corpus_without_questions_is_one_line(voice: Path, tmp_path: Path) -> None:
    flags = corpus(tmp_path / "tones", ".")
    places = ["--infer_expt_dir", str(voice), "--output_dir", str(tmp_path / "asks")]
    with pytest.raises(DataError, match="train: no recording of a question"):
        train_questions.main([*flags, *places])
    assert not (tmp_path / "asks").exists()
