"""Blanks between the tokens (arXiv 2106.06103, section 3.1): the model adds them, so that durations
and controls are those of tokens. A token and the blank after it are its units.

    tokens              a b c
    "around"          _ a _ b _ c _     # units; the first blank belongs to the first token
    "between"           a _ b _ c       # Piper's, whose first and last tokens are ^ and $
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from recital.modules.layers.masking import length_mask

Places = Literal["around", "between", "none"]


def add_blanks(
    tokens: Tensor, token_lengths: Tensor, places: Places, blank: int
) -> tuple[Tensor, Tensor]:
    """tokens [B, N], token_lengths [B] -> units [B, U], unit_lengths [B]."""
    if places == "none":
        return tokens, token_lengths
    blanks = torch.full_like(tokens, blank)
    units = torch.stack([tokens, blanks], dim=2).flatten(1)  # [B, 2 N]
    if places == "between":
        return units[:, :-1], (2 * token_lengths - 1).clamp(min=0)
    return torch.cat([blanks[:, :1], units], dim=1), 2 * token_lengths + 1


def owners(n_units: int, places: Places, device: torch.device) -> Tensor:
    """The token of each unit, [U] int64."""
    units = torch.arange(n_units, device=device)
    if places == "none":
        return units
    return units // 2 if places == "between" else (units - 1).clamp(min=0) // 2


def sum_units(values: Tensor, owner: Tensor, n_tokens: int) -> Tensor:
    """values of units [B, U], owner [U] -> their sums by token, [B, N]."""
    n_items = values.shape[0]
    sums = torch.zeros(n_items, n_tokens, dtype=values.dtype, device=values.device)
    return sums.scatter_add(1, owner.expand(n_items, -1), values)


def whole_frames(
    durations: Tensor, pace: Tensor, given: Tensor | None, owner: Tensor, unit_lengths: Tensor
) -> Tensor:
    """Whole frames of units, [B, U] int64: predicted `durations` [B, U], divided by `pace` [B, N]
    and rounded up; of a token that is `given` frames [B, N] (below 0: none), these divided by the
    pace and rounded, shared out among its units as it was predicted.
    """
    mask = length_mask(unit_lengths, durations.shape[1])
    frames = (durations / pace[:, owner]).ceil() * mask
    if given is None:
        return frames.long()
    n_tokens = given.shape[1]
    wanted = (given.float() / pace + 0.5).floor()[:, owner]
    predicted = sum_units(frames, owner, n_tokens)[:, owner]
    # the share of a token's frames up to and with each unit; the smallest share is not 0
    weights = (durations + 1e-6) * mask
    total = sum_units(weights, owner, n_tokens)
    before = (total.cumsum(1) - total)[:, owner]
    ends = (weights.cumsum(1) - before) / total[:, owner].clamp(min=1e-6)
    ends = (ends.clamp(0.0, 1.0) * wanted + 0.5).floor()
    first = owner != torch.cat([owner[:1] - 1, owner[:-1]])
    starts = torch.where(first, 0.0, torch.cat([ends[:, :1], ends[:, :-1]], dim=1))
    shared = (ends - starts).clamp(min=0.0)
    keep = (given[:, owner] < 0) | (wanted == predicted)
    return (torch.where(keep, frames, shared) * mask).long()
