"""Loss terms of acoustic models: sums over real positions and their counts, which `batch_means`
turns into means over the global batch.
"""

from __future__ import annotations

from torch import Tensor

from recital.modules.contract.batch import Batch
from recital.modules.layers.masking import length_mask

Term = tuple[Tensor, Tensor]  # sum, count


def masks_of(batch: Batch) -> tuple[Tensor, Tensor]:
    """The masks of a batch: tokens [B, N], frames [B, T]."""
    assert batch.tokens is not None and batch.token_lengths is not None
    assert batch.mel is not None and batch.mel_lengths is not None
    tokens = length_mask(batch.token_lengths, batch.tokens.shape[1])
    return tokens, length_mask(batch.mel_lengths, batch.mel.shape[2])


def masked(values: Tensor, mask: Tensor) -> Term:
    """Sum and count over the mask; values [B, L] or [B, C, L], mask [B, L]."""
    channels = values.shape[1] if values.dim() == 3 else 1
    real = mask[:, None] if values.dim() == 3 else mask
    return (values * real).sum(), mask.sum() * channels


def squared_error(hat: Tensor, target: Tensor, mask: Tensor) -> Term:
    """The error in float32; hat and target [B, L] or [B, C, L], mask [B, L]."""
    return masked((hat.float() - target.float()).square(), mask)


def absolute_error(hat: Tensor, target: Tensor, mask: Tensor) -> Term:
    """The error in float32; hat and target [B, L] or [B, C, L], mask [B, L]."""
    return masked((hat.float() - target.float()).abs(), mask)
