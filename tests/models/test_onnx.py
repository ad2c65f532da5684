"""Graphs against their models: at sizes that were not traced, alone and in a batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import contract_helpers as contract
import numpy as np
import pytest
import torch

from recital.bins.common.onnx_export import export_graphs, export_pair
from recital.models import MODELS
from recital.modules.acoustic.controls import EnergyChange, PitchChange
from recital.modules.contract.model import Sampling, Vocoder
from recital.modules.signal.denoiser import Denoised
from recital.modules.signal.gain import Louder
from recital.modules.signal.noise import noise_array
from recital.processors.speech.onnx_files import OnnxGraph
from recital.utils.errors import CheckpointError, UsageError

pytest.importorskip("onnx")
AUTOREGRESSIVE = {"WaveNet", "WaveRNN"}
VOCODERS = sorted(n for n, e in MODELS.items() if e.kind == "vocoder" and n not in AUTOREGRESSIVE)
PARALLEL = ["FastPitch", "FastSpeech2", "Matcha"]


def close(found: np.ndarray, expected: torch.Tensor) -> None:
    """Equal to 1e-4 of the largest value."""
    expected_array = expected.numpy()
    assert found.shape == expected_array.shape
    assert np.abs(found - expected_array).max() <= 1e-4 * max(np.abs(expected_array).max(), 1e-3)


def exported(model: Any, config: dict[str, Any], folder: Path) -> dict[str, OnnxGraph]:
    return {p.stem: OnnxGraph(p, threads=1) for p in export_graphs(model, config, folder)}


def compare_vocoder(model: Vocoder, graphs: dict[str, OnnxGraph]) -> None:
    audio = model.audio
    for size, frames in ((1, 23), (3, 9)):
        generator = torch.Generator().manual_seed(frames)
        mel = torch.randn(size, audio.n_mels, frames, generator=generator) - 4
        given: dict[str, Any] = {}
        feeds = {"mel": mel.numpy()}
        graph = graphs["vocoder"]
        if "noise" in graph.inputs:
            facts = graph.facts["noise"]
            shape = size, facts["rows"], frames * facts["per_frame"]
            noise = torch.randn(*shape, generator=generator)
            given["z"] = noise[:, 0] if facts["rows"] == 1 else noise
            feeds["noise"] = noise.numpy()
        if "source" in graph.inputs:
            rows = torch.cat([source for _, source in model.find_source([mel])], dim=2)
            given["source"] = rows
            feeds["source"] = rows.numpy()
            f0, voiced = graphs["source"]({"mel": mel.numpy()}).values()
            for mine, theirs in zip((f0, voiced), model.track(mel), strict=True):  # type: ignore[attr-defined]
                close(mine, theirs.detach())
        with torch.inference_mode():
            close(graph(feeds)["wav"], model.infer(mel, **given))


@pytest.mark.parametrize("name", VOCODERS)
def test_a_vocoder(name: str, tmp_path: Path) -> None:
    config = contract.TINY[name]
    model = contract.fresh(config).eval()
    compare_vocoder(model, exported(model, config, tmp_path))


@pytest.mark.parametrize("name", sorted(AUTOREGRESSIVE & set(MODELS)))
def test_one_sample_after_another_is_refused(name: str, tmp_path: Path) -> None:
    config = contract.TINY[name]
    with pytest.raises(CheckpointError, match="one sample after another"):
        exported(contract.fresh(config).eval(), config, tmp_path)


def test_what_follows_a_vocoder_is_in_its_graph(tmp_path: Path) -> None:
    config = contract.TINY["HiFiGAN"]
    model = Louder(Denoised(contract.fresh(config).eval(), 0.5), 6.0)
    graphs = exported(model, config, tmp_path)
    assert graphs["vocoder"].facts["context_frames"] == model.context_frames
    compare_vocoder(model, graphs)


def acoustic_feeds(n_tokens: int, size: int, length: int) -> dict[str, np.ndarray]:
    """Valid inputs with every control somewhere."""
    random = np.random.default_rng(length)

    def some(low: float, high: float, else_: float, share: float = 0.3) -> np.ndarray:
        drawn = random.uniform(low, high, (size, length))
        return np.where(random.random((size, length)) < share, drawn, else_).astype(np.float32)

    lengths = np.full(size, length)
    lengths[1:] -= 3
    return {
        "tokens": random.integers(1, n_tokens, (size, length)),
        "token_lengths": lengths,
        "speaker": np.arange(size) % 2,
        "pace": some(0.7, 1.5, 1.1),
        "durations": np.round(some(0, 6, -1.0)),
        "pitch_scale": some(0.0, 2.0, 1.0),
        "pitch_shift": some(-30, 30, 0.0),
        "pitch_semitones": some(-3, 3, 0.0),
        "pitch_hz": some(90, 300, 0.0),
        "energy_scale": some(0.5, 2.0, 1.0),
        "energy": some(0.5, 2.0, np.nan),
        "temperature": np.array([0.4], np.float32),
    }


@pytest.mark.parametrize("name", PARALLEL)
@pytest.mark.parametrize("size", [1, 3])
def test_an_acoustic_model_with_every_control(name: str, size: int, tmp_path: Path) -> None:
    config = contract.TINY[name]
    model = contract.fresh(config).eval()
    graph = exported(model, config, tmp_path)["acoustic"]
    feeds = acoustic_feeds(len(config["symbols"]), size, 17)
    tensors = {key: torch.from_numpy(value) for key, value in feeds.items()}
    change = PitchChange(*(tensors[f"pitch_{n}"] for n in ("scale", "shift", "semitones", "hz")))
    several = "speaker" in graph.inputs
    with torch.inference_mode():
        out = model.infer(
            tensors["tokens"],
            tensors["token_lengths"],
            speaker=tensors["speaker"] if several else None,
            pace=tensors["pace"],
            durations=tensors["durations"],
            pitch_transform=change,
            energy_transform=EnergyChange(tensors["energy_scale"], tensors["energy"]),
            **({"sampling": Sampling(0.4)} if "temperature" in graph.inputs else {}),
        )
    found = graph(feeds)
    assert found["token_frames"].tolist() == out.repeats.tolist()
    assert found["mel_lengths"].tolist() == out.mel_lengths.tolist()
    close(found["mel"], out.mel)
    if out.pitch is not None:
        close(found["token_pitch"], change.in_hz(out.pitch)[:, 0])
    if out.energy is not None:
        close(found["token_energy"], out.energy)


@pytest.mark.parametrize("name", ["HiFiGAN", "SourceFilter"])
def test_a_pair_in_one_graph(name: str, tmp_path: Path) -> None:
    vocoder_config = contract.TINY[name]
    config = {**contract.TINY["FastPitch"], "audio": vocoder_config["audio"]}
    acoustic = contract.fresh(config).eval()
    vocoder = contract.fresh(vocoder_config).eval()
    graph = OnnxGraph(export_pair(acoustic, vocoder, config, tmp_path), threads=1)
    feeds = acoustic_feeds(len(config["symbols"]), 1, 17)
    if "noise" in graph.inputs:
        facts = graph.facts["noise"]
        feeds["noise"] = noise_array(facts["rows"], facts["per_frame"], 4000)[None]
    found = graph(feeds)
    mel = torch.from_numpy(found["mel"])
    with torch.inference_mode():
        close(found["wav"], vocoder.infer(mel))
    with pytest.raises(UsageError, match="int8"):
        export_pair(acoustic, vocoder, config, tmp_path, "int8")
