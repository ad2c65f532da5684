"""Optimizers that skip steps with a non-finite gradient on the device, without waiting for the GPU.

They use the interface of torch's GradScaler: a tensor `found_inf` set on the optimizer, 1 if the
step must change neither weights nor state. Fused Adam and AdamW support it, as does `Lamb` here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from recital.utils.training.train_config import OptimizerConfig


def build_optimizer(
    config: OptimizerConfig, parameters: Iterable[nn.Parameter]
) -> torch.optim.Optimizer:
    """Build the optimizer of a config; each supports `found_inf`."""
    if config.name == "lamb":
        return Lamb(parameters, config.lr, config.betas, config.eps, config.weight_decay)
    cls = torch.optim.AdamW if config.name == "adamw" else torch.optim.Adam
    return cls(parameters, config.lr, config.betas, config.eps, config.weight_decay, fused=True)


class Lamb(torch.optim.Optimizer):
    """LAMB (arXiv 1904.00962, algorithm 2) as in NVIDIA's apex, with which FastPitch was trained.

    Beyond the paper, it clips the gradient to a global norm of `max_grad_norm`. The trust
    ratio |p| / |update| is 1 if either norm is 0; it applies to every parameter (apex omits it if
    the weight decay is 0).
    """

    _step_supports_amp_scaling = (
        True  # GradScaler then passes `found_inf` instead of waiting for the GPU
    )

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-6,
        weight_decay: float = 0.01,
        max_grad_norm: float = 1.0,
    ) -> None:
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "max_grad_norm": max_grad_norm,
        }
        super().__init__(parameters, defaults)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:  # type: ignore[override]
        """One update; where `self.found_inf` is 1 nothing changes. A `closure` is not supported."""
        assert closure is None
        parameters = [
            p for group in self.param_groups for p in group["params"] if p.grad is not None
        ]
        if not parameters:
            return
        norm = torch.nn.utils.get_total_norm([p.grad for p in parameters])
        found_inf: Tensor | None = getattr(self, "found_inf", None)
        good = torch.ones_like(norm) if found_inf is None else (1 - found_inf.reshape(())).to(norm)
        for group in self.param_groups:
            clip = (norm / group["max_grad_norm"]).clamp(min=1.0)
            for p in group["params"]:
                if p.grad is not None:
                    self._update(p, p.grad / clip, group, good)

    def _update(self, p: Tensor, grad: Tensor, group: dict[str, Any], good: Tensor) -> None:
        """The equations of LAMB; `good` is 1, or 0 to change nothing (with `where`, since NaN times
        0 is NaN).
        """
        state = self.state[p]
        if not state:
            state["step"] = torch.zeros((), device=p.device)
            state["exp_avg"] = torch.zeros_like(p)
            state["exp_avg_sq"] = torch.zeros_like(p)
        beta1, beta2 = group["betas"]
        finite = good.bool()
        grad = torch.where(finite, grad, 0)
        state["step"] += good
        state["exp_avg"].lerp_(grad, (1 - beta1) * good)
        state["exp_avg_sq"].lerp_(grad.square(), (1 - beta2) * good)
        # If the first step is skipped, `step` is 0 and the correction divides 0 by 0; `where` drops
        # the result below.
        mean = state["exp_avg"] / (1 - beta1 ** state["step"])
        variance = state["exp_avg_sq"] / (1 - beta2 ** state["step"])
        update = mean / (variance.sqrt() + group["eps"]) + group["weight_decay"] * p
        p_norm, update_norm = p.norm(), update.norm()
        ratio = torch.where((p_norm > 0) & (update_norm > 0), p_norm / update_norm, 1.0)
        p.copy_(torch.where(finite, p - group["lr"] * ratio * update, p))
