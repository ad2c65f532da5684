"""Stage 2 after its command line: the model, its data and the Trainer."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import torch

from recital.bins.common.command import cores
from recital.bins.common.duration_scale import measured_duration_scale
from recital.bins.common.experiment import Experiment, load_experiment
from recital.bins.common.fine_tuning import (
    BY_MINUTES,
    FINETUNE_FROM,
    describe,
    minutes_of,
    row_of,
    starting_point,
)
from recital.bins.common.later_stages import build_to_train, resolve
from recital.models import entry
from recital.models.adapt import adapt_weights
from recital.models.vocoder.griffin_lim import GriffinLim
from recital.modules.contract.batch import Batch
from recital.modules.contract.model import AcousticModel, Model, Shown, Vocoder
from recital.places import locate, require_kind
from recital.preprocessors.choices import choices, other_choices
from recital.processors.dataset import SpeechDataset
from recital.processors.exhibits import exhibits
from recital.processors.features import PitchConfig
from recital.processors.store import FeatureStore, speaker_names
from recital.utils.config import Tree
from recital.utils.errors import ConfigError, DataError
from recital.utils.training.announce import Alive
from recital.utils.training.loader import to_device
from recital.utils.training.log import Exhibit
from recital.utils.training.precision import training_device
from recital.utils.training.trainer import Trainer


def train(args: argparse.Namespace) -> None:
    """Train according to the flags of stage 2."""
    experiment, tree, stores, notes = _sized(args)
    directory = experiment.directory(args.name)
    torch.manual_seed(experiment.train.seed)
    try:
        text, resolved = resolve(experiment, tree, experiment.speakers or speaker_names(stores))
        model = build_to_train(resolved, experiment.train)
    except ConfigError as error:
        raise ConfigError(f"{args.config}: {error}") from None
    checkpoint, resume_type = _start(experiment, args)

    def dataset(split: str, segment_frames: int | None) -> SpeechDataset:
        return SpeechDataset(
            stores,
            split,
            needs=model.needs,
            audio=experiment.audio,
            preprocess=experiment.preprocess,
            text=text,
            speakers=() if text is None else resolved["speakers"],
            segment_frames=segment_frames,
            seed=experiment.train.seed,
            weights=experiment.dataset_weights if split == "train" else None,
            learns=model.learns,
            round_lengths=training_device().type == "cuda",
            jobs=cores(),
        )

    whole = None
    with Alive("reading the features", show=os.environ.get("RANK", "0") == "0"):
        train_data = dataset("train", experiment.train.segment_frames)
        valid_data = dataset("valid", experiment.train.segment_frames)
        if isinstance(model, Vocoder):
            whole = WholeUtterances(dataset("valid", None), experiment.preprocess.pitch)
    segment, longest = experiment.train.segment_frames, int(train_data.places.frames.max())
    if segment is not None and segment > longest:
        raise ConfigError(
            f"{args.config}: train.segment_frames: {segment} are more than the longest recording "
            f"has, {longest}; the rest of each segment would be zeros"
        )
    show = _with_audio(experiment) if whole is None else whole.show
    if isinstance(model, AcousticModel) and model.makes_waves:
        show = shown_by_itself

    def exhibit(model: Model, batch: Batch) -> list[Exhibit]:
        return list(exhibits(show(model, batch)))

    def complete(model: Model) -> Tree:
        if not isinstance(model, AcousticModel) or not model.measures_durations:
            return {}
        scale = measured_duration_scale(model, [valid_data, train_data])
        return {"model": {"duration_scale": scale}}

    trainer = Trainer(
        model,
        experiment.train,
        directory=directory,
        resolved_config=resolved,
        train_data=train_data,
        valid_data=valid_data,
        show=exhibit,
        measure=None if whole is None else whole.measure,
        begin=lambda model: model.learn_statistics(train_data.arrays),
        adapt=lambda model, weights, before: adapt_weights(model, weights, before, resolved),
        complete=complete,
        hours=train_data.hours,
    )
    for line in notes:
        trainer.run.say(line)
    trainer.fit(resume=args.resume, checkpoint=checkpoint, resume_type=resume_type)


def _start(
    experiment: Experiment, args: argparse.Namespace
) -> tuple[Path | None, Literal["resume", "finetune"]]:
    """The checkpoint that the run starts from, if one is named, and what is taken from it."""
    if args.resume_from_ckpt_path is not None:
        kind = entry(experiment.model_type).kind
        place = locate(args.resume_from_ckpt_path, kind)
        require_kind(place, kind)
        return place, args.resume_type
    if experiment.finetune_from is not None:
        return starting_point(experiment.finetune_from, experiment.model_type), "finetune"
    return None, args.resume_type


def _sized(
    args: argparse.Namespace,
) -> tuple[Experiment, Tree, dict[str, FeatureStore], list[str]]:
    """The config for the amount of data that there is, as a checkpoint keeps it; its stores; and
    lines on what the amount decided, and on data that another recipe chose.
    """
    experiment, tree = load_experiment(args.config, args.set)
    stores = {name: experiment.store(name) for name in experiment.dataset}
    notes = []
    if experiment.by_minutes:
        minutes = minutes_of(stores)
        notes.append(describe(stores, minutes, row_of(tree, minutes)))
        experiment, tree = load_experiment(args.config, args.set, minutes)
    notes += [note for name in stores if (note := _chosen_otherwise(experiment, name))]
    # a checkpoint has its own weights, and what they were decided by is done
    kept = {key: part for key, part in tree.items() if key not in (FINETUNE_FROM, BY_MINUTES)}
    return experiment, kept, stores, notes


def _chosen_otherwise(experiment: Experiment, dataset: str) -> str:
    """A line if the stage 1 that ran last on a dataset was of a recipe with other choices."""
    if dataset not in experiment.dataset_path:  # features alone suffice for training
        return ""
    try:
        exclude = experiment.excluded(dataset)
    except DataError:  # a list of stage 1, which need not be on this machine
        exclude = None
    own = choices(
        experiment.corpus_folder(dataset),
        experiment.preprocess,
        exclude,
        experiment.given_splits(dataset),
        of_texts=experiment.text is not None,
    )
    others = other_choices(experiment.store(dataset), own)
    if not others:
        return ""
    return (
        f"{dataset}: the last stage 1 had other settings: {'; '.join(others)}. Its utterances and "
        "splits are used; for those of this config run stage 1 again"
    )


def shown_by_itself(model: Model, batch: Batch) -> list[Shown]:
    """The validation output of a model that makes waves: its sounds are its own."""
    return model.show(batch)


def _with_audio(experiment: Experiment) -> Callable[[Model, Batch], list[Shown]]:
    """The model's validation output, with every mel also as sound through Griffin-Lim."""
    vocoder = GriffinLim(experiment.audio)

    def show(model: Model, batch: Batch) -> list[Shown]:
        shown = model.show(batch)
        for item in [s for s in shown if s.kind == "mel"]:
            wav = vocoder.infer(torch.from_numpy(item.array)[None])[0]
            name = "audio/" + item.name.partition("/")[2]
            shown.append(
                Shown(name, "audio", wav.numpy(), sample_rate=experiment.audio.sample_rate)
            )
        return shown

    return show


class WholeUtterances:
    """The validation of a vocoder, on the first whole recordings of a split."""

    N_SHOWN = 2
    N_MEASURED = 8

    def __init__(self, data: SpeechDataset, pitch: PitchConfig) -> None:
        self.data, self.pitch = data, pitch

    def show(self, model: Model, _: Batch) -> list[Shown]:
        """Mels and sounds of a few recordings, by name."""
        return [
            item._replace(name=f"{item.name}-{i + 1}")
            for i, batch in enumerate(self._batches(model, self.N_SHOWN))
            for item in model.show(batch)
        ]

    def measure(self, model: Model) -> dict[str, float]:
        """Means over recordings of the distances between the recording and the vocoder's output for
        its mel; recordings without a figure are left out of its mean.
        """
        from recital.processors.evaluation.waves import wave_metrics

        assert isinstance(model, Vocoder)
        found: dict[str, list[float]] = {}
        for batch in self._batches(model, self.N_MEASURED):
            assert batch.mel is not None and batch.wav is not None
            waves = model.infer(batch.mel), batch.wav
            made, recorded = (wav[0].float().cpu().numpy() for wav in waves)
            figures = wave_metrics(made, recorded, self.data.audio, self.pitch)
            for name, value in figures.items():
                found.setdefault(name, []).append(value)
        return {name: sum(values) / len(values) for name, values in found.items()}

    def _batches(self, model: Model, count: int) -> Iterator[Batch]:
        device = next(model.parameters()).device
        for i in range(min(count, len(self.data))):
            yield to_device(self.data.collate([self.data[0, i]]), device)
