"""What a training starts with: tables that are made once, noticed when they are old, and shared;
tokens as a feature of the store.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recital.processors import manifest as manifests
from recital.processors import reader as readers
from recital.processors import tokens as token_files
from recital.processors.dataset import SpeechDataset
from recital.processors.features import PreprocessConfig, fingerprint
from recital.processors.shards import shard_file, write_shard
from recital.processors.store import FeatureStore, Utterance, to_json, write_lines
from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.utils.errors import ConfigError, DataError
from tests.modules.test_segments import SAME

N, IN_A_SHARD = 60, 7
TEXT = TextConfig(cleaners="basic_cleaners")
PREPROCESS = PreprocessConfig()
MEL = f"mel-{fingerprint('mel', SAME, PREPROCESS)}"


def words(i: int) -> str:
    return f"text number {'abcdefghij'[i // 10]}{'abcdefghij'[i % 10]}"


def utterances() -> list[Utterance]:
    """Two speakers, in shards of seven."""
    return [
        Utterance(f"ü{i}", f"{i}.wav", words(i), "ab"[i % 2], i / 7, f"{i // 7:02d}x")
        for i in range(N)
    ]


def mel(i: int) -> np.ndarray:
    return np.full((SAME.n_mels, 20 + i), i, np.float32)


@pytest.fixture
def store(tmp_path: Path) -> FeatureStore:
    """What an earlier version wrote: no tables, no tokens, and shards that are in one folder."""
    folder = tmp_path / "store"
    for start in range(0, N, IN_A_SHARD):
        rows = range(start, min(start + IN_A_SHARD, N))
        arrays = {f"ü{i}": mel(i) for i in rows}
        write_shard(folder / MEL / f"{start // 7:02d}x.safetensors", arrays, {"seconds": {}})
    write_lines(folder / "manifest.jsonl", map(to_json, utterances()))
    for name, places in (("train", range(50, 10, -1)), ("valid", [3]), ("test", [4, 5])):
        write_lines(folder / f"{name}.txt", [f"ü{i}" for i in places])
    return FeatureStore(folder)


def text() -> TextProcessor:
    return TextProcessor(TEXT, symbols_for(TEXT))


def dataset(store: FeatureStore, **more: Any) -> SpeechDataset:
    needs = frozenset({"tokens", "mel", "speaker"})
    options: dict[str, Any] = {"text": text(), "speakers": ["set_a", "set_b"], **more}
    return SpeechDataset(
        {"set": store}, "train", needs=needs, audio=SAME, preprocess=PREPROCESS, **options
    )


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, int]]:
    """How often each expensive thing was done since the last call."""
    done: dict[str, int] = {}

    def count(module: Any, name: str) -> None:
        function = getattr(module, name)

        def counting(*args: Any) -> Any:
            done[name] = done.get(name, 0) + 1
            return function(*args)

        monkeypatch.setattr(module, name, counting)

    count(manifests, "_parse")
    count(readers, "_scan")
    count(token_files, "_make")

    def since() -> dict[str, int]:
        found = dict(done)
        done.clear()
        return found

    return since


def test_an_older_store_trains_as_it_is(store: FeatureStore) -> None:
    data = dataset(store)
    assert list(data.ids) == [f"set/ü{i}" for i in range(50, 10, -1)]
    assert data.lengths.tolist() == [20 + i for i in range(50, 10, -1)]
    for index in (0, 3, 39):
        i = 50 - index
        item, example = data[0, index], data.examples[index]
        assert example.utterance == utterances()[i] and item["id"] == f"set/ü{i}"
        assert item["tokens"].tolist() == example.tokens == text().encode(words(i))
        np.testing.assert_array_equal(item["mel"], mel(i))
        assert int(item["speaker"]) == example.speaker == i % 2


def test_a_second_start_reads_no_text_and_no_header(
    store: FeatureStore, counted: Callable[[], dict[str, int]]
) -> None:
    first = dataset(store).fingerprint
    # once for the table, once for the tokens
    assert counted() == {"_parse": 2 * N, "_scan": 2, "_make": 1}
    assert dataset(store).fingerprint == first
    assert counted() == {}


def test_a_copy_needs_nothing_made_again(
    store: FeatureStore, tmp_path: Path, counted: Callable[[], dict[str, int]]
) -> None:
    first = dataset(store).fingerprint
    counted()
    # `copyfile`: times are those of the copying
    shutil.copytree(store.directory, tmp_path / "copy", copy_function=shutil.copyfile)
    assert dataset(FeatureStore(tmp_path / "copy")).fingerprint == first
    assert counted() == {}


@pytest.mark.parametrize("same_size", [True, False])
def test_a_changed_text_changes_its_tokens_alone(
    same_size: bool, store: FeatureStore, counted: Callable[[], dict[str, int]]
) -> None:
    before = dataset(store)
    old, others = before.fingerprint, before[0, 21]["tokens"].tolist()
    counted()
    lines = utterances()
    lines[30] = replace(lines[30], text="text letter da" if same_size else "something else")
    write_lines(store.directory / "manifest.jsonl", map(to_json, lines))
    data = dataset(store)
    assert data[0, 20]["tokens"].tolist() == text().encode(lines[30].text)
    assert data[0, 21]["tokens"].tolist() == others
    assert counted()["_make"] == 1
    assert {k for k, v in data.fingerprint.items() if v != old[k]} == {"train tokens"}


def test_other_settings_have_other_tokens(store: FeatureStore, tmp_path: Path) -> None:
    lexicon = tmp_path / "words.txt"
    lexicon.write_text("text T EH1 K S T\n")
    configs = [
        TEXT,
        TextConfig(cleaners=None),
        replace(TEXT, p_arpabet=0.5),
        replace(TEXT, lexicon_path=str(lexicon)),
    ]
    prints = [token_files.fingerprint(TextProcessor(c, symbols_for(c))) for c in configs]
    lexicon.write_text("text T EH1 K S\n")
    prints.append(token_files.fingerprint(TextProcessor(configs[-1], symbols_for(TEXT))))
    prints.append(token_files.fingerprint(TextProcessor(TEXT, [*symbols_for(TEXT), "new"])))
    assert len(set(prints)) == len(prints)
    assert token_files.fingerprint(text()) == prints[0]


@pytest.mark.parametrize("key", ["cmudict_path", "heteronyms_path", "lexicon_path"])
def test_a_file_of_the_text_section_that_is_gone_is_named(key: str, tmp_path: Path) -> None:
    for path in (tmp_path / "gone.txt", tmp_path):
        config = replace(TEXT, **{key: str(path)})
        with pytest.raises(ConfigError, match=f"^text.{key}: {path}: cannot be read: "):
            token_files.fingerprint(TextProcessor(config, symbols_for(config)))


def test_many_texts_in_parallel_have_the_same_tokens(
    store: FeatureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = store.tokens(text())
    monkeypatch.setattr(token_files, "SHARD_MAX", 4)
    monkeypatch.setattr(readers, "CHUNK", 2)
    shutil.rmtree(store.directory / alone.name)
    together = store.tokens(text(), jobs=2)
    assert len(list((store.directory / alone.name).rglob("*.safetensors"))) >= N // 4
    assert [together[f"ü{i}"].tolist() for i in range(N)] == text().encode_many(
        [u.text for u in utterances()]
    )


def test_workers_get_places_and_no_texts(store: FeatureStore) -> None:
    data = dataset(store)
    packed = pickle.dumps(data)
    assert b"text number" not in packed and len(packed) < 20_000
    again = pickle.loads(packed)
    assert again[0, 7]["tokens"].tolist() == data[0, 7]["tokens"].tolist()
    np.testing.assert_array_equal(again[0, 7]["mel"], data[0, 7]["mel"])


def test_a_store_that_cannot_be_written_to(
    store: FeatureStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    access = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: Path(path) != store.directory and access(path, mode)
    )
    before = sorted(store.directory.rglob("*"))
    assert dataset(store)[0, 0]["tokens"].tolist() == text().encode(words(50))
    assert sorted(store.directory.rglob("*")) == before
    assert list((tmp_path / "cache").rglob("*.safetensors"))


def test_memory_and_open_files_do_not_grow(store: FeatureStore) -> None:
    data = dataset(store)
    data[0, 0]
    before = len(os.listdir("/proc/self/fd")), len(Path("/proc/self/maps").read_bytes())
    for i in range(len(data)):
        data[0, i]
    after = len(os.listdir("/proc/self/fd")), len(Path("/proc/self/maps").read_bytes())
    assert after[0] == before[0] and abs(after[1] - before[1]) < 2000


def test_statistics_of_a_large_corpus_are_learned_from_some(
    store: FeatureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = dataset(store)
    assert len(list(data.arrays("mel"))) == len(data) == 40
    monkeypatch.setattr("recital.processors.dataset.MOST_MELS", 7)
    assert [int(values[0, 0]) for _, values in data.arrays("mel")] == [50, 44, 38, 32, 26, 20, 14]


def broken(store: FeatureStore, what: str) -> None:
    """Damage a store whose tables exist."""
    manifest = store.directory / "manifest.jsonl"
    if what == "split":
        write_lines(store.directory / "train.txt", ["ü1", "nobody"])
    elif what == "twice":
        write_lines(manifest, map(to_json, [*utterances(), utterances()[0]]))
    elif what == "gone":
        (store.directory / MEL / "03x.safetensors").unlink()
    elif what == "cut off":
        path = store.directory / MEL / "03x.safetensors"
        path.write_bytes(path.read_bytes()[:-40])
    elif what == "speaker":
        lines = [replace(u, speaker="stranger") for u in utterances()]
        write_lines(manifest, map(to_json, lines))


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("split", r"manifest\.jsonl: has no utterance 'nobody'"),
        ("twice", r"manifest\.jsonl: has an id twice, in line 61"),
        ("gone", r"03x\.safetensors: is missing or broken; run stage 1"),
        ("cut off", r"03x\.safetensors: is missing or broken; run stage 1"),
        ("speaker", "does not know the speaker of ü50, stranger"),
    ],
)
def test_damage_is_one_line(what: str, said: str, store: FeatureStore) -> None:
    data = dataset(store)
    broken(store, what)
    if what == "cut off":
        # its header is as it was: seen when the end is read
        with pytest.raises(DataError, match=said):
            data[0, 50 - 27]
        return
    with pytest.raises(DataError, match=said):
        dataset(store)


def test_tables_are_files_that_others_can_read(store: FeatureStore) -> None:
    dataset(store)
    tables = sorted(path.name for path in (store.directory / "index").glob("*.safetensors"))
    name = token_files.fingerprint(text())
    names = (MEL, "manifest", "train", f"tokens-{name}")
    assert tables == sorted(f"{n}.safetensors" for n in names)
    folder = store.directory / f"tokens-{name}"
    shard = next(folder.rglob("*.safetensors"))
    size = int.from_bytes(shard.read_bytes()[:8], "little")
    header = json.loads(shard.read_bytes()[8 : 8 + size])
    assert header["ü0"]["dtype"] == "U16"
    assert shard.relative_to(folder).as_posix() == shard_file(shard.stem)


def test_each_recording_is_read_in_its_language(
    store: FeatureStore, counted: Callable[[], dict[str, int]]
) -> None:
    config = TextConfig(phonemizer="espeak", symbol_set="ipa", languages=["de", "nl"])
    several = TextProcessor(config, symbols_for(config))

    def relabel(languages: tuple[str, str]) -> None:
        lines = [
            to_json(replace(u, text="Die Maus", language=languages[i % 2]))
            for i, u in enumerate(utterances())
        ]
        write_lines(store.folder.on_disk("manifest.jsonl"), lines)

    relabel(("de", "en"))
    data = dataset(store, text=several)
    german, english = (data.examples[i].tokens for i in (0, 1))
    assert german == TextProcessor(replace(config, voice="de"), several.symbols).encode("Die Maus")
    assert english == several.encode("Die Maus") != german
    relabel(("nl", ""))  # the same texts: the tokens are made again
    counted()
    dutch = dataset(store, text=several).examples[0].tokens
    assert counted()["_make"] == 1 and dutch not in (german, english)
    relabel(("fr", "en"))
    with pytest.raises(DataError, match=r"ü\d+: a recording in 'fr', .* \(en-us, de, nl\)"):
        dataset(store, text=several)


def test_the_language_of_the_config_is_not_in_the_store(
    store: FeatureStore, counted: Callable[[], dict[str, int]]
) -> None:
    """A recipe without `dataset_language`, a vocoder's say, cannot take it from another's."""
    config = TextConfig(phonemizer="espeak", symbol_set="ipa", languages=["de", "nl"])
    several = TextProcessor(config, symbols_for(config))
    lines = [
        to_json(replace(u, text="Die Maus", language=("", "nl")[i % 2]))
        for i, u in enumerate(utterances())
    ]
    write_lines(store.folder.on_disk("manifest.jsonl"), lines)
    main, dutch = (dataset(store, text=several).examples[i].tokens for i in (0, 1))
    counted()
    german = FeatureStore(store.place, language="de")
    data = dataset(german, text=several)
    assert counted()["_make"] == 1
    spoken = TextProcessor(replace(config, voice="de"), several.symbols).encode("Die Maus")
    assert data.examples[0].tokens == spoken != main
    assert data.examples[1].tokens == dutch  # the corpus says it
    counted()
    assert dataset(store, text=several).examples[0].tokens == main
    assert dataset(german, text=several).examples[0].tokens == spoken
    assert counted().get("_make", 0) == 0  # neither removes the other's
    found = pickle.loads(pickle.dumps(german.manifest()))
    assert [u.language for u in found[:2]] == found.languages(0, 2) == ["de", "nl"]
