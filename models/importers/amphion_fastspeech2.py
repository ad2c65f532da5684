"""FastSpeech 2 of Amphion: an experiment with `args.json` and accelerate's checkpoints below
(`checkpoint/epoch-…/pytorch_model.bin` or `model.safetensors`), `spk2id.json` for several speakers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from recital.models.importers.fastspeech2 import (
    LJSPEECH,
    Levels,
    model_section,
    speakers_of,
    weights,
)
from recital.models.importers.foreign import ForeignConfig, find_near, read_checkpoint, unwrap
from recital.utils.checkpoint import read_tensors, step_of
from recital.utils.config import read_json5
from recital.utils.errors import CheckpointError

FILES = ("model.safetensors", "pytorch_model.bin")


def convert(
    checkpoint: Path, config: Path | None, *, averaged: bool = False
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """See `recital.models.importers.convert`; `checkpoint` is the file, its folder, or the
    experiment (then its newest), `config` its args.json (default: the one above the file).
    """
    if averaged:
        raise CheckpointError(f"{checkpoint}: Amphion's recipe keeps no averaged weights")
    file = _file(checkpoint)
    content = read_tensors(file) if file.suffix == ".safetensors" else read_checkpoint(file)
    tensors = unwrap(content, file)
    where = config or find_near(file, "args.json")
    if where is None:
        raise CheckpointError(f"{file}: no args.json above it; give it with --config")
    tree = read_json5(where)
    setup = ForeignConfig(tree, where, "FastSpeech 2")
    options = ForeignConfig(tree.get("model", {}), where, "FastSpeech 2")
    levels = Levels(
        *("frame" if setup.get(f"preprocess.use_frame_{n}", False) else "token" for n in PARTS)
    )
    model = model_section(options, tensors, levels, file)
    for key in ("max_seq_len", "text_token_num"):
        options.get(key, None)  # limit nothing
    options.refuse_unread()
    speakers = speakers_of(tensors, find_near(file, "spk2id.json"))
    resolved = {
        "model_type": "FastSpeech2",
        "audio": _audio(setup),
        "text": {
            "cleaners": "english",  # unlike theirs, spells no word by letters
            "symbol_set": "amphion",
            "p_arpabet": 1.0,
            "pause_symbol": "@sp",
        },
        "model": model,
        "speakers": speakers,
    }
    return resolved, weights(tensors, _statistics(setup, tree, file), len(speakers) or 1, file)


PARTS = ("pitch", "energy")


def _file(path: Path) -> Path:
    """The file of the weights, from a file, a checkpoint or an experiment."""
    if not path.is_dir():
        return path
    for folder in [path, *sorted(path.glob("checkpoint/epoch-*"), key=step_of, reverse=True)]:
        for name in FILES:
            if (folder / name).is_file():
                return folder / name
    raise CheckpointError(
        f"{path}: holds none of {', '.join(FILES)}, nor checkpoint/epoch-… with one"
    )


def _audio(setup: ForeignConfig) -> dict[str, Any]:
    """Their Tacotron mel ("taco") is centred; the other is HiFi-GAN's, with 1e-9 under the root."""
    mode = setup.get("preprocess.mel_extract_mode", "")
    f_max = setup.get("preprocess.fmax", None)
    return {
        "sample_rate": setup["preprocess.sample_rate"],
        "n_fft": setup["preprocess.n_fft"],
        "win_length": setup["preprocess.win_size"],
        "hop_length": setup["preprocess.hop_size"],
        "n_mels": setup["preprocess.n_mel"],
        "f_min": float(setup.get("preprocess.fmin", 0)),
        "f_max": None if f_max is None else float(f_max),
        "padding": "center" if mode == "taco" else "same",
        "power_floor": 0.0 if mode == "taco" else 1e-9,
    }


def _statistics(setup: ForeignConfig, tree: dict[str, Any], file: Path) -> tuple[float, ...]:
    """Mean and standard deviation of F0 (Hz) and energy, from the corpus's `statistics.json` next
    to the experiment.
    """
    dataset = (tree.get("dataset") or [""])[0]
    found: list[float] = []
    for i, name in enumerate(PARTS):
        if not setup.get(f"preprocess.{name}_norm", True):
            found += [0.0, 1.0]
            continue
        level = "" if setup.get(f"preprocess.use_frame_{name}", False) else "phone_"
        folder = setup.get(f"preprocess.{level}{name}_dir", f"{level}{name}s")
        path = find_near(file, f"{folder}/statistics.json", f"{dataset}/{folder}/statistics.json")
        if path is not None:
            stats = read_json5(path)
            voiced = stats.get(f"{dataset}_{dataset}", next(iter(stats.values())))
            voiced = voiced["voiced_positions"]
            found += [float(voiced["mean"]), float(voiced["std"])]
        elif dataset == "LJSpeech":
            found += LJSPEECH[2 * i : 2 * i + 2]
        else:
            raise CheckpointError(
                f"{file}: no {folder}/statistics.json next to it; copy it from the processed data "
                f"of {dataset or 'its training'}, since it gives {name} its unit"
            )
    return tuple(found)
