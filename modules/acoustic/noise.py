"""The noise that a model turns into prosody (FastPitch), or into durations and speech (VITS)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from recital.modules.signal.noise import NOISE_FRAMES, draw_noise

APART = 619  # places in a table, between texts that differ by 1 in their first token
DURATION_ROWS = 2  # of the table below; they come after those of the latents


class Noise(NamedTuple):
    """Noise by its length, already scaled by its standard deviation."""

    durations: Callable[[int], Tensor]  # units -> [B or 1, DURATION_ROWS, units]
    latents: Callable[[int], Tensor]  # frames -> [B or 1, d_latent, frames]


def table_noise(
    table: Callable[[int], Tensor],
    temperature: float | Tensor,
    duration_temperature: float | Tensor,
) -> Noise:
    """The noise of a table of all rows: `table(length)` is [B or 1, rows, values] of standard
    deviation 1; where it has fewer values than `length`, it is repeated.
    """

    def cut(rows: slice, length: int) -> Tensor:
        found = table(length)
        places = torch.arange(length, device=found.device) % found.shape[2]
        return found[:, rows][:, :, places]

    return Noise(
        lambda length: duration_temperature * cut(slice(-DURATION_ROWS, None), length),
        lambda length: temperature * cut(slice(-DURATION_ROWS), length),
    )


def fixed_noise(
    d_latent: int,
    temperature: float | Tensor,
    duration_temperature: float | Tensor,
    device: torch.device,
) -> Noise:
    """The same noise for each text: a function of the frame, or of the unit."""

    def table(length: int) -> Tensor:
        drawn = draw_noise(d_latent + DURATION_ROWS, 1, min(length, NOISE_FRAMES))
        return drawn[None].to(device)

    return table_noise(table, temperature, duration_temperature)


def noise_of_texts(table: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
    """table [R, values], tokens [B, N], mask [B, N] -> noise [B, R, N] for each token: the same for
    the same text, and from another place of the table for another, so that not all sentences move
    alike.
    """
    places = torch.arange(tokens.shape[1], device=tokens.device)
    starts = APART * (tokens * mask * (places + 1)).sum(1, keepdim=True)  # [B, 1]
    noise: Tensor = table[:, (starts + places) % table.shape[1]]
    return noise.transpose(0, 1)  # [R, B, N] -> [B, R, N]
