"""`model.duration_scale` of a training whose config leaves it open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recital.modules.contract.batch import Batch
from recital.modules.contract.model import AcousticModel
from recital.processors.dataset import SpeechDataset
from recital.utils.training.loader import to_device

MOST = 64  # utterances; of as many, the ratio is within 2%
BATCH = 16


def measured_duration_scale(model: AcousticModel, splits: Sequence[SpeechDataset]) -> float:
    """The frames of recordings over those that `model` predicts for their texts: of the first
    split, and of the next ones if it has fewer than `MOST` utterances.

    Durations are trained by squared errors of logarithms, whose best guess is the geometric mean;
    it is below the mean, and a voice that speaks it is faster than its speaker.
    """
    device = next(model.parameters()).device
    spoken = predicted = 0.0
    left = MOST
    for split in splits:
        for batch in _batches(split, min(left, len(split))):
            assert batch.mel_lengths is not None
            spoken += float(batch.mel_lengths.sum())
            predicted += float(model.predicted_frames(to_device(batch, device)).sum())
        left -= min(left, len(split))
    # a model that has learned nothing may predict nothing
    return round(spoken / predicted, 3) if predicted > spoken / 10 else 1.0


def _batches(data: SpeechDataset, n: int) -> Iterator[Batch]:
    """`n` utterances, spread evenly over all."""
    places = [i * len(data) // n for i in range(n)]
    for start in range(0, n, BATCH):
        yield data.collate([data[0, i] for i in places[start : start + BATCH]])
