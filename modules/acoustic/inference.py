"""Inference code shared by acoustic models: checks of arguments, durations, and the variance of the
mel."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn

from recital.modules.layers.masking import length_mask
from recital.modules.layers.predictor import Predictor
from recital.utils.errors import DataError


def check_given(tokens: Tensor, pace: float | Tensor, **given: Tensor | None) -> None:
    """Raise `DataError` for an invalid pace, or for values whose shape does not match the tokens
    [B, N] (pitch: [B, 1, N]).
    """
    if not bool((torch.as_tensor(pace) > 0).all()):
        raise DataError(f"pace: expected a number above 0 (2.0 is twice as fast), found {pace}")
    for name, value in given.items():
        shape = (tokens.shape[0], 1, tokens.shape[1]) if name == "pitch" else tuple(tokens.shape)
        if value is not None and tuple(value.shape) != shape:
            raise DataError(
                f"{name}: expected the shape {shape} of the tokens, found {tuple(value.shape)}"
            )


class TextEncoder(Protocol):
    """The part of a network that is not heard: texts, and how long their tokens last."""

    embedding: nn.Embedding
    duration_predictor: Predictor

    def encode(self, embedded: Tensor, mask: Tensor, speaker: Tensor | None) -> Tensor:
        """embedded [B, N, C], mask [B, N], speaker [B] -> [B, N, C]."""
        ...


def encode_texts(
    network: TextEncoder,
    tokens: Tensor,
    token_lengths: Tensor,
    speaker: Tensor | None,
    scale: float,
    most: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """tokens [B, N], token_lengths [B], speaker [B] -> encoded [B, N, C], mask [B, N], and the
    predicted durations [B, N]: frames times `scale`, at most `most`, 0 outside of the mask.
    """
    mask = length_mask(token_lengths, tokens.shape[1])
    encoded = network.encode(network.embedding(tokens), mask, speaker)
    # log(1 + frames)
    log_durations: Tensor = network.duration_predictor(encoded, mask)
    frames = (log_durations.float().exp() - 1) * scale
    return encoded, mask, frames.clamp(0, most) * mask


def scale_deviations(mel: Tensor, lengths: Tensor, scale: float) -> Tensor:
    """mel [B, n_mels, T], lengths [B] -> the same, each band's deviations from its mean over the
    item's frames times `scale`.

    A spectral loss trains the mean, which varies less over time than speech: the global variance
    of Toda and Tokuda (2007) is too small. Scaling restores it (Silén et al., 2012, "Ways to
    implement global variance in statistical speech synthesis").
    """
    if scale == 1.0:
        return mel
    frames = length_mask(lengths, mel.shape[2])[:, None]
    mean = (mel * frames).sum(2, keepdim=True) / lengths.clamp(min=1)[:, None, None]
    return torch.where(frames, mean + scale * (mel - mean), mel)
