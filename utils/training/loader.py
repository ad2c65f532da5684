"""The dataset interface of the Trainer, and its loaders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from recital.utils.signals import ignore_stop_signals
from recital.utils.training.sampler import Numbers
from recital.utils.training.trainable import BatchT, HasIds

BatchT_co = TypeVar("BatchT_co", bound=HasIds, covariant=True)


class Dataset(Protocol[BatchT_co]):
    """A training set. Anything random in an item must be a function of (seed, epoch, id)."""

    @property
    def ids(self) -> Sequence[str]:
        """The ids of the utterances, by index."""
        ...

    @property
    def lengths(self) -> Numbers:
        """The lengths that `max_frames` counts, by index."""
        ...

    @property
    def fingerprint(self) -> Mapping[str, str]:
        """Name of a part of the data -> hash; a resumed run must have the same."""
        ...

    @property
    def weights(self) -> Sequence[float] | np.ndarray | None:
        """How often each item occurs in an epoch; None: once."""
        ...

    def __getitem__(self, key: tuple[int, int]) -> Any:
        """The item of `(epoch, index)`, of the type that `collate` takes."""
        ...

    def collate(self, items: Sequence[Any]) -> BatchT_co:
        """Items -> one batch."""
        ...


def make_loader(
    data: Dataset[BatchT],
    batches: Iterable[list[tuple[int, int]]],
    *,
    n_workers: int,
    pin_memory: bool,
    keep_workers: bool = False,
) -> DataLoader[BatchT]:
    """A loader for the batches of keys that `batches` yields; it draws no random numbers."""
    return DataLoader(
        data,  # type: ignore[arg-type]
        batch_sampler=batches,
        collate_fn=data.collate,
        num_workers=n_workers,
        persistent_workers=keep_workers and n_workers > 0,
        pin_memory=pin_memory,
        worker_init_fn=ignore_stop_signals,
        generator=torch.Generator(),  # otherwise it draws from the global one
    )


def to_device(batch: BatchT, device: torch.device) -> BatchT:
    """Move the tensors of a NamedTuple to the device; the only way a batch is moved."""
    assert isinstance(batch, tuple)
    moved = (v.to(device, non_blocking=True) if isinstance(v, Tensor) else v for v in batch)
    return type(batch)(*moved)
