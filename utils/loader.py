"""Datasets as the Trainer sees them, and the loaders over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from recital.utils.signals import ignore_stop_signals
from recital.utils.trainable import BatchT, HasIds

BatchT_co = TypeVar("BatchT_co", bound=HasIds, covariant=True)


class Dataset(Protocol[BatchT_co]):
    """What is trained on. Anything random in an item must be a function of (seed, epoch, id)."""

    @property
    def ids(self) -> Sequence[str]:
        """The ids of the utterances, by index."""
        ...

    @property
    def lengths(self) -> Sequence[int]:
        """What `max_frames` counts."""
        ...

    @property
    def fingerprint(self) -> Mapping[str, str]:
        """What was -> its hash; a resumed run must find the same."""
        ...

    @property
    def weights(self) -> Sequence[float] | None:
        """How often an epoch takes each item; None: once."""
        ...

    def __getitem__(self, key: tuple[int, int]) -> Any:
        """The item of `(epoch, index)`, of whatever type `collate` takes."""
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
    """A loader of the batches of keys that `batches` yields; it draws nothing at random."""
    return DataLoader(
        data,  # type: ignore[arg-type]
        batch_sampler=batches,
        collate_fn=data.collate,
        num_workers=n_workers,
        persistent_workers=keep_workers and n_workers > 0,
        pin_memory=pin_memory,
        worker_init_fn=ignore_stop_signals,
        generator=torch.Generator(),  # of its own: it would else draw from the global one
    )


def to_device(batch: BatchT, device: torch.device) -> BatchT:
    """A NamedTuple with its tensors on the device; the only way that a batch is moved."""
    assert isinstance(batch, tuple)
    moved = (v.to(device, non_blocking=True) if isinstance(v, Tensor) else v for v in batch)
    return type(batch)(*moved)
