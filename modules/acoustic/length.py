"""Conversions between tokens and frames: repeat a token's vector over its frames, average frame
values over a token.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from recital.modules.layers.masking import length_mask
from recital.utils.floats import widest


def repeats_of(durations: Tensor, pace: float | Tensor = 1.0) -> Tensor:
    """Predicted durations [B, N] float -> whole frames [B, N] int64: floor(duration / pace + 0.5).

    A `pace` above 1 is faster; a tensor has one per item, [B], or per token, [B, N].
    """
    if isinstance(pace, Tensor) and pace.dim() == 1:
        pace = pace[:, None]
    return (durations.float() / pace + 0.5).floor().long()


def paced_repeats(durations: Tensor, pace: float | Tensor) -> Tensor:
    """Frames [B, N] -> whole frames [B, N] int64 at this pace: the borders between tokens, not the
    tokens, are rounded, up, so that a text lasts as long as its pace says. The last is cut.
    """
    if isinstance(pace, Tensor) and pace.dim() == 1:
        pace = pace[:, None]
    ends = (durations.float() * (1 / pace)).cumsum(1)
    borders = torch.minimum(ends.ceil(), ends[:, -1:].floor()).long()
    return borders - F.pad(borders[:, :-1], (1, 0))


def choose_durations(predicted: Tensor, given: Tensor | None) -> Tensor:
    """Predicted durations [B, N], and those given instead, where they are not below 0."""
    return predicted if given is None else torch.where(given < 0, predicted, given.float())


def most_frames(lengths: Tensor) -> int:
    """The frames of the longest item, at least 1, of lengths of any shape. While a graph is traced,
    it is a tensor, so that the graph computes it.
    """
    longest: Tensor = lengths.max().clamp(min=1)
    return longest if torch.jit.is_tracing() else int(longest)  # type: ignore[return-value]


def frame_tokens(repeats: Tensor, n_frames: int) -> Tensor:
    """repeats [B, N] -> the token of each frame, [B, n_frames] int64; past an item's end its last
    token.
    """
    ends = repeats.cumsum(1)
    frames = torch.arange(n_frames, device=repeats.device).expand(repeats.shape[0], -1)
    return torch.searchsorted(ends, frames.contiguous(), right=True).clamp(max=repeats.shape[1] - 1)


def regulate_length(x: Tensor, repeats: Tensor, n_frames: int) -> tuple[Tensor, Tensor]:
    """The length regulator of FastSpeech (arXiv 1905.09263, equation 1), without a loop over items.

    x [B, N, C], repeats [B, N] -> ([B, n_frames, C], 0 in padding; lengths [B], at most n_frames).
    """
    lengths = repeats.sum(1).clamp(max=n_frames)
    # rows of [B * N, C], read as an embedding: unlike gather, its backward pass is deterministic on
    # a GPU
    rows = torch.arange(x.shape[0], device=x.device)[:, None] * x.shape[1] + frame_tokens(
        repeats, n_frames
    )
    return F.embedding(rows, x.flatten(0, 1)) * length_mask(lengths, n_frames)[..., None], lengths


def token_means(values: Tensor, counted: Tensor, durations: Tensor) -> Tensor:
    """Mean of frame values over each token's counted frames; 0 for a token without one.

    values [B, C, T], counted [B, C, T] bool (the voiced frames, for pitch), durations [B, N] whole
    frames (frames beyond their sum are ignored, and missing ones are absent from the mean) -> [B,
    C, N]. Sums are cumulative, in float64, so that a long utterance costs no precision.
    """
    ends = (
        durations.long()
        .cumsum(1)
        .clamp(max=values.shape[2])[:, None]
        .expand(-1, values.shape[1], -1)
    )
    starts = F.pad(ends[..., :-1], (1, 0))

    def sums(x: Tensor) -> Tensor:
        total = F.pad(x.to(widest(x.device)).cumsum(2), (1, 0))
        return total.gather(2, ends) - total.gather(2, starts)

    counts = sums(counted)
    return (sums(values * counted) / counts.clamp(min=1)).float()


def pack_frames(values: Tensor, repeats: Tensor) -> Tensor:
    """Group frame values by token: values [B, T], repeats [B, N] -> [B, C, N], with C the largest
    number of frames of a token.

        frames   a0 a1 a2 b0 c0 c1
        packed   a0 b0 c0   # (0s are no frames)
                 a1 0  c1
                 a2 0  0
    """
    places = torch.arange(most_frames(repeats), device=values.device)[:, None]  # [C, 1]
    starts = (repeats.cumsum(1) - repeats)[:, None]  # [B, 1, N]
    frames = (starts + places).clamp(max=values.shape[1] - 1)  # [B, C, N]
    packed = values.gather(1, frames.flatten(1)).view_as(frames)
    return torch.where(places < repeats[:, None], packed, 0.0)


def unpack_frames(packed: Tensor, repeats: Tensor, n_frames: int) -> Tensor:
    """The inverse of `pack_frames`: packed [B, C, N] -> [B, n_frames], 0 past an item's end."""
    tokens = frame_tokens(repeats, n_frames)  # [B, T]
    starts = (repeats.cumsum(1) - repeats).gather(1, tokens)
    places = torch.arange(n_frames, device=packed.device) - starts
    places = places.clamp(max=packed.shape[1] - 1)  # past the end
    values = packed.flatten(1).gather(1, places * packed.shape[2] + tokens)
    return torch.where(length_mask(repeats.sum(1), n_frames), values, 0.0)
