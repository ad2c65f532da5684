"""A voice of one model that makes waves (VITS): spoken, streamed, planned, exported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import recital
from recital.bins.export import main as export
from recital.bins.say import main as say
from recital.models import build, load
from recital.modules.acoustic.noise import Noise
from recital.processors.speech.plan import read_plan, record
from recital.processors.text import TextConfig, symbols_for
from recital.utils import checkpoint
from recital.utils.errors import ConfigError, DataError, UsageError
from tests.vits_helpers import tiny_config

TEXT = {"phonemizer": "espeak", "symbol_set": "ipa"}
SAID = "Hello there. Did you see it?"
COLD = {"temperature": 0.2, "duration_temperature": 0.1}


def save(folder: Path, **changes: Any) -> Path:
    """A voice with fresh weights, and some frames for each token."""
    torch.manual_seed(0)
    text = {**TEXT, **changes.pop("text", {})}
    config = tiny_config(**changes)
    config |= {"text": text, "symbols": symbols_for(TextConfig(**text))}
    model: Any = build(config)
    with torch.no_grad():
        model.network.durations.flow.affine.shift.fill_(-1.0)
        model.network.decoder.last.weight.mul_(20.0)
    weights = {k: v for k, v in model.state_dict().items() if "discriminator" not in k}
    checkpoint.save_model(folder / "acoustic", weights, config)
    return folder


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("espeakng_loader")
    return save(tmp_path_factory.mktemp("voice"))


@pytest.fixture(scope="module")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three speakers, numbered as Piper's texts are."""
    pytest.importorskip("espeakng_loader")
    folder = tmp_path_factory.mktemp("trio")
    ends = {"symbol_set": "piper", "edge_symbol": "^", "end_symbol": "$"}
    return save(folder, n_speakers=3, blanks="between", text=ends)


def test_pieces_of_a_stream_are_the_whole(voice: Path) -> None:
    speaker = recital.load_voice(voice)
    whole, rate = speaker(SAID)
    assert rate == 22050 and np.abs(whole).max() > 0.01
    again, _ = speaker(SAID)
    assert np.array_equal(whole, again)
    pieces = np.concatenate(list(speaker.stream(SAID)))
    np.testing.assert_allclose(pieces, whole, atol=2e-5)


def test_a_plan_says_the_same_and_can_be_edited(voice: Path) -> None:
    speaker = recital.load_voice(voice)
    plan = speaker.plan("Hello there.")
    tree = json.loads(json.dumps(record(plan)))
    assert tree["editable"] and all(p is None for p in tree["sentences"][0]["pitch"])
    wav, _ = speaker("Hello there.")
    np.testing.assert_allclose(speaker(read_plan(tree))[0], wav, atol=2e-5)
    tree["sentences"][0]["durations"][2] += 7
    longer, _ = speaker(read_plan(tree))
    assert len(longer) == len(wav) + 7 * tree["hop_length"]


def test_controls_that_it_has_and_has_not(voice: Path) -> None:
    speaker = recital.load_voice(voice)
    wav, _ = speaker("Hello.")
    assert len(speaker("Hello.", pace=2.0)[0]) < len(wav)
    with pytest.raises(DataError, match="predicts no pitch"):
        speaker("Hello.", pitch_shift=20.0)
    for control in ("temperature", "duration_temperature"):
        assert not np.array_equal(speaker("Hello.", **{control: 0.0})[0], wav)
        with pytest.raises(DataError, match=f"{control}: expected"):
            speaker("Hello.", **{control: -1.0})
    with pytest.raises(DataError, match="n_steps: this voice has no steps"):
        speaker("Hello.", n_steps=2)


def test_a_vocoder_and_its_denoising_are_refused(voice: Path) -> None:
    with pytest.raises(ConfigError, match="makes waves itself and needs no vocoder"):
        recital.load_voice(voice, vocoder=voice)
    with pytest.raises(DataError, match="denoising_strength"):
        recital.load_voice(voice, denoising_strength=0.1)
    with pytest.raises(DataError, match="sigma: is of a vocoder.*the control temperature"):
        recital.load_voice(voice, sigma=0.1)


def test_it_can_be_louder(voice: Path, tmp_path: Path) -> None:
    flags = ["--infer_expt_dir", str(voice), "--output_dir", str(tmp_path / "loud" / "acoustic")]
    export([*flags, "--precision=fp32", "--set=speech={gain_db: 6}"])
    wav, _ = recital.load_voice(voice)("Hello.")
    loud, _ = recital.load_voice(tmp_path / "loud")("Hello.")
    quiet = np.abs(wav) < 0.2
    np.testing.assert_allclose(loud[quiet], wav[quiet] * 10 ** (6 / 20), atol=1e-4)


def test_say_takes_its_noise(voice: Path, tmp_path: Path) -> None:
    for name, flags in {
        "a": [],
        "b": ["--temperature=0"],
        "c": ["--duration_temperature=0"],
    }.items():
        output = str(tmp_path / f"{name}.wav")
        assert say(["Hello.", "--voice", str(voice), "-o", output, *flags]) == 0
    assert len({(tmp_path / f"{name}.wav").read_bytes() for name in "abc"}) == 3


@pytest.mark.parametrize("form", ["hf", "zip"])
def test_a_folder_for_others_has_no_vocoder(voice: Path, tmp_path: Path, form: str) -> None:
    output = tmp_path / ("voice.zip" if form == "zip" else "voice")
    licence = ["--license=cc0-1.0"] * (form == "hf")
    flags = ["--format", form, "--infer_expt_dir", str(voice), "--output_dir", str(output)]
    export([*flags, *licence])
    if form == "hf":
        assert {p.name for p in output.iterdir()} == {"acoustic", "README.md"}
        assert "A voice for Recital: VITS, one speaker" in (output / "README.md").read_text()
        assert len(recital.load_voice(output)("Hello.")[0])


def test_its_graph_says_what_pytorch_says(trio: Path, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    flags = ["--format=onnx", "--infer_expt_dir", str(trio), "--output_dir", str(tmp_path)]
    with pytest.raises(UsageError, match="int8: is not for a model that makes waves"):
        export([*flags, "--precision=int8"])
    export([*flags, "--precision=fp32"])
    assert [p.name for p in (tmp_path / "acoustic").iterdir()] == ["voice.onnx"]
    graph, own = recital.load_voice(tmp_path), recital.load_voice(trio)
    assert graph.speakers == own.speakers == ["0", "1", "2"]
    for text, speaker, pace, drawn in (("Hello.", "2", 1.0, {}), (SAID, "0", 1.4, COLD)):
        found, expected = (v(text, speaker=speaker, pace=pace, **drawn)[0] for v in (graph, own))
        np.testing.assert_allclose(found, expected, atol=1e-4)
    tree = record(own.plan("Hello.", speaker="1"))
    tree["sentences"][0]["durations"][1] += 5
    found, expected = (v(read_plan(tree))[0] for v in (graph, own))
    np.testing.assert_allclose(found, expected, atol=1e-4)
    with pytest.raises(DataError, match="predicts no pitch"):
        graph("Hello.", speaker="1", pitch_shift=20.0)


def test_piper_s_form(trio: Path, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    ort = pytest.importorskip("onnxruntime")
    flags = ["--format=piper", "--infer_expt_dir", str(trio), "--output_dir", str(tmp_path)]
    export([*flags, "--precision=fp32", "--voice_name=trio"])
    path = tmp_path / "en_US-trio-medium.onnx"
    tree = json.loads(Path(f"{path}.json").read_text())
    assert tree["inference"] == {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8}
    ids = tree["phoneme_id_map"]
    assert (ids["_"], ids["^"], ids["$"]) == ([0], [1], [2])
    session = ort.InferenceSession(str(path))
    text = [1, 0, *(n for s in "həlˈoʊ" for n in (ids[s][0], 0)), 2]  # as its runtimes number it
    feeds: dict[str, Any] = {"input": np.array([text]), "input_lengths": np.array([len(text)])}
    feeds |= {"sid": np.array([1]), "scales": np.array([0.0, 1.25, 0.0], np.float32)}
    wav, frames = session.run(None, feeds)
    model, _ = load(trio / "acoustic")
    tokens = torch.tensor([[n for n in text if n]])
    silent = Noise(lambda n: torch.zeros(1, 2, n), lambda n: torch.zeros(1, 8, n))
    said = model.speak(  # type: ignore[operator]
        tokens, torch.tensor([tokens.shape[1]]), silent, torch.tensor([1]), 0.8
    )
    np.testing.assert_allclose(wav[0, 0], said.wav[0].numpy(), atol=1e-4)
    assert frames.sum() * tree["hop_length"] == wav.shape[2]
    feeds["scales"] = np.array([0.667, 1.0, 0.8], np.float32)
    takes = [session.run(None, feeds)[0] for _ in range(2)]
    assert takes[0].shape != takes[1].shape or not np.allclose(*takes), "noise is drawn anew"
