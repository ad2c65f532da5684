"""The whole config of an experiment, for command lines; other parts receive their section."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recital.bins.common.amphion_config import refuse_amphion
from recital.bins.common.amphion_keys import KEYS
from recital.bins.common.fine_tuning import BELOW, BY_MINUTES, base_of, merged, row_of
from recital.modules.contract.audio import AudioConfig
from recital.preprocessors.entries import Corpus
from recital.preprocessors.exclude import read_exclude_list
from recital.processors.features import PreprocessConfig
from recital.processors.speech.level import SpeechConfig
from recital.processors.split_names import SPLITS
from recital.processors.store import FeatureStore
from recital.processors.text import TextConfig
from recital.utils.config import (
    Tree,
    build_section,
    nearest,
    override,
    project_path,
    project_place,
    read_chain,
)
from recital.utils.errors import ConfigError
from recital.utils.ranges import Positive
from recital.utils.storage import joined
from recital.utils.training.train_config import TrainConfig

OF_DATASETS = (
    "dataset_recordings",
    "dataset_language",
    "dataset_weights",
    "dataset_exclude",
    "dataset_splits",
)


@dataclass(frozen=True)
class Experiment:
    """A loaded `exp_config.json`."""

    model_type: str
    dataset: list[str]  # names; features are in <processed_dir>/<name>/
    audio: AudioConfig
    model: Tree  # arguments of the network: its constructor is the schema
    train: TrainConfig
    text: TextConfig | None = None  # for an acoustic model; None for a vocoder
    speech: SpeechConfig = field(default_factory=SpeechConfig)  # of a voice's waves
    preprocess: PreprocessConfig = field(default_factory=PreprocessConfig)
    dataset_path: dict[str, str] = field(default_factory=dict)  # name -> folder
    # name -> a module of preprocessors/corpora
    dataset_layout: dict[str, str] = field(default_factory=dict)
    # name -> the folder of its recordings, if not dataset_path
    dataset_recordings: dict[str, str] = field(default_factory=dict)
    dataset_language: dict[str, str] = field(default_factory=dict)  # if the layout gives none
    # how often each of its utterances occurs in an epoch; 1 by default
    dataset_weights: dict[str, Positive] = field(default_factory=dict)
    # name -> a list of ids to leave out, such as the doctor's
    dataset_exclude: dict[str, str] = field(default_factory=dict)
    # name -> {split: a list of ids or recordings, or several}, kept as given
    dataset_splits: dict[str, dict[str, str | list[str]]] = field(default_factory=dict)
    log_dir: str = "ckpts/tts"
    finetune_from: str | None = None  # the voice or checkpoint to begin from
    by_minutes: list[dict[str, Any]] = field(default_factory=list)  # changes by amount of speech
    # Written by training: the symbols of the token ids, and the names of the speaker ids.
    symbols: list[str] = field(default_factory=list)
    speakers: list[str] = field(default_factory=list)

    def corpus_folder(self, dataset: str) -> Path:
        """The folder of a dataset's recordings. Raises `ConfigError` if no path is given."""
        if dataset not in self.dataset_path:
            raise ConfigError(
                f"dataset_path.{dataset}: is missing; name the folder of its recordings, as in "
                f"--set dataset_path.{dataset}=/data/{dataset}"
            )
        return project_path(self.dataset_path[dataset])

    def corpus(self, dataset: str) -> Corpus:
        """The corpus of a dataset, for stage 1."""
        recordings = self.dataset_recordings.get(dataset)
        return Corpus(
            self.corpus_folder(dataset),
            project_place(recordings) if recordings else None,
            splits=self.given_splits(dataset),
        )

    def given_splits(self, dataset: str) -> dict[str, list[Path]]:
        """The lists of each split that `dataset_splits` names."""
        return {
            split: [project_path(path) for path in ([given] if isinstance(given, str) else given)]
            for split, given in self.dataset_splits.get(dataset, {}).items()
        }

    def excluded(self, dataset: str) -> dict[str, str]:
        """Id -> reason of the utterances that `dataset_exclude` leaves out."""
        if dataset not in self.dataset_exclude:
            return {}
        return read_exclude_list(project_path(self.dataset_exclude[dataset]))

    def layout(self, dataset: str) -> str:
        """The corpus layout of a dataset: as configured, or the dataset's name in lower case."""
        return self.dataset_layout.get(dataset, dataset.lower())

    def store(self, dataset: str) -> FeatureStore:
        """The feature store of a dataset."""
        place = joined(project_place(self.preprocess.processed_dir), dataset)
        return FeatureStore(place, self.dataset_language.get(dataset, ""))

    def directory(self, name: str) -> Path:
        """The folder of the experiment `name`, with its checkpoints and logs."""
        if not name or Path(name).name != name or name in (".", ".."):
            raise ConfigError(f"--name {name}: expected a plain folder name, without a path")
        return project_path(self.log_dir) / name


def load_experiment(
    path: str | Path, overrides: Sequence[str] = (), minutes: float | None = None
) -> tuple[Experiment, Tree]:
    """Read a config strictly; returns it and the merged tree. `minutes` of speech choose a row of
    its `by_minutes`; None, before they are known, chooses none.
    """
    try:
        tree = _merged_tree(path, overrides, minutes)
    except ConfigError as error:
        refuse_amphion(path)  # whose bases are not here
        raise error
    try:
        experiment = build_section(Experiment, tree, "")
    except ConfigError as error:
        refuse_amphion(path)
        raise ConfigError(f"{path}: {error}{_counterpart(str(error))}") from None
    for name in experiment.dataset:
        if Path(name).name != name or name in ("", ".", ".."):
            raise ConfigError(f"{path}: dataset: {name!r} is no plain folder name")
    if not experiment.dataset or len(set(experiment.dataset)) != len(experiment.dataset):
        raise ConfigError(
            f"{path}: dataset: expected a list of different names, found {experiment.dataset}"
        )
    for name, lists in experiment.dataset_splits.items():
        for split in lists:
            if split not in SPLITS:
                hint = nearest(split, SPLITS) or f"; known: {', '.join(SPLITS)}"
                raise ConfigError(f"{path}: dataset_splits.{name}.{split}: no such split{hint}")
    for key in OF_DATASETS:
        for name in getattr(experiment, key):
            if name not in experiment.dataset:
                hint = nearest(name, experiment.dataset)
                raise ConfigError(f"{path}: {key}.{name}: is none of `dataset`{hint}")
    for name, weight in experiment.dataset_weights.items():
        if not 0 < weight < math.inf:
            raise ConfigError(
                f"{path}: dataset_weights.{name}: expected more than 0, found {weight:g}; to leave "
                "a dataset out, remove it from `dataset`"
            )
    return experiment, tree


def _counterpart(error: str) -> str:
    """What to write instead of an unknown key that Amphion has, if `error` is about one."""
    key, unknown, _ = error.partition(": no such key")
    ours = KEYS[key].ours if unknown and key in KEYS else ()
    return f"; Amphion's {key} is {' and '.join(ours)} here" if ours else ""


def _merged_tree(path: str | Path, overrides: Sequence[str], minutes: float | None) -> Tree:
    chain = read_chain(path)
    own = override(chain, overrides)
    rows = own.get(BY_MINUTES, [])
    if not isinstance(rows, list):
        raise ConfigError(f"{path}: {BY_MINUTES}: expected a list of objects, found {rows!r:.60}")
    for i, row in enumerate(rows):
        below = row.get(BELOW, math.inf) if isinstance(row, dict) else None
        if isinstance(below, bool) or not isinstance(below, (int, float)):
            raise ConfigError(
                f"{path}: {BY_MINUTES}[{i}]: expected an object, and minutes in below"
            )
    row = {} if minutes is None else row_of(own, minutes)
    return override(merged(chain, base_of(own), row), overrides)
