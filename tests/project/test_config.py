"""Configs: the chain of bases, overrides, and the error that each mistake gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import pytest

from recital.utils import config as config_module
from recital.utils.config import build_section, construct, load_config, merge, parse_override
from recital.utils.errors import ConfigError


@dataclass(frozen=True)
class Inner:
    lr: float = 0.1
    name: Literal["adam", "lamb"] = "adam"


@dataclass(frozen=True)
class Section:
    batch_size: int
    betas: tuple[float, float] = (0.9, 0.98)
    clip: float | None = None
    inner: Inner = field(default_factory=Inner)
    rates: list[int] = field(default_factory=list)


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr(config_module, "ROOT", tmp_path)
    return tmp_path


def test_bases_merge_dicts_and_replace_the_rest(root):
    (root / "a.json").write_text("{train: {lr: 1, betas: [1, 2]}, audio: {n_mels: 80}}")
    (root / "b.json").write_text("{audio: {n_mels: 100}}")
    (root / "exp.json").write_text(
        "// mine\n{base_config: ['a.json', 'b.json'], train: {betas: [3]},}"
    )
    tree = load_config(root / "exp.json", ["train.lr=0.5", "name=kathleen", "audio.f_max=null"])
    assert tree == {
        "train": {"lr": 0.5, "betas": [3]},
        "audio": {"n_mels": 100, "f_max": None},
        "name": "kathleen",
    }


def test_a_section_marked_with_replace_takes_the_place_of_its_base(root):
    (root / "a.json").write_text("{model: {generator: {channels: 512, norm: {eps: 1}}, n: 1}}")
    # $replace in one base also applies to the base merged after it
    (root / "b.json").write_text(
        "{base_config: 'a.json', model: {generator: {$replace: true, width: 64}}}"
    )
    (root / "mix.json").write_text("{model: {generator: {$replace: true, depth: 8}}}")
    (root / "c.json").write_text("{base_config: 'b.json', model: {generator: {depth: 2}}}")
    (root / "d.json").write_text("{base_config: ['b.json', 'mix.json']}")
    generators = {
        name: load_config(root / f"{name}.json")["model"] for name in ("a", "b", "c", "d")
    }
    assert generators == {
        "a": {"generator": {"channels": 512, "norm": {"eps": 1}}, "n": 1},
        "b": {"generator": {"width": 64}, "n": 1},
        "c": {"generator": {"width": 64, "depth": 2}, "n": 1},
        "d": {"generator": {"depth": 8}, "n": 1},
    }
    from_shell = load_config(
        root / "a.json", ["model.generator={$replace: true, a: {$replace: true}}", "model.n=2"]
    )
    assert from_shell == {"model": {"generator": {"a": {}}, "n": 2}}


def test_another_generator_inherits_a_recipe_and_replaces_one_section(tmp_path):
    """As for BigVGAN: HiFi-GAN's training and discriminators, none of its generator's keys."""
    path = tmp_path / "exp.json"
    path.write_text(
        "{base_config: 'config/vocoder/hifigan.json',"
        " model: {generator: {$replace: true, width: 64}}}"
    )
    inherited, ours = (
        load_config(config_module.ROOT / "config/vocoder/hifigan.json"),
        load_config(path),
    )
    assert ours["model"].pop("generator") == {"width": 64}
    del inherited["model"]["generator"]
    assert ours == inherited


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{model: {g: {$replace: false}}}", r"model.g.\$replace: expected true, found a boolean"),
        ("{model: {g: {$replace: 'g'}}}", r"model.g.\$replace: expected true, found text 'g'"),
        ("{$replace: true, a: 1}", "the whole config has no section to replace"),
        ("{a: [{$replace: true}]}", r"a\[0\].\$replace: an item has no section to replace"),
    ],
)
def test_a_replace_that_cannot_be_names_its_place(root, text, message):
    (root / "exp.json").write_text(text)
    with pytest.raises(ConfigError, match=message) as caught:
        load_config(root / "exp.json")
    assert "exp.json" in str(caught.value)
    (root / "exp.json").write_text("{}")
    with pytest.raises(ConfigError, match="--set a.b=.*expected true"):
        load_config(root / "exp.json", ["a.b={$replace: 1}"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{a: 1, a: 2}", "'a' is given twice"),
        ("{a: 1", "is not JSON5"),
        ("[1]", "expected an object"),
        ("{base_config: 'none.json'}", "no file 'none.json'"),
        ("{base_config: 'exp.json'}", "goes in a circle"),
    ],
)
def test_a_broken_file_names_itself_and_the_fault(root, text, message):
    path = root / "exp.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message) as caught:
        load_config(path)
    assert "exp.json" in str(caught.value)


def test_a_missing_file_is_one_line(root):
    with pytest.raises(ConfigError, match="no such config file"):
        load_config(root / "nothing.json")


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        (
            {"batch_size": 8, "batchsize": 2},
            r"train.batchsize: no such key; did you mean 'batch_size'\?",
        ),
        ({}, "train.batch_size: is missing; expected a whole number"),
        ({"batch_size": "8"}, "train.batch_size: expected a whole number, found text '8'"),
        ({"batch_size": True}, "train.batch_size: expected a whole number, found a boolean"),
        ({"batch_size": 8, "betas": [1.0]}, "train.betas: expected 2 values, found 1"),
        (
            {"batch_size": 8, "inner": {"name": "adamm"}},
            r"train.inner.name: 'adamm' .* did you mean 'adam'\?",
        ),
        ({"batch_size": 8, "rates": [1, "x"]}, r"train.rates\[1\]: expected a whole number"),
    ],
)
def test_a_wrong_section_names_the_key(tree, message):
    with pytest.raises(ConfigError, match=message):
        build_section(Section, tree, "train")


def test_a_section_becomes_its_dataclass():
    tree = {"batch_size": 8, "betas": [1, 2], "clip": 3, "inner": {"lr": 2}, "rates": [1]}
    assert build_section(Section, tree, "train") == Section(8, (1.0, 2.0), 3.0, Inner(2.0), [1])


def test_construct_takes_the_signature_as_schema():
    def network(n_mels: int, channels: int, dropout: float = 0.1) -> tuple[int, int, float]:
        return n_mels, channels, dropout

    assert construct(network, {"channels": 4}, "model", n_mels=80) == (80, 4, 0.1)
    with pytest.raises(ConfigError, match="model.n_mels: no such key"):
        construct(network, {"channels": 4, "n_mels": 2}, "model", n_mels=80)
    with pytest.raises(ConfigError, match="model.channels: is missing"):
        construct(network, {}, "model", n_mels=80)


class Norm:
    def __init__(self, width: int, eps: float = 1e-5) -> None:
        self.width, self.eps = width, eps


class Layer:
    def __init__(self, width: int, norm: Norm, kernel_size: int, gain: float = 1.0) -> None:
        self.width, self.norm, self.kernel_size, self.gain = width, norm, kernel_size, gain


class Network:
    def __init__(
        self, *, n_mels: int, width: int, layer: Layer, last: Layer | None, bias: bool = False
    ) -> None:
        self.n_mels, self.width, self.layer, self.last, self.bias = n_mels, width, layer, last, bias


class System:
    def __init__(self, network: Network, scale: float = 1.0) -> None:
        self.network, self.scale = network, scale


class Wide(Network):
    def __init__(self, *, n_mels: int, factor: int) -> None:
        self.n_mels, self.factor = n_mels, factor


class WideSystem(System):
    network: Wide


INLINED = {"width": 8, "layer": {"kernel_size": 3}, "last": None, "scale": 2}


def test_parts_are_constructed_from_their_sections():
    system = construct(System, INLINED, "model", n_mels=80)
    network = system.network
    assert (system.scale, network.n_mels, network.bias, network.last) == (2.0, 80, False, None)
    # required arguments come from enclosing sections (width), facts reach every depth, a part whose
    # arguments are all known needs no section (norm), and defaults are not inherited
    assert (network.layer.width, network.layer.kernel_size) == (8, 3)
    assert (network.layer.norm.width, network.layer.norm.eps) == (8, 1e-5)
    again = INLINED | {"layer": {"kernel_size": 3, "width": 8, "norm": {"width": 8}}}
    assert construct(System, again, "model", n_mels=80).network.layer.norm.width == 8
    fact = construct(System, INLINED, "model", n_mels=80, eps=0.5).network.layer
    assert fact.norm.eps == 0.5 and fact.gain == 1.0


def test_a_network_has_a_section_of_its_own_or_the_keys_that_the_model_does_not_take():
    tree = {"scale": 2, "network": {k: v for k, v in INLINED.items() if k != "scale"}}
    apart, inline = (construct(System, t, "model", n_mels=80) for t in (tree, INLINED))
    assert apart.scale == inline.scale == 2.0
    assert vars(apart.network.layer.norm) == vars(inline.network.layer.norm)


def test_a_class_narrows_the_part_of_its_base():
    assert construct(WideSystem, {"factor": 2}, "model", n_mels=80).network.factor == 2
    with pytest.raises(ConfigError, match="model.width: no such key; known here: factor, scale"):
        construct(WideSystem, {"factor": 2, "width": 8}, "model", n_mels=80)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"layer": {"kernel_size": 3, "norm": {"epsilon": 1.0}}},
            r"model.layer.norm.epsilon: no such key; did you mean 'eps'\?",
        ),
        ({"layer": {}}, "model.layer.kernel_size: is missing; expected a whole number"),
        ({"last": {}}, "model.last.kernel_size: is missing"),
        ({"layer": {"kernel_size": 3, "norm": {"eps": "x"}}}, "model.layer.norm.eps: expected"),
        ({"layer": {"kernel_size": 3, "n_mels": 1}}, "model.layer.n_mels: no such key"),
        ({"layer": 3}, "model.layer: expected an object, found a whole number 3"),
        # what a part takes from the sections around it has one value
        (
            {"layer": {"kernel_size": 3, "width": 4}},
            "model.layer.width: expected 8, which model.width is, found 4; leave it out here, and "
            "set model.width",
        ),
        (
            {"layer": {"kernel_size": 3, "norm": {"width": "wide"}}},
            "model.layer.norm.width: expected 8, which model.width is, found 'wide'",
        ),
        ({"layer": None}, "model.layer: expected an object, found null"),
        # for an inline network, the model's arguments are also known keys
        ({"widht": 3}, r"model.widht: no such key; did you mean 'width'\?"),
        ({"scal": 3}, r"model.scal: no such key; did you mean 'scale'\?"),
    ],
)
def test_a_mistake_at_depth_names_its_whole_path(change, message):
    with pytest.raises(ConfigError, match=message):
        construct(System, INLINED | change, "model", n_mels=80)
    if "model.layer" in message:
        network = {k: v for k, v in (INLINED | change).items() if k != "scale"}
        with pytest.raises(ConfigError, match=message.replace("model.", "model.network.")):
            construct(System, {"network": network}, "model", n_mels=80)


def test_what_lacks_everywhere_is_said_where_it_belongs():
    for name, message in (("width", "model.width"), ("layer", "model.layer.kernel_size")):
        tree = {k: v for k, v in INLINED.items() if k != name}
        with pytest.raises(ConfigError, match=f"{message}: is missing"):
            construct(System, tree, "model", n_mels=80)


def test_overrides_and_merge_leave_their_arguments_alone():
    base = {"a": {"b": 1}}
    assert merge(base, parse_override("a.c=[1, 2]")) == {"a": {"b": 1, "c": [1, 2]}}
    assert base == {"a": {"b": 1}}
    for wrong in ("a", "=1", "a..b=1"):
        with pytest.raises(ConfigError, match="expected key.path=value"):
            parse_override(wrong)
