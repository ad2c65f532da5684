"""Files of a store that are damaged: what reads them says so in a line, and stage 1 makes them
again.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from recital.modules.contract.audio import AudioConfig
from recital.preprocessors.entries import Corpus
from recital.preprocessors.prepare import prepare
from recital.preprocessors.summaries import write_summaries
from recital.processors.features import PreprocessConfig, fingerprint
from recital.processors.store import FeatureStore
from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.utils.errors import RecitalError

AUDIO = AudioConfig(16000, 512, 512, 160, 20, 0.0, None)
PREPROCESS = PreprocessConfig(valid=2, test=2, golden_test=1, max_rejected=0.5, min_seconds=0.1)
TEXT = TextProcessor(
    config := TextConfig(cleaners="basic_cleaners", symbol_set="english_basic"),
    symbols_for(config),
)


def stage1(corpus: Path, out: Path) -> FeatureStore:
    """All that stage 1 writes."""
    store = FeatureStore(out)
    prepare("set", Corpus(corpus), "ljspeech", store, ["wav"], AUDIO, PREPROCESS)
    store.tokens(TEXT)
    write_summaries("set", store, TEXT.symbols, None)
    return store


def read(store: FeatureStore) -> list[Any]:
    """All that a training reads, and the rejections."""
    manifest = store.manifest()
    wavs, tokens = store.reader("wav", fingerprint("wav", AUDIO, PREPROCESS)), store.tokens(TEXT)
    rows = [store.rows(name, manifest).tolist() for name in ("train", "valid", "test")]
    arrays = [reader.read(i).tolist() for reader in (wavs, tokens) for i in range(len(manifest))]
    return [
        manifest[:],
        manifest.speaker_names,
        rows,
        arrays,
        store.rejected(),
        store.split("test"),
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stage1")
    (folder / "corpus/wavs").mkdir(parents=True)
    draw = np.random.default_rng(0)
    for i in range(9):
        soundfile.write(folder / f"corpus/wavs/u{i}.wav", draw.normal(0, 0.1, 2000 + i), 16000)
    lines = [f"u{i}|Text {i}|Text {i}\n" for i in range(9)]
    (folder / "corpus/metadata.csv").write_text("".join([*lines, "gone|Text|Text\n"]))
    stage1(folder / "corpus", folder / "out")
    return folder


def content(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*.*") if "lock" not in path.name]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def edit(path: Path) -> None:
    """Without the first key of each object, or without the first array and note."""
    if path.suffix == ".safetensors":
        rewrite(path, lambda arrays, notes: ({**arrays}, dict(list(notes.items())[1:])))
        return
    lines = path.read_text().splitlines()
    if path.suffix == ".json":
        lines = [json.dumps(dict(list(json.loads(path.read_text()).items())[1:]))]
    elif path.name in ("manifest.jsonl", "rejected.jsonl"):
        lines = [json.dumps(dict(list(json.loads(line).items())[1:])) for line in lines]
    path.write_text("".join(f"{line[:-1]}\n" for line in lines))


def of_types(path: Path) -> None:
    """All strings are numbers."""
    if path.suffix == ".safetensors":
        rewrite(path, lambda arrays, notes: (arrays, dict.fromkeys(notes, 5)))
    else:
        path.write_text("".join(c if c in '{}[],:"\n' else "55" for c in path.read_text()))


def without_an_array(path: Path) -> None:
    if path.suffix == ".safetensors":
        rewrite(path, lambda arrays, notes: (dict(list(arrays.items())[1:]), notes))


def rewrite(path: Path, change: Callable[[Any, Any], tuple[Any, Any]]) -> None:
    """Change the header of a shard or a table, whose data stays where it is."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    arrays, notes = change(header, json.loads(header.pop("__metadata__")["recital"]))
    text = json.dumps({"__metadata__": {"recital": json.dumps(notes)}, **arrays}).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + size :])


def write(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text)


DAMAGES = {
    "cut": cut,
    "empty": write(""),
    "deep": write("[" * 100_000),
    "edited": edit,
    "of other types": of_types,
    "without an array": without_an_array,
    "gone": Path.unlink,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_one_line_and_made_again(made: Path, tmp_path: Path, damage: str) -> None:
    before, expected = content(made / "out"), read(FeatureStore(made / "out"))
    assert len(before) > 12
    for name in before:
        shutil.copytree(made / "out", tmp_path / "out")
        DAMAGES[damage](tmp_path / "out" / name)
        with contextlib.suppress(RecitalError):
            read(FeatureStore(tmp_path / "out"))
        # as if it had not been read
        store = stage1(made / "corpus", tmp_path / "out")
        assert read(store) == expected, name
        shutil.rmtree(tmp_path / "out")
