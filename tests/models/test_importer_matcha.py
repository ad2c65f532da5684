"""Matcha-TTS of its authors: the same mels as their code, from checkpoints that run nothing."""

from __future__ import annotations

import copy
import functools
import json
import lzma
import random
from pathlib import Path
from typing import Any

import matcha_layout
import numpy as np
import pytest
import torch
from hostile_helpers import judge, mutate
from test_hostile_checkpoints import opened, spoil

from recital.models import build
from recital.models.importers import convert
from recital.models.importers.lightning import Passive, Plain, read_lightning
from recital.models.importers.matcha import converted
from recital.models.importers.recognize import sources_of
from recital.modules.contract.model import Acoustic, Sampling
from recital.places import import_foreign
from recital.processors.text import TextConfig, TextProcessor
from recital.utils import checkpoint
from recital.utils.config import build_section
from recital.utils.errors import CheckpointError

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
EXPECTED: dict[str, Any] = json.loads((FIXTURES / "matcha.json").read_text())
MUTANTS = 24
CASES = [name for name in EXPECTED if name != "file"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint that Lightning wrote, of three speakers."""
    path = tmp_path_factory.mktemp("matcha") / "matcha_tiny.ckpt"
    path.write_bytes(lzma.decompress((FIXTURES / "matcha.ckpt.xz").read_bytes()))
    return path


def imported(config: dict[str, Any], weights: dict[str, torch.Tensor]) -> Any:
    size = len(weights["network.embedding.weight"])
    model = build({**config, "symbols": [str(i) for i in range(size)]}, training=False)
    checkpoint.set_weights(model, weights, Path("matcha.ckpt"))
    return model.eval()


def speak(model: Any, n_tokens: int, speaker: int, seed: int, **options: Any) -> Acoustic:
    """The text and the noise that the reference was given."""
    random = np.random.default_rng(seed)
    n_symbols = model.network.embedding.num_embeddings
    tokens = torch.from_numpy(random.integers(0, n_symbols, (1, n_tokens)))
    n_mels = model.audio.n_mels
    noise = np.random.default_rng(7).standard_normal((1, n_mels, 400))
    several = model.network.speaker_embedding is not None
    return model.infer(
        tokens,
        torch.tensor([n_tokens]),
        speaker=torch.tensor([speaker]) if several else None,
        noise=torch.from_numpy(noise).float(),
        **options,
    )


@pytest.mark.parametrize("name", CASES)
def test_mels_are_those_of_the_authors_code(name: str) -> None:
    case = EXPECTED[name]
    sizes = case["sizes"]
    content = {
        "state_dict": matcha_layout.state_dict(case["seed"], **sizes),
        "hyper_parameters": matcha_layout.hyper_parameters(**sizes),
        "datamodule_hyper_parameters": {"add_blank": False},
    }
    model = imported(*converted(content, Path("matcha.ckpt")))
    for row in case["cases"]:
        out = speak(
            model,
            row["tokens"],
            sizes.get("n_spks", 1) - 1,
            row["tokens"],
            pace=1 / row["length_scale"],
            sampling=Sampling(row["temperature"], row["n_steps"]),
        )
        assert out.repeats is not None and out.repeats[0].tolist() == row["frames"]
        bands = out.mel[0, :, ::5].flatten()[: len(row["bands"])].numpy()
        np.testing.assert_allclose(bands, row["bands"], rtol=0, atol=1e-4 * row["largest"])
        assert out.mel.std().item() == pytest.approx(row["deviation"], rel=1e-4)
        assert out.mel.mean().item() == pytest.approx(row["mean"], rel=1e-4)


def test_a_file_of_lightning(file: Path) -> None:
    """Its options are OmegaConf's objects, which is not installed."""
    config, weights = convert("matcha", file, None)
    assert config["audio"]["padding"] == "same" and config["audio"]["hop_length"] == 256
    assert config["speakers"] == ["0", "1", "2"]
    assert config["model"]["decoder"]["channels"] == [16, 16]
    assert config["model"]["blanks"] == "around"
    model = imported(config, weights)
    assert float(model.mel_mean) == pytest.approx(-5.5) and model.needs >= {"speaker"}
    out = speak(model, 8, 1, 5, sampling=Sampling(0.667, 3))
    assert out.repeats is not None and out.repeats[0].tolist() == EXPECTED["file"]["frames"]
    bands = out.mel[0, :, ::5].flatten()[:60].numpy()
    np.testing.assert_allclose(bands, EXPECTED["file"]["bands"], rtol=0, atol=1e-3)
    assert sources_of(file) == ["matcha"]


def test_it_is_given_text(file: Path) -> None:
    pytest.importorskip("espeakng_loader")
    _, config = import_foreign("matcha", file)
    assert len(config["symbols"]) == 178
    text = TextProcessor(build_section(TextConfig, config["text"], "text"), config["symbols"])
    assert "".join(text.token_names(text.encode("Hello, world!"))) == "həlˈoʊ, wˈɜːld!"


def saved(file: Path, tmp_path: Path, **changes: Any) -> Path:
    """The file with other options or weights, as plain values."""
    content = read_lightning(file)
    options = content["hyper_parameters"]
    for key, value in changes.items():
        *path, last = key.split("__")
        place = functools.reduce(lambda tree, name: tree[name], path, options)
        place[last] = value
    changed = tmp_path / "changed.ckpt"
    torch.save(
        {"state_dict": content["state_dict"], "hyper_parameters": options, "epoch": 1}, changed
    )
    return changed


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cfm__solver": "midpoint"}, "cfm.solver: is midpoint; only euler"),
        ({"decoder__act_fn": "gelu"}, "decoder.act_fn: is gelu; only snakebeta"),
        ({"decoder__down_block_type": "conformer"}, "down_block_type: is conformer"),
        ({"decoder__causal": True}, "decoder.causal: no such option"),
        ({"n_vocab": 12}, "n_vocab is 12"),
        ({"n_spks": "many"}, "n_spks: expected a whole number, found 'many'"),
        ({"encoder__encoder_params__n_channels": "${model.n}"}, "n_channels: expected a whole"),
    ],
)
def test_another_model_is_refused(
    change: dict[str, Any], message: str, file: Path, tmp_path: Path
) -> None:
    with pytest.raises(CheckpointError, match=message):
        convert("matcha", saved(file, tmp_path, **change), None)


def test_unknown_and_missing_tensors_are_refused(file: Path) -> None:
    content = read_lightning(file)
    content["state_dict"]["decoder.estimator.extra.weight"] = torch.zeros(2)
    with pytest.raises(CheckpointError, match=r"unknown to this source: decoder\.estimator\.extra"):
        converted(content, file)
    del content["state_dict"]["decoder.estimator.extra.weight"]
    del content["state_dict"]["encoder.proj_m.bias"]
    with pytest.raises(CheckpointError, match=r"missing network\.encoder\.mean\.bias"):
        imported(*converted(content, file))


class Attack:
    """What unpickling it runs."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> Any:
        return Path.touch, (self.place,)


class Evaluation:
    def __reduce__(self) -> Any:
        return eval, ("1 + 1",)


def test_nothing_in_a_file_is_run(file: Path, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    for attack in (Attack(touched), Evaluation(), functools.partial(Path.touch, touched)):
        content = {"state_dict": {}, "hyper_parameters": {"optimizer": attack}}
        torch.save(content, tmp_path / "attack.ckpt")
        with pytest.raises(CheckpointError):
            convert("matcha", tmp_path / "attack.ckpt", None)
    assert not touched.exists()


def test_what_trainings_store_becomes_nothing() -> None:
    """Also what is called, filled and given a state of any kind."""
    stored = Passive(1, 2)
    stored.__setstate__((1, 2, 3))
    stored.__setstate__({"_content": {"a": Passive(), "b": [1, Passive()]}, "__class__": int})
    assert Plain().of(stored) == {"a": {}, "b": [1, {}]}
    loop: dict[str, Any] = {}
    loop["again"] = [loop, loop]
    with pytest.raises((ValueError, RecursionError)):
        Plain().of(loop)


def test_a_checkpoint_that_was_tampered_with_is_imported_or_says_why(
    file: Path, tmp_path: Path
) -> None:
    content = read_lightning(file)
    keys = ("state_dict", "hyper_parameters", "datamodule_hyper_parameters")
    whole = {key: content[key] for key in keys}
    draw, refused = random.Random("matcha"), 0
    changed = tmp_path / "changed.ckpt"
    for i in range(MUTANTS):
        if i % 2:
            mutant, what = mutate(whole, draw)
        else:
            mutant = copy.deepcopy(whole)
            what = spoil(mutant, draw)
        torch.save(mutant, changed)
        refused += not judge(lambda: opened("matcha", changed), f"{i}: {what}")
    assert refused > MUTANTS // 3
