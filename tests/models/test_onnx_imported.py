"""Graphs of checkpoints of other projects, against their models."""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import pytest
from onnx_helpers import compare_acoustic, compare_steps, compare_vocoder, exported

from recital.places import import_foreign
from tests.conftest import FIXTURES

pytest.importorskip("onnx")

# archive -> (source, file) in its folder `vectors`
ARCHIVES = {
    "bigvgan": [
        ("bigvgan", "bigvgan_nvidia/v1/g_05000000"),
        ("bigvgan", "bigvgan_nvidia/v2"),
        ("amphion_bigvgan", "bigvgan_amphion/tiny_snake_resblock2"),
    ],
    "amphion_vocoders": [
        ("amphion_melgan", "melgan_amphion/even"),
        ("amphion_melgan", "melgan_amphion/odd"),
        ("amphion_nsfhifigan", "nsfhifigan_amphion/small"),
        ("amphion_apnet", "apnet_amphion/small"),
        ("amphion_diffwave", "diffwave_amphion/small"),
    ],
    "parallel_wavegan": [
        ("parallel_wavegan", f"parallel_wavegan/{name}")
        for name in ("hifigan", "hifigan_odd", "melgan", "mb_melgan", "parallel_wavegan")
    ],
}
SHARED = [
    ("jik876_hifigan", "hifigan_jik876_v2/g_02500000"),
    ("nvidia_hifigan", "hifigan_nvidia_old_layouts/checkpoint_grouped.pt"),
    ("amphion_hifigan", "hifigan_amphion/tiny_resblock1"),
    ("amphion_vocos", "vocos_amphion/tiny_center"),
    ("nvidia_waveglow", "waveglow_nvidia/tiny/checkpoint_WaveGlow_1000.pt"),
]
PARALLEL = [
    ("nvidia_fastpitch", "fastpitch_nvidia_small/checkpoint.pt"),
    ("nvidia_fastpitch", "fastpitch_1_0_small/checkpoint.pt"),
    ("amphion_fastspeech2", "fastspeech2_amphion/tiny"),
    ("ming024_fastspeech2", "fastspeech2_ming024/tiny/2.pth.tar"),
]


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archives")
    for name in ARCHIVES:
        with tarfile.open(FIXTURES / f"{name}.tar.xz") as archive:
            archive.extractall(folder, filter="data")
    return folder / "vectors"


def check_vocoder(source: str, file: Path, folder: Path) -> None:
    model, config = import_foreign(source, file)
    compare_vocoder(model.eval(), exported(model, config, folder))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "file"), [case for cases in ARCHIVES.values() for case in cases]
)
def test_a_vocoder_of_an_archive(source: str, file: str, archives: Path, tmp_path: Path) -> None:
    if source == "parallel_wavegan":
        pytest.importorskip("h5py")
    check_vocoder(source, archives / file, tmp_path)


@pytest.mark.parametrize(("source", "file"), SHARED)
def test_a_vocoder(source: str, file: str, shared: Path, tmp_path: Path) -> None:
    check_vocoder(source, shared / "vectors" / file, tmp_path)


@pytest.mark.parametrize(("source", "file"), PARALLEL)
def test_an_acoustic_model(source: str, file: str, shared: Path, tmp_path: Path) -> None:
    model, config = import_foreign(source, shared / "vectors" / file)
    graph = exported(model.eval(), config, tmp_path)["acoustic"]
    for size, length in ((1, 23), (3, 11)):
        compare_acoustic(model, graph, len(config["symbols"]), size, length)


def test_a_tacotron2(shared: Path, tmp_path: Path) -> None:
    path = shared / "vectors/tacotron2_nvidia/tiny/checkpoint_Tacotron2_1500.pt"
    model, config = import_foreign("nvidia_tacotron2", path)
    model.max_decoder_steps = 70  # type: ignore[attr-defined]
    graphs = exported(model.eval(), config, tmp_path)
    random = np.random.default_rng(0)
    for lengths in (np.array([23]), np.array([31, 8, 12])):
        tokens = random.integers(1, len(config["symbols"]), (len(lengths), lengths.max()))
        compare_steps(model, graphs, tokens, lengths, None)
