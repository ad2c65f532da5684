"""Voices of graphs: batches, folders whose checkpoint changed, and what a graph cannot be given."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import recital
from recital.bins import say
from recital.bins.export import main
from recital.processors.text import TextConfig, symbols_for
from recital.utils.errors import CheckpointError, RecitalError, UsageError
from tests.speech.test_piper import save_voice

TEXTS = ["a first text, of some length", "a second", "and the third one"]
PHASE = 1e-3  # the phase adds up the last bits of F0, which a batch and a runtime change
CLEANERS = {"cleaners": "basic_cleaners"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A voice's checkpoints, OUT with its graphs and with the pair, and with one model alone."""
    pytest.importorskip("onnx")
    folder = tmp_path_factory.mktemp("graphs")
    save_voice(folder / "voice", 1, CLEANERS, symbols_for(TextConfig(**CLEANERS)))
    flags = ["--format", "onnx", "--infer_expt_dir", str(folder / "voice"), "--precision", "fp32"]
    flags += ["--output_dir", str(folder / "OUT")]
    main(flags)
    main([*flags, "--part", "pair"])
    return folder


@pytest.mark.parametrize(("name", "tolerance"), [("OUT/voice.onnx", 1e-4), ("OUT", PHASE)])
def test_three_texts_at_once_are_those_alone(folder: Path, name: str, tolerance: float) -> None:
    voice = recital.load_voice(folder / name)
    together = [speech.wav for speech in voice.synthesize(TEXTS)]
    for wav, text in zip(together, TEXTS, strict=True):
        alone = voice(text)[0]
        assert wav.shape == alone.shape
        assert np.abs(wav - alone).max() <= tolerance * np.abs(alone).max()
        streamed = np.concatenate(list(voice.stream(text)))
        assert np.abs(streamed - alone).max() <= tolerance * np.abs(alone).max()


def test_a_pair_says_what_its_checkpoints_say(folder: Path) -> None:
    ours, theirs = (recital.load_voice(folder / name) for name in ("OUT/voice.onnx", "voice"))
    for text in TEXTS:
        made, expected = ours(text)[0], theirs(text)[0]
        assert made.shape == expected.shape
        assert np.abs(made - expected).max() <= PHASE * np.abs(expected).max()


def test_graphs_of_another_checkpoint_are_refused(folder: Path, tmp_path: Path) -> None:
    """Not silently the old voice, nor noise of weights that moved."""
    voice, out = folder / "voice", str(tmp_path / "said.wav")
    main(["--format", "onnx", "--infer_expt_dir", str(voice), "--output_dir", str(voice)])
    assert say.main([TEXTS[0], "--voice", str(voice), "-o", out]) == 0
    for name in ("acoustic/model.safetensors", "acoustic/config.json", "vocoder/model.safetensors"):
        file = voice / name
        content = file.read_bytes()
        file.write_bytes(content[:-2] + b" \n")
        message = rf"was made before {file.name} in its folder changed; make it again with recital"
        with pytest.raises(CheckpointError, match=message):
            recital.load_voice(voice, runtime="onnx")
        with pytest.raises(CheckpointError, match=message):
            say.main([TEXTS[0], "--voice", str(voice), "-o", out])
        file.write_bytes(content)
    recital.load_voice(voice, runtime="onnx")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"denoising_strength": 0.1}, "denoising_strength: this voice speaks with onnxruntime"),
        ({"sigma": 0.5}, "sigma: this voice speaks with onnxruntime"),
        ({"device": "cuda"}, "device: this voice speaks with onnxruntime"),
    ],
)
def test_what_a_graph_cannot_be_given_is_refused(
    folder: Path, flags: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        recital.load_voice(folder / "OUT", **flags)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=message):
        recital.load_voice(runtime="onnx", **flags)  # type: ignore[arg-type]


def test_say_refuses_it_too(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "said.wav"
    command = [TEXTS[0], "--voice", str(folder / "OUT"), "-o", str(output)]
    for flags in (["--denoising_strength=0.1"], ["--device=cuda"]):
        with pytest.raises(UsageError, match="onnxruntime"):
            say.main([*command, *flags])
    pair = [TEXTS[0], "--voice", str(folder / "OUT/voice.onnx"), "-o", str(output)]
    with pytest.raises(UsageError, match="own vocoder"):
        say.main([*pair, "--vocoder_dir", str(folder / "OUT")])
    assert not output.exists()
    assert say.main([*command, "--vocoder_dir", str(folder / "OUT" / "vocoder")]) == 0


def test_half_of_a_voice_says_what_is_missing(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "OUT" / "acoustic", tmp_path / "acoustic")
    for path in (tmp_path, tmp_path / "acoustic" / "acoustic.onnx"):
        with pytest.raises(CheckpointError, match=r"has no vocoder\.onnx, the other half"):
            recital.load_voice(path)
    voice = recital.load_voice(tmp_path, folder / "OUT")
    assert np.abs(voice(TEXTS[1])[0]).max() > 0
    with pytest.raises(RecitalError, match=r"is the graph 'vocoder'; a voice begins with"):
        recital.load_voice(folder / "OUT" / "vocoder" / "vocoder.onnx")


def test_an_export_leaves_no_graph_of_another_model(folder: Path, tmp_path: Path) -> None:
    """The new voice would be passed over for an old one."""
    old = tmp_path / "acoustic" / "encoder.onnx"
    old.parent.mkdir()
    old.write_bytes(b"of a Tacotron 2")
    voice = ["--infer_expt_dir", str(folder / "voice" / "acoustic"), "--output_dir", str(tmp_path)]
    main(["--format", "onnx", *voice])
    assert [path.name for path in old.parent.iterdir()] == ["acoustic.onnx"]
