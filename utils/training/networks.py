"""The networks of a model in training: one optimizer each, prepared separately by accelerate, and
their training step.
"""

from __future__ import annotations

import fnmatch
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Generic

import torch
from accelerate import Accelerator
from accelerate.optimizer import AcceleratedOptimizer
from accelerate.utils import broadcast
from torch import Tensor, nn

from recital.utils.errors import ContractError
from recital.utils.training.checks import check_trainable, frozen_parameters, that_weigh
from recital.utils.training.compilation import compile_network
from recital.utils.training.ema import Ema
from recital.utils.training.log import Meter
from recital.utils.training.optimizers import build_optimizer
from recital.utils.training.train_config import TrainConfig
from recital.utils.training.trainable import BatchT, Trainable

Step = Iterator[tuple[str, dict[str, Tensor]]]  # the result of a model's `step`


class Networks(Generic[BatchT]):
    """Wraps the networks of `model` (the attributes named by `model.networks`) in place, and trains
    them.

    A step with a non-finite loss or gradient changes neither weights nor optimizer state, without
    waiting for the GPU: `found_inf` masks the update on the device, as in GradScaler.
    """

    def __init__(
        self,
        model: Trainable[BatchT],
        config: TrainConfig,
        accelerator: Accelerator,
        compile_with: str | None = None,
    ) -> None:
        """`compile_with` is a backend of `torch.compile`."""
        self.model = model.to(accelerator.device)
        self.config = config
        self.accelerator = accelerator
        check_trainable(model, config)
        freeze(model, config.freeze)
        self.bare: dict[str, nn.Module] = {
            name: model.get_submodule(name) for name in model.networks
        }
        self.averages: dict[str, Ema] = {}
        self.optimizers: dict[str, torch.optim.Optimizer] = {}
        # network and optimizer as accelerate wraps them
        self._prepared: dict[str, tuple[nn.Module, AcceleratedOptimizer]] = {}
        for name, network in self.bare.items():
            trainable = [p for p in network.parameters() if p.requires_grad]
            self.optimizers[name] = build_optimizer(config.optimizer, trainable)
            if config.ema_decay is not None and name not in model.training_only:
                self.averages[name] = Ema(network, config.ema_decay, config.ema_share)
            if compile_with is not None:
                # segments are of one length
                compile_network(network, compile_with, any_length=config.segment_frames is None)
            with (
                warnings.catch_warnings()
            ):  # torch has renamed an option that accelerate still passes
                warnings.filterwarnings("ignore", ".*broadcast_buffers.*", FutureWarning)
                self._prepared[name] = accelerator.prepare(network, self.optimizers[name])
        self.wrap()
        norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
        self._running = [
            buffer for m in norms for buffer in m.buffers()
        ]  # the only buffers that change in a step

    def wrap(self) -> None:
        """Set the prepared networks on the model."""
        for name, (network, _) in self._prepared.items():
            setattr(self.model, name, network)

    @contextmanager
    def unwrapped(self) -> Iterator[Trainable[BatchT]]:
        """In this context, the model's networks are not wrapped: all methods are available, and no
        call waits for other processes.
        """
        for name, network in self.bare.items():
            setattr(self.model, name, network)
        try:
            yield self.model
        finally:
            self.wrap()

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """In this context, the weights are the averages, if there is an EMA."""
        with ExitStack() as stack:
            for ema in self.averages.values():
                stack.enter_context(ema.swapped())
            yield

    def share(self) -> None:
        """Copy the weights and buffers of the first process to all others."""
        if self.accelerator.num_processes > 1:
            with self.unwrapped() as model, torch.no_grad():
                for tensor in model.state_dict().values():
                    tensor.copy_(broadcast(tensor.clone()))

    def train_step(self, batches: Sequence[BatchT], rate: float, meter: Meter) -> Tensor:
        """One optimizer step of each network, on the mean over some batches; returns whether it was
        skipped, a boolean tensor.

        The batches of an accumulation take each turn together, so that the generator's turn uses
        the discriminator updated with all of them, as with one large batch.
        """
        steps = [self.model.step(batch) for batch in batches]
        bad = torch.zeros((), dtype=torch.bool, device=self.accelerator.device)
        while (turn := self._turn(steps, rate, meter)) is not None:
            bad = bad | turn
        if self.accelerator.num_processes > 1:
            # batch norm's statistics: those of the first process, the default of DDP
            for buffer in self._running:
                buffer.copy_(broadcast(buffer.clone()))
        return bad

    def _turn(self, steps: Sequence[Step], rate: float, meter: Meter) -> Tensor | None:
        """The next turn of every batch, then the optimizer step of its network; None if no turn is
        left.
        """
        name, means = "", dict[str, Tensor]()
        for i, step in enumerate(steps):
            with self._own_gradients(len(steps) > 1):
                turn = next(step, None)
                if turn is None:
                    return None
                name, losses = turn
                if i == 0:  # the generator's turn left gradients on the discriminator
                    self.optimizers[name].zero_grad()
                total = self.total(losses, name) / len(steps)
                # A non-finite loss makes NaN gradients on all processes, so checking these is
                # enough.
                self.accelerator.backward(
                    total * torch.where(total.detach().isfinite(), 1.0, torch.nan)
                )
            for key, loss in losses.items():
                means[key] = means.get(key, 0.0) + loss.detach() / len(steps)
        if len(steps) > 1:
            self._average_gradients(name)
        return self._update(name, rate, means, meter)

    def _update(self, name: str, rate: float, losses: Mapping[str, Tensor], meter: Meter) -> Tensor:
        """Clip, step and average, all masked if the gradient is not finite."""
        optimizer, (_, prepared) = self.optimizers[name], self._prepared[name]
        if self.accelerator.scaler is not None:
            self.accelerator.scaler.unscale_(optimizer)
        norm = nn.utils.clip_grad_norm_(self._trainable(name), self.config.clip_norm or math.inf)
        bad = ~norm.isfinite()
        good = (~bad).float()
        for group in optimizer.param_groups:
            group["lr"] = rate
        if self.accelerator.scaler is None:  # the scaler would set it itself
            optimizer.found_inf = 1 - good  # type: ignore[attr-defined]
        prepared.step()
        if name in self.averages:
            self.averages[name].update(good)
        meter.add({**losses, f"gradient_norm/{name}": norm}, good)
        return bad

    @contextmanager
    def _own_gradients(self, wanted: bool) -> Iterator[None]:
        """In this context, if wanted, gradients are not synchronised: DDP does not know which of
        several open graphs is the last.
        """
        with ExitStack() as stack:
            for network, _ in self._prepared.values() if wanted else ():
                stack.enter_context(self.accelerator.no_sync(network))
            yield

    def _average_gradients(self, name: str) -> None:
        """Average gradients over the processes, after an accumulation."""
        if self.accelerator.num_processes == 1:
            return
        parameters = self._trainable(name)
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        flat = self.accelerator.reduce(
            torch.cat([g.reshape(-1) for g in gradients]), reduction="mean"
        )
        for p, mean in zip(parameters, flat.split([p.numel() for p in parameters]), strict=True):
            p.grad = mean.view_as(p)

    def _trainable(self, name: str) -> list[nn.Parameter]:
        return [p for group in self.optimizers[name].param_groups for p in group["params"]]

    def total(self, losses: Mapping[str, Tensor], network: str) -> Tensor:
        """The weighted sum. Raises `ConfigError` if all weigh 0, as the losses before a
        discriminator's first turn may, and `ContractError` for a loss that the model does not name.
        """
        weights = self.config.loss_weights
        if unnamed := losses.keys() - self.model.losses[network]:
            raise ContractError(
                f"{type(self.model).__name__}.losses: lacks {min(unnamed)!r}, which a turn of "
                f"{network!r} has; expected every loss of any step"
            )
        terms = [weights[name] * losses[name] for name in that_weigh(network, losses, weights)]
        return torch.stack([t.float() for t in terms]).sum()


def freeze(model: nn.Module, patterns: Sequence[str]) -> None:
    """Disable gradients of parameters with matching names. Raises as `frozen_parameters`."""
    for name in frozen_parameters(model, patterns):
        model.get_parameter(name).requires_grad_(False)


def frozen_buffers(model: nn.Module, patterns: Sequence[str]) -> dict[str, torch.Tensor]:
    """Copies of the buffers that patterns name, such as the statistics that frozen weights read by.
    A pattern of parameters names no buffer: vectors of speakers are learned under frozen weights.
    """
    names, buffers = dict(model.named_parameters()), dict(model.named_buffers())
    own = [pattern for pattern in patterns if not fnmatch.filter(names, pattern)]
    matched = {name for pattern in own for name in fnmatch.filter(buffers, pattern)}
    return {name: buffers[name].clone() for name in matched}
