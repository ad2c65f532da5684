"""Splits of one's own: lists are kept as given, what overlaps is said."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recital.bins import preprocess
from recital.bins.common.experiment import load_experiment
from recital.preprocessors import given_splits
from recital.preprocessors.corpora import amphion, filelist, kaldi
from recital.preprocessors.entries import Corpus
from recital.preprocessors.given_splits import assign, join, overlaps, read_names
from recital.preprocessors.splits import Candidates, split
from recital.processors.audio_files import save_wav
from recital.processors.features import PreprocessConfig
from recital.processors.store import Utterance
from recital.utils.errors import ConfigError, DataError
from recital.utils.storage import Local


def utterances(n: int, texts: int | None = None) -> list[Utterance]:
    return [Utterance(f"u{i}", f"wavs/u{i}.wav", f"Text {i % (texts or n)}.") for i in range(n)]


def lists(folder: Path, **files: str) -> dict[str, list[Path]]:
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text)
    return {name: [folder / f"{name}.txt"] for name in files}


def assigned(
    corpus: list[Utterance], given: dict[str, list[Path]]
) -> tuple[list[Utterance], list[str]]:
    chosen, notes = assign(corpus, given)
    return list(chosen), notes


def drawn(corpus: list[Utterance]) -> dict[str, list[str]]:
    return split(corpus, PreprocessConfig())


def test_nvidias_lists_are_kept_as_given(tmp_path: Path) -> None:
    """By path with text and pitch; the order is the corpus's, and the rest is in no split."""
    given = lists(
        tmp_path,
        train="wavs/u3.wav|pitch/u3.pt|Text.\nwavs/u1.wav|Text.|1.25\n",
        valid="wavs/u7.wav|Text seven.\n",
    )
    chosen, notes = assigned(utterances(10), given)
    assert drawn(chosen) == {"train": ["u1", "u3"], "valid": ["u7"], "test": [], "golden_test": []}
    assert notes == []


def test_only_what_is_not_given_is_drawn(tmp_path: Path) -> None:
    corpus = utterances(100)
    chosen, _ = assigned(corpus, lists(tmp_path, test="u5\nu6\nu7\n"))
    found = drawn(chosen)
    assert found["test"] == ["u5", "u6", "u7"] and found["golden_test"] == ["u5", "u6", "u7"]
    assert len(found["valid"]) == 10 and len(found["train"]) == 87
    chosen, _ = assigned(corpus, lists(tmp_path, golden_test="u50\nu60\n"))
    found = drawn(chosen)
    assert found["golden_test"] == ["u50", "u60"] and len(found["test"]) == 10
    assert {"u50", "u60"} < set(found["test"])
    assert sorted(sum((found[s] for s in ("train", "valid", "test")), [])) == sorted(
        u.id for u in corpus
    )


def test_text_in_two_lists_is_a_note_and_an_id_is_held_out(tmp_path: Path) -> None:
    corpus = utterances(10, texts=5)
    given = lists(tmp_path, train="u0\nu1\nu2\nnowhere\n", valid="u2\n", test="u5\nu9\n")
    chosen, notes = assigned(corpus, given)
    found = drawn(chosen)
    assert found["train"] == ["u0", "u1"] and found["valid"] == ["u2"]
    assert notes == [
        "1 of the train list, not in the corpus or rejected: nowhere",
        "1 in train and valid, kept in valid alone: u2",
    ]
    candidates = Candidates(seed=1)
    noted = list(candidates.noted(chosen))
    places = {name: np.flatnonzero([u.id in ids for u in noted]) for name, ids in found.items()}
    assert overlaps(places, candidates) == [
        "1 of train have a text of test; the lists are kept: u0"
    ]


def test_golden_test_may_be_a_part_of_test(tmp_path: Path) -> None:
    given = lists(tmp_path, train="u0\n", valid="u1\n", test="u2\nu3\n", golden_test="u3\n")
    chosen, notes = assigned(utterances(5), given)
    assert notes == []
    assert drawn(chosen)["test"] == ["u2", "u3"] and drawn(chosen)["golden_test"] == ["u3"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x\ny\n", "names no usable utterance of the corpus, as in 'x'"),
        ("\n", "is empty; leave test out"),
        (None, "cannot be read"),
    ],
)
def test_a_list_of_nothing_known_is_refused(tmp_path: Path, text: str | None, message: str) -> None:
    given = lists(tmp_path, **({} if text is None else {"test": text}))
    with pytest.raises(DataError, match=message):
        assign(utterances(3), given or {"test": [tmp_path / "test.txt"]})


def test_forms_of_lists(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([{"Uid": "x"}, {"Uid": 7}]))
    assert list(read_names(tmp_path / "a.json")) == ["x", "7"]
    (tmp_path / "bad.json").write_text('[{"id": 1}]')
    with pytest.raises(DataError, match="an object without 'Uid'.*objects with \"Uid\""):
        list(read_names(tmp_path / "bad.json"))
    (tmp_path / "bad.json").write_text('{"Uid": 1}')
    with pytest.raises(DataError, match=r"bad.json: cannot be read \(it is something else\)"):
        list(read_names(tmp_path / "bad.json"))
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/text").write_text("x hello there\ny two\n\n")
    assert list(read_names(tmp_path / "dev")) == ["x", "y"]
    (tmp_path / "w.txt").write_bytes("\ufeffa|b\r\n".encode())
    assert list(read_names(tmp_path / "w.txt")) == ["a"]


def amphion_lists(folder: Path, **ids: list[str]) -> Corpus:
    for name, found in ids.items():
        items: list[dict[str, Any]] = [
            {"Uid": id, "Path": f"wavs/{id}.wav", "Text": id} for id in found
        ]
        (folder / f"{name}.json").write_text(json.dumps(items))
    return Corpus(folder)


def test_amphions_lists_are_the_splits(tmp_path: Path) -> None:
    corpus = amphion_lists(tmp_path, train=["a", "b", "c"], valid=["d", "b"], test=["e", "d"])
    notes: list[str] = []
    entries = list(join(amphion.read(corpus), notes))
    chosen = [e for e in entries if isinstance(e, Utterance)]
    assert len(chosen) == len(entries) == 5  # no duplicates are rejected
    found = drawn(chosen)
    assert {k: found[k] for k in ("train", "valid", "test")} == {
        "train": ["a", "c"],
        "valid": ["b"],
        "test": ["d", "e"],
    }
    assert notes == [
        "1 in train and valid, kept in valid alone: b",
        "1 in valid and test, kept in test alone: d",
    ]
    single = tmp_path / "single"
    single.mkdir()
    corpus = amphion_lists(single, train=[f"u{i}" for i in range(30)])
    assert {e.split for e in amphion.read(corpus) if isinstance(e, Utterance)} == {""}


@pytest.mark.parametrize(
    ("names", "splits"),
    [
        (("train", "dev", "test"), ("train", "valid", "test")),
        (("tr_no_dev", "dev", "eval1"), ("train", "valid", "test")),
        (("train_nodup", "valid", "test_clean"), ("train", "valid", "test")),
        (("speaker1", "speaker2", "dev"), ("", "", "")),
    ],
)
def test_kaldis_folders_are_the_splits(
    tmp_path: Path, names: tuple[str, ...], splits: tuple[str, ...]
) -> None:
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "wav.scp").write_text(f"{name}-1 wavs/{name}.wav\n")
        (tmp_path / name / "text").write_text(f"{name}-1 hello from {name}\n")
    found = {u.id: u for u in kaldi.read(Corpus(tmp_path)) if isinstance(u, Utterance)}
    assert [found[f"{name}-1"].split for name in names] == list(splits)
    assert found[f"{names[0]}-1"].audio == f"wavs/{names[0]}.wav"  # relative to the whole


def test_a_filelist_of_each_split_is_the_corpus(tmp_path: Path) -> None:
    given = lists(tmp_path, train="wavs/a.wav|One.\n", valid="wavs/b.wav|Two.|spk\n")
    found = [u for u in filelist.read(Corpus(tmp_path, splits=given)) if isinstance(u, Utterance)]
    assert [(u.id, u.text, u.speaker, u.split) for u in found] == [
        ("wavs-a", "One.", "", "train"),
        ("wavs-b", "Two.", "spk", "valid"),
    ]


def test_stage_1_keeps_them_and_says_what_overlaps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draw = np.random.default_rng(0)
    for i in range(6):
        wav = 0.1 * draw.standard_normal(8000).astype(np.float32)
        save_wav(tmp_path / "corpus/wavs" / f"x{i}.wav", wav, 16000)
    rows = "".join(f"x{i}|Text {i % 5}|Text {i % 5}\n" for i in range(6))
    (tmp_path / "corpus/metadata.csv").write_text(rows)
    given = lists(tmp_path, train="x0\nx1\nx2\n", valid="wavs/x3.wav|t\n", test="x5\n")
    config = {
        "base_config": ["config/tts/fastpitch.json", "config/audio/speech_16k.json"],
        "dataset": ["mine"],
        "dataset_layout": {"mine": "ljspeech"},
        "dataset_path": {"mine": str(tmp_path / "corpus")},
        "dataset_splits": {"mine": {name: str(paths[0]) for name, paths in given.items()}},
        "preprocess": {"processed_dir": str(tmp_path / "data")},
    }
    path = tmp_path / "exp.json"
    path.write_text(json.dumps(config))
    preprocess.main([f"--config={path}", "--jobs=1"])
    out = capsys.readouterr().out
    assert "train 3" in out and "1 of train have a text of test; the lists are kept: x0" in out
    experiment, _ = load_experiment(path)
    store = experiment.store("mine")
    assert store.split("train") == ["x0", "x1", "x2"] and store.split("test") == ["x5"]
    assert store.split("valid") == ["x3"] and store.split("golden_test") == ["x5"]
    config["dataset_splits"] = {"mine": {"dev": "x"}}
    path.write_text(json.dumps(config))
    with pytest.raises(ConfigError, match=r"dataset_splits.mine.dev: no such split; known: train"):
        load_experiment(path)


def most_bytes(task: Callable[[], object]) -> int:
    """The most memory that a task takes beyond what there is."""
    tracemalloc.start()
    try:
        task()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_no_utterance_is_kept_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for lists of one's own nor for a corpus with splits: as objects they take 700 bytes
    each.
    """
    monkeypatch.setattr(given_splits, "BLOCK", 100)
    n = 3000

    def made(split: str = "") -> Iterator[Utterance]:
        for i in range(n):
            yield Utterance(f"u{i}", f"wavs/u{i}.wav", f"Text {i}.", split=split)

    ids = [f"u{i}\n" for i in range(n)]
    given = lists(tmp_path, train="".join(ids[50:]), valid="".join(ids[:50]))
    found: Counter[str] = Counter()

    def assign_all() -> None:
        chosen, notes = assign(made(), given, Local(tmp_path))
        assert not notes
        found.update(u.split for u in chosen)

    assert most_bytes(assign_all) < 250 * n and found == {"train": n - 50, "valid": 50}

    def join_all() -> None:
        notes: list[str] = []
        for entry in join(chain(made("train"), made("test")), notes, Local(tmp_path)):
            assert isinstance(entry, Utterance)
            found[f"joined {entry.split}"] += 1
        assert notes[0].startswith(f"{n} in train and test, kept in test alone: u0, u1")

    assert most_bytes(join_all) < 250 * 2 * n and found["joined test"] == n
    assert not [path for path in tmp_path.iterdir() if path.suffix != ".txt"]
