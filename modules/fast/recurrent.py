"""Replaces `gates[t] + F.linear(inputs, weight)` in Python loops over time: the gradient of the
weight is one product after the loop. Justified by `benchmark fast`, on a step of Tacotron 2.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Cell(nn.LSTMCell):
    """An `nn.LSTMCell` in parts; its gates are in the order input, forget, cell, output."""

    def advance(self, gates: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """gates [B, 4 * H] (before their activations), memory [B, H] -> hidden, memory.

        Always in float32: in half precision the memory overflows.
        """
        i, f, g, o = gates.float().chunk(4, 1)
        memory = torch.addcmul(f.sigmoid() * memory, i.sigmoid(), g.tanh())
        return o.sigmoid() * memory.tanh(), memory

    @property
    def gate_bias(self) -> Tensor:
        """The bias of the gates, [4 * H]."""
        return self.bias_ih + self.bias_hh


class Recurrence:
    """The recurrent part of a cell's gates in a loop over time: `gates[t] + inputs[t] W^T`.

    Autograd would accumulate the gradient of W at every step, a matrix as large as W each time.
    Here the steps use W without gradient and record their inputs; the gradient of W is one product
    over all steps, once the gradients of all gates are known.
    """

    def __init__(self, gates: Tensor, weight: Tensor, dtype: torch.dtype) -> None:
        """gates [T, B, K], the part that does not depend on the recurrence; weight [K, H]; `dtype`
        is that of the products.
        """
        self._inputs: list[Tensor] = []
        self._weight = weight.detach().to(dtype)
        self._gates = _Deferred.apply(gates, weight, self._inputs, dtype).unbind(0)
        self._records = torch.is_grad_enabled() and gates.requires_grad

    def __call__(self, step: int, inputs: Tensor) -> Tensor:
        """inputs [B, H] -> gates [B, K] float32 of a step. Call once per step, in order."""
        inputs = inputs.to(self._weight.dtype)
        if self._records:
            self._inputs.append(inputs.detach())
        return self._gates[step] + F.linear(inputs, self._weight)


class _Deferred(torch.autograd.Function):
    """Identity on the gates; its backward pass computes the deferred gradient of the weight."""

    @staticmethod
    def forward(
        ctx: Any, gates: Tensor, weight: Tensor, inputs: list[Tensor], dtype: torch.dtype
    ) -> Tensor:
        ctx.inputs, ctx.dtype = inputs, dtype
        return gates.view_as(gates)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None, None]:
        inputs = torch.cat(ctx.inputs)  # [T * B, H]
        rows = grad.flatten(0, 1).to(ctx.dtype)  # [T * B, K]
        return grad, (rows.t() @ inputs).to(grad.dtype), None, None
