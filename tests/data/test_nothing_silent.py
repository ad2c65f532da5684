"""Failures from public bug reports of other toolkits: data that is misread or lost silently. Bad
data never stops good data, and is never accepted silently.
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
from pathlib import Path

import numpy as np
import pytest
import soundfile

from recital.modules.contract.audio import AudioConfig
from recital.preprocessors.entries import Corpus
from recital.preprocessors.prepare import prepare
from recital.preprocessors.sources import read_corpus
from recital.processors.features import PreprocessConfig
from recital.processors.store import FeatureStore, Rejected, Utterance
from recital.utils.errors import DataError, RecitalError
from recital.utils.files import locked

AUDIO = AudioConfig(16000, 512, 512, 256, 20, 0.0, None)
PREPROCESS = PreprocessConfig(valid=1, test=1, golden_test=1, max_rejected=0.9)
SENTENCES = ("The first sentence.", "Another one follows it.", "The third of them.", "All is said.")


def voice(seconds: float = 0.5) -> np.ndarray:
    times = np.arange(round(seconds * 16000)) / 16000
    return (0.3 * np.sin(2 * np.pi * 150 * times)).astype(np.float32)


def write(path: Path, data: str | bytes | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if data is None:
        soundfile.write(path, voice(), 16000)
    elif isinstance(data, str):
        path.write_text(data, encoding="utf-8", newline="")
    else:
        path.write_bytes(data)
    return path


def ljspeech(folder: Path, *lines: str) -> Path:
    for line in lines:
        write(folder / f"wavs/{line.partition('|')[0]}.wav")
    write(folder / "metadata.csv", "".join(f"{line}\n" for line in lines))
    return folder


def found(folder: Path, layout: str) -> tuple[dict[str, Utterance], dict[str, Rejected]]:
    entries = list(read_corpus(Corpus(folder), layout))
    kept = {e.id: e for e in entries if isinstance(e, Utterance)}
    return kept, {e.id: e for e in entries if isinstance(e, Rejected)}


def stage1(folder: Path, layout: str, out: Path) -> dict[str, Rejected]:
    store = FeatureStore(out)
    prepare("set", Corpus(folder), layout, store, ("wav",), AUDIO, PREPROCESS)
    return {r.id: r for r in store.rejected()}


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\u0085", "\x0b", "\x0c", "\x1c"])
def test_a_character_that_some_take_for_a_line_end(tmp_path: Path, mark: str) -> None:
    lines = [f"a{i}|{text}" for i, text in enumerate(SENTENCES)]
    lines[1] = f"a1|Before{mark}after it."
    folder = ljspeech(tmp_path / "corpus", *lines)
    assert stage1(folder, "ljspeech", tmp_path / "out") == {}
    kept = {u.id: u.text for u in FeatureStore(tmp_path / "out").utterances()}
    assert len(kept) == 4 and mark in kept["a1"]


def test_lhotse_keeps_the_other_lines(tmp_path: Path) -> None:
    source = [{"type": "file", "channels": [0], "source": "a.wav"}]
    recording = {"id": "r", "sources": source, "duration": 9.0}
    lines = [
        {"id": "good", "recording_id": "r", "start": 0.5, "duration": 1.0, "text": "A\u2028b."},
        {"id": "null", "recording_id": "r", "start": None, "duration": 1.0, "text": "No."},
        {"id": "nan", "recording_id": "r", "start": float("nan"), "duration": 1.0, "text": "No."},
        {"id": "endless", "recording_id": "r", "start": 0, "duration": float("inf"), "text": "No."},
    ]
    write(tmp_path / "recordings.jsonl", json.dumps(recording) + "\n")
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines) + "{\n[]\n"
    write(tmp_path / "supervisions.jsonl.gz", gzip.compress(text.encode()))
    kept, rejected = found(tmp_path, "lhotse")
    assert list(kept) == ["good"] and kept["good"].text == "A\u2028b."
    assert set(rejected) == {
        *("null", "nan", "endless"),
        *("supervisions.jsonl.gz:5", "supervisions.jsonl.gz:6"),
    }


def test_a_manifest_that_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recital.preprocessors.corpora.lhotse.MAX_LIST", 2**20)
    write(tmp_path / "cuts.jsonl.gz", gzip.compress(bytes(2**21)))
    with pytest.raises(DataError, match="cuts.jsonl.gz: .*unpacks to more than 1 MiB"):
        found(tmp_path, "lhotse")


@pytest.mark.parametrize("key", ["Uid", "Path", "Text", "Singer"])
def test_half_of_a_surrogate_pair_is_rejected(tmp_path: Path, key: str) -> None:
    good = {"Uid": "a", "Path": "a.wav", "Text": "Yes.", "Singer": "b"}
    items = [good, {**good, "Uid": "b", key: "x\ud800"}]
    write(tmp_path / "train.json", json.dumps(items))
    kept, rejected = found(tmp_path, "amphion")
    assert list(kept) == ["a"]
    assert [r.code for r in rejected.values()] == ["metadata"]
    assert all(r.id.isprintable() and json.dumps(r.audio).isascii() for r in rejected.values())


@pytest.mark.parametrize("start", ["nan", "inf", "-1", "2"])
def test_kaldi_segments_that_cannot_be(tmp_path: Path, start: str) -> None:
    write(tmp_path / "wav.scp", "r\ta.wav\n")  # ESPnet writes spaces, others tabs
    write(tmp_path / "text", "good\tIt is read.\nbad\tIt is not.\n")
    write(tmp_path / "segments", f"good\tr\t0.5\t1.0\nbad\tr\t{start}\t1.0\n")
    kept, rejected = found(tmp_path, "kaldi")
    assert list(kept) == ["good"] and kept["good"].text == "It is read."
    assert rejected["bad"].code == "bad_segment"


@pytest.mark.parametrize(
    "lines",
    [
        ["wavs/a.wav|0|The first sentence."],
        [f"wavs/a{i}.wav|{i % 2}|{text}" for i, text in enumerate(SENTENCES)],
        [f"wavs/a{i}.wav|anna|{text}" for i, text in enumerate(SENTENCES)],
        [f"wavs/a{i}.wav|a{i}.pt|anna|{text}" for i, text in enumerate(SENTENCES)],
    ],
)
def test_a_filelist_in_another_order_is_refused(tmp_path: Path, lines: list[str]) -> None:
    write(tmp_path / "filelist.txt", "".join(f"{line}\n" for line in lines))
    with pytest.raises(DataError, match=r"filelist.txt: its columns are not wav\|text\|speaker"):
        found(tmp_path, "filelist")


def test_a_filelist_in_its_order_is_taken(tmp_path: Path) -> None:
    lines = [f"wavs/a{i}.wav|{text}|Mary Jane" for i, text in enumerate(SENTENCES)]
    write(tmp_path / "filelist.txt", "".join(f"{line}\n" for line in [*lines, "wavs/b.wav|Yes."]))
    kept, rejected = found(tmp_path, "filelist")
    assert len(kept) == 5 and not rejected
    assert kept["wavs-a0"].speaker == "Mary Jane" and kept["wavs-a0"].text == SENTENCES[0]


def test_ljspeech_with_a_speaker_in_its_second_column_is_refused(tmp_path: Path) -> None:
    names = ("bob", "ann", "bob", "ann")
    lines = [f"a{i}|{n}|{t}" for i, (n, t) in enumerate(zip(names, SENTENCES, strict=True))]
    for some in (lines, lines[:1]):
        with pytest.raises(DataError, match=r"its columns are not id\|text\|normalised text"):
            found(ljspeech(tmp_path, *some), "ljspeech")


def test_a_bar_in_a_text_does_not_cut_it(tmp_path: Path) -> None:
    lines = [f"a{i}|{text}" for i, text in enumerate(SENTENCES)]
    kept, rejected = found(ljspeech(tmp_path, *lines, "b|He said yes|no to them."), "ljspeech")
    assert len(kept) == 4 and "3 fields, where most lines have 2" in rejected["b"].reason
    whole = [f"a{i}|{text}|{text}" for i, text in enumerate(SENTENCES)]
    whole += ["c|Dr. Who, 1963|Doctor Who, nineteen sixty three", "b|He said yes|no to them."]
    kept, rejected = found(ljspeech(tmp_path, *whole), "ljspeech")
    assert set(kept) == {"a0", "a1", "a2", "a3", "c"}
    assert "share no word" in rejected["b"].reason


def test_ids_may_be_file_names(tmp_path: Path) -> None:
    write(tmp_path / "wavs/a1.wav")
    write(tmp_path / "metadata.csv", "a1.wav|It is read.\n")
    kept, _ = found(tmp_path, "ljspeech")
    assert kept["a1"].audio == "wavs/a1.wav"


def test_recordings_behind_links_and_of_other_formats_are_listed(tmp_path: Path) -> None:
    corpus, elsewhere = tmp_path / "corpus", tmp_path / "elsewhere"
    for folder in (corpus / "anna", elsewhere):
        write(folder / "x.wav")
        write(folder / "x.txt", SENTENCES[0])
    (corpus / "bob").symlink_to(elsewhere)
    (corpus / "anna/circle").symlink_to(corpus)
    write(corpus / "anna/y.m4a", b"\0\0\0\x20ftypM4A ")
    write(corpus / "anna/y.txt", SENTENCES[1])
    kept, rejected = found(corpus, "folder")
    assert list(kept) == ["anna-x"]
    assert {id: r.code for id, r in rejected.items()} == {"anna-y": "format", "bob-x": "outside"}
    assert "ffmpeg" in rejected["anna-y"].remedy


def damaged(folder: Path, name: str, keep: float) -> None:
    """A recording whose file ends early."""
    path = folder / f"wavs/{name}"
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(0).normal(0, 0.1, 32000).astype(np.float32)
    soundfile.write(path, noise, 16000)
    data = path.read_bytes()
    path.write_bytes(data[: round(len(data) * keep)])


def test_what_ends_early_is_rejected(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    for suffix in (".wav", ".flac", ".ogg", ".mp3"):
        damaged(folder, f"whole{suffix[1:]}{suffix}", 1.0)
        damaged(folder, f"cut{suffix[1:]}{suffix}", 0.6)
    mp3 = (folder / "wavs/wholemp3.mp3").read_bytes()
    (folder / "wavs/joined.mp3").write_bytes(mp3 + mp3)
    ids = ["wholewav", "wholeflac", "wholeogg", "wholemp3", "cutwav", "cutflac", "cutogg", "joined"]
    text = "".join(f"{id}|{SENTENCES[0]} {id}\n" for id in ids)
    write(folder / "metadata.csv", text)
    rejected = stage1(folder, "ljspeech", tmp_path / "out")
    assert set(rejected) == {"cutwav", "cutflac", "cutogg", "joined"}
    assert "2 MP3 files joined" in rejected["joined"].reason


def test_one_recording_never_ends_stage_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A FLAC that declares 2^36 - 1 samples, and any error at all of a library."""
    lines = [f"a{i}|{text}" for i, text in enumerate(SENTENCES)]
    folder = ljspeech(tmp_path / "corpus", *lines)
    (folder / "wavs/a0.wav").unlink()
    flac = write(folder / "wavs/a0.flac")
    data = bytearray(flac.read_bytes())
    data[21] |= 0x0F  # the lowest 4 of 36 bits of the number of samples, then the other 32
    data[22:26] = b"\xff\xff\xff\xff"
    flac.write_bytes(data)
    rejected = stage1(folder, "ljspeech", tmp_path / "out")
    assert set(rejected) == {"a0"} and rejected["a0"].code == "unreadable"

    from recital.preprocessors import extract

    compute = extract.compute

    def failing(samples: np.ndarray, *rest: object) -> dict[str, np.ndarray]:
        failing.calls += 1  # type: ignore[attr-defined]
        if failing.calls == 2:  # type: ignore[attr-defined]
            raise FloatingPointError("underflow")
        return compute(samples, *rest)  # type: ignore[arg-type]

    failing.calls = 0  # type: ignore[attr-defined]
    monkeypatch.setattr(extract, "compute", failing)
    rejected = stage1(folder, "ljspeech", tmp_path / "again")
    assert sorted(r.code for r in rejected.values()) == ["failed", "unreadable"]
    assert any("FloatingPointError: underflow" in r.reason for r in rejected.values())


def hold(folder: Path, held: multiprocessing.Event, done: multiprocessing.Event) -> None:  # type: ignore[valid-type]
    with locked(folder, "stage 1 of set"):
        held.set()
        done.wait(60)


def test_a_lock_names_its_holder_and_ends_with_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    held, done = context.Event(), context.Event()
    process = context.Process(target=hold, args=(tmp_path, held, done))
    process.start()
    assert held.wait(30)
    with (
        pytest.raises(RecitalError, match=rf"in use by stage 1 of set \(process {process.pid} on"),
        locked(tmp_path, "another"),
    ):
        pass
    process.kill()
    process.join()
    with locked(tmp_path, "the next"):
        assert "the next" in (tmp_path / ".lock").read_text()


def test_a_forked_worker_does_not_keep_the_lock(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    done = context.Event()
    with locked(tmp_path, "a training"):
        worker = context.Process(target=done.wait, args=(60,))
        worker.start()
    with locked(tmp_path, "the next"):
        done.set()
    worker.join()
