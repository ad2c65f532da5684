"""Features and recordings in object stores, read by ranges; long recordings, read by segments."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest
import soundfile
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.spec import AbstractBufferedFile

from recital.bins import preprocess as stage_1
from recital.preprocessors.entries import Corpus
from recital.preprocessors.prepare import prepare
from recital.processors.audio_files import UnusableAudio, decode
from recital.processors.dataset import SpeechDataset
from recital.processors.features import fingerprint
from recital.processors.store import FeatureStore
from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.utils.errors import ConfigError, DataError, RecitalError
from recital.utils.storage import Remote
from tests.data.test_preprocess import AUDIO, FEATURES, PREPROCESS, RATE, files, voice

TEXT = TextConfig(cleaners="basic_cleaners")
N = 12


class RangedFile(AbstractBufferedFile):
    """A file that is read by ranges, as of an object store."""

    def _fetch_range(self, start: int, end: int) -> bytes:
        return self.fs.cat_file(self.path, start, end)


class CountedStore(MemoryFileSystem):
    """An object store in memory that counts the bytes that leave it."""

    protocol = "counted"
    store: dict[str, Any] = {}
    pseudo_dirs = [""]
    read = 0

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return super()._strip_protocol(path.removeprefix("counted://"))

    def cat_file(self, path: str, start: Any = None, end: Any = None, **more: Any) -> bytes:
        data = super().cat_file(path, start, end, **more)
        CountedStore.read += len(data)
        return data

    def open(self, path: str, mode: str = "rb", **more: Any) -> Any:
        if mode != "rb":
            return super().open(path, mode, **more)
        return RangedFile(self, self._strip_protocol(path), mode, **more)


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CountedStore]:
    fsspec.register_implementation("counted", CountedStore, clobber=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    system = fsspec.filesystem("counted")
    yield system
    system.store.clear()
    CountedStore.read = 0


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A list of recordings in three folders."""
    folder = tmp_path / "corpus"
    lines = []
    for i in range(N):
        name = f"{i % 3}/u{i}"
        (folder / str(i % 3)).mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / f"{name}.flac", voice(i, 0.4 + i / 50), RATE)
        lines.append(f"{name}.flac|text number {'abcdefghijkl'[i]}\n")
    (folder / "filelist.txt").write_text("".join(lines))
    return folder


def run(corpus: Corpus, store: FeatureStore, **more: Any) -> Any:
    return prepare("set", corpus, "filelist", store, FEATURES, AUDIO, PREPROCESS, **more)


def dataset(store: FeatureStore, segment_frames: int | None = None) -> SpeechDataset:
    """For a model of texts, or with `segment_frames` for a vocoder."""
    own = "tokens" if segment_frames is None else "wav"
    return SpeechDataset(
        {"set": store},
        "train",
        needs=frozenset({own, "mel", "pitch", "energy"}),
        audio=AUDIO,
        preprocess=PREPROCESS,
        text=TextProcessor(TEXT, symbols_for(TEXT)),
        segment_frames=segment_frames,
    )


def put(system: CountedStore, folder: Path, address: str) -> None:
    for name, data in files(folder).items():
        system.pipe_file(f"{address}/{name}", data)


@pytest.mark.parametrize("scheme", ["counted", "memory", "file"])
def test_stage_1_and_training_on_an_object_store(
    scheme: str, corpus: Path, tmp_path: Path, counted: CountedStore
) -> None:
    address = f"{scheme}://{tmp_path if scheme == 'file' else 'bucket'}/data/set"
    store, local = FeatureStore(address), FeatureStore(tmp_path / "local")
    assert run(Corpus(corpus), store).extracted == N
    assert run(Corpus(corpus), local).extracted == N
    assert run(Corpus(corpus), store).extracted == 0
    for segment_frames in (None, 8):
        there, here = dataset(store, segment_frames), dataset(local, segment_frames)
        assert list(there.ids) == list(here.ids) and there.fingerprint == here.fingerprint
        for i in range(len(here)):
            one, other = there[3, i], here[3, i]
            assert one.keys() == other.keys()
            assert all(np.array_equal(one[key], other[key]) for key in one)
    system, root = fsspec.core.url_to_fs(address)
    found = {name.removeprefix(f"{root}/"): system.cat_file(name) for name in system.find(root)}
    locks = [name for name in files(tmp_path / "local") if name.endswith(".lock")]
    del found["index/stage1.json"]  # has times
    assert found == {n: d for n, d in files(tmp_path / "local").items() if n not in locks}


def test_an_item_is_read_by_ranges(corpus: Path, counted: CountedStore) -> None:
    store = FeatureStore("counted://bucket/data")
    run(Corpus(corpus), store)
    data = dataset(store, segment_frames=8)
    example, before = data.examples[0], CountedStore.read
    item = data[0, 0]
    # mel, pitch and energy whole, of the wave a segment
    expected = 4 * example.frames * (AUDIO.n_mels + 2)
    expected += 2 * 8 * AUDIO.hop_length
    assert item["wav"].shape == (8 * AUDIO.hop_length,)
    assert CountedStore.read - before == expected


def test_recordings_of_an_object_store(corpus: Path, tmp_path: Path, counted: CountedStore) -> None:
    put(counted, corpus, "/speech/v1")
    (tmp_path / "list").mkdir()
    listed = (corpus / "filelist.txt").read_text().splitlines()
    listed[1] = f"counted://speech/v1/{listed[1]}"  # a whole address
    listed += ["../x.flac|text that leads out", "0/nobody.flac|text of nobody"]
    (tmp_path / "list/filelist.txt").write_text("\n".join(listed))
    remote = Corpus(tmp_path / "list", "counted://speech/v1")
    store, local = FeatureStore(tmp_path / "remote"), FeatureStore(tmp_path / "local")
    summary = run(remote, store)
    assert summary.rejected == {"outside": 1, "missing": 1} and summary.utterances == N
    run(Corpus(corpus), local)
    for feature in FEATURES:
        print_ = fingerprint(feature, AUDIO, PREPROCESS)
        one, other = store.reader(feature, print_), local.reader(feature, print_)
        for u in local.utterances():
            np.testing.assert_array_equal(one[u.id], other[u.id])
    assert run(remote, store).extracted == 0
    counted.pipe_file("/speech/v1/2/u5.flac", (corpus / "0/u3.flac").read_bytes())
    assert 0 < run(Corpus(tmp_path / "list", "counted://speech/v1"), store).extracted <= N
    wavs = store.reader("wav", fingerprint("wav", AUDIO, PREPROCESS))
    np.testing.assert_array_equal(wavs["2-u5"], wavs["0-u3"])


def test_a_layout_that_looks_around_needs_a_disk(tmp_path: Path, counted: CountedStore) -> None:
    (tmp_path / "metadata.csv").write_text("u1|text\n")
    remote, store = Corpus(tmp_path, "counted://speech"), FeatureStore(tmp_path / "out")
    with pytest.raises(DataError, match="need a folder on disk; write a list"):
        prepare("set", remote, "ljspeech", store, FEATURES, AUDIO, PREPROCESS)


def test_the_command_takes_an_address(corpus: Path, counted: CountedStore) -> None:
    values = {
        "dataset": '["set"]',
        "dataset_layout.set": "filelist",
        "dataset_path.set": str(corpus),
        "preprocess.processed_dir": "counted://bucket/data",
        "preprocess.valid": "1",
        "text": "{$replace: true, cleaners: 'basic_cleaners', symbol_set: 'english_basic'}",
    }
    words = ["--config=egs/tts/FastPitch/exp_config.json", "--jobs=1"]
    stage_1.main([*words, *(f"--set={key}={value}" for key, value in values.items())])
    names = {name.split("/")[4].partition("-")[0] for name in counted.find("/bucket/data")}
    assert {"manifest.jsonl", "mel", "pitch", "energy", "tokens", "index", "stats.json"} <= names


def test_what_cannot_be_reached_is_one_line(
    monkeypatch: pytest.MonkeyPatch, counted: CountedStore
) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(ConfigError, match=r"s3://bucket/a: cannot be opened .*recital\[s3\]"):
        FeatureStore("s3://bucket/a")
    with pytest.raises(ConfigError, match=r"nothing://a: cannot be opened"):
        FeatureStore("nothing://a")
    with pytest.raises(DataError, match=r"counted://none/manifest.jsonl: is missing; run stage 1"):
        FeatureStore("counted://none").manifest()
    with pytest.raises(ConfigError, match="expected a folder on this machine"):
        FeatureStore("counted://none").durations  # noqa: B018

    def refuse(*args: Any) -> None:
        raise PermissionError("no key")

    monkeypatch.setattr(counted, "put_file", refuse)
    with pytest.raises(RecitalError, match="counted://b/x: cannot be written: no key"):
        Remote("counted://b").write("x", [b"data"])


def bytes_read() -> int:
    """The bytes that this process has read from files so far."""
    fields = Path("/proc/self/io").read_text().split()
    return int(fields[fields.index("rchar:") + 1])


def hours_of_wav(path: Path, hours: float) -> None:
    """A WAV of silence that takes no room, with a voice from 3,600 s on."""
    n_bytes = int(hours * 3600) * RATE * 2
    soundfile.write(path, np.zeros(1), RATE)
    with path.open("r+b") as file:
        file.seek(4)
        file.write((36 + n_bytes).to_bytes(4, "little"))
        file.seek(40)
        file.write(n_bytes.to_bytes(4, "little"))
        file.seek(44 + 3600 * RATE * 2)
        file.write((voice(0, 2.0) * 32767).astype("<i2").tobytes())
        file.truncate(44 + n_bytes)


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg"])
@pytest.mark.parametrize("end", [3601.0, None])
def test_of_a_long_recording_a_segment_is_read(
    kind: str, end: float | None, tmp_path: Path
) -> None:
    path = tmp_path / f"long.{kind}"
    start = 3600.0
    if kind == "wav":
        hours_of_wav(path, 3.0 if end is not None else 3602 / 3600)
    else:
        quiet = np.random.default_rng(0).normal(0, 0.01, 200 * 8000)
        start, end = 180.0, 181.0 if end is not None else None
        soundfile.write(path, quiet, 8000)
        whole, _ = soundfile.read(path, dtype="float32")
    size = path.stat().st_size
    tracemalloc.start()
    before = bytes_read()
    wav, rate = decode(path, start, end, 60.0)
    read, peak = bytes_read() - before, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert read < (1 << 20) + 4 * rate and (read < size / 4 or kind == "ogg")
    assert peak < 40 * 4 * rate
    if kind == "wav":
        expected = (voice(0, 2.0) * 32767).astype("<i2")[: len(wav)] / 32768
        np.testing.assert_allclose(wav, expected, atol=1e-6)
    else:
        part = whole[round(start * rate) : round(end * rate) if end else None]
        np.testing.assert_allclose(wav, part, atol=1e-4)


def test_a_long_recording_without_segments_is_not_read(tmp_path: Path) -> None:
    hours_of_wav(tmp_path / "long.wav", 3.0)
    before = bytes_read()
    with pytest.raises(UnusableAudio, match=r"lasts 10800.0 s, more than the 120 s"):
        decode(tmp_path / "long.wav", longest=120.0)
    assert bytes_read() - before < 1 << 16


def test_segments_of_a_long_remote_recording(tmp_path: Path, counted: CountedStore) -> None:
    """As of a podcast in Kaldi's layout."""
    noise = np.random.default_rng(0).normal(0, 0.05, 120 * RATE)
    soundfile.write(tmp_path / "talk.flac", noise, RATE)
    counted.pipe_file("/talks/talk.flac", (tmp_path / "talk.flac").read_bytes())
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "wav.scp").write_text("talk talk.flac\n")
    (lists / "segments").write_text(
        "".join(f"s{i} talk {10 * i}.0 {10 * i + 1}.0\n" for i in range(4))
    )
    (lists / "text").write_text("".join(f"s{i} text number {'abcd'[i]}\n" for i in range(4)))
    store = FeatureStore(tmp_path / "out")
    remote = Corpus(lists, "counted://talks")
    prepare("set", remote, "kaldi", store, ("wav",), AUDIO, PREPROCESS)
    wavs = store.reader("wav", fingerprint("wav", AUDIO, PREPROCESS))
    whole, _ = soundfile.read(tmp_path / "talk.flac", dtype="int16")
    for i in range(4):
        np.testing.assert_allclose(
            wavs[f"s{i}"], whole[10 * i * RATE : (10 * i + 1) * RATE], atol=1
        )
    assert CountedStore.read < (tmp_path / "talk.flac").stat().st_size
