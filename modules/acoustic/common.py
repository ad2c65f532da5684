"""What acoustic models share around their networks."""

from __future__ import annotations

import torch
from torch import Tensor

from recital.modules.alignment.aligner import Alignment
from recital.modules.contract.model import Shown
from recital.modules.layers.masking import length_mask
from recital.utils.errors import DataError


def check_given(tokens: Tensor, pace: float | Tensor, **given: Tensor | None) -> None:
    """Raise `DataError` for a pace that cannot be, or what is given in another shape than the
    tokens [B, N] (pitch: [B, 1, N]).
    """
    if not bool((torch.as_tensor(pace) > 0).all()):
        raise DataError(f"pace: expected a number above 0 (2.0 is twice as fast), found {pace}")
    for name, value in given.items():
        shape = (tokens.shape[0], 1, tokens.shape[1]) if name == "pitch" else tuple(tokens.shape)
        if value is not None and tuple(value.shape) != shape:
            raise DataError(
                f"{name}: expected the shape {shape} of the tokens, found {tuple(value.shape)}"
            )


def of_speaker(statistic: Tensor, speaker: Tensor | None) -> Tensor:
    """statistic [n_speakers], speaker [B] -> [B, 1]; without one the first speaker's, [1, 1]."""
    return statistic[:1, None] if speaker is None else statistic[speaker, None]


def scale_deviations(mel: Tensor, lengths: Tensor, scale: float) -> Tensor:
    """mel [B, n_mels, T], lengths [B] -> the same, each band's deviations from its mean over the
    item's frames times `scale`.

    A loss on spectra teaches their mean, which varies less in time than speech does: the global
    variance of Toda and Tokuda (2007) is too small. Scaling gives it back (Silén et al., 2012,
    "Ways to implement global variance in statistical speech synthesis").
    """
    if scale == 1.0:
        return mel
    frames = length_mask(lengths, mel.shape[2])[:, None]
    mean = (mel * frames).sum(2, keepdim=True) / lengths.clamp(min=1)[:, None, None]
    return torch.where(frames, mean + scale * (mel - mean), mel)


def show_alignment(alignment: Alignment, i: int, n: int, t: int, name: str) -> list[Shown]:
    """The soft and the hard alignment of item `i`, which has n tokens and t frames."""
    soft = alignment.log_soft[i, :t, :n].exp().T.cpu().numpy()
    hard = torch.zeros(n, t)
    hard[alignment.path[i, :t].cpu(), torch.arange(t)] = 1.0
    return [
        Shown(f"alignment/soft/{name}", "matrix", soft),
        Shown(f"alignment/hard/{name}", "matrix", hard.numpy()),
    ]
