"""Scores of a trained model for each utterance of its corpora: the loss and the confidence of the
alignment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import torch

from recital.bins.common.experiment import Experiment
from recital.models import load
from recital.modules.contract.batch import Batch
from recital.modules.contract.model import Model
from recital.preprocessors.doctor.report import Judged
from recital.processors.dataset import SpeechDataset
from recital.processors.store import FeatureStore
from recital.processors.text import TextProcessor
from recital.utils.config import Tree
from recital.utils.training.loader import to_device

CONFIDENCE = "alignment_focus"  # the metric of models with an aligner


@torch.no_grad()
def judge_utterances(
    directory: Path,
    experiment: Experiment,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Judged]:
    """Run every utterance separately through the model's step, worst first. Raises
    `CheckpointError` without a checkpoint.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model, config = load(directory, device)
    text = None
    if experiment.text is not None:
        text = TextProcessor(experiment.text, config["symbols"])
    weights = experiment.train.loss_weights
    parts = []
    for split in ("train", "valid", "test"):
        stores = {n: experiment.store(n) for n in experiment.dataset}
        if any(store.split(split) for store in stores.values()):
            parts.append(_dataset(stores, split, model, experiment, text, config))
    total = sum(len(part) for part in parts)
    judged: list[Judged] = []
    for data in parts:
        for i, example in enumerate(data.examples):
            batch = to_device(data.collate([data[0, i]]), torch.device(device))
            losses = _losses(model, batch)
            loss = sum(weights.get(name, 0.0) * value for name, value in losses.items())
            u, confidence = example.utterance, losses.get(CONFIDENCE)
            judged.append(Judged(example.dataset, u.id, data.split, u.text, loss, confidence))
            progress(len(judged), total)
    return sorted(judged, key=lambda j: -j.loss)


def _losses(model: Model, batch: Batch) -> dict[str, float]:
    return {name: float(value) for _, losses in model.step(batch) for name, value in losses.items()}


def _dataset(
    stores: Mapping[str, FeatureStore],
    split: str,
    model: Model,
    experiment: Experiment,
    text: TextProcessor | None,
    config: Tree,
) -> SpeechDataset:
    return SpeechDataset(
        dict(stores),
        split,
        needs=model.needs,
        audio=experiment.audio,
        preprocess=experiment.preprocess,
        text=text,
        speakers=config.get("speakers", ()),
    )
