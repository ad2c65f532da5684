"""Checkpoints of VITS's authors and of Piper: the numbers of their code, for weights in their
layout, and what is refused.
"""

from __future__ import annotations

import json
import pathlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import vits_reference as cases
from reference import Vectors, imported, near
from torch import Tensor

import recital
from recital.models.importers import convert
from recital.models.importers.recognize import find_foreign
from recital.models.tts.vits.model import VITS
from recital.modules.acoustic.noise import Noise
from recital.processors.text import TextConfig, TextProcessor
from recital.utils.errors import CheckpointError
from tests.conftest import FIXTURES

SOURCES = {"vits": "jaywalnut310_vits", "piper": "piper"}
LJSPEECH = {
    "training_files": "a.txt",
    "validation_files": "b.txt",
    "text_cleaners": ["english_cleaners2"],
    "max_wav_value": 32768.0,
    "sampling_rate": 22050,
    "filter_length": 1024,
    "hop_length": 256,
    "win_length": 1024,
    "n_mel_channels": 80,
    "mel_fmin": 0.0,
    "mel_fmax": None,
    "cleaned_text": True,
}
IPA = " !'(),-.:;?abcdefhijklmnopqrstuvwxyzæçðøħŋœɐɑɒɔɕəɚɛɜɟɡɪɫɹɾʃʊʌʒθˈˌː\u0303\u0327\u0329"
PIPER = {
    "audio": {"sample_rate": 22050, "quality": "medium"},
    "espeak": {"voice": "de"},
    "inference": {"noise_scale": 0.5, "length_scale": 1, "noise_w": 0.7},
    "phoneme_type": "espeak",
    "phoneme_map": {},
    "phoneme_id_map": {s: [i] for i, s in enumerate(["_", "^", "$", *IPA])},
    "num_symbols": 256,
}


@pytest.fixture(scope="module")
def numbers() -> Vectors:
    return Vectors(FIXTURES / "vits.npz")


def write(folder: Path, case: str, numbers: Vectors) -> Path:
    """The files of a training of theirs; returns that of the weights."""
    whose, options, n_symbols, n_speakers = cases.CASES[case]
    layout = json.loads(str(numbers.arrays[f"{case}/layout"]))
    state = cases.weights(layout)
    if whose == "vits":
        data = {**LJSPEECH, "add_blank": case == "authors", "n_speakers": n_speakers}
        config: dict[str, Any] = {"train": {"seed": 1}, "data": data}
        config["model"] = {**options, "n_layers_q": 3, "use_spectral_norm": False}
        content = {"model": state, "iteration": 9, "optimizer": {}, "learning_rate": 2e-4}
        file = folder / "G_9.pth"
    else:
        names = {f"speaker {i}": i for i in range(n_speakers)} if n_speakers > 1 else {}
        config = {**PIPER, "num_speakers": n_speakers, "speaker_id_map": names}
        hyper: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in options.items()
        }
        hyper |= {"num_symbols": n_symbols, "num_speakers": n_speakers, "sample_rate": 22050}
        hyper |= {"filter_length": 1024, "hop_length": 256, "win_length": 1024}
        hyper |= {"mel_channels": 80, "mel_fmin": 0.0, "mel_fmax": None, "quality": "medium"}
        # of its Trainer; a path is an object of a class in the file
        hyper |= {"dataset": [pathlib.PosixPath("/data/dataset.jsonl")], "accelerator": "gpu"}
        content = {
            "epoch": 3,
            "pytorch-lightning_version": "1.7.7",
            "state_dict": {f"model_g.{k}": v for k, v in state.items()}
            | {"model_d.discriminators.0.conv_post.bias": torch.zeros(1)},
            "hyper_parameters": hyper,
        }
        file = folder / "epoch=3-step=9.ckpt"
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(content, file)
    (folder / "config.json").write_text(json.dumps(config))
    return file


@pytest.fixture(scope="module", params=cases.CASES)
def voice(
    request: pytest.FixtureRequest, numbers: Vectors, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, VITS, dict[str, Any]]:
    """Each case, imported as a user does."""
    case = request.param
    folder = tmp_path_factory.mktemp(case)
    file = write(folder / "theirs", case, numbers)
    model, config = imported(SOURCES[cases.CASES[case][0]], folder / "ours", file)
    return case, model, config


def own_tokens(case: str, tokens: Tensor) -> Tensor:
    """Their tokens [B, N] without the blanks."""
    blanks = torch.zeros(tokens.shape[1], dtype=torch.bool)
    blanks[cases.BLANKS[case]] = True
    return tokens[:, ~blanks]


def given_noise(name: str, model: VITS) -> Noise:
    """The numbers that their code was given, in the order in which it asks for them."""
    stochastic = type(model.network.durations).__name__ == "StochasticDurations"

    def durations(length: int) -> Tensor:
        if not stochastic:
            return torch.zeros(1, 2, length)
        return model.duration_temperature * cases.drawn(f"{name} 1", (1, 2, length))

    def latents(length: int) -> Tensor:
        shape = (1, model.network.d_latent, length)
        return model.temperature * cases.drawn(f"{name} {1 + stochastic}", shape)

    return Noise(durations, latents)


@pytest.mark.parametrize("name", ["wav0", "wav1", "noisy0", "noisy1"])
def test_the_waves_of_their_code(voice: Any, numbers: Vectors, name: str) -> None:
    case, model, _ = voice
    i = int(name[-1])
    sigmas = cases.NOISE if name.startswith("noisy") else (0.0, 0.0, 1.0)
    given = cases.inputs(case)
    tokens = own_tokens(case, given["tokens"][i : i + 1, : cases.TOKENS[i]])
    model.temperature, model.duration_temperature, length_scale = sigmas
    out = model.speak(
        tokens,
        torch.tensor([tokens.shape[1]]),
        given_noise(f"{case} {name}", model),
        given["speaker"][i : i + 1],
        1.0 / length_scale,
    )
    assert int(out.mel_lengths[0]) == int(numbers[f"{case}/{name}_frames"])
    near(out.wav[0, :: cases.STEP], numbers[f"{case}/{name}"], name)


def test_the_losses_and_the_alignment_of_their_code(
    voice: Any, numbers: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, model, _ = voice
    given = cases.inputs(case)
    tokens = own_tokens(case, given["tokens"])
    lengths = torch.tensor(
        [own_tokens(case, given["tokens"][:, :n]).shape[1] for n in cases.TOKENS]
    )
    asked = 0

    def normal(*shape: Any, **_: Any) -> Tensor:
        nonlocal asked
        asked += 1
        size = shape[0].shape if isinstance(shape[0], Tensor) else shape
        return cases.drawn(f"{case} training {asked}", size)

    monkeypatch.setattr(torch, "randn_like", normal)
    monkeypatch.setattr(torch, "randn", normal)
    monkeypatch.setattr(torch, "rand", lambda n, **_: torch.zeros(n))
    args = tokens, lengths, given["spectrogram"], given["frames"], given["speaker"]
    with torch.no_grad():
        out = model.network(*args)
        asked = 0
        vector = model.network.speaker_vector(given["speaker"], 2)
        found = model.network.find(*args[:4], vector)
    assert torch.equal(found.repeats, numbers[f"{case}/path"])
    near(out.divergence / out.n_frames, numbers[f"{case}/divergence"], "divergence")
    near(out.duration / out.n_units, numbers[f"{case}/duration"], "duration")
    near(out.wav[:, :: cases.STEP], numbers[f"{case}/segments"], "segments")


def test_piper_s_noise_symbols_and_speakers(voice: Any) -> None:
    case, _, config = voice
    if not case.startswith("piper"):
        assert config["model"]["temperature"] == 0.667
        assert len(config["symbols"]) == 178 and config["symbols"][:3] == ["_", ";", ":"]
        return
    assert (config["model"]["temperature"], config["model"]["duration_temperature"]) == (0.5, 0.7)
    assert len(config["symbols"]) == 256 and config["symbols"][:4] == ["_", "^", "$", " "]
    expected = [f"speaker {i}" for i in range(3)] if case == "piper_several" else []
    assert config["speakers"] == expected


def test_piper_s_text_is_numbered_as_it_does(numbers: Vectors, tmp_path: Path) -> None:
    pytest.importorskip("espeakng_loader")
    config, _ = convert("piper", write(tmp_path, "piper", numbers), None)
    processor = TextProcessor(TextConfig(**config["text"]), config["symbols"])
    names = processor.token_names(processor.encode("Ich, ja?"))
    # a cedilla is a sign of its own; ^ and $ are at the ends, once
    assert names == ["^", *"ɪc\u0327, jˈɑː?", "$"]


def test_a_file_is_recognized_and_speaks(numbers: Vectors, tmp_path: Path) -> None:
    pytest.importorskip("espeakng_loader")
    for case in ("authors", "piper"):
        file = write(tmp_path / case, case, numbers)
        assert [found.source for found in find_foreign(file.parent)] == [
            SOURCES[cases.CASES[case][0]]
        ]
        speaker = recital.load_voice(file)
        wav, rate = speaker("Ja.")
        assert rate == 22050 and len(wav) and np.isfinite(wav).all()
        with pytest.raises(recital.utils.errors.ConfigError, match="needs no vocoder"):
            recital.load_voice(file, vocoder=file)


def change(file: Path, edit: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
    """Edit the content of a checkpoint and its config.json."""
    with torch.serialization.safe_globals([pathlib.PosixPath]):
        content = torch.load(file, weights_only=False)
    where = file.parent / "config.json"
    config = json.loads(where.read_text())
    edit(content, config)
    torch.save(content, file)
    where.write_text(json.dumps(config))


def _without(key: str) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    return lambda content, config: config.pop(key)


WRONG: list[tuple[str, str, Callable[[dict[str, Any], dict[str, Any]], Any]]] = [
    ("authors", "data: is missing", _without("data")),
    ("authors", "hidden: no such option", lambda c, j: j["model"].update(hidden=3)),
    ("authors", "text_cleaners: ", lambda c, j: j["data"].update(text_cleaners=["basic"])),
    ("authors", "unknown to this source", lambda c, j: c["model"].update(more=torch.ones(2))),
    ("authors", "no generator of VITS", lambda c, j: c.update(model={"a.b": torch.ones(1)})),
    ("several", "gin_channels: is 0", lambda c, j: j["model"].pop("gin_channels")),
    ("piper", "phoneme_id_map: is missing", _without("phoneme_id_map")),
    ("piper", "phoneme_type: is 'text'", lambda c, j: j.update(phoneme_type="text")),
    ("piper", "is taken", lambda c, j: j["phoneme_id_map"].update(x=[0])),
    ("piper", "a list of one number", lambda c, j: j["phoneme_id_map"].update(x=[0, 1])),
    ("piper", "has no '\\^'", lambda c, j: j["phoneme_id_map"].pop("^")),
    ("piper", "num_symbols", lambda c, j: c["hyper_parameters"].pop("num_symbols")),
    ("piper", "is missing", lambda c, j: c["hyper_parameters"].pop("n_heads")),
]


@pytest.mark.parametrize(("case", "message", "edit"), WRONG, ids=[w[1] for w in WRONG])
def test_what_does_not_fit_is_refused(
    case: str,
    message: str,
    edit: Callable[[dict[str, Any], dict[str, Any]], Any],
    numbers: Vectors,
    tmp_path: Path,
) -> None:
    file = write(tmp_path, case, numbers)
    change(file, edit)
    with pytest.raises(CheckpointError, match=message):
        convert(SOURCES[cases.CASES[case][0]], file, None)


def test_options_that_their_code_does_not_follow(numbers: Vectors, tmp_path: Path) -> None:
    """A third dilation of blocks of the second kind, and the width of speakers that are not there;
    the width of those that are is in their table.
    """

    def more(content: dict[str, Any], _: dict[str, Any]) -> None:
        options = content["hyper_parameters"]
        options["resblock_dilation_sizes"] = [(*row, 5) for row in [(1, 2), (2, 6), (3, 12)]]
        options["gin_channels"] = 7
        content["state_dict"]["model_g.dec.cond.bias"] = torch.ones(16)

    file = write(tmp_path / "one", "piper", numbers)
    _, expected = convert("piper", file, None)
    change(file, more)
    config, found = convert("piper", file, None)
    assert config["model"]["decoder"]["resblock_dilations"] == [[1, 2], [2, 6], [3, 12]]
    assert config["model"]["d_speaker"] == 0 and found.keys() == expected.keys()
    file = write(tmp_path / "several", "piper_several", numbers)
    change(file, lambda content, _: content["hyper_parameters"].pop("gin_channels"))
    assert convert("piper", file, None)[0]["model"]["d_speaker"] == 10


class Opens:
    """An object whose unpickling opens a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (str(self.path), "w")


def test_a_checkpoint_runs_no_code(numbers: Vectors, tmp_path: Path) -> None:
    for case, place in (("authors", "optimizer"), ("piper", "hyper_parameters")):
        file = write(tmp_path / case, case, numbers)
        change(file, lambda c, j, p=place: c[p].update(x=Opens(tmp_path / "run")))  # type: ignore[misc]
        with pytest.raises(CheckpointError, match="without running code"):
            convert(SOURCES[cases.CASES[case][0]], file, None)
    assert not (tmp_path / "run").exists()
