"""Tacotron 2 as three graphs: the steps, the mels and the voice of torch, without torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import contract_helpers as contract
import numpy as np
import pytest
import torch
from onnx_helpers import compare_steps, exported, neutral
from tacotron2_helpers import tiny_config, tiny_model
from tts_helpers import random_batch

import recital
from recital.bins.export import main
from recital.models import build
from recital.processors.speech.controls import Controls
from recital.processors.speech.onnx_steps import OnnxSteps
from recital.processors.text import TextConfig, symbols_for
from recital.utils import checkpoint
from recital.utils.errors import CheckpointError, DataError
from tests.conftest import ROOT

pytest.importorskip("onnx")


@pytest.mark.parametrize(("reduction", "n_speakers", "dropout"), [(1, 1, 0.5), (3, 2, 0.0)])
def test_the_steps_are_those_of_torch(
    reduction: int, n_speakers: int, dropout: float, tmp_path: Path
) -> None:
    model = tiny_model(reduction=reduction, n_speakers=n_speakers, max_decoder_steps=120).eval()
    config = tiny_config(reduction=reduction, n_speakers=n_speakers)
    model.network.decoder.prenet_dropout = dropout
    batch = random_batch([19, 26, 4], n_speakers=n_speakers)
    with torch.no_grad():  # some stop early and some never
        masks = model._masks(batch.tokens, batch.token_lengths)
        out = model.network.speak(
            batch.tokens, batch.token_lengths, batch.speaker, 120 // reduction, 2.0, masks
        )
        ends = out.gate.sigmoid().max(1).values.sort().values
    model.gate_threshold = float(ends[:2].mean())
    graphs = exported(model, config, tmp_path)
    tokens, lengths = batch.tokens.numpy(), batch.token_lengths.numpy()
    for items, n in ((slice(0, 3), 26), (slice(0, 1), 19), (slice(2, 3), 4)):
        rows = tokens[items, :n]
        speaker = 1 if n_speakers > 1 else None
        compare_steps(model, graphs, rows, lengths[items], speaker)
    voice = OnnxSteps(*graphs.values(), model.audio)
    with pytest.raises(DataError, match="durations"):
        voice.predict(rows, lengths[2:], neutral(rows)._replace(durations=0 * rows))
    with pytest.raises(DataError, match="pace"):
        voice.predict(rows, lengths[2:], neutral(rows)._replace(pace=1.0 + rows))


TEXT = "a text, another one and a third"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A voice's checkpoints, and its graphs in a folder for each precision."""
    folder = tmp_path_factory.mktemp("steps")
    vocoder = contract.TINY["HiFiGAN"]
    symbols = symbols_for(TextConfig(cleaners="basic_cleaners"))
    config = tiny_config() | {"text": {"cleaners": "basic_cleaners"}, "symbols": symbols}
    config["audio"] = vocoder["audio"]
    torch.manual_seed(1)
    acoustic = build(config)
    with torch.no_grad():  # it never stops
        acoustic.network.decoder.gate.bias.fill_(-100.0)
    acoustic.eval()
    checkpoint.save_model(folder / "voice" / "acoustic", acoustic.state_dict(), config)
    state = build(vocoder).state_dict()
    weights = {name: w for name, w in state.items() if name.startswith("generator")}
    checkpoint.save_model(folder / "voice" / "vocoder", weights, vocoder)
    flags = ["--infer_expt_dir", str(folder / "voice"), "--format", "onnx", "--output_dir"]
    for precision in ("fp32", "fp16", "int8"):
        main([*flags, str(folder / precision), "--precision", precision])
    with pytest.raises(CheckpointError, match="several graphs"):
        main([*flags, str(folder / "pair"), "--part", "pair"])
    return folder


def test_a_voice_of_three_graphs_speaks_as_torch_does(folder: Path) -> None:
    torchs = recital.load_voice(folder / "voice")
    controls = Controls(pace=1.2)
    (expected,) = torchs.synthesize([TEXT], controls=controls, keep_failed=True)
    for path, tolerance in (("fp32", 1e-4), ("fp32/acoustic/encoder.onnx", 1e-4), ("fp16", 0.01)):
        voice = recital.load_voice(folder / path)
        (found,) = voice.synthesize([TEXT], controls=controls, keep_failed=True)
        assert found.durations == expected.durations and found.failures == expected.failures
        assert np.abs(found.wav - expected.wav).max() <= tolerance * np.abs(expected.wav).max()
    with pytest.raises(DataError, match="no pitch"):
        voice.synthesize([TEXT], controls=Controls(pitch_shift=20.0), keep_failed=True)


def test_its_step_is_smaller_in_8_bits(folder: Path) -> None:
    sizes = [(folder / p / "acoustic/decoder.onnx").stat().st_size for p in ("fp32", "int8")]
    assert sizes[1] < 0.7 * sizes[0]
    voices = [recital.load_voice(folder / precision) for precision in ("fp32", "int8")]
    mels = [v.synthesize([TEXT], keep_failed=True)[0].mel for v in voices]
    n = min(mel.shape[1] for mel in mels)
    apart = np.abs(mels[0][:, :n] - mels[1][:, :n]).max()
    assert 0 < apart < 0.1 * np.abs(mels[0]).max()


def test_it_speaks_without_torch(folder: Path) -> None:
    script = (
        "import sys, recital\n"
        f"voice = recital.load_voice({str(folder / 'fp32')!r})\n"
        f"(speech,) = voice.synthesize([{TEXT!r}], keep_failed=True)\n"
        "assert abs(speech.wav).max() > 0\n"
        "print(*[name for name in ('torch', 'scipy', 'safetensors') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
