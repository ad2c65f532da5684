"""From steps of the decoder to frames: durations of tokens, and another pace."""

from __future__ import annotations

import torch
from torch import Tensor

from recital.modules.acoustic.length import most_frames
from recital.modules.layers.masking import length_mask


def attention_durations(weights: Tensor, token_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    """Count the frames whose largest weight is on each token: weights [B, T, N] -> [B, N] int64,
    which sum to the frames of each item (FastPitch 1.0, arXiv 2006.06873, section 2.3).
    """
    padded = ~length_mask(token_lengths, weights.shape[2])[:, None]
    tokens = weights.masked_fill(padded, -1.0).argmax(2)  # [B, T]
    real = length_mask(mel_lengths, weights.shape[1])[..., None]
    there = torch.arange(weights.shape[2], device=tokens.device) == tokens[..., None]
    return (there & real).sum(1)


def stretch(mel: Tensor, lengths: Tensor, pace: Tensor) -> tuple[Tensor, Tensor]:
    """Interpolate mel [B, n_mels, T] and lengths [B] to another pace, [B]; 0 in padding. At a pace
    of 1, all values stay.
    """
    rates = pace.float()[:, None]
    last = (lengths[:, None] - 1).clamp(min=0)
    wanted = (lengths / rates[:, 0]).round().long().clamp(min=1) * (lengths > 0)
    size = most_frames(wanted)
    at = torch.arange(size, device=mel.device) * rates  # [B, T']
    at = torch.minimum(at, last)
    left = at.floor().long()
    right = torch.minimum(left + 1, last)
    before, after = _frames(mel, left), _frames(mel, right)
    stretched = before + (after - before) * (at - left)[:, None]
    return stretched * length_mask(wanted, size)[:, None], wanted


def _frames(mel: Tensor, places: Tensor) -> Tensor:
    """mel [B, n_mels, T], places [B, T'] -> [B, n_mels, T']."""
    return mel.gather(2, places[:, None].expand(-1, mel.shape[1], -1))


def share_out(durations: Tensor, lengths: Tensor) -> Tensor:
    """Scale durations [B, N] to whole frames that sum to `lengths` [B]."""
    ends = durations.cumsum(1)
    total = ends[:, -1:].clamp(min=1)
    ends = (ends * lengths[:, None] / total).round().long()
    return torch.cat([ends[:, :1], ends[:, 1:] - ends[:, :-1]], 1)
