"""Hostile configs: each builds its model or gives a one-line error with file and key; no traceback,
no long run, no full memory.
"""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from hostile_helpers import judge, mutate
from torch.nn.utils import parametrizations

from recital.bins.common.experiment import load_experiment
from recital.models import build
from recital.preprocessors.exclude import read_exclude_list
from recital.processors.text import symbols_for
from recital.processors.text.lexicon import read_lexicon
from recital.utils import config as config_module
from recital.utils.config import load_config
from recital.utils.errors import ConfigError, RecitalError
from tests.conftest import ROOT

RECIPES = sorted(ROOT.glob("egs/**/*.json"))
VOICE = sorted((ROOT / "pretrained").glob("*/*/config.json"))
EACH = 20  # mutants of a file


@pytest.fixture(autouse=True)
def without_power_iterations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spectral norm begins with 15 of them, which on the meta device compute nothing and take most
    of the time of a build.
    """
    monkeypatch.setattr(parametrizations._SpectralNorm, "_power_method", lambda *given: None)


@pytest.mark.parametrize("path", RECIPES, ids=[str(p.relative_to(ROOT)) for p in RECIPES])
def test_a_recipe_that_was_tampered_with_builds_or_says_why(path, tmp_path):
    tree, draw = load_config(path), random.Random(str(path.relative_to(ROOT)))
    refused = 0

    def open_and_build(file: Path, training: bool) -> None:
        experiment, found = load_experiment(file)
        if experiment.text is not None:
            found = {**found, "symbols": symbols_for(experiment.text), "speakers": ["a"]}
        with torch.device("meta"):
            build(found, training=training)

    open_and_build(path, training=True)  # what is imported once is not a mutant's time
    for i in range(EACH):
        mutant, what = mutate(tree, draw)
        file = tmp_path / f"{i}.json"
        try:
            file.write_text(json.dumps(mutant))
        except ValueError:  # swapped into itself
            continue

        def act(file: Path = file, training: bool = "discriminators" in what or i % 4 == 0) -> None:
            open_and_build(file, training)

        refused += not judge(act, f"{path.name}: {what}")
    assert refused > EACH // 4


@pytest.mark.parametrize("path", VOICE, ids=[str(p.relative_to(ROOT)) for p in VOICE])
def test_a_checkpoints_config_that_was_tampered_with_builds_or_says_why(path):
    tree, draw = json.loads(path.read_text()), random.Random(path.parent.name)
    for _ in range(100):
        mutant, what = mutate(tree, draw)

        def act(mutant: dict[str, Any] = mutant) -> None:
            with torch.device("meta"):
                build(mutant, training=False)

        judge(act, what)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("model.decoder.dropout=-1", r"model.decoder.dropout: expected a number from 0 to below 1"),
        ("model.encoder.input_dropout=3.7", r"model.encoder.input_dropout: expected .* found 3.7"),
        ("model.d_model=9223372036854775808", r"model.d_model: expected a number below 2\*\*63"),
        ("model.d_model=4611686018427387904", r"model.d_model: expected a whole number from 1 to"),
        ("model.encoder.n_layers=1000000", r"model.encoder.n_layers: .* from 1 to 128"),
        ("model.pitch_kernel_size=4", r"model.pitch_kernel_size: expected an odd whole number"),
        ("model.decoder.kernel_size=4", r"model.decoder.kernel_size: expected an odd whole number"),
        ("preprocess.trim.keep_seconds=Infinity", r"keep_seconds: expected a finite number"),
        ("train.loss_weights.mel=NaN", r"train.loss_weights.mel: expected a finite number"),
        ("train.loss_weights.mel=-1", r"train.loss_weights.mel: expected a number from 0"),
        ("train.optimizer.betas=[0.9, 1.0]", r"train.optimizer.betas\[1\]: expected .* below 1"),
        ("train.batch_size=1" + "0" * 400, r"train.batch_size: expected a number below 2\*\*63"),
        ("train.batch_size=" + "1" * 5000, r"train.batch_size: expected .*, found text"),
        ("model.decoder.n_layers={a:1}", r"model.decoder.n_layers: expected a whole number"),
        ("model=null", r"model: expected an object, found null"),
        ("audio=[1]", r"audio: expected an object"),
        ("train.seed=-1", r"train.seed: expected a whole number from 0"),
        ("log_dir='a\\u0000b'", r"log_dir: expected text, .* with no such character"),
        ("a" + ".a" * 500 + "=1", r"expected key.path=value"),
    ],
)
def test_a_number_out_of_its_range_names_the_key(override, message):
    recipe = ROOT / "egs/tts/FastPitch/exp_config.json"
    with pytest.raises(ConfigError, match=message), torch.device("meta"):
        _, tree = load_experiment(recipe, [override])
        build({**tree, "symbols": ["a"], "speakers": []})


def test_a_large_network_is_refused_before_it_takes_memory():
    tree = load_config(ROOT / "egs/tts/FastPitch/exp_config.json", ["model.d_model=16384"])
    tree["model"]["encoder"].update(d_inner=16384, n_layers=128)
    begin = time.process_time()
    with pytest.raises(ConfigError, match="model: is too large"):
        build({**tree, "symbols": ["a"]})
    assert time.process_time() - begin < 20


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr(config_module, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{base_config: 5}", "base_config: expected a path or a list of at most 64, found a whole"),
        ("{base_config: [[]]}", r"base_config: no file \[\]"),
        ("{base_config: '" + "a" * 300 + "'}", "no file can be called"),
        ("{base_config: 'a\\u0000b'}", "no file can be called"),
        ("{a: " + "[" * 5000 + "]" * 5000 + "}", "nested deeper than 32"),
        ("{a: " + "{a:" * 40 + "1" + "}" * 41, "nested deeper than 32"),
        ("{a: '" + "x" * 200_000 + "'}", "longer than 131072 characters"),
        ('{"a": "' + "x" * 5_000_000 + '"}', "longer than 4 MiB"),
        ("{a: 1e999}", "a: expected a finite number"),
        ("{a: [0x" + "f" * 9000 + "]}", r"a\[0\]: expected a number below 2\*\*63"),
        ("[1]", "expected an object"),
        ("null", "expected an object"),
        ("", "is not JSON5"),
    ],
)
def test_a_file_of_no_config_is_one_short_line(root, text, message):
    path = root / "exp.json"
    path.write_text(text)
    begin = time.process_time()
    with pytest.raises(ConfigError, match=message) as caught:
        load_config(path)
    assert len(str(caught.value)) < 1000
    assert time.process_time() - begin < 5


def test_bases_that_fan_out_and_in_again_are_read_once(root):
    (root / "0.json").write_text("{a: {b: 0}}")
    for i in range(1, 40):
        (root / f"{i}.json").write_text(
            f"{{base_config: ['{i - 1}.json', '{i - 1}.json'], a: {{c{i}: 1}}}}"
        )
    assert len(load_config(root / "39.json")["a"]) == 40
    for i in range(40, 80):
        (root / f"{i}.json").write_text(f"{{base_config: '{i - 1}.json'}}")
    with pytest.raises(ConfigError, match="more than 64 files"):
        load_config(root / "79.json")


@pytest.mark.parametrize("kind", ["device", "pipe", "folder", "link to a device"])
def test_only_regular_files_are_read(root, kind):
    path = root / "exp.json"
    if kind == "device":
        path = Path("/dev/zero")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(ConfigError, match="is no regular file|is a folder; expected a file"):
        load_config(path)


@pytest.mark.parametrize("kind", ["/dev/zero", "pipe", "folder", "a" * 300])
def test_lists_that_a_config_names_are_regular_files(tmp_path, kind):
    path = tmp_path / kind if len(kind) > 9 else Path(kind if kind[0] == "/" else tmp_path / kind)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    with pytest.raises(RecitalError, match="cannot be read"):
        read_exclude_list(path)
    with pytest.raises(RecitalError, match="cannot be read"):
        read_lexicon(str(path))
