"""Extract teacher-forced durations of a config's datasets with a trained voice, to train FastPitch
1.0 and FastSpeech 2.

They are written to `<processed_dir>/<dataset>/durations/ab/<id>.npy`. Utterances on which the
teacher's attention fails are listed in `durations/rejected.jsonl`, and training leaves them out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from recital.bins.common.command import run
from recital.bins.common.experiment import Experiment, load_experiment
from recital.bins.common.flags import command_parser
from recital.models import load_acoustic
from recital.places import locate
from recital.processors.dataset import SpeechDataset
from recital.processors.durations import remove_durations, save_durations
from recital.processors.store import SPLITS, Rejected, to_json, write_lines
from recital.processors.text import TextConfig, TextProcessor
from recital.utils.config import build_section
from recital.utils.errors import CheckpointError, DataError, UsageError

BATCH_SIZE = 16  # utterances
ALL = tuple(s for s in SPLITS if s != "golden_test")  # a subset of test


def main(argv: Sequence[str] | None = None) -> int:
    import torch

    args = command_parser("extract_durations", __doc__).parse(argv)
    experiment, _ = load_experiment(args.config, args.set)
    if args.infer_expt_dir is None and args.name is None:
        raise UsageError("expected --name, or --infer_expt_dir with the voice that aligns")
    directory = args.infer_expt_dir or experiment.directory(args.name)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model, config = load_acoustic(locate(directory, "acoustic"), device)
    if not model.can_align:
        raise CheckpointError(
            f"{directory}: {config.get('model_type')} cannot align; expected Tacotron 2, or a "
            "voice with a learned aligner"
        )
    model.audio.require_same(experiment.audio, "voice", "features")
    done, failed = 0, 0
    for name in experiment.dataset:
        rejected = list(_extract(name, experiment, model, config, device))
        store = experiment.store(name)
        write_lines(store.durations / "rejected.jsonl", [to_json(r) for r in rejected])
        done, failed = done + len(store.utterances()) - len(rejected), failed + len(rejected)
        print(f"{store.durations}: {len(store.utterances()) - len(rejected)} utterances")
    if failed:
        print(f"{failed} utterances were not aligned; see durations/rejected.jsonl")
    if not done:
        raise DataError(f"{directory}: aligned no utterance; train it for longer")
    return 0


def _extract(
    dataset: str, experiment: Experiment, model: Any, config: dict[str, Any], device: str
) -> Iterator[Rejected]:
    """Write the durations of a dataset; yields the utterances that could not be aligned."""
    import torch
    from tqdm import tqdm

    from recital.utils.training.loader import to_device

    store = experiment.store(dataset)
    text = build_section(TextConfig, config.get("text", {}), "text")
    store.durations.mkdir(parents=True, exist_ok=True)
    by_id = {u.id: u for u in store.utterances()}
    for split in ALL:
        if not store.split(split):
            continue
        data = SpeechDataset(
            {dataset: store},
            split,
            needs=model.needs,
            audio=experiment.audio,
            preprocess=experiment.preprocess,
            text=TextProcessor(text, config["symbols"]),
            speakers=config.get("speakers", ()) if "speaker" in model.needs else (),
        )
        order = sorted(range(len(data)), key=data.lengths.__getitem__)
        starts = range(0, len(order), BATCH_SIZE)
        for start in tqdm(starts, desc=f"aligning {split}", delay=3, disable=None):
            indices = order[start : start + BATCH_SIZE]
            batch = data.collate([data[0, i] for i in indices])
            durations, failures = model.align(to_device(batch, torch.device(device)))
            for i, frames, failure in zip(indices, durations.cpu().numpy(), failures, strict=True):
                example = data.examples[i]
                id = example.utterance.id
                if failure is None:
                    own = frames[: len(example.tokens)].astype(np.int64)
                    save_durations(store.durations, id, own)
                else:
                    remove_durations(store.durations, id)
                    remedy = (
                        "train the teacher for longer, or check that the text matches the recording"
                    )
                    audio = by_id[id].audio
                    yield Rejected(id, audio, "alignment", failure, remedy)


if __name__ == "__main__":
    run(main)
