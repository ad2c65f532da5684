"""The feature store: arrays round-trip in every process; missing or broken data is an error."""

from __future__ import annotations

import json
import multiprocessing
import pickle
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save

from recital.processors.shards import DTYPES, pieces_of
from recital.processors.store import (
    FeatureReader,
    FeatureStore,
    Rejected,
    Utterance,
    read_header,
    shard_file,
    to_json,
    write_lines,
    write_shard,
)
from recital.utils.errors import DataError

FINGERPRINT = "0123456789ab"
IDS = ["two-u1", "one-u0", "one-u2", "two-wav"]


def arrays(n: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(n)
    made = {f"u{i}": rng.normal(size=(4, 5 + i)).astype(np.float32) for i in range(n)}
    return made | {"wav": rng.integers(-9, 9, 33).astype(np.int16)}


@pytest.fixture
def store(tmp_path: Path) -> FeatureStore:
    """Two shards of mels, and a manifest in a different order."""
    for name in ("one", "two"):
        made = {f"{name}-{id}": a for id, a in arrays(3).items()}
        write_shard(tmp_path / f"mel-{FINGERPRINT}" / shard_file(name), made, {"seconds": {}})
    lines = [
        to_json(Utterance(i, f"wavs/{i}.wav", "ä “b”", "s", 1.5, i.partition("-")[0])) for i in IDS
    ]
    write_lines(tmp_path / "manifest.jsonl", lines)
    write_lines(tmp_path / "train.txt", IDS[:2])
    return FeatureStore(tmp_path)


def test_arrays_come_back(store: FeatureStore) -> None:
    reader = store.reader("mel", FINGERPRINT)
    assert reader.lengths.tolist() == [6, 5, 7, 33]  # in the order of the manifest
    assert len(reader) == 4
    for id in IDS:
        expected = arrays(3)[id.partition("-")[2]]
        np.testing.assert_array_equal(reader[id], expected)
        assert reader[id].dtype == expected.dtype


def test_a_shard_has_the_bytes_of_safetensors() -> None:
    rng = np.random.default_rng(0)
    for n in range(9):
        made = {
            f'{dtype} ä"{i}': rng.integers(0, 99, (i, 3)[: 1 + i % 2]).astype(dtype)
            for i, dtype in enumerate(DTYPES.values())
        }
        notes = {"b": [1.5, "ü\n"], "a": {"x" * n: None}}
        expected = save(made, {"recital": json.dumps(notes, sort_keys=True)})
        assert b"".join(pieces_of(made, notes)) == expected


def test_manifest_and_splits_come_back(store: FeatureStore) -> None:
    assert [u.id for u in store.utterances()] == ["two-u1", "one-u0", "one-u2", "two-wav"]
    assert store.utterances()[0] == Utterance("two-u1", "wavs/two-u1.wav", "ä “b”", "s", 1.5, "two")
    assert store.split("train") == ["two-u1", "one-u0"]
    rejected = Rejected("x", "wavs/x.wav", "silent", "is silent", "louder")
    write_lines(store.directory / "rejected.jsonl", [to_json(rejected)])
    assert store.rejected() == [rejected]


def test_writing_into_an_array_leaves_the_file_alone(store: FeatureStore) -> None:
    reader = store.reader("mel", FINGERPRINT)
    before = reader["one-u0"].copy()
    reader["one-u0"][:] = 7.0
    np.testing.assert_array_equal(store.reader("mel", FINGERPRINT)["one-u0"], before)


def _read(reader: FeatureReader, id: str, queue: multiprocessing.Queue) -> None:
    queue.put(reader[id])


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_reader_works_in_another_process(store: FeatureStore, method: str) -> None:
    reader = store.reader("mel", FINGERPRINT)
    expected = reader["one-u2"].copy()  # the file is open here when the process starts
    context = multiprocessing.get_context(method)
    queue = context.Queue()
    process = context.Process(target=_read, args=(reader, "one-u2", queue))
    process.start()
    found = queue.get(timeout=60)
    process.join()
    np.testing.assert_array_equal(found, expected)


def test_pickled_reader_holds_no_data(store: FeatureStore) -> None:
    reader = store.reader("mel", FINGERPRINT)
    size = len(pickle.dumps(reader))
    for id in IDS:
        reader[id]
    assert len(pickle.dumps(reader)) == size
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(reader))["one-u0"], reader["one-u0"])


def test_shards_are_safetensors_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    notes = {"seconds": {"b": 2.0, "a": 1.0}, "rejected": [], "more": 1}
    for name in ("x", "y"):
        write_shard(tmp_path / shard_file(name), arrays(5), notes)
    x, y = (tmp_path / name for name in ("x/x.safetensors", "y/y.safetensors"))
    assert x.read_bytes() == y.read_bytes()
    loaded = load_file(x)
    assert {id: a.tolist() for id, a in loaded.items()} == {
        id: a.tolist() for id, a in arrays(5).items()
    }
    header = read_header(x)
    assert header is not None and header.notes == notes
    assert sorted(p.name for p in tmp_path.rglob("*.*")) == ["x.safetensors", "y.safetensors"]


@pytest.mark.parametrize("keep", [0, 5, 60, -1])
def test_cut_off_shard_is_no_shard(tmp_path: Path, keep: int) -> None:
    path = tmp_path / shard_file("x")
    write_shard(path, arrays(2), {})
    path.write_bytes(path.read_bytes()[:keep])
    assert read_header(path) is None


def test_missing_parts_name_themselves_and_the_stage(store: FeatureStore, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="pitch-0123456789ab: no pitch features.*run stage 1"):
        store.reader("pitch", FINGERPRINT)
    with pytest.raises(DataError, match=r"manifest\.jsonl: is missing; run stage 1"):
        FeatureStore(tmp_path / "none").utterances()
    with pytest.raises(DataError, match=r"valid\.txt: is missing"):
        store.split("valid")
    with pytest.raises(DataError, match="dev: no such split"):
        store.split("dev")
    (store.directory / f"mel-{FINGERPRINT}" / shard_file("one")).unlink()
    with pytest.raises(DataError, match=r"one\.safetensors: is missing or broken; run stage 1"):
        store.reader("mel", FINGERPRINT)
    (store.directory / "manifest.jsonl").write_text('{"id": 1, "colour": 2}\n')
    with pytest.raises(DataError, match=r"manifest\.jsonl: is not what stage 1 writes"):
        store.utterances()


def test_manifest_that_names_another_id_is_refused(store: FeatureStore) -> None:
    lines = [to_json(Utterance("new", "wavs/new.wav", "t", "", 1.0, "one"))]
    write_lines(store.directory / "manifest.jsonl", lines)
    with pytest.raises(DataError, match=r"holds no 'new'; run stage 1"):
        store.reader("mel", FINGERPRINT)
