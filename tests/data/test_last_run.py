"""The record of the last run of stage 1: nothing is made again while nothing has changed, and all
that may change is noticed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from unittest.mock import ANY

import numpy as np
import pytest
import soundfile

from recital.modules.contract.audio import AudioConfig
from recital.preprocessors import prepare as stage
from recital.preprocessors.entries import Corpus
from recital.preprocessors.last_run import KEPT, Summary
from recital.preprocessors.prepare import prepare
from recital.processors.features import PreprocessConfig
from recital.processors.store import FeatureStore
from recital.utils.errors import DataError

RATE = 16000
AUDIO = AudioConfig(RATE, 512, 512, 160, 20, 0.0, None)


@dataclass
class Stage1:
    """Stage 1 of a small corpus, and what may change between two runs."""

    folder: Path
    preprocess: PreprocessConfig = PreprocessConfig(valid=2, test=2, golden_test=1)
    exclude: dict[str, str] = field(default_factory=dict)

    @property
    def corpus(self) -> Path:
        return self.folder / "corpus"

    @property
    def listed(self) -> Path:
        return self.folder / "train.txt"

    def __call__(self, out: str = "out", features: Sequence[str] = ("wav",)) -> Summary:
        corpus = Corpus(self.corpus, splits={"train": [self.listed]})
        store = FeatureStore(self.folder / out)
        exclude = self.exclude
        return prepare(
            "set", corpus, "ljspeech", store, features, AUDIO, self.preprocess, exclude=exclude
        )

    def written(self, out: str = "out") -> dict[str, bytes]:
        """All that is not in the index."""
        files = sorted((self.folder / out).rglob("*.*"))
        return {
            str(p.relative_to(self.folder / out)): p.read_bytes()
            for p in files
            if "index" not in p.parts
        }


@pytest.fixture
def stage1(tmp_path: Path) -> Stage1:
    found = Stage1(tmp_path)
    (found.corpus / "wavs").mkdir(parents=True)
    draw = np.random.default_rng(0)
    for i in range(12):
        soundfile.write(found.corpus / f"wavs/u{i}.wav", draw.normal(0, 0.1, 6000 + 100 * i), RATE)
    lines = [f"u{i}|Text {i}|Text {i}\n" for i in range(12)]
    (found.corpus / "metadata.csv").write_text("".join([*lines, "gone|Text|Text\n"]))
    found.preprocess = replace(found.preprocess, max_rejected=0.5)
    found.listed.write_text("".join(f"u{i}\n" for i in range(8)))
    found()
    return found


def test_nothing_is_made_again(stage1: Stage1, monkeypatch: pytest.MonkeyPatch) -> None:
    first = stage1("other")
    monkeypatch.setattr(stage, "Work", None)
    again = stage1()
    assert again == replace(first, extracted=0, elapsed=again.elapsed)
    assert again.rejected["missing"] == 1 and again.utterances == 12


def shard(s: Stage1) -> Path:
    return next((s.folder / "out").glob("wav-*/*/*"))


def cut(s: Stage1) -> None:
    os.truncate(shard(s), shard(s).stat().st_size - 1)


def left_over(s: Stage1) -> None:
    shard(s).with_name("killed.tmp").write_bytes(b"")


def touch(s: Stage1) -> None:
    (s.folder / "out/manifest.jsonl").write_text("")


def settings(s: Stage1) -> None:
    s.preprocess = replace(s.preprocess, min_seconds=0.4)


def another_list(s: Stage1) -> None:
    s.listed.write_text("u1\nu2\nu3\n")


def another_text(s: Stage1) -> None:
    path = s.corpus / "metadata.csv"
    path.write_text(path.read_text().replace("|Text 7", "|Another"))


def leave_out(s: Stage1) -> None:
    s.exclude = {"u3": "noise"}


def other_recording(s: Stage1) -> None:
    soundfile.write(s.corpus / "wavs/u5.wav", np.linspace(-0.5, 0.5, 9000), RATE)


CHANGES: list[Callable[[Stage1], object]] = [
    cut,
    left_over,
    touch,
    settings,
    another_list,
    another_text,
    leave_out,
    other_recording,
    lambda s: shard(s).unlink(),
    lambda s: (s.folder / "out/valid.txt").unlink(),
    lambda s: (s.folder / "out/rejected.jsonl").unlink(),
    lambda s: (s.folder / "out/index/stage1.json").write_text('{"state": 1}'),
]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_noticed(stage1: Stage1, change: Callable[[Stage1], object]) -> None:
    change(stage1)
    summary, fresh = stage1(), stage1("new")
    summary.notes = [note for note in summary.notes if "were in train until now" not in note]
    assert summary == replace(fresh, extracted=summary.extracted, elapsed=summary.elapsed)
    assert stage1.written() == stage1.written("new")


def test_a_run_that_stops_is_no_complete_one(stage1: Stage1) -> None:
    stage1.preprocess = replace(stage1.preprocess, max_rejected=0.0)
    for _ in range(2):
        with pytest.raises(DataError, match="more than preprocess.max_rejected"):
            stage1()


def test_a_voice_and_a_vocoder_take_turns(stage1: Stage1, monkeypatch: pytest.MonkeyPatch) -> None:
    summaries = []
    for features in (["wav"], ["pitch"], ["wav"], ["pitch"]):
        summaries.append(stage1(features=features))
        if len(summaries) == 2:
            monkeypatch.setattr(stage, "Work", None)
    assert [s.extracted for s in summaries] == [0, 12, 0, 0]
    assert summaries[3] == replace(summaries[1], extracted=0, elapsed=summaries[3].elapsed)


def test_old_records_do_not_pile_up(stage1: Stage1) -> None:
    for seed in range(KEPT + 3):
        stage1.preprocess = replace(stage1.preprocess, seed=seed)
        stage1()
    assert len(json.loads((stage1.folder / "out/index/stage1.json").read_text())) == KEPT


@pytest.mark.parametrize("key", [f.name for f in fields(Summary)])
def test_a_summary_that_is_not_whole_is_none(stage1: Stage1, key: str) -> None:
    path = stage1.folder / "out/index/stage1.json"
    whole = json.loads(path.read_text())
    for wrong in ({}, {key: object}, {key: [1.5]}, {"more": 1}):
        records = (
            {
                state: {k: v for k, v in (found | wrong).items() if v is not object}
                for state, found in whole.items()
            }
            if wrong
            else []
        )
        path.write_text(json.dumps(records))
        assert stage1() == replace(stage1("new"), extracted=0, elapsed=ANY)
