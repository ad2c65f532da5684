"""What the Trainer asks of a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from torch import Tensor, nn


class HasIds(Protocol):
    """A batch: a NamedTuple of tensors and others."""

    @property
    def ids(self) -> Sequence[str]:
        """The ids of its items."""
        ...


BatchT = TypeVar("BatchT", bound=HasIds)
NetworkT = TypeVar("NetworkT", bound=nn.Module)


class Trainable(nn.Module, Generic[BatchT]):
    """A module that says how it is trained: one turn of one network after the other."""

    # Children that get an optimizer each, prepared by accelerate one by one.
    networks: tuple[str, ...] = ()
    # Those of them that inference does without, such as discriminators -> the key of the `model`
    # section that describes them.
    training_only: Mapping[str, str] = {}
    # Losses that it yields at some step. A model that yields all of them in each step may leave it
    # empty.
    losses: frozenset[str] = frozenset()

    def begin_step(self, trained_steps: int) -> None:
        """How many steps are done, before each one; for a model whose step changes with them."""

    def step(self, batch: BatchT) -> Iterator[tuple[str, dict[str, Tensor]]]:
        """Yield (network, losses) once per network's turn; the Trainer steps that network's
        optimizer between yields. Validation runs the same generator without gradients.

        Every loss is a scalar, a mean over the global batch. Its weight is in the config.
        """
        raise TypeError(f"{type(self).__name__} cannot be trained")


class Eager(nn.Module):
    """A module that `torch.compile` leaves alone: a loop over time, say, that it would unroll. (Its
    decorator `torch.compiler.disable` would import the compiler, which takes seconds, with the
    module.)
    """


def bare(network: nn.Module, kind: type[NetworkT]) -> NetworkT:
    """A network of the class `kind`, without what data parallelism or compilation wrapped around
    it.
    """
    while not isinstance(network, kind):
        inside = dict(network.named_children())
        network = inside["_orig_mod" if "_orig_mod" in inside else "module"]
    return network
