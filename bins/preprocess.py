"""Stage 1: compute the features of a config's datasets that do not exist yet."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple

from recital.bins.common.command import run
from recital.bins.common.experiment import Experiment, load_experiment
from recital.bins.common.fine_tuning import FINETUNE_FROM, amounts, starting_point
from recital.bins.common.flags import command_parser
from recital.bins.common.later_stages import check_later_stages
from recital.models import stage_1_features
from recital.preprocessors.corpora import find_layout, missing_corpus
from recital.preprocessors.entries import Corpus
from recital.preprocessors.given_splits import read_names
from recital.preprocessors.last_run import Summary
from recital.preprocessors.prepare import Settle, prepare
from recital.preprocessors.sources import read_corpus
from recital.preprocessors.summaries import write_summaries
from recital.processors.features import fingerprint
from recital.processors.store import Utterance, speaker_name
from recital.processors.text import TextProcessor, symbols_for
from recital.utils.errors import CheckpointError, DataError
from recital.utils.parallel import cluster_kept


def main(argv: Sequence[str] | None = None) -> None:
    args = command_parser("preprocess", __doc__).parse(argv)
    experiment, tree = load_experiment(args.config, args.set)
    features = stage_1_features(tree)
    if "speaker_embedding" in features:
        from recital.processors.speaker_encoder import speaker_encoder

        # without its weights no recording can be used
        speaker_encoder()
    # what is wrong with the last dataset is said before hours of work on the first
    sources = [_open(dataset, experiment, str(args.config)) for dataset in experiment.dataset]
    if experiment.finetune_from is not None and "speaker_embedding" not in features:
        _require_speaker_of(experiment.finetune_from, experiment)
    # of every amount of speech: that is known after the work
    configs = [(experiment, tree)]
    if experiment.by_minutes:
        configs = [load_experiment(args.config, args.set, n) for n in amounts(tree)]
    check = partial(check_later_stages, configs, str(args.config))
    with cluster_kept():
        for source in sources:
            print(table(_prepare(source, experiment, features, args, check)))


class Source(NamedTuple):
    """What stage 1 reads of one dataset."""

    dataset: str
    corpus: Corpus
    layout: str
    exclude: Mapping[str, str]
    settle: Settle | None


def _open(dataset: str, experiment: Experiment, config: str) -> Source:
    """Open a dataset. Raises `ConfigError` or `DataError` for what is not there."""
    folder, layout = experiment.corpus_folder(dataset), experiment.layout(dataset)
    find_layout(layout, f"{config}: dataset_layout.{dataset}")
    hint = missing_corpus(folder, layout, dataset, config)
    if not folder.exists() and hint:
        raise DataError(hint)
    corpus = experiment.corpus(dataset)
    for path in chain.from_iterable(corpus.splits.values()):
        next(read_names(path), None)
    exclude = experiment.excluded(dataset)
    return Source(dataset, corpus, layout, exclude, _textgrids(experiment, dataset))


def _prepare(
    source: Source,
    experiment: Experiment,
    features: Sequence[str],
    args: argparse.Namespace,
    check: Callable[[], None],
) -> Summary:
    """Features, tokens and summaries of one dataset."""
    dataset, corpus, layout, exclude, settle = source
    store = experiment.store(dataset)
    with store.locked(f"stage 1 of {dataset}"):
        with ProgressBar(dataset) as progress:
            summary = prepare(
                dataset,
                corpus,
                layout,
                store,
                features,
                experiment.audio,
                experiment.preprocess,
                jobs=args.jobs,
                backend=args.backend,
                progress=progress,
                settle=settle,
                exclude=exclude,
                check=check,
            )
        symbols = symbols_for(experiment.text) if experiment.text else None
        if experiment.text is not None and symbols is not None:
            text = TextProcessor(experiment.text, symbols)
            with ProgressBar(dataset, "tokens of") as progress:
                store.tokens(text, jobs=args.jobs, backend=args.backend, progress=progress)
        pitch = fingerprint("pitch", experiment.audio, experiment.preprocess)
        write_summaries(dataset, store, symbols, pitch if "pitch" in features else None)
    return summary


def _require_speaker_of(voice: str, experiment: Experiment) -> None:
    """Raise `CheckpointError`, before hours of work, if a voice of several speakers would have to
    become one of a single speaker without a vector.
    """
    from recital.models.adapt import not_one
    from recital.utils import checkpoint

    theirs = checkpoint.read_json(starting_point(voice, experiment.model_type) / checkpoint.CONFIG)
    by_vectors, speakers = (
        "speaker_embedding" in stage_1_features(theirs),
        theirs.get("speakers", []),
    )
    if (by_vectors or len(speakers) > 1) and not _has_several(experiment):
        raise CheckpointError(f"{FINETUNE_FROM}: {not_one(speakers, by_vectors)}")


def _has_several(experiment: Experiment) -> bool:
    """Whether the corpora have several speakers; their metadata is read until there is a second."""
    found = set[str]()
    for dataset in experiment.dataset:
        for item in read_corpus(experiment.corpus(dataset), experiment.layout(dataset)):
            if isinstance(item, Utterance):
                found.add(speaker_name(dataset, item.speaker))
            if len(found) > 1:
                return True
    return False


def _textgrids(experiment: Experiment, dataset: str) -> Settle | None:
    """The TextGrids with phones and durations, if the config names their folder."""
    if experiment.preprocess.textgrid is None or experiment.text is None:
        return None
    from recital.preprocessors.textgrid import TextGrids

    folder = experiment.corpus_folder(dataset) / experiment.preprocess.textgrid
    text = experiment.text
    return TextGrids(folder, experiment.audio, symbols_for(text), text.cleaners).settle


def table(summary: Summary) -> str:
    """The summary of one dataset as text."""
    hours = summary.seconds / 3600
    rows = [
        (
            "utterances",
            f"{summary.utterances} ({hours:.2f} h), {summary.extracted} recordings worked on",
        ),
        ("splits", ", ".join(f"{name} {n}" for name, n in summary.splits.items())),
        (
            "rejected",
            ", ".join(f"{n} {code}" for code, n in summary.rejected.items()) or "none",
        ),
        ("time", f"{summary.elapsed:.1f} s"),
    ]
    rows[2:2] = [("note", note) for note in summary.notes]
    if summary.exclude_listed:
        unknown = summary.exclude_listed - summary.excluded
        more = f" ({unknown} more of the list are not in the corpus)" if unknown > 0 else ""
        rows.insert(-1, ("excluded", f"{summary.excluded}{more}"))
    if summary.extracted:
        rows[-1] = (
            "time",
            f"{summary.elapsed:.1f} s, {summary.seconds / summary.elapsed:.0f} x real time",
        )
    return "\n".join([summary.dataset, *(f"  {name:<11} {text}" for name, text in rows)])


class ProgressBar:
    """A progress bar, shown if the work takes longer than three seconds."""

    def __init__(self, label: str, what: str = "features of") -> None:
        self.label, self.what = label, what

    def __enter__(self) -> Callable[[int, int], None]:
        from tqdm import tqdm

        self.bar = tqdm(
            desc=f"{self.what} {self.label}", unit="recording", delay=3, mininterval=0.5
        )
        return self._update

    def _update(self, done: int, total: int) -> None:
        self.bar.total = total
        self.bar.update(done - self.bar.n)

    def __exit__(self, *exception: object) -> None:
        self.bar.close()


if __name__ == "__main__":
    run(main)
