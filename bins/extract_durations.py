"""Extract durations of a config's datasets, to train FastPitch 1.0 and FastSpeech 2: those that a
trained voice aligns (teacher-forced), or with `--aligner hmm` those of a forced aligner that learns
from the recordings alone.

They are written to `<processed_dir>/<dataset>/durations/ab/<id>.npy`. Utterances that cannot be
aligned are listed in `durations/rejected.jsonl`, and training leaves them out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from recital.bins.common.command import run
from recital.bins.common.experiment import Experiment, load_experiment
from recital.bins.common.flags import command_parser
from recital.models import load_acoustic
from recital.places import locate
from recital.processors.dataset import Example, SpeechDataset
from recital.processors.durations import remove_durations, save_durations
from recital.processors.store import SPLITS, FeatureStore, Rejected, to_json, write_lines
from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.utils.config import build_section
from recital.utils.errors import CheckpointError, ConfigError, DataError, UsageError

BATCH_SIZE = 16  # utterances
TEXT_REMEDY = "check that the text matches the recording"
VOICE_REMEDY = f"train the teacher for longer, or {TEXT_REMEDY}"
SAMPLED = 20  # texts that the voice must read as the config does
ALL = tuple(s for s in SPLITS if s != "golden_test")  # a subset of test


class Extracted(NamedTuple):
    """What was done of a dataset, without the utterances on which no voice can be trained."""

    n_tried: int  # utterances
    rejected: list[Rejected]  # those that could not be aligned


def main(argv: Sequence[str] | None = None) -> int:
    args = command_parser("extract_durations", __doc__).parse(argv)
    experiment, _ = load_experiment(args.config, args.set)
    extract: Callable[[str], Extracted]
    if args.aligner == "hmm":
        if args.infer_expt_dir is not None:
            raise UsageError(
                "--infer_expt_dir is of no use with --aligner hmm, which needs no voice"
            )
        extract = partial(_by_sounds, experiment=experiment)
        nothing = f"aligned no utterance; {TEXT_REMEDY}"
    else:
        directory = args.infer_expt_dir or (args.name and experiment.directory(args.name))
        if directory is None:
            raise UsageError(
                "expected --name, or --infer_expt_dir with the voice that aligns, or --aligner hmm"
            )
        extract = _teacher(directory, experiment)
        nothing = f"{directory}: aligned no utterance; train it for longer"
    done, failed = 0, 0
    for name in experiment.dataset:
        store = experiment.store(name)
        store.durations.mkdir(parents=True, exist_ok=True)
        n_tried, rejected = extract(name)
        write_lines(store.durations / "rejected.jsonl", [to_json(r) for r in rejected])
        n_aligned = n_tried - len(rejected)
        done, failed = done + n_aligned, failed + len(rejected)
        print(f"{store.durations}: {n_aligned} utterances")
    if failed:
        print(f"{failed} utterances were not aligned; see durations/rejected.jsonl")
    if not done:
        raise DataError(nothing)
    return 0


def _teacher(directory: Path, experiment: Experiment) -> Callable[[str], Extracted]:
    """What writes the durations of a dataset by the voice in `directory`."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model, config = load_acoustic(locate(directory, "acoustic"), device)
    if not model.can_align:
        raise CheckpointError(
            f"{directory}: {config.get('model_type')} cannot align; expected Tacotron 2, or a "
            "voice with a learned aligner"
        )
    model.audio.require_same(experiment.audio, "voice", "features")
    return partial(_by_voice, experiment=experiment, model=model, config=config, device=device)


def _by_voice(
    dataset: str, experiment: Experiment, model: Any, config: dict[str, Any], device: str
) -> Extracted:
    """Write the durations of a dataset."""
    import torch
    from tqdm import tqdm

    from recital.utils.training.loader import to_device

    store = experiment.store(dataset)
    text = TextProcessor(
        build_section(TextConfig, config.get("text", {}), "text"), config["symbols"]
    )
    _require_same_tokens(store, text, experiment)
    speakers = config.get("speakers", ()) if "speaker" in model.needs else ()
    n_tried, rejected = 0, list[Rejected]()
    for split, data in _splits(dataset, experiment, text, model.needs, speakers):
        n_tried += len(data)
        order = sorted(range(len(data)), key=data.lengths.__getitem__)
        starts = range(0, len(order), BATCH_SIZE)
        for start in tqdm(starts, desc=f"aligning {split}", delay=3, disable=None):
            indices = order[start : start + BATCH_SIZE]
            batch = data.collate([data[0, i] for i in indices])
            durations, failures = model.align(to_device(batch, torch.device(device)))
            for i, frames, failure in zip(indices, durations.cpu().numpy(), failures, strict=True):
                example = data.examples[i]
                if failure is None:
                    own = frames[: len(example.tokens)].astype(np.int64)
                    save_durations(store.durations, example.utterance.id, own)
                else:
                    rejected.append(_rejected(store, example, failure, VOICE_REMEDY))
    return Extracted(n_tried, rejected)


def _require_same_tokens(store: FeatureStore, text: TextProcessor, experiment: Experiment) -> None:
    """Raise `DataError`, before durations that fit are replaced, if the voice reads texts in other
    tokens than the models of the config, which are to learn from it.
    """
    if experiment.text is None:
        return
    own = TextProcessor(experiment.text, experiment.symbols or symbols_for(experiment.text))
    for utterance in store.manifest()[:SAMPLED]:
        theirs, ours = (
            [t.symbols[token] for token in t.encode_many([utterance.text], silent=True)[0]]
            for t in (text, own)
        )
        if theirs != ours:
            raise DataError(
                f"{utterance.id}: the voice reads its text as {len(theirs)} tokens "
                f"({' '.join(theirs[:8])} …), this config as {len(ours)} ({' '.join(ours[:8])} …), "
                "so its durations would not fit; give a config with the text section of the voice"
            )


def _by_sounds(dataset: str, experiment: Experiment) -> Extracted:
    """Write the durations of a dataset by models of its sounds."""
    from recital.processors.forced_alignment import align_corpus

    if experiment.text is None:
        raise ConfigError("text: is missing; an aligner needs this section")
    text = TextProcessor(experiment.text, symbols_for(experiment.text))
    store = experiment.store(dataset)
    splits = [data for _, data in _splits(dataset, experiment, text, frozenset({"tokens", "mel"}))]
    rejected = list[Rejected]()
    for example, durations, failure in align_corpus(splits, text):
        if durations is not None:
            save_durations(store.durations, example.utterance.id, durations)
        elif failure is not None:
            rejected.append(_rejected(store, example, failure, TEXT_REMEDY))
    return Extracted(sum(map(len, splits)), rejected)


def _splits(
    dataset: str,
    experiment: Experiment,
    text: TextProcessor,
    needs: frozenset[str],
    speakers: Sequence[str] = (),
) -> Iterator[tuple[str, SpeechDataset]]:
    """The splits of a dataset that are not empty, each with its name."""
    store = experiment.store(dataset)
    for split in ALL:
        if store.split(split):
            yield (
                split,
                SpeechDataset(
                    {dataset: store},
                    split,
                    needs=needs,
                    audio=experiment.audio,
                    preprocess=experiment.preprocess,
                    text=text,
                    speakers=speakers,
                ),
            )


def _rejected(store: FeatureStore, example: Example, failure: str, remedy: str) -> Rejected:
    """Remove the durations that an utterance may have, and say why."""
    remove_durations(store.durations, example.utterance.id)
    return Rejected(example.utterance.id, example.utterance.audio, "alignment", failure, remedy)


if __name__ == "__main__":
    run(main)
