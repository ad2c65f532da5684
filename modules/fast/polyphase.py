"""Replaces `AntiAliased.forward` in inference on a CPU: the doubled signal is kept as its even and
odd samples, so that no zeros are convolved, and a compiled loop over pieces that stay in the cache
computes all of it. Justified by `benchmark fast`, on an utterance of BigVGAN.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from recital.modules.fast.loops import run_loop
from recital.modules.layers.snake import AntiAliased


class Polyphase(nn.Module):
    """An anti-aliased activation over [B, C, 1, T] with the channels last in memory."""

    def __init__(self, plain: AntiAliased) -> None:
        super().__init__()
        frequency, magnitude = plain.snake.factors()
        # float32, as the loop expects: sin^2 has a period of pi
        self.periods = (frequency.detach() / math.pi).float().contiguous()
        self.magnitude = magnitude.detach().float().contiguous()
        self.low_pass = plain.low_pass.float().contiguous()

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, C, 1, T] -> [B, C, 1, T], without gradients."""
        # here, since numba takes a moment to import, and few vocoders need it
        from recital.modules.fast.polyphase_cpu import activate

        inputs = hidden.float().contiguous(memory_format=torch.channels_last)
        outputs = torch.empty_like(inputs)
        n_items, channels, _, n_samples = inputs.shape
        weights = (self.periods, self.magnitude, self.low_pass)
        run_loop(activate, (n_items, n_samples, channels), inputs, outputs, *weights)
        return outputs.to(hidden.dtype)


def to_polyphase(network: nn.Module) -> None:
    """Replace the anti-aliased activations below a network."""
    for name, part in network.named_children():
        if isinstance(part, AntiAliased):
            setattr(network, name, Polyphase(part))
        else:
            to_polyphase(part)
