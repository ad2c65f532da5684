"""Graphs against their models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from recital.bins.common.onnx_export import export_graphs
from recital.modules.acoustic.controls import EnergyChange, PitchChange
from recital.modules.contract.model import Sampling, Vocoder
from recital.processors.speech.backend import Predicted, Prosody
from recital.processors.speech.onnx_files import OnnxGraph
from recital.processors.speech.onnx_steps import OnnxSteps
from recital.processors.speech.torch_backend import TorchAcoustics


def close(found: np.ndarray, expected: torch.Tensor, limit: float = 1e-4) -> None:
    """Equal to `limit` of the largest value."""
    expected_array = expected.numpy()
    assert found.shape == expected_array.shape
    assert np.abs(found - expected_array).max() <= limit * max(np.abs(expected_array).max(), 1e-3)


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
        "duration_temperature": np.array([0.8], np.float32),
    }


def compare_acoustic(model: Any, graph: OnnxGraph, n_tokens: int, size: int, length: int) -> None:
    """With every control, of tokens below `n_tokens`."""
    feeds = acoustic_feeds(n_tokens, size, length)
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
            **({"sampling": Sampling(0.4, None, 0.8)} if "temperature" in graph.inputs else {}),
        )
    found = graph(feeds)
    assert found["token_frames"].tolist() == out.repeats.tolist()
    assert found["mel_lengths"].tolist() == out.mel_lengths.tolist()
    close(found["mel"], out.mel)
    if out.pitch is not None:
        close(found["token_pitch"], change.in_hz(out.pitch)[:, 0])
    if out.energy is not None:
        close(found["token_energy"], out.energy)


def neutral(tokens: np.ndarray, pace: float = 1.0) -> Prosody:
    ones = np.ones(tokens.shape, np.float32)
    return Prosody(
        pace=pace * ones,
        pitch_scale=ones,
        pitch_shift=0 * ones,
        pitch_semitones=0 * ones,
        pitch_hz=0 * ones,
        energy_scale=ones,
        energy=np.nan * ones,
        durations=-ones,
    )


def compare_steps(
    model: Any, graphs: dict[str, OnnxGraph], tokens: np.ndarray, lengths: np.ndarray, speaker: Any
) -> list[Predicted]:
    """Of a batch, as predictions, at two paces; returns those of torch."""
    voices = [TorchAcoustics(model), OnnxSteps(*graphs.values(), model.audio)]
    found = []
    for pace in (1.0, 1.3):
        given = tokens, lengths, neutral(tokens, pace), speaker
        expected, made = (voice.predict(*given) for voice in voices)
        found.append(expected)
        assert made.durations.tolist() == expected.durations.tolist()
        assert made.mel_lengths.tolist() == expected.mel_lengths.tolist()
        assert made.failures == expected.failures
        close(made.mel, torch.from_numpy(expected.mel))
    return found
