"""The adversarial game of any generator and its `Discriminators`: the losses of the two turns.

Real and generated items pass through the discriminators as one batch. The generator's turn computes
no gradients of the discriminators' weights, which would be unused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from recital.modules.losses.adversarial import LOSSES, Judgement, feature_matching
from recital.modules.losses.discriminators import Discriminators
from recital.modules.losses.reduction import batch_means, counted
from recital.utils.training.trainable import bare

JUDGED = frozenset({"real", "fake"})  # losses of the discriminators' turn
FOOLED = frozenset({"adversarial", "feature_matching"})  # those of the generator's


def losses_of(network: str, own: Iterable[str], judged: bool) -> dict[str, frozenset[str]]:
    """The `losses` of a model whose `network` has its `own`; if it is `judged`, there is a
    `discriminator`.
    """
    names = frozenset(own)
    return {"discriminator": JUDGED, network: names | FOOLED} if judged else {network: names}


def judged_losses(
    discriminator: nn.Module, adversarial: str, real: Tensor, made: Tensor
) -> dict[str, Tensor]:
    """The discriminators' losses on as many real as generated items [B, ...]; no gradient reaches
    the generator. `discriminator` may be in its data-parallel wrapper, `adversarial` is a key of
    `LOSSES`.
    """
    loss = LOSSES[adversarial]
    weights = bare(discriminator, Discriminators).weights
    both = discriminator(torch.cat([real, made.detach()]))
    return {
        "real": _weighted(both, weights, lambda judged: loss.real(judged.scores.chunk(2)[0])),
        "fake": _weighted(both, weights, lambda judged: loss.fake(judged.scores.chunk(2)[1])),
    }


def fooled_losses(
    discriminator: nn.Module, adversarial: str, real: Tensor, made: Tensor
) -> dict[str, Tensor]:
    """The generator's losses. The discriminators are frozen and unwrapped: their weights get no
    gradients, so data parallelism has none to exchange.
    """
    discriminators = bare(discriminator, Discriminators)
    with frozen(discriminators), parametrize.cached():  # one weight norm for both
        with torch.no_grad():
            theirs = discriminators(real)
        mine = discriminators(made)
    matching = [
        weight * feature_matching(theirs[name], mine[name])
        for name, weight in discriminators.weights.items()
    ]
    fool = LOSSES[adversarial].fool
    return {
        "adversarial": _weighted(mine, discriminators.weights, lambda judged: fool(judged.scores)),
        "feature_matching": torch.stack(matching).sum(),
    }


def means_of(
    losses: Mapping[str, Tensor], n: int, own: Mapping[str, tuple[Tensor, Tensor]] | None = None
) -> dict[str, Tensor]:
    """Means over the `n` items of this process, and sums with their counts -> means over all
    processes.
    """
    terms = {name: counted(loss, n) for name, loss in losses.items()}
    return batch_means({**terms, **(own or {})})


@contextmanager
def frozen(module: nn.Module) -> Iterator[None]:
    """In this context, the module's parameters get no gradients."""
    parameters = [p for p in module.parameters() if p.requires_grad]
    for p in parameters:
        p.requires_grad_(False)
    try:
        yield
    finally:
        for p in parameters:
            p.requires_grad_(True)


def _weighted(
    judgements: Mapping[str, Sequence[Judgement]],
    weights: Mapping[str, float],
    loss: Callable[[Judgement], Tensor],
) -> Tensor:
    """The sum of a loss over all sub-discriminators, weighted by part."""
    terms = [weights[name] * loss(j) for name, judged in judgements.items() for j in judged]
    return torch.stack(terms).sum()
