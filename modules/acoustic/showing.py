"""Validation output of acoustic models: mels, pitch curves, alignments."""

from __future__ import annotations

import torch
from torch import Tensor

from recital.modules.alignment.aligner import Alignment
from recital.modules.contract.batch import Batch
from recital.modules.contract.model import Acoustic, Shown


def show_mels(batch: Batch, taught: Tensor, free: Acoustic) -> list[Shown]:
    """The true mel of each utterance, the teacher-forced one, `taught` [B, n_mels, T], and for as
    many as `free` has the one predicted from the text alone.
    """
    assert batch.mel is not None and batch.mel_lengths is not None
    shown = []
    for i, (name, t) in enumerate(zip(batch.ids, batch.mel_lengths.tolist(), strict=True)):
        mels = {"true": batch.mel[i, :, :t], "taught": taught[i, :, :t]}
        if i < len(free.mel):
            # a model early in training may predict no frames
            mels["predicted"] = free.mel[i, :, : max(int(free.mel_lengths[i]), 1)]
        for kind, mel in mels.items():
            shown.append(Shown(f"mel/{kind}/{name}", "mel", mel.float().cpu().numpy()))
    return shown


def show_pitch(ids: list[str], lengths: Tensor, true: Tensor, predicted: Tensor) -> list[Shown]:
    """Two curves per utterance: true and predicted [B, L], with lengths [B] in tokens or frames."""
    curves = torch.stack([true.float(), predicted.float()], 1).cpu().numpy()  # [B, 2, L]
    return [
        Shown(f"pitch/{name}", "curves", curves[i, :, :n], ("true", "predicted"))
        for i, (name, n) in enumerate(zip(ids, lengths.tolist(), strict=True))
    ]


def show_alignments(batch: Batch, alignment: Alignment | None) -> list[Shown]:
    """The soft and hard alignment of each utterance, [N, T]; empty without an aligner."""
    if alignment is None:
        return []
    assert batch.token_lengths is not None and batch.mel_lengths is not None
    lengths = zip(batch.token_lengths.tolist(), batch.mel_lengths.tolist(), strict=True)
    shown = []
    for i, (n, t) in enumerate(lengths):
        soft = alignment.log_soft[i, :t, :n].exp().T.cpu().numpy()
        shown.append(Shown(f"alignment/soft/{batch.ids[i]}", "matrix", soft))
        shown.append(_hard(batch.ids[i], alignment.path[i, :t].cpu(), n))
    return shown


def show_alignment(batch: Batch, durations: Tensor) -> list[Shown]:
    """The alignment of each utterance, [N, T], by the frames of its tokens, [B, N]."""
    assert batch.token_lengths is not None
    shown = []
    for name, row, n in zip(batch.ids, durations.cpu(), batch.token_lengths.tolist(), strict=True):
        path = torch.repeat_interleave(torch.arange(n), row[:n])
        shown.append(_hard(name, path, n))
    return shown


def _hard(name: str, path: Tensor, n_tokens: int) -> Shown:
    """The token of each frame [T] as a matrix [N, T]."""
    hard = torch.zeros(n_tokens, len(path))
    hard[path, torch.arange(len(path))] = 1.0
    return Shown(f"alignment/hard/{name}", "matrix", hard.numpy())
