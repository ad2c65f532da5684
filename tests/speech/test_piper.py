"""Voices for Piper and sherpa-onnx: their graph, their files, and these programs speaking with
them, from an environment of their own (`make consumers`).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from recital.bins.export import main
from recital.models import build, load_acoustic, load_vocoder
from recital.modules.acoustic.piper_graph import without
from recital.modules.contract.model import Sampling
from recital.processors.speech import piper_files
from recital.processors.speech.description import Description
from recital.processors.speech.level import at_level
from recital.processors.text import TextConfig, symbols_for
from recital.utils import checkpoint
from recital.utils.errors import ConfigError, DataError, UsageError
from recital.voices import VOICE
from tests.conftest import ROOT
from tests.models import test_source_filter
from tests.tts_helpers import drawn_prosody, tiny_config

CONSUMERS = Path(os.environ.get("RECITAL_CONSUMERS", ROOT / "build" / "consumers"))
TEXTS = (
    "The children played in the garden, until the sun went down.",
    "We had dinner at seven! Did he go home?",
    "Twenty boats: all of them were waiting.",
)
TEXT = {"phonemizer": "espeak", "symbol_set": "ipa", "edge_symbol": " "}


def save_voice(
    folder: Path, n_speakers: int, text: dict[str, Any], symbols: list[str], **model: Any
) -> Path:
    """A tiny voice whose vocoder has noise and phase of its own."""
    audio = test_source_filter.AUDIO
    config = tiny_config(n_speakers=n_speakers, **model)
    config |= {"audio": audio, "text": text, "symbols": symbols}
    torch.manual_seed(0)
    acoustic: Any = build(config)
    acoustic.network.duration_predictor.out.bias.data.fill_(1.4)  # a few frames for each symbol
    acoustic.network.out.bias.data.fill_(-6.0)  # a level of speech
    checkpoint.save_model(folder / "acoustic", acoustic.state_dict(), config)
    parts = {"network": test_source_filter.NETWORK, "refine_iterations": 2}
    vocoder = {"model_type": "SourceFilter", "audio": audio, "model": parts}
    checkpoint.save_model(folder / "vocoder", build(vocoder).state_dict(), vocoder)
    return folder


def export(voice: Path, output: Path, *flags: str) -> Path:
    command = ["--format", "piper", "--infer_expt_dir", str(voice), "--output_dir", str(output)]
    main([*command, *flags])
    (path,) = output.glob("*.onnx")
    return path


@pytest.fixture(scope="module")
def duo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A voice of two speakers."""
    pytest.importorskip("onnx")
    symbols = symbols_for(TextConfig(**TEXT))
    return save_voice(tmp_path_factory.mktemp("duo"), 2, TEXT, symbols)


@pytest.fixture(scope="module")
def exported(duo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its export, with a name of its own."""
    folder = tmp_path_factory.mktemp("piper")
    return export(
        duo, folder, "--voice_name=duo", "--language=en_GB", "--quality=medium", "--precision=fp32"
    )


def spoken(
    voice: Path, ids: np.ndarray, speaker: int | None, pace: float, **options: Any
) -> np.ndarray:
    """What PyTorch makes of numbers of symbols, PADs (0) among them."""
    acoustic, config = load_acoustic(voice / "acoustic")
    speech = Description.of(config, "config.json").speech
    vocoder = at_level(load_vocoder(voice / "vocoder")[0], speech)
    tokens = torch.tensor(ids[ids != 0])[None]
    who = None if speaker is None else torch.tensor([speaker])
    with torch.no_grad():
        lengths = torch.tensor([tokens.shape[1]])
        mel = acoustic.infer(tokens, lengths, speaker=who, pace=pace, **options).mel
        return torch.cat(list(vocoder.stream([mel[0]]))).numpy()


def assert_same(wav: np.ndarray, expected: np.ndarray) -> None:
    """Each sample is within 1e-3 of full scale, and the root mean square of the difference below
    1e-3 of the wave's.
    """
    assert wav.shape == expected.shape
    assert np.abs(wav - expected).max() < 1e-3
    assert np.square(wav - expected).sum() < 1e-3**2 * np.square(expected).sum()


def test_pads_are_left_out() -> None:
    ids = torch.tensor([[5, 0, 7, 0, 0, 9, 0], [0, 3, 0, 4, 0, 8, 8]])
    tokens, lengths, places, real = without(ids, torch.tensor([7, 5]), 0)
    assert tokens.tolist() == [[5, 7, 9], [3, 4, 0]] and lengths.tolist() == [3, 2]
    assert [p for p, r in zip(places[0].tolist(), real[0].tolist(), strict=True) if r] == [0, 1, 2]


def test_the_graph_says_what_pytorch_says(duo: Path, exported: Path) -> None:
    ort = pytest.importorskip("onnxruntime")
    session = ort.InferenceSession(str(exported))
    assert [i.name for i in session.get_inputs()] == ["input", "input_lengths", "scales", "sid"]
    assert session.get_outputs()[0].name == "output"
    generator = np.random.default_rng(0)
    for n, speaker, length in ((3, 0, 1.0), (40, 1, 1.25), (90, 0, 0.8)):
        ids = np.zeros((1, 2 * n + 1), np.int64)
        ids[0, ::2] = generator.integers(1, 60, n + 1)
        feeds = {"input": ids, "input_lengths": np.array([2 * n + 1]), "sid": np.array([speaker])}
        feeds["scales"] = np.array([0.667, length, 0.8], np.float32)
        wav, frames = session.run(None, feeds)
        assert wav.shape[:2] == (1, 1) and frames.shape == ids.shape
        assert_same(wav[0, 0], spoken(duo, ids[0], speaker, 1 / length))
        hop = test_source_filter.HOP
        assert frames.sum() * hop == wav.shape[2] and not frames[ids == 0].any()


def test_scales_of_noise_are_those_of_a_prosody_that_is_drawn(tmp_path: Path) -> None:
    ort = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    prosody = drawn_prosody() | {"temperature": 0.4, "duration_temperature": 0.6}
    symbols = symbols_for(TextConfig(**TEXT))
    voice = save_voice(tmp_path / "voice", 1, TEXT, symbols, prosody=prosody)
    path = export(voice, tmp_path / "out", "--voice_name=duo")
    inference = json.loads(Path(f"{path}.json").read_text())["inference"]
    assert (inference["noise_scale"], inference["noise_w"]) == (0.4, 0.6)
    session = ort.InferenceSession(str(path))
    ids = np.zeros((1, 41), np.int64)
    ids[0, ::2] = np.random.default_rng(0).integers(1, 60, 21)
    feeds = {"input": ids, "input_lengths": np.array([41])}
    found: list[list[float]] = []
    for scales in ((0.4, 1.0, 0.6), (0.0, 1.0, 0.0), (0.9, 1.25, 0.2)):
        noise, length, of_lengths = scales
        wav, frames = session.run(None, feeds | {"scales": np.array(scales, np.float32)})
        sampling = Sampling(noise, duration_temperature=of_lengths)
        expected = spoken(voice, ids[0], None, 1 / length, sampling=sampling)
        assert wav[0, 0].shape == expected.shape
        # F0 of random weights amplifies the last bits
        assert np.square(wav - expected).sum() < 0.01**2 * np.square(expected).sum()
        found.append(frames[0, ::2].tolist())
    assert found[0] != found[1] and found[0] != found[2]


def test_the_files_have_what_the_loaders_read(exported: Path) -> None:
    path, folder = exported, exported.parent
    assert {p.name for p in folder.iterdir()} == {
        "en_GB-duo-medium.onnx",
        "en_GB-duo-medium.onnx.json",
        "tokens.txt",
    }
    tree = json.loads(Path(f"{path}.json").read_text())
    symbols = symbols_for(TextConfig(**TEXT))
    assert tree["espeak"]["voice"] == "en-us" and tree["phoneme_type"] == "espeak"
    assert tree["audio"] == {
        "sample_rate": test_source_filter.AUDIO["sample_rate"],
        "quality": "medium",
    }
    assert tree["hop_length"] == test_source_filter.HOP
    assert tree["speaker_id_map"] == {"0": 0, "1": 1} and tree["num_speakers"] == 2
    ids = tree["phoneme_id_map"]
    assert ids["_"] == [0] and ids["^"] == ids["$"] == ids[" "]
    assert all(ids[s] == [i] for i, s in enumerate(symbols) if s not in "^$")
    assert tree["language"]["code"] == "en_GB"
    lines = (folder / "tokens.txt").read_text().splitlines()
    assert dict(line.rsplit(" ", 1) for line in lines) == {s: str(i[0]) for s, i in ids.items()}
    import onnx

    model = onnx.load(path)
    found = {prop.key: prop.value for prop in model.metadata_props}
    expected = {"model_type": "vits", "comment": "piper", "voice": "en-us", "has_espeak": "1"}
    expected |= {"n_speakers": "2", "sample_rate": str(tree["audio"]["sample_rate"])}
    assert expected.items() <= found.items() and found["language"] == "English"
    assert model.ir_version <= 9 and model.opset_import[0].version <= 17


@pytest.mark.parametrize(
    ("voice", "code"),
    [("en-us", "en_US"), ("en-gb-x-rp", "en_US"), ("de", "de_DE"), ("pt-br", "pt_BR")]
    + [("cmn", "cmn_CN"), ("gmw/de", "de_DE"), ("fr-be", "fr_BE"), ("sv", "sv_SE")],
)
def test_languages_have_regions(voice: str, code: str) -> None:
    assert piper_files.language_code(voice) == code


def test_a_voice_of_several_languages_is_written_in_the_one_that_is_asked_for() -> None:
    """The programs make the phonemes of `espeak.voice`, whatever the file is called."""
    text = TextConfig(**{**TEXT, "languages": ["de", "fr-be"]})
    for code, voice in (
        ("en_US", "en-us"),
        ("de_DE", "de"),
        ("fr_BE", "fr-be"),
        ("en_IE", "en-us"),
    ):
        assert piper_files.in_language(text, code).voice == voice
    with pytest.raises(UsageError, match="--language nl_NL: the voice speaks en_US, de_DE, fr_BE"):
        piper_files.in_language(text, "nl_NL")


@pytest.mark.parametrize(
    ("symbol_set", "text", "message"),
    [
        ("espeak_en", {**TEXT, "symbol_set": "espeak_en"}, "one code point.*train it with that"),
        ("english_basic", {"symbol_set": "english_basic"}, "speaks espeak-ng's phonemes.*letters"),
    ],
)
def test_a_voice_that_they_cannot_number_is_refused(
    symbol_set: str, text: dict[str, Any], message: str, tmp_path: Path
) -> None:
    pytest.importorskip("onnx")
    symbols = symbols_for(TextConfig(symbol_set=symbol_set))
    voice = save_voice(tmp_path / "voice", 1, text, symbols)
    with pytest.raises(DataError, match=message):
        export(voice, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("form", ["onnx", "piper"])
def test_halves_of_other_mels_are_refused(duo: Path, tmp_path: Path, form: str) -> None:
    """Nothing is written: half a voice would be taken for a whole one."""
    weights, tree = (duo / "vocoder" / name for name in (checkpoint.MODEL, checkpoint.CONFIG))
    config = json.loads(tree.read_text())
    config["audio"]["f_max"] = 5000.0
    checkpoint.save_model(tmp_path / "vocoder", checkpoint.read_tensors(weights), config)
    flags = ["--vocoder_dir", str(tmp_path / "vocoder"), "--output_dir", str(tmp_path / "out")]
    with pytest.raises(ConfigError, match="f_max"):
        main(["--format", form, "--infer_expt_dir", str(duo / "acoustic"), *flags])
    assert not (tmp_path / "out").exists()


def test_untrained_symbols_have_the_numbers_of_others() -> None:
    text = TextConfig(
        symbol_set="ipa",
        phonemizer="espeak",
        edge_symbol=" ",
        spoken_as={"?": ".", "-": ",", "ʲ": ""},
    )
    symbols = symbols_for(text)
    ids = piper_files.phoneme_ids(symbols, text)
    assert ids["?"] == ids["."] == [symbols.index(".")] and ids["-"] == ids[","]
    assert ids["ʲ"] == ids["_"]  # a pad, which the graph leaves out
    assert ids["a"] == [symbols.index("a")] and ids["^"] == ids["$"] == ids[" "]


@pytest.mark.parametrize("flag", ["--voice_name=a-b", "--language=english"])
def test_names_that_no_loader_takes_are_refused(duo: Path, tmp_path: Path, flag: str) -> None:
    with pytest.raises(UsageError, match=flag.split("=")[1]):
        export(duo, tmp_path, flag)


def speak(who: str, voice: Path, folder: Path, **env: str) -> Any:
    """What a program makes of the texts."""
    python, out = CONSUMERS / "bin" / "python", folder / f"{who}{len(env)}.npz"
    command = [str(python), str(ROOT / "tests/consumers/speak.py"), who, str(voice), str(out)]
    env |= {"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, *TEXTS], cwd=folder, env=env, capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stderr
    assert "issing phoneme" not in done.stderr and "unknown phoneme" not in done.stderr
    return np.load(out)


class Consumed(NamedTuple):
    """What the programs make of the export of the voice that comes with Recital."""

    piper: Any
    sherpas: list[Any]  # of 1.x, which makes phonemes itself, and of 2.x


@pytest.fixture(scope="module")
def consumed(tmp_path_factory: pytest.TempPathFactory) -> Consumed:
    if not (CONSUMERS / "installed.txt").is_file():
        pytest.skip("piper-tts and sherpa-onnx are not here: make consumers")
    pytest.importorskip("onnx")
    folder = tmp_path_factory.mktemp("consumed")
    path = export(VOICE, folder, "--voice_name=kathleen")
    assert path.name == "en_US-kathleen-medium.onnx"
    newer = {"PYTHONPATH": str(CONSUMERS / "newer")}
    sherpas = [speak("sherpa", path, folder), speak("sherpa", path, folder, **newer)]
    return Consumed(speak("piper", path, folder), sherpas)


def sentences(piper: Any, i: int) -> list[str]:
    """The keys of the sentences of a text."""
    return sorted(key.rpartition("/")[0] for key in piper if re.fullmatch(rf"{i}/\d+/wav", key))


def test_piper_says_what_pytorch_says(consumed: Consumed) -> None:
    made = consumed.piper
    assert [len(sentences(made, i)) for i in range(len(TEXTS))] == [1, 2, 1]
    for i in range(len(TEXTS)):
        for key in sentences(made, i):
            ids, wav = made[f"{key}/ids"], made[f"{key}/wav"]
            assert_same(wav, spoken(VOICE, ids, None, 1 / 1.25).clip(-1, 1))
            assert made[f"{key}/samples"].sum() == len(wav)
    assert made["command"].any()


def test_sherpa_says_the_same(consumed: Consumed) -> None:
    for made in consumed.sherpas:
        for i in range(len(TEXTS)):
            keys = sentences(consumed.piper, i)
            piper = np.concatenate([consumed.piper[f"{key}/wav"] for key in keys])
            assert_same(made[f"{i}/wav"].clip(-1, 1), piper)


def test_what_they_say_can_be_understood(consumed: Consumed) -> None:
    from recital.processors.audio_files import resample
    from recital.processors.evaluation.recognizers import PocketSphinx, compare

    pytest.importorskip("pocketsphinx")
    ear = PocketSphinx()
    heard = [
        compare(text, ear.transcribe(resample(consumed.sherpas[0][f"{i}/wav"], 22050, 16000)))
        for i, text in enumerate(TEXTS)
    ]
    assert sum(h.word_errors for h in heard) <= 0.35 * sum(h.words for h in heard)
