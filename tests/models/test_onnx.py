"""Graphs against their models: at sizes that were not traced, alone and in a batch."""

from __future__ import annotations

from pathlib import Path

import contract_helpers as contract
import pytest
import torch
from onnx_helpers import acoustic_feeds, close, compare_acoustic, compare_vocoder, exported
from tts_helpers import drawn_prosody, tiny_config

from recital.bins.common.onnx_export import export_pair
from recital.models import MODELS
from recital.modules.signal.denoiser import Denoised
from recital.modules.signal.gain import Louder
from recital.modules.signal.noise import noise_array
from recital.processors.speech.onnx_files import OnnxGraph
from recital.utils.errors import CheckpointError, UsageError

pytest.importorskip("onnx")
AUTOREGRESSIVE = {"WaveNet", "WaveRNN"}
VOCODERS = sorted(n for n, e in MODELS.items() if e.kind == "vocoder" and n not in AUTOREGRESSIVE)
PARALLEL = {name: contract.TINY[name] for name in ("FastPitch", "FastSpeech2", "Matcha")}
PARALLEL["FastPitch, drawn"] = tiny_config(prosody=drawn_prosody())


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


@pytest.mark.parametrize("name", PARALLEL)
@pytest.mark.parametrize("size", [1, 3])
def test_an_acoustic_model_with_every_control(name: str, size: int, tmp_path: Path) -> None:
    config = PARALLEL[name]
    model = contract.fresh(config).eval()
    graph = exported(model, config, tmp_path)["acoustic"]
    drawn = {"temperature", "duration_temperature"} & model.sampling_controls
    assert drawn == {"temperature", "duration_temperature"} & set(graph.inputs)
    compare_acoustic(model, graph, len(config["symbols"]), size, 17)


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
        # of a source, the phase adds up the last bits of F0, which runtimes round differently
        close(found["wav"], vocoder.infer(mel), 1e-3 if name == "SourceFilter" else 1e-4)
    with pytest.raises(UsageError, match="int8"):
        export_pair(acoustic, vocoder, config, tmp_path, "int8")
