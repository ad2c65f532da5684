"""Replaces `AntiAliased.forward` in inference on a CPU: the doubled signal is kept as its even and
odd samples, so that no zeros are convolved, and is processed in pieces that stay in the cache.
Justified by `benchmark vocoder_infer`, on BigVGAN.

    x             0   1   2   3
    doubled       e0 o0 e1 o1 e2 o2 e3 o3
    even          e0 e1 e2 e3      6 taps on x 3 earlier to 2 later
    odd           o0 o1 o2 o3      6 taps on x 2 earlier to 3 later
    filtered      6 taps on even, 2 earlier to 3 later, and 6 on odd, 3 earlier to 2 later
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.layers.snake import TAPS, AntiAliased

PIECE = 1 << 17  # values
EDGE = TAPS // 4  # samples on either side that a filter of one phase needs


class Polyphase(nn.Module):
    """An anti-aliased activation over [B, C, 1, T] with the channels last in memory."""

    def __init__(self, plain: AntiAliased) -> None:
        super().__init__()
        frequency, magnitude = plain.snake.factors()
        self.frequency = frequency.detach()[:, None, None]
        self.magnitude = magnitude.detach()[:, None, None]
        channels = len(frequency)
        first, second = plain.low_pass[0::2], plain.low_pass[1::2]  # of a symmetric filter
        self.up_even, self.up_odd = _kernel(2 * first, channels), _kernel(2 * second, channels)
        self.down_even, self.down_odd = _kernel(second, channels), _kernel(first, channels)

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, C, 1, T] -> [B, C, 1, T], without gradients."""
        n_items, channels, _, n_samples = hidden.shape
        filtered = torch.empty_like(hidden)
        step = max(PIECE // (n_items * channels), 8 * EDGE)
        for start in range(0, n_samples, step):
            stop = min(start + step, n_samples)
            even, odd = self._doubled(hidden, max(start - EDGE, 0), min(stop + EDGE, n_samples))
            before, after = max(EDGE - start, 0), max(stop + EDGE - n_samples, 0)
            if before or after:
                # beyond its ends the doubled signal is its first even and its last odd sample
                first = even[..., :1].expand(-1, -1, -1, before)
                last = odd[..., -1:].expand(-1, -1, -1, after)
                even, odd = torch.cat([first, even, last], 3), torch.cat([first, odd, last], 3)
            torch.add(
                F.conv2d(even[..., 1:], self.down_even, groups=channels),
                F.conv2d(odd[..., :-1], self.down_odd, groups=channels),
                out=filtered[..., start:stop],
            )
        return filtered

    def _doubled(self, hidden: Tensor, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """The active signal at twice the rate, as even and odd samples of start to stop."""
        channels, n_samples = hidden.shape[1], hidden.shape[3]
        before, after = max(EDGE - start, 0), max(stop + EDGE - n_samples, 0)
        near = hidden[..., start - EDGE + before : stop + EDGE - after]
        if before or after:
            first = near[..., :1].expand(-1, -1, -1, before)
            near = torch.cat([first, near, near[..., -1:].expand(-1, -1, -1, after)], 3)
        even = F.conv2d(near[..., :-1], self.up_even, groups=channels)
        odd = F.conv2d(near[..., 1:], self.up_odd, groups=channels)
        for phase in (even, odd):
            wave = (phase * self.frequency).sin_().square_()
            phase.addcmul_(wave, self.magnitude)
        return even, odd


def to_polyphase(network: nn.Module) -> None:
    """Replace the anti-aliased activations below a network."""
    for name, part in network.named_children():
        if isinstance(part, AntiAliased):
            setattr(network, name, Polyphase(part))
        else:
            to_polyphase(part)


def _kernel(taps: Tensor, channels: int) -> Tensor:
    """[size] -> [C, 1, 1, size], with the channels last in memory."""
    kernel = taps.expand(channels, 1, 1, -1)
    return kernel.contiguous(memory_format=torch.channels_last)
