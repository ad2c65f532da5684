"""Predict the mels of all recordings of a config's datasets with true durations (ground-truth
aligned, GTA), to fine-tune a vocoder on them.

They are written to the feature store, `<processed_dir>/<dataset>/mel-predicted-NAME/`, with the
frames of the recordings. A vocoder's stage 2 uses them with `--set preprocess.predicted_mels=NAME`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch

from recital.bins.common.command import run
from recital.bins.common.experiment import Experiment, load_experiment
from recital.bins.common.flags import command_parser
from recital.models import load_acoustic
from recital.places import locate
from recital.processors.dataset import SpeechDataset
from recital.processors.features import FEATURES, fingerprint, predicted
from recital.processors.shards import find_header, pieces_of, shard_file, shard_files
from recital.processors.store import SPLITS, FeatureStore
from recital.processors.text import TextConfig, TextProcessor
from recital.utils import checkpoint
from recital.utils.config import build_section
from recital.utils.errors import UsageError
from recital.utils.training.loader import to_device

BATCH_SIZE = 16  # utterances
ALL = tuple(s for s in SPLITS if s != "golden_test")  # a subset of test
Place = tuple[SpeechDataset, int]  # an utterance in its split


def main(argv: Sequence[str] | None = None) -> int:
    from tqdm import tqdm

    args = command_parser("predict_mels", __doc__).parse(argv)
    experiment, _ = load_experiment(args.config, args.set)
    directory = locate(args.infer_expt_dir or experiment.directory(args.name), "acoustic")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model, config = load_acoustic(directory, device)
    if args.name is None:
        raise UsageError("expected --name, by which a vocoder's config names the mels")
    model.audio.require_same(experiment.audio, "voice", "features")
    read = [f for f in FEATURES if f in model.needs]
    notes = {
        "audio": asdict(model.audio),
        "checkpoint": checkpoint.model_hash(directory),
        # what else the mels depend on: settings of inference and what the voice is given
        "model": config["model"],
        "features": {f: fingerprint(f, model.audio, experiment.preprocess) for f in read},
    }
    for name in experiment.dataset:
        store = experiment.store(name)
        folder = f"mel-{predicted(args.name)}"
        places = _places(name, experiment, model, config)
        recorded = store.reader("mel", fingerprint("mel", model.audio, experiment.preprocess))
        kept = 0
        shards = _shards(store)
        files = shard_files(store.folder, folder)
        for shard, ids in tqdm(shards.items(), desc=f"mels of {name}", unit="shard", disable=None):
            file = files.get(shard, f"{folder}/{shard_file(shard)}")
            kept += sum(id not in places for id in ids)
            header = find_header(store.folder, file)
            if header is not None and header.notes == notes and header.arrays.keys() == set(ids):
                continue  # from an earlier run
            mels = dict(_teach(model, [places[id] for id in ids if id in places], device))
            rest = {id: recorded[id].copy() for id in ids if id not in mels}
            store.folder.write(file, pieces_of(mels | rest, notes))
        store.forget(folder)
        print(f"{store.folder.place(folder)}: {len(store.utterances()) - kept} utterances")
        if kept:
            print(f"{kept} more without durations keep the mel of the recording")
    print(f"train a vocoder on them with --set preprocess.predicted_mels={args.name}")
    return 0


def _shards(store: FeatureStore) -> Mapping[str, list[str]]:
    """The ids of each shard."""
    shards: dict[str, list[str]] = {}
    for u in store.utterances():
        shards.setdefault(u.shard, []).append(u.id)
    return shards


def _places(
    dataset: str, experiment: Experiment, model: Any, config: dict[str, Any]
) -> dict[str, Place]:
    """The places of all utterances with the fields that the model needs."""
    store = experiment.store(dataset)
    text = build_section(TextConfig, config.get("text", {}), "text")
    places: dict[str, Place] = {}
    for split in [s for s in ALL if store.split(s)]:
        data = SpeechDataset(
            {dataset: store},
            split,
            needs=model.needs,
            audio=experiment.audio,
            preprocess=experiment.preprocess,
            text=TextProcessor(text, config["symbols"]),
            speakers=config.get("speakers", ()) if "speaker" in model.needs else (),
        )
        places |= {e.utterance.id: (data, i) for i, e in enumerate(data.examples)}
    return places


def _teach(model: Any, places: Sequence[Place], device: str) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (id, mel [n_mels, T]) of each utterance, in batches of similar length."""
    ordered = sorted(places, key=lambda place: place[0].lengths[place[1]])
    for start in range(0, len(ordered), BATCH_SIZE):
        group = ordered[start : start + BATCH_SIZE]
        batch = group[0][0].collate([data[0, i] for data, i in group])
        mels = model.teach(to_device(batch, torch.device(device))).cpu().numpy()
        for (data, i), mel in zip(group, mels, strict=True):
            example = data.examples[i]
            yield example.utterance.id, np.ascontiguousarray(mel[:, : example.frames])


if __name__ == "__main__":
    run(main)
