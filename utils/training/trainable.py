"""The interface between the Trainer and a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from torch import Tensor, nn


class HasIds(Protocol):
    """A batch: a NamedTuple of tensors and other values."""

    @property
    def ids(self) -> Sequence[str]:
        """The ids of its items."""
        ...


BatchT = TypeVar("BatchT", bound=HasIds)
NetworkT = TypeVar("NetworkT", bound=nn.Module)


class Trainable(nn.Module, Generic[BatchT]):
    """A module that defines its training step, in turns of one network each."""

    # Children with an optimizer each, prepared separately by accelerate.
    networks: tuple[str, ...] = ()
    # Those that inference does not use, such as discriminators -> their key in the `model` section.
    training_only: Mapping[str, str] = {}
    # Each network -> the losses that its turn has in any step. A config's `train.loss_weights` are
    # checked against them before anything is trained.
    losses: Mapping[str, frozenset[str]] = {}

    def begin_step(self, trained_steps: int) -> None:
        """Called before each step with the number of finished steps."""

    def step(self, batch: BatchT) -> Iterator[tuple[str, dict[str, Tensor]]]:
        """Yield (network, losses) once per network's turn; the Trainer steps that network's
        optimizer between yields. Validation runs the same generator without gradients.

        Every loss is a scalar, a mean over the global batch. It is in `losses`, and its weight is
        in the config.
        """
        raise TypeError(f"{type(self).__name__} cannot be trained")


class Eager(nn.Module):
    """A module that `torch.compile` skips, such as a loop over time that it would unroll. (The
    decorator `torch.compiler.disable` would import the compiler, which takes seconds.)
    """


def bare(network: nn.Module, kind: type[NetworkT]) -> NetworkT:
    """A network of the class `kind`, without the wrappers of data parallelism and compilation."""
    while not isinstance(network, kind):
        inside = dict(network.named_children())
        network = inside["_orig_mod" if "_orig_mod" in inside else "module"]
    return network
