"""Names and files as other machines and toolkits write them: read, or called what they are."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

import pytest

from recital.bins.common.experiment import load_experiment
from recital.modules.contract.audio import AudioConfig
from recital.preprocessors.entries import Corpus
from recital.preprocessors.sources import find_sources, read_corpus
from recital.utils.errors import ConfigError, DataError

TEXT = "A sentence of some words."


def found(folder: Path, layout: str) -> tuple[list[str], list[str]]:
    """Audio of what is found, and reasons of what is rejected."""
    corpus = Corpus(folder)
    sources, rejected = find_sources(corpus, read_corpus(corpus, layout))
    return [s.utterance.audio for s in sources], [r.reason for r in rejected]


@pytest.mark.parametrize("layout", ["filelist", "ljspeech"])
@pytest.mark.parametrize(("disk", "list_"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_accents_are_one_character_or_two(
    tmp_path: Path, layout: str, disk: str, list_: str
) -> None:
    name, said = (unicodedata.normalize(form, "café") for form in (disk, list_))  # type: ignore[arg-type]
    (tmp_path / "wavs").mkdir()
    (tmp_path / "wavs" / f"{name}.wav").write_bytes(b"x")
    if layout == "filelist":
        (tmp_path / "filelist.txt").write_text(f"wavs/{said}.wav|{TEXT}\n")
    else:
        (tmp_path / "metadata.csv").write_text(f"{said}|{TEXT}\n")
    assert found(tmp_path, layout) == ([f"wavs/{name}.wav"], [])


def test_windows_paths_and_utf_16(tmp_path: Path) -> None:
    (tmp_path / "wavs").mkdir()
    (tmp_path / "wavs" / "a.wav").write_bytes(b"x")
    line = f"wavs\\a.wav|{TEXT}\r\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        (tmp_path / "filelist.txt").write_bytes(line.encode(encoding))
        assert found(tmp_path, "filelist") == (["wavs/a.wav"], [])
    (tmp_path / "filelist.txt").write_bytes(line.encode("utf-16-le"))
    with pytest.raises(DataError, match="is not UTF-8 text .is it UTF-16"):
        found(tmp_path, "filelist")
    (tmp_path / "filelist.txt").write_text(f"..\\..\\a.wav|{TEXT}\n")
    assert "leads out of the folder" in found(tmp_path, "filelist")[1][0]


def test_a_name_in_another_case_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "wavs").mkdir()
    (tmp_path / "wavs" / "A1.WAV").write_bytes(b"x")
    (tmp_path / "filelist.txt").write_text(f"wavs/a1.wav|{TEXT}\nwavs/b.wav|{TEXT} Two.\n")
    assert found(tmp_path, "filelist")[1] == [
        "there is A1.WAV",
        "cannot be opened: No such file or directory",
    ]


def test_a_list_that_is_a_device_or_a_pipe_is_refused(tmp_path: Path) -> None:
    (tmp_path / "filelist.txt").symlink_to("/dev/zero")
    with pytest.raises(DataError, match="is no regular file"):
        found(tmp_path, "filelist")
    (tmp_path / "filelist.txt").unlink()
    os.mkfifo(tmp_path / "filelist.txt")
    with pytest.raises(DataError, match="is no regular file"):
        found(tmp_path, "filelist")


@pytest.mark.parametrize(
    ("tree", "answers"),
    [
        ({"base_config": "config/fs2.json", "dataset": ["LJSpeech"]}, ["config/tts/fastspeech2"]),
        (
            {"preprocess": {"sample_rate": 22050, "hop_size": 256, "f0_min": 50}},
            ["audio.sample_rate", "audio.hop_length", "preprocess.pitch.f_min"],
        ),
        (
            {
                "base_config": "egs/tts/FastSpeech2/exp_config.json",
                "model": {"transformer": {"encoder_layer": 4}},
                "train": {"random_seed": 1},
            },
            ["model.encoder.n_layers", "train.seed"],
        ),
    ],
)
def test_a_config_of_amphion_is_answered_with_our_keys(
    tmp_path: Path, tree: dict, answers: list[str]
) -> None:
    path = tmp_path / "exp_config.json"
    path.write_text(json.dumps(tree))
    with pytest.raises(ConfigError, match="is a config of Amphion") as caught:
        load_experiment(path)
    assert all(answer in str(caught.value) for answer in answers)


def test_a_mismatch_of_half_a_hop_names_the_command_that_makes_the_pair() -> None:
    voice = AudioConfig(22050, 1024, 1024, 256, 80, 0.0, 8000.0)
    vocoder = AudioConfig(22050, 1024, 1024, 256, 80, 0.0, 8000.0, "same", 1e-9)
    with pytest.raises(ConfigError, match="differ by half a hop") as caught:
        voice.require_same(vocoder, "voice", "vocoder")
    assert "bins.export" in str(caught.value)
    assert "--set audio.padding=same --set audio.power_floor=1e-09" in str(caught.value)
    other = AudioConfig(22050, 1024, 1024, 256, 80, 0.0, 7000.0, "same")
    with pytest.raises(ConfigError) as refused:
        voice.require_same(other, "voice", "vocoder")
    assert "bins.export" not in str(refused.value)
