"""The paths that people name: experiments, their folders, whole voices, and checkpoints of other
projects, which are recognized without unpickling and imported once.
"""

from __future__ import annotations

import importlib
import os
import pickle
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from tts_helpers import tiny_config

import recital
from recital.bins.import_checkpoint import main as import_checkpoint
from recital.models import build, load
from recital.models.importers import SOURCES
from recital.models.importers.recognize import LAYOUTS, find_foreign, sources_of
from recital.places import CACHE, locate, locate_voice
from recital.utils import checkpoint
from recital.utils.errors import CheckpointError, UsageError
from recital.voices import VOICE
from tests.conftest import FIXTURES

# source -> (folder below `vectors`, name of a file in it, kind)
PUBLISHED = {
    "nvidia_fastpitch": ("fastpitch_1_0_small", "checkpoint.pt", "acoustic"),
    "nvidia_tacotron2": ("tacotron2_nvidia/tiny", "checkpoint_Tacotron2_1500.pt", "acoustic"),
    "nvidia_waveglow": ("waveglow_nvidia/tiny", "checkpoint_WaveGlow_1000.pt", "vocoder"),
    "nvidia_hifigan": ("hifigan_nvidia_old_layouts", "checkpoint_flat.pt", "vocoder"),
    "jik876_hifigan": ("hifigan_jik876_v2", "g_02500000", "vocoder"),
    "amphion_hifigan": ("hifigan_amphion/tiny_resblock1", "epoch-0002_step-0000040*", "vocoder"),
    "amphion_vocos": ("vocos_amphion/tiny_center", "checkpoint/*/model.safetensors", "vocoder"),
    "amphion_fastspeech2": ("fastspeech2_amphion/tiny", "checkpoint/*/pytorch_*", "acoustic"),
    "ming024_fastspeech2": ("fastspeech2_ming024/tiny", "2.pth.tar", "acoustic"),
    "bigvgan": ("bigvgan_nvidia/v1", "g_05000000", "vocoder"),
    "amphion_melgan": ("melgan_amphion/even", "epoch-0001*.pt", "vocoder"),
    "amphion_nsfhifigan": ("nsfhifigan_amphion/small", "epoch-0001*.pt", "vocoder"),
    "amphion_bigvgan": ("bigvgan_amphion/tiny_snake_resblock2", "epoch-0002*.pt", "vocoder"),
}


@pytest.fixture(scope="module")
def published(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A writable copy of a checkpoint of each source, in a folder of the source's name."""
    folder, more = tmp_path_factory.mktemp("published"), tmp_path_factory.mktemp("more")
    for name in ("bigvgan", "amphion_vocoders"):
        with tarfile.open(FIXTURES / f"{name}.tar.xz") as archive:
            archive.extractall(more, filter="data")
    for source, (below, name, _) in PUBLISHED.items():
        places = (root / "vectors" / below for root in (shared, more))
        place = next(place for place in places if place.is_dir())
        shutil.copytree(place, folder / source)
        for file in folder.glob(f"{source}/**/*.pt"):
            if not file.match(name):
                file.unlink()  # the same model in other layouts
    shutil.copy(shared / "vectors/fastspeech2_ming024/stats.json", folder / "ming024_fastspeech2")
    return folder


def test_every_source_has_one_layout() -> None:
    others = [source for source in SOURCES if not source.startswith("amphion_")]
    assert sorted(layout.source for layout in LAYOUTS) == sorted(others)


@pytest.mark.parametrize("source", PUBLISHED)
def test_a_published_folder_is_imported_once(
    published: Path, tmp_path: Path, source: str, caplog: pytest.LogCaptureFixture
) -> None:
    below, name, kind = PUBLISHED[source]
    folder = published / source
    (file,) = folder.glob(name)
    assert [f.source for f in find_foreign(folder)] == [source]
    first = locate(folder, kind)  # type: ignore[arg-type]
    assert f"a checkpoint of {source}; imported to {first}" in caplog.text
    stamp = (first / "model.safetensors").stat().st_mtime_ns
    assert locate(file, kind) == locate(file.parent, kind) == first  # type: ignore[arg-type]
    assert (first / "model.safetensors").stat().st_mtime_ns == stamp
    words = ["--source", source, "--checkpoint", str(file), "--output_dir", str(tmp_path / "out")]
    import_checkpoint(words)
    assert checkpoint.read_json(first / "config.json") == checkpoint.read_json(
        tmp_path / "out" / "config.json"
    )
    assert checkpoint.model_hash(first) == checkpoint.model_hash(tmp_path / "out")
    other: Any = "vocoder" if kind == "acoustic" else "acoustic"
    with pytest.raises(CheckpointError, match=r"is a \w+; expected an? (vocoder|acoustic model)"):
        locate(folder, other)


def test_vocos_of_its_authors_is_recognized(tmp_path: Path) -> None:
    names = {"backbone.convnext.0.dwconv.weight": torch.zeros(1), "head.out.weight": torch.zeros(1)}
    torch.save(names, tmp_path / "pytorch_model.bin")
    assert sources_of(tmp_path / "pytorch_model.bin") == []
    (tmp_path / "config.yaml").write_text("feature_extractor: {}\n")
    assert sources_of(tmp_path / "pytorch_model.bin") == ["vocos"]


def test_amphions_folder_of_checkpoints(published: Path) -> None:
    """`--vocoder_dir …/checkpoints`, as in its README, with args.json beside the file or above."""
    folder = published / "as_printed" / "checkpoints"
    folder.parent.mkdir()
    shutil.copytree(published / "amphion_hifigan", folder, ignore=shutil.ignore_patterns(".*"))
    assert locate(folder, "vocoder").parent == folder / CACHE
    assert locate(folder.parent, "vocoder").parent == folder / CACHE


def test_a_change_of_the_file_or_its_config_is_imported_again(published: Path) -> None:
    folder = published / "jik876_hifigan"
    first = locate(folder)
    tree = (folder / "config.json").read_text()
    (folder / "config.json").write_text(tree.replace('"fmax": 8000', '"fmax": 7600'))
    second = locate(folder)
    assert second != first and load(second)[1]["audio"]["f_max"] == 7600
    (folder / "config.json").write_text(tree)


def test_the_newest_of_several_is_taken_and_equals_are_refused(
    published: Path, tmp_path: Path
) -> None:
    source = next((published / "nvidia_waveglow").glob("*.pt"))
    for name in ("checkpoint_WaveGlow_900.pt", "checkpoint_WaveGlow_1000.pt"):
        shutil.copy(source, tmp_path / name)
    assert [f.file.name for f in find_foreign(tmp_path)] == ["checkpoint_WaveGlow_1000.pt"]
    shutil.copy(source, tmp_path / "1000.pt")
    with pytest.raises(CheckpointError, match="several checkpoints of other projects: .*1000.pt"):
        locate(tmp_path)


def test_without_a_place_to_write_the_command_is_named(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "read only"
    shutil.copytree(published / "jik876_hifigan", folder, ignore=shutil.ignore_patterns(".*"))
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    with pytest.raises(CheckpointError) as caught:
        locate(folder)
    command = str(caught.value).partition("python -m recital.bins.import_checkpoint ")[2]
    assert command.startswith("--source jik876_hifigan --checkpoint ")
    assert not (folder / CACHE).exists()


class Bomb:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (str(self.path), "w")


@pytest.mark.parametrize("form", ["zip", "old"])
def test_nothing_is_unpickled(tmp_path: Path, form: str) -> None:
    content = {"WN.0.start.bias": Bomb(tmp_path / "ran")}
    file = tmp_path / "waveglow.pt"
    torch.save(content, file, _use_new_zipfile_serialization=form == "zip")
    assert sources_of(file) == ["nvidia_waveglow"]
    with pytest.raises(CheckpointError, match=r"cannot be read without running code.*open"):
        locate(file, "vocoder")
    assert not (tmp_path / "ran").exists()


def test_half_a_checkpoint_says_what_is_missing(tmp_path: Path) -> None:
    """The folder of a voice, one of whose parts was copied without its last file."""
    for part in ("acoustic", "vocoder"):
        (tmp_path / part).mkdir()
        for name in (checkpoint.CONFIG, checkpoint.MANIFEST):
            shutil.copy(VOICE / part / name, tmp_path / part)
    (tmp_path / "acoustic" / checkpoint.MANIFEST).unlink()
    with pytest.raises(CheckpointError, match=r"acoustic: is no whole checkpoint: sha256\.json"):
        locate(tmp_path, "acoustic")
    (tmp_path / "acoustic" / checkpoint.CONFIG).unlink()
    (tmp_path / "acoustic").rmdir()
    with pytest.raises(CheckpointError, match="holds no acoustic/"):
        locate(tmp_path, "acoustic")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 no zip",
        b"\x80\x02 no pickle",
        b"\x80\x04\x8e" + b"\xff" * 7 + b"\x7f",  # bytes of a length beyond the file
        (2**60).to_bytes(8, "little") + b'{"a": 1}',
        (7).to_bytes(8, "little") + b"[" * 7,
        (200_000).to_bytes(8, "little") + b"{" + b'"a":[' * 40_000,
        pickle.dumps({"conv_pre.bias": 1}),
    ],
    ids=range(8),
)
def test_any_bytes_are_no_checkpoint(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.pt").write_bytes(data)
    assert sources_of(tmp_path / "x.pt") == []
    with pytest.raises(CheckpointError, match="holds no checkpoint"):
        locate(tmp_path)
    with pytest.raises(CheckpointError, match="is no checkpoint that is known here, or was cut"):
        locate(tmp_path / "x.pt")
    with pytest.raises(CheckpointError, match="is a placeholder of a document"):
        locate(tmp_path / "ckpts/tts/[YourExptName]")


def test_a_zip_that_grows_is_not_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/data.pkl", b"0" * (9 * 2**20))
    assert sources_of(tmp_path / "x.pt") == []


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    """`ckpts/tts/mine` with two checkpoints."""
    folder = tmp_path / "ckpts/tts/mine"
    config = {**tiny_config(), "symbols": ["_", "a"]}
    model = build(config)
    for step in (1, 2):
        name = checkpoint.checkpoint_name(1, step, 0.5)
        checkpoint.save_model(folder / "checkpoint" / name, model.state_dict(), config)
    return folder


def test_an_experiment_by_any_of_its_names(
    experiment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = experiment / "checkpoint" / checkpoint.checkpoint_name(1, 2, 0.5)
    older = experiment / "checkpoint" / checkpoint.checkpoint_name(1, 1, 0.5)
    for path in (
        experiment,
        f"{experiment}/",
        experiment / "checkpoint",
        experiment / "checkpoints",
        newest,
        newest / "model.safetensors",
    ):
        assert locate(path, "acoustic").resolve() == newest, path
    assert locate(older) == older
    monkeypatch.chdir(experiment / "checkpoint")
    assert locate(".", "acoustic").resolve() == newest
    monkeypatch.chdir(experiment)
    assert locate("checkpoint").resolve() == newest
    with pytest.raises(CheckpointError, match="holds no checkpoint"):
        locate(experiment.parent)


def test_the_folder_of_a_whole_voice() -> None:
    if not VOICE.is_dir():
        pytest.skip("no voice in this checkout")
    assert locate(VOICE, "acoustic") == VOICE / "acoustic"
    assert locate(VOICE, "vocoder") == VOICE / "vocoder"
    assert locate_voice(VOICE) == (VOICE / "acoustic", VOICE / "vocoder")
    assert locate_voice(VOICE / "acoustic") == (VOICE / "acoustic", None)
    with pytest.raises(CheckpointError, match="is a whole voice; name .*acoustic or .*vocoder"):
        locate(VOICE)


def test_load_voice_and_load_vocoder_take_them(published: Path, tmp_path: Path) -> None:
    voice = recital.load_voice(published / "nvidia_fastpitch" / "checkpoint.pt")
    assert voice("Hello.", speaker="1")[0].ndim == 1
    vocoder = recital.load_vocoder(published / "jik876_hifigan")
    mel = torch.zeros(vocoder.audio.n_mels, 4)
    assert vocoder(mel)[0].shape == (4 * vocoder.audio.hop_length,)


def test_the_hub_takes_published_files(published: Path) -> None:
    """Each entry point of NVIDIA's pages, with a checkpoint file instead of the included voice."""
    hub = importlib.import_module("hubconf")
    acoustic = published / "nvidia_fastpitch" / "checkpoint.pt"
    fastpitch, setup = hub.nvidia_fastpitch(acoustic, pretrained=True, model_math="fp32")
    hifigan, vocoder_setup, denoiser = hub.nvidia_hifigan(published / "nvidia_hifigan")
    checked = ["sampling_rate", "hop_length", "win_length", "max_wav_value", "num_mels"]
    assert all(setup[key] == vocoder_setup[key] for key in checked)
    (batch,) = hub.nvidia_textprocessing_utils(acoustic).prepare_input_sequence(["Hello."])
    with torch.no_grad():
        mel, lengths, *_ = fastpitch(batch["text"], pace=1.0, speaker=0)
        audio = denoiser(hifigan(mel).float().squeeze(1), 0.005)
    assert audio.shape == (1, 1, int(lengths.max()) * vocoder_setup["hop_length"])
    file = next((published / "nvidia_tacotron2").glob("*.pt"))
    sequences, lengths = hub.nvidia_tts_utils(file).prepare_input_sequence(["Hello."])
    assert sequences.shape[1] == int(lengths[0])
    hub.nvidia_tacotron2(file)
    waveglow = hub.nvidia_waveglow(published / "nvidia_waveglow")
    with torch.no_grad():
        wav = waveglow.infer(torch.zeros(1, 8, 6))
    assert wav.shape == (1, 6 * 256)
    with pytest.raises(CheckpointError, match="is a FastPitch; expected a vocoder"):
        hub.nvidia_hifigan(acoustic)
    with pytest.raises(CheckpointError, match="holds a HiFiGAN, expected a WaveGlow"):
        hub.nvidia_waveglow(published / "jik876_hifigan")


def test_weights_without_their_config_say_what_is_missing(published: Path, tmp_path: Path) -> None:
    shutil.copy(published / "jik876_hifigan" / "g_02500000", tmp_path)
    with pytest.raises(CheckpointError) as caught:
        locate(tmp_path, "vocoder")
    message = str(caught.value)
    assert "jik876_hifigan: config.json next to it; Amphion's: args.json above it" in message
    assert f"--checkpoint {tmp_path / 'g_02500000'} --output_dir DIR --config FILE" in message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none/voice.onnx", "none/voice.onnx: no such file"),
        ("packed.zip", "unzip it"),
        ("graphs", "graphs alone"),
        ("nobody", r"those that come with Recital: kathleen$"),
    ],
)
def test_names_that_are_no_voice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    """None of them is asked for on the hub."""
    monkeypatch.chdir(tmp_path)
    Path("packed.zip").write_bytes(b"PK")
    Path("graphs/acoustic").mkdir(parents=True)
    Path("graphs/acoustic/acoustic.onnx").touch()
    monkeypatch.setattr("recital.places.from_hub", lambda name: pytest.fail(f"asked for {name}"))
    with pytest.raises(CheckpointError, match=message):
        locate(name, "acoustic")


def test_a_runtime_that_is_none_is_not_taken_for_torch() -> None:
    with pytest.raises(UsageError, match="runtime .ONNX.: expected one of torch, cuda"):
        recital.load_voice(runtime="ONNX")  # type: ignore[arg-type]
