"""Convert a config of another project to ours: Amphion's exp_config.json, or the config_v1.json of
HiFi-GAN's authors.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recital.bins.common.amphion_config import Converted, convert_amphion, is_amphion
from recital.bins.common.command import run
from recital.bins.common.experiment import load_experiment
from recital.bins.common.parser import OneLineParser
from recital.utils.errors import ConfigError, RecitalError, UsageError
from recital.utils.files import replacing
from recital.utils.json_files import read_object

TITLES = {
    "moved": "keys with another place or form",
    "not_needed": "not needed here",
    "left_out": "to be filled in, or without a counterpart",
}


def main(argv: Sequence[str] | None = None) -> None:
    """Convert, check that stage 2 accepts it, write it, and print what became of each key."""
    args = _arguments(argv)
    output = args.output or args.config.with_name(f"{args.config.stem}.recital.json")
    if output.exists():
        raise ConfigError(f"{output}: exists already; name another file with --output")
    found = convert(args.config)
    for name, title in TITLES.items():
        rows: Mapping[str, str] = vars(found)[name]
        rows = {theirs: ours for theirs, ours in rows.items() if theirs != ours}
        if rows:
            print(f"{title}:")
            print("".join(f"  {theirs:<44} {ours}\n" for theirs, ours in rows.items()), end="")
    if found.errors:
        raise ConfigError(f"{args.config}: {'; '.join(found.errors)}")
    with replacing(output) as temporary:
        temporary.write_text(text_of(found, args.config), encoding="utf-8")
        try:
            _check(temporary)
        except ConfigError as error:
            reason = str(error).replace(f"{temporary}: ", "")
            theirs = [t for t, ours in found.moved.items() if ours.split(", ")[0] in reason]
            there = f" ({', '.join(theirs)} in this file)" if theirs else ""
            raise ConfigError(f"{args.config}: cannot be converted: {reason}{there}") from None
    print(f"written to {output}: a {found.tree['model_type']}; next: run.sh -c {output} --doctor")


def convert(path: Path) -> Converted:
    """Convert a config of a known project. Raises `ConfigError` for any other."""
    with contextlib.suppress(ConfigError):
        load_experiment(path)
        raise UsageError(f"{path}: is a config of Recital already: give it to run.sh with -c")
    if is_amphion(path):
        return convert_amphion(path)
    tree = read_object(path, unique=False)
    if {"upsample_rates", "resblock", "sampling_rate"} <= tree.keys():
        return _convert_hifigan(tree, path)
    if "base_config" in tree and not isinstance(tree["base_config"], list):
        return convert_amphion(path)
    raise ConfigError(
        f"{path}: is neither a config of Amphion (base_config, preprocess.sample_rate) nor of "
        "HiFi-GAN's authors (upsample_rates, sampling_rate)"
    )


HIFIGAN = {
    "batch_size": "train.batch_size",
    "learning_rate": "train.optimizer.lr",
    "lr_decay": "train.scheduler.gamma",
    "seed": "train.seed",
    "num_workers": "train.n_workers",
}


def _convert_hifigan(options: dict[str, Any], path: Path) -> Converted:
    from recital.models.importers.hifigan import OPTIONS, generator_section
    from recital.models.importers.jik876_hifigan import AUDIO, audio_section

    try:
        generator, audio = generator_section(options, path), audio_section(options, path)
    except RecitalError as error:
        raise ConfigError(str(error)) from None
    found = Converted()
    train: dict[str, Any] = {"optimizer": {}, "scheduler": {}}
    for theirs, place in HIFIGAN.items():
        if theirs in options:
            *sections, last = place.split(".")[1:]
            (train[sections[0]] if sections else train)[last] = options[theirs]
            found.moved[theirs] = place
    if {"adam_b1", "adam_b2"} <= options.keys():
        train["optimizer"]["betas"] = [options["adam_b1"], options["adam_b2"]]
        found.moved["adam_b1, adam_b2"] = "train.optimizer.betas"
    if isinstance(size := options.get("segment_size"), int) and audio["hop_length"]:
        train["segment_frames"] = size // audio["hop_length"]
        found.moved["segment_size"] = "train.segment_frames (frames instead of samples)"
    found.moved |= {theirs: f"audio.{ours}" for ours, theirs in AUDIO.items()}
    found.moved |= {theirs: f"model.generator.{ours}" for ours, theirs in OPTIONS.items()}
    found.left_out["--input_wavs_dir"] = "dataset_path.LJSpeech: write the folder of its recordings"
    found.tree = {
        "base_config": "config/vocoder/hifigan.json",
        "model_type": "HiFiGAN",
        "dataset": ["LJSpeech"],
        "audio": audio,
        "model": {"generator": generator},
        "train": train,
    }
    return found


def text_of(found: Converted, source: Path) -> str:
    """The converted config as JSON5, with what is to be done as comments."""
    rows = [f"// {key}: {why}" for key, why in found.left_out.items()]
    rows += [f"// {k}: {why}" for k, why in found.not_needed.items() if k.startswith("config/")]
    body = json.dumps(found.tree, indent=2, ensure_ascii=False)
    flat = r"\[\n\s*([^\[\]{}]*?)\s*\n\s*\]"  # a list of plain values, on one line
    body = re.sub(flat, lambda list: "[" + " ".join(list[1].split()) + "]", body)
    return "\n".join([f"// Converted from {source.name}.", *rows, body, ""])


def _check(path: Path) -> None:
    """Raise `ConfigError` unless stage 2 would accept the config."""
    import torch

    from recital.models import build
    from recital.processors.text import symbols_for

    experiment, tree = load_experiment(path)
    if experiment.text is not None:
        tree = {**tree, "symbols": list(symbols_for(experiment.text))}
    with torch.device("meta"):
        build(tree)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = OneLineParser(prog="recital import_config", description=__doc__)
    parser.add_argument("config", type=Path, metavar="FILE", help="the config of the other project")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="default: next to it, as NAME.recital.json"
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    run(main)
