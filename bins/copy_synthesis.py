"""Copy synthesis: the recordings of a split through their mel and a vocoder; what a voice is
measured against.

Writes `<out>/gt/<id>.wav`, the recordings as stage 1 saw them, and `<out>/pred/<id>.wav`, the
vocoder's copies.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from recital.bins.command import add_config_arguments, run
from recital.bins.experiment import load_experiment
from recital.models.vocoder.griffin_lim import GriffinLim
from recital.modules.mel import MelSpectrogram
from recital.processors.audio import load_wav, save_wav, trim_silence
from recital.processors.store import SPLITS
from recital.utils import checkpoint
from recital.utils.errors import UsageError


def main(argv: Sequence[str] | None = None) -> None:
    args = _arguments(argv)
    experiment, _ = load_experiment(args.config, args.set)
    name = args.infer_dataset or experiment.dataset[0]
    if name not in experiment.dataset:
        raise UsageError(f"--infer_dataset {name}: expected one of {', '.join(experiment.dataset)}")
    store, folder = experiment.store(name), experiment.corpus_folder(name)
    audio, trim = experiment.audio, experiment.preprocess.trim
    vocoder: Any = GriffinLim(audio)
    if args.vocoder_dir is not None:
        vocoder, _ = checkpoint.load(args.vocoder_dir)
    audio.require_same(vocoder.audio, "the config", "the vocoder")
    to_mel = MelSpectrogram(audio)
    by_id = {u.id: u for u in store.utterances()}
    for id in tqdm(store.split(args.infer_testing_set), unit="recording"):
        wav = load_wav(folder / by_id[id].audio, audio.sample_rate)
        if trim is not None:
            start, stop = trim_silence(wav, audio.sample_rate, trim)
            wav = wav[start:stop]
        with torch.no_grad():
            copy = vocoder.infer(to_mel(torch.from_numpy(wav.copy())[None]))[0]
        save_wav(args.infer_output_dir / "gt" / f"{id}.wav", wav, audio.sample_rate)
        save_wav(args.infer_output_dir / "pred" / f"{id}.wav", copy.numpy(), audio.sample_rate)
    print(f"written to {args.infer_output_dir}/gt and /pred")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="copy_synthesis",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add_config_arguments(parser)
    add("--infer_dataset", help="default: the first of the config")
    add("--infer_testing_set", choices=SPLITS, default="test")
    add("--infer_output_dir", required=True, type=Path)
    add("--vocoder_dir", type=Path, help="a trained vocoder (default: Griffin-Lim)")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run(main)
