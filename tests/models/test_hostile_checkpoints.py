"""Foreign and broken checkpoints become the right model or a one-line error, and none runs code."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from hostile_helpers import judge, mutate
from safetensors.torch import load_file, save_file
from test_vocos import TORCHAUDIO, authors_folder, tiny

from recital.bins.import_checkpoint import main
from recital.models import build, load
from recital.models.importers import convert
from recital.models.importers.foreign import read_checkpoint
from recital.utils import checkpoint
from recital.utils.errors import CheckpointError, RecitalError
from recital.utils.files import sha256_of
from recital.utils.json_files import parse
from recital.voices import open_voice, shipped_voice

FILES = {  # source -> its file in the vectors, and the folder that is copied with it
    "nvidia_fastpitch": "fastpitch_nvidia_small/checkpoint.pt",
    "jik876_hifigan": "hifigan_jik876_v2/g_02500000",
    "nvidia_hifigan": "hifigan_nvidia_old_layouts/checkpoint_flat.pt",
    "amphion_hifigan": "hifigan_amphion/tiny_resblock1",
    "amphion_fastspeech2": "fastspeech2_amphion/tiny",
    "ming024_fastspeech2": "fastspeech2_ming024/tiny/2.pth.tar",
    "nvidia_tacotron2": "tacotron2_nvidia/tiny/checkpoint_Tacotron2_1500.pt",
    "amphion_vocos": "vocos_amphion/tiny_center",
    "nvidia_waveglow": "waveglow_nvidia/tiny/checkpoint_WaveGlow_1000.pt",
}
EACH = 12  # mutants of each source's tensors, and of its configs

TENSORS: list[Callable[[torch.Tensor], Any]] = [
    lambda t: torch.tensor(1.0),
    lambda t: t[:0],
    lambda t: t.to_sparse(),
    lambda t: t.to(torch.complex64),
    lambda t: torch.quantize_per_tensor(t.float(), 0.1, 0, torch.qint8),
    lambda t: t.reshape(-1),
    lambda t: t[None],
    lambda t: t * float("nan"),
    lambda t: t.float() * 1e300,
    lambda t: torch.zeros(1).expand(10**9),
    lambda t: t.long(),
    lambda t: t > 0,
    lambda t: None,
    lambda t: {"a": t},
    lambda t: [1, 2],
    lambda t: "text",
]


WEIGHTS = ("model.safetensors", "pytorch_model.bin", "*step-*.pt")


def weights_file(where: Path) -> Path:
    """The file with the tensors, in torch's format."""
    if where.is_file():
        return where
    file = next(path for name in WEIGHTS for path in sorted(where.rglob(name)))
    if file.suffix == ".safetensors":
        tensors = load_file(file)
        file.unlink()
        file = file.with_name("pytorch_model.bin")
        torch.save(tensors, file)
    return file


def spoil(content: Any, draw: random.Random) -> str:
    """Change one tensor, name or number of the unpickled object."""
    places = [(d, k) for d in _dicts(content) for k in d]
    tensors = [(d, k) for d, k in places if isinstance(d[k], torch.Tensor)]
    inner, key = draw.choice(tensors if draw.random() < 0.7 else places)
    what = draw.choice(["tensor", "tensor", "delete", "number key", "empty key"])
    if what == "delete":
        del inner[key]
    elif what == "number key":
        inner[7] = inner.pop(key)
    elif what == "empty key":
        inner[""] = inner[key]
    elif isinstance(inner[key], torch.Tensor):
        i = draw.randrange(len(TENSORS))
        inner[key] = TENSORS[i](inner[key])
        what += str(i)
    else:
        inner[key] = draw.choice([None, -1, 3.7, "x", [], {}, 10**30, float("nan"), [[]]])
    return f"{key}: {what}"


def _dicts(tree: Any) -> list[dict[Any, Any]]:
    if not isinstance(tree, dict):
        return []
    return [tree, *(d for inner in tree.values() for d in _dicts(inner))] if tree else []


def opened(source: str, file: Path) -> None:
    config, weights = convert(source, file, None)
    if "text" in config:
        table = weights.get("network.embedding.weight")
        n = 1 if table is None or not table.dim() else len(table)
        config.setdefault("symbols", [str(i) for i in range(n)])
    model = build(config, training=False)
    checkpoint.set_weights(model, weights, file)


@pytest.mark.parametrize("source", FILES)
def test_a_foreign_checkpoint_that_was_tampered_with_is_imported_or_says_why(
    shared, tmp_path, source
):
    folder = Path(FILES[source]).parts[0]
    shutil.copytree(shared / "vectors" / folder, tmp_path / folder)
    ours = tmp_path / FILES[source]
    opened(source, ours)
    file, draw = weights_file(ours), random.Random(source)
    original, whole = file.read_bytes(), read_checkpoint(file)
    refused = 0
    for _ in range(EACH):
        content = copy.deepcopy(whole)
        what = spoil(content, draw)
        torch.save(content, file)
        refused += not judge(lambda: opened(source, ours), f"{source}: {what}")
    assert refused
    file.write_bytes(original)
    configs = [p for p in (tmp_path / folder).rglob("*.json") if p.name != "text.json"]
    configs += list((tmp_path / folder).rglob("*.yaml"))
    for path in configs:
        read, write = (
            (yaml.safe_load, yaml.safe_dump) if path.suffix == ".yaml" else (parse, json.dumps)
        )
        text = path.read_text()
        for _ in range(EACH):
            mutant, what = mutate(read(text), draw)
            try:
                path.write_text(write(mutant))
            except (ValueError, RecursionError):
                continue
            judge(lambda: opened(source, ours), f"{source}: {path.name}: {what}")
        path.write_text(text)


@pytest.fixture(scope="module")
def voice(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("voice") / "acoustic"
    shutil.copytree(shipped_voice()[0], folder)
    return folder


def rewrite(folder: Path, text: str) -> None:
    """A changed config.json with its hash in the manifest."""
    (folder / "config.json").write_text(text)
    manifest = json.loads((folder / "sha256.json").read_text())
    entry = {"bytes": len(text.encode()), "sha256": sha256_of(folder / "config.json")}
    (folder / "sha256.json").write_text(json.dumps({**manifest, "config.json": entry}))


@pytest.mark.parametrize(
    "change",
    [
        {"model": None},
        {"model": []},
        {"model_type": []},
        {"model_type": {}},
        {"speakers": None},
        {"speakers": 3},
        {"symbols": [["a"]]},
        {"symbols": {"a": 1}},
        {"symbols": None},
        {"audio": None},
        {"audio": []},
        {"text": []},
        {"text": {"cleaners": []}},
        {"text": {"symbol_set": {}}},
        *("null", "[]", "3", "", "{", "[" * 9999, '{"model": NaN}', '{"a": 1, "a": 2}'),
    ],
    ids=str,
)
def test_a_config_that_is_none_is_one_line_with_its_folder(voice, change):
    tree = json.loads((shipped_voice()[0] / "config.json").read_text())
    rewrite(voice, change if isinstance(change, str) else json.dumps(tree | change))
    with pytest.raises(CheckpointError) as caught:
        open_voice(voice)
    assert str(voice) in str(caught.value) and len(str(caught.value)) < 1000


def test_a_config_without_a_section_is_one_line_with_its_folder(voice):
    tree = json.loads((shipped_voice()[0] / "config.json").read_text())
    for key in ("model", "model_type", "symbols", "audio"):
        rewrite(voice, json.dumps({k: v for k, v in tree.items() if k != key}))
        with pytest.raises(CheckpointError, match=str(voice)):
            open_voice(voice)


class Evil:
    """Unpickling it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("source", [*FILES, "vocos"])
def test_what_is_no_checkpoint_is_called_what_it_is_and_runs_nothing(tmp_path, source):
    touched = tmp_path / "touched"
    cases: dict[str, tuple[bytes, str]] = {
        "page": (b"\n<!DOCTYPE html><html>404</html>", "is a web page"),
        "pointer": (b"version https://git-lfs.github.com/spec/v1\noid 1", "pointer of git-lfs"),
        "empty": (b"", "is empty"),
        "text": (b"hello", "no checkpoint that torch can read|cannot be read without running"),
        "code": (pickle.dumps({"state_dict": Evil(touched)}), "without running code|no checkpoint"),
    }
    torch.save({"state_dict": Evil(touched), "generator": {}, "model": {}}, tmp_path / "zip")
    cases["zip"] = ((tmp_path / "zip").read_bytes(), "without running code from it")
    for name, (data, message) in cases.items():
        file = tmp_path / f"{name}.pt"
        file.write_bytes(data)
        (tmp_path / "args.json").write_text("{}")
        (tmp_path / "config.yaml").write_text("{}")
        if source == "vocos":
            shutil.rmtree(tmp_path / "v", ignore_errors=True)
            folder = authors_folder(tmp_path / "v", tiny(audio=TORCHAUDIO))
            file = folder / "pytorch_model.bin"
            file.write_bytes(data)
        with pytest.raises(CheckpointError, match=message) as caught:
            convert(source, file, None)
        assert "weights_only" not in str(caught.value)
    assert not touched.exists()


def test_a_training_checkpoint_of_vocos_is_imported_without_what_only_training_needs(
    tmp_path, caplog
):
    model = tiny(audio=TORCHAUDIO).eval()
    folder = authors_folder(tmp_path / "theirs", model)
    state = torch.load(folder / "pytorch_model.bin", weights_only=True)
    (folder / "pytorch_model.bin").unlink()
    more = {
        f"{name}.convs.0.weight": torch.zeros(2) for name in ("multiperioddisc", "melspec_loss")
    }
    torch.save({"state_dict": {**state, **more}, "epoch": 3}, folder / "last.ckpt")
    parts = yaml.safe_load((folder / "config.yaml").read_text())
    for name, part in parts.items():
        part["class_path"] = part["class_path"].replace("vocos.", f"vocos.{name}.")
    inner = {
        "class_path": "vocos.experiment.VocosExp",
        "init_args": {**parts, "mel_loss_coeff": 45},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump({"seed": 1, "model": inner}))
    whole = {name: tensor.contiguous() for name, tensor in state.items()}
    save_file(whole, folder / "bare.safetensors")
    torch.save(state, folder / "bare.bin")
    mel = torch.randn(1, 10, 12)
    for name in ("last.ckpt", "bare.safetensors", "bare.bin"):
        with caplog.at_level(logging.WARNING):
            arguments = ["--checkpoint", str(folder / name), "--output_dir", str(tmp_path / name)]
            main(["--source", "vocos", *arguments])
        ours: Any = load(tmp_path / name)[0]
        assert torch.equal(ours.infer(mel), model.infer(mel))
    assert caplog.text.count("only training needs it: melspec_loss, multiperioddisc") == 1


def test_a_folder_of_jik876_and_a_bare_state_are_imported(shared, tmp_path):
    source = shared / "vectors" / "hifigan_jik876_v2"
    shutil.copytree(source, tmp_path / "v2")
    state = torch.load(source / "g_02500000", weights_only=True)["generator"]
    expected, _ = load_imported(tmp_path, "a", source / "g_02500000")
    for name, place in {"b": tmp_path / "v2", "c": tmp_path / "v2" / "bare.safetensors"}.items():
        if name == "c":
            save_file(state, place)
        found, _ = load_imported(tmp_path, name, place)
        assert all(torch.equal(v, found.state_dict()[k]) for k, v in expected.state_dict().items())


def load_imported(folder: Path, name: str, file: Path) -> Any:
    out = ["--output_dir", str(folder / name)]
    main(["--source", "jik876_hifigan", "--checkpoint", str(file), *out])
    return load(folder / name)


def test_a_yaml_that_unfolds_without_end_is_refused_at_once(tmp_path):
    folder = authors_folder(tmp_path / "v", tiny(audio=TORCHAUDIO))
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    (folder / "config.yaml").write_text("\n".join(lines))
    begin = time.process_time()
    with pytest.raises(RecitalError, match="too many values"):
        convert("vocos", folder, None)
    assert time.process_time() - begin < 5
