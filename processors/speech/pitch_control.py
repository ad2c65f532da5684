"""Changes to predicted pitch, each a plain function of the normalised value (FastPitch, arXiv
2006.06873, section 3.3).
"""

from __future__ import annotations

from torch import Tensor

from recital.modules.layers.masking import length_mask


def transform_pitch(
    pitch: Tensor,
    token_lengths: Tensor,
    *,
    mean: float | Tensor,
    std: float | Tensor,
    flatten: bool = False,
    invert: bool = False,
    scale: float | Tensor = 1.0,
    shift_hz: float = 0.0,
    shift_semitones: float = 0.0,
) -> Tensor:
    """Flatten, invert about the mean, scale, shift in Hz, then in semitones; in this order.

    pitch [B, C, N] normalised, token_lengths [B], mean and std in Hz; these and the scale are
    numbers, or tensors that broadcast -> [B, C, N], 0 in padding.
    """
    if flatten:
        pitch = pitch * 0.0
    if invert:
        pitch = -pitch
    pitch = pitch * scale + shift_hz / std
    if shift_semitones:
        hz = (pitch * std + mean) * 2.0 ** (shift_semitones / 12.0)
        pitch = (hz - mean) / std
    return pitch * length_mask(token_lengths, pitch.shape[2])[:, None]
