"""Location-sensitive attention (arXiv 1506.07503) as in Tacotron 2 (arXiv 1712.05884, section 2.2),
and the guided attention loss (arXiv 1710.08969).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.layers.masking import length_mask


class Keys(NamedTuple):
    """The inputs that do not change from frame to frame."""

    projected: Tensor  # [B, N, A]
    padded: Tensor | None  # [B, N], True in padding; None without padding
    location: Tensor  # [2 * kernel, A]: convolution and projection in one


class LocationAttention(nn.Module):
    """Energies v^T tanh(W s + V h + U f), f a convolution of the previous weights and of the sum of
    all weights before.
    """

    def __init__(
        self, query_size: int, memory_size: int, size: int, filters: int, kernel_size: int
    ) -> None:
        super().__init__()
        assert kernel_size % 2 == 1, "an even kernel has no centre"
        self.kernel_size = kernel_size
        self.query = nn.Linear(query_size, size, bias=False)
        self.memory = nn.Linear(memory_size, size, bias=False)
        self.convolution = nn.Conv1d(2, filters, kernel_size, bias=False)
        self.location = nn.Linear(filters, size, bias=False)
        self.energy = nn.Linear(size, 1, bias=False)
        for linear in (self.query, self.memory, self.location):
            nn.init.xavier_uniform_(linear.weight, gain=nn.init.calculate_gain("tanh"))

    def keys(self, memory: Tensor, lengths: Tensor | None) -> Keys:
        """memory [B, N, C], lengths [B] (None: all are full)."""
        padded = None if lengths is None else ~length_mask(lengths, memory.shape[1])
        kernel = torch.einsum("af,fck->cka", self.location.weight, self.convolution.weight)
        return Keys(self.memory(memory).float(), padded, kernel.flatten(0, 1))

    def forward(self, query: Tensor, keys: Keys, weights: Tensor, total: Tensor) -> Tensor:
        """query [B, Q], weights and total [B, N] of the frames before -> weights [B, N], which sum
        to 1 over the real tokens.
        """
        margin = self.kernel_size // 2
        before = F.pad(torch.stack([weights, total], 1), (margin, margin))  # [B, 2, N + 2 * margin]
        near = before.unfold(2, self.kernel_size, 1).transpose(1, 2).flatten(2)  # [B, N, 2 * k]
        features = self.query(query)[:, None] + keys.projected + near @ keys.location
        energies = F.linear(features.float().tanh(), self.energy.weight).squeeze(2)
        if keys.padded is not None:
            energies = energies.masked_fill(keys.padded, -torch.inf)
        return energies.float().softmax(1)


def guided_attention(
    weights: Tensor, token_lengths: Tensor, frame_lengths: Tensor, width: float = 0.2
) -> tuple[Tensor, Tensor]:
    """The loss on attention away from the diagonal (arXiv 1710.08969, section 4.1), as a sum and
    its count.

    weights [B, T, N]; a weight at token n of N and frame t of T costs
    1 - exp(-(n / N - t / T)^2 / (2 width^2)).
    """
    tokens = torch.arange(weights.shape[2], device=weights.device)
    frames = torch.arange(weights.shape[1], device=weights.device)
    across = tokens / token_lengths[:, None]  # [B, N]
    along = frames / frame_lengths[:, None]  # [B, T]
    penalty = 1 - (-(across[:, None] - along[:, :, None]).square() / (2 * width**2)).exp()
    real = length_mask(frame_lengths, len(frames))[:, :, None]
    real = real & length_mask(token_lengths, len(tokens))[:, None]
    return (weights.float() * penalty * real).sum(), (token_lengths * frame_lengths).sum()
