"""Recognizes checkpoints of other projects by the names in them. Nothing is unpickled: of a file of
`torch.save` only the opcodes of its pickle are listed, of safetensors only the header is read.
"""

from __future__ import annotations

import io
import json
import pickletools
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from recital.models.importers import SOURCES
from recital.models.importers.foreign import find_near
from recital.utils.errors import RecitalError
from recital.utils.json_files import read_object

MAX_PICKLE = 8 * 2**20  # bytes; the tensors of a file are outside of its pickle
ACCELERATE = ("model.safetensors", "pytorch_model.bin")  # the first that it saves
MAX_FILES = 32  # of a folder that are looked at, the newest
# jik876's `g_02500000` has none
SUFFIXES = (".pt", ".pth", ".tar", ".bin", ".pkl", ".ckpt", ".nemo", ".safetensors", "")
FOLDERS = (
    "checkpoint",
    "checkpoints",
    "checkpoint/epoch-*",
    "checkpoints/epoch-*",
    "epoch-*",
    "lightning_logs/version_*/checkpoints",  # of Piper's training
)
# what a file of anything else does to those who read it
UNREADABLE = (OSError, ValueError, LookupError, RuntimeError, EOFError, zlib.error)
UNREADABLE += (zipfile.BadZipFile, tarfile.TarError, struct.error)  # type: ignore[assignment]


class Found(NamedTuple):
    """A recognized file of weights."""

    source: str  # of `recital.models.importers.SOURCES`
    file: Path


Near = Callable[[Path, frozenset[str]], bool]  # (file, its names): its config is where expected


class Layout(NamedTuple):
    """The marks by which the files of a source are recognized."""

    source: str
    keys: str  # pattern that a name in the file matches from its start
    near: Near
    config: str = ""  # what `near` looks for
    but: str = "$"  # no name may match this


def find_foreign(path: Path) -> list[Found]:
    """The newest recognized files of a path, which is a file, a folder, an experiment or its folder
    of checkpoints. Empty if there is none, and more than one if it is not clear which is meant.
    """
    files = [path] if path.is_file() else _files(path)
    found = [Found(source, file) for file in files for source in sources_of(file)]
    newest = [f for f in found if _number(f.file) == _number(found[0].file)]
    twins = {f.file.parent for f in newest if f.file.name == ACCELERATE[0]}
    return [f for f in newest if f.file.name != ACCELERATE[1] or f.file.parent not in twins]


def sources_of(file: Path) -> list[str]:
    """The sources that write such a file; empty for any other file."""
    names = _read_names(file)
    found = [layout.source for layout in _fitting(names) if layout.near(file, names)]
    return found + ([source] if names and (source := _amphion(file)) else [])


def without_config(path: Path) -> list[tuple[Path, Layout]]:
    """The files of a path that are of a source but for the config that it needs."""
    files = [path] if path.is_file() else _files(path)
    return [(file, layout) for file in files for layout in _fitting(_read_names(file))]


def _amphion(file: Path) -> str | None:
    """Amphion's config is above all its files and names the model, or the generator of a vocoder.
    Accelerate numbers what it saves: the first is the model or the generator.
    """
    where = find_near(file, "args.json")
    if where is None or (file.suffix != ".pt" and file.name not in ACCELERATE):
        return None
    try:
        tree = read_object(where)
    except RecitalError:
        return None
    model = tree.get("model")
    options = model if isinstance(model, dict) else {}
    # its Vocos has no key that says so
    vocos = "vocos" if "vocos" in options else ""
    kinds = (options.get("generator"), tree.get("model_type"), vocos)
    sources = (f"amphion_{str(kind).lower()}" for kind in kinds)
    return next((source for source in sources if source in SOURCES), None)


def _fitting(names: frozenset[str]) -> list[Layout]:
    def some(pattern: str) -> bool:
        return any(re.match(pattern, name) for name in names if name)

    return [layout for layout in LAYOUTS if some(layout.keys) and not some(layout.but)]


def _read_names(file: Path) -> frozenset[str]:
    try:
        return frozenset(name.removeprefix("module.") for name in _names(file))
    except UNREADABLE:
        return frozenset()


def _files(folder: Path) -> list[Path]:
    """The files that may hold weights, newest first by the numbers in their names."""
    places = [folder, *(p for pattern in FOLDERS for p in sorted(folder.glob(pattern)))]
    found = [f for place in places if place.is_dir() for f in sorted(place.iterdir())]
    files = [f for f in found if f.suffix.lower() in SUFFIXES and not f.name.startswith(".")]
    return sorted(filter(Path.is_file, files), key=_number, reverse=True)[:MAX_FILES]


def _number(file: Path) -> int:
    """The step in a file's name, or in that of the folder that accelerate wrote; else the largest
    number in its name, or -1.
    """
    for name in (file.name, file.parent.name):
        if step := re.search(r"step-(\d{1,18})", name):
            return int(step[1])
    return max(map(int, re.findall(r"\d{1,18}", file.name)), default=-1)


def _names(file: Path) -> Iterator[str]:
    """All names in a file: keys of tensors and options, and the classes that it asks for."""
    with file.open("rb") as stream:
        start = stream.read(MAX_PICKLE)
    if start.startswith(b"PK"):
        with zipfile.ZipFile(file) as archive:
            for entry in archive.infolist():
                if entry.filename.endswith("/data.pkl") and entry.file_size <= MAX_PICKLE:
                    yield from _names_in_pickle(io.BytesIO(archive.read(entry)))
    elif start[8:9] == b"{":
        yield from json.loads(start[8 : 8 + int.from_bytes(start[:8], "little")])
    elif start[257:262] == b"ustar":
        with tarfile.open(file) as archive:
            yield from archive.getnames()
    elif start.startswith(b"\x80"):
        # torch before 1.6: a magic number, the protocol, the machine, then the content
        old = io.BytesIO(start)
        for _ in range(4):
            yield from _names_in_pickle(old)


def _names_in_pickle(pickle: io.BytesIO) -> Iterator[str]:
    for _, value, _ in pickletools.genops(pickle):
        if isinstance(value, str):
            yield value


def _config_json(file: Path, names: frozenset[str]) -> bool:
    return (file.parent / "config.json").is_file() and find_near(file, "args.json") is None


def _config_near(file: Path, names: frozenset[str]) -> bool:
    return find_near(file, "config.json") is not None


def _config_inside(file: Path, names: frozenset[str]) -> bool:
    return "upsample_initial_channel" in names


def _beside(*files: str) -> Near:
    return lambda file, names: all((file.parent / name).is_file() for name in files)


def _always(file: Path, names: frozenset[str]) -> bool:
    return True


def _jik876(file: Path, names: frozenset[str]) -> bool:
    return _config_json(file, names) and not _config_inside(file, names)


FASTSPEECH2 = r"variance_adaptor\.duration_predictor\."
VOCOS = r"(backbone|generator\.backbone)\.convnext\.0\.dwconv\.weight$"
BIGVGAN = r"resblocks\.[\d.]+\.activations\.\d+\.act\.alpha$"
HIFIGAN = r"resblocks\.[\d.]+\.convs\d?\.\d+\.(weight|parametrizations)"  # BigVGAN's too
# of its HiFi-GAN, MelGAN and Parallel WaveGAN
PARALLEL_WAVEGAN = r"(input_conv|melgan\.1|conv_layers\.0\.conv1x1_aux)\.(weight|bias)"
BESIDE = "config.json next to it"
YAML = ("model.yaml", "preprocess.yaml")
LAYOUTS = [
    Layout("nvidia_fastpitch", r"encoder\.word_emb\.weight$", _always),
    Layout("nvidia_tacotron2", r"decoder\.attention_layer\.location_layer\.", _always),
    Layout("matcha", r"decoder\.estimator\.time_mlp\.", _always),
    Layout("nvidia_waveglow", r"(WN\.0\.start\.|convinv\.0\.conv\.|\S+ WaveGlow$)", _always),
    Layout("nvidia_hifigan", HIFIGAN, _config_inside, "its config inside", BIGVGAN),
    Layout("jik876_hifigan", HIFIGAN, _jik876, BESIDE, BIGVGAN),
    Layout("bigvgan", BIGVGAN, _config_json, BESIDE),
    Layout("ming024_fastspeech2", FASTSPEECH2, _beside(*YAML), " and ".join(YAML)),
    Layout("parallel_wavegan", PARALLEL_WAVEGAN, _beside("config.yml"), "config.yml next to it"),
    Layout("nemo_hifigan", r"(\./)?model_weights\.ckpt$", _always),
    Layout("jaywalnut310_vits", r"enc_p\.encoder\.attn_layers\.", _config_json, BESIDE),
    Layout("piper", r"model_g\.enc_p\.", _config_near, "config.json next to it or above it"),
    Layout("coqui", r"model_g\.conv_pre\.", _config_json, BESIDE),
    Layout("vocos", VOCOS, _beside("config.yaml"), "config.yaml next to it"),
]
