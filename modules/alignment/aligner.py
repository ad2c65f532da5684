"""The aligner of "One TTS Alignment To Rule Them All" (arXiv 2108.10447): soft and hard alignment
and their two losses.

Deviations: padded tokens take no part in the first softmax (in NVIDIA's code they do, so that an
item's alignment depends on its neighbours in the batch). Everything here is float32 under
autocast: in bfloat16 distances of neighbouring tokens become equal.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recital.modules.alignment.attention_prior import Prior, attention_prior
from recital.modules.alignment.forward_sum import FILL, forward_sum_losses
from recital.modules.alignment.monotonic import search
from recital.modules.contract.batch import Batch
from recital.modules.layers.convolution import TimeConv1d
from recital.modules.layers.masking import length_mask
from recital.utils.ranges import Width

TEMPERATURE = 0.0005
LOG_MIN = math.log(1e-12)


class Alignment(NamedTuple):
    """An alignment of T frames to N tokens."""

    log_joint: Tensor  # [B, T, N] log-likelihood (a softmax over tokens) plus log prior
    log_soft: Tensor  # [B, T, N] the same, normalised over tokens
    path: Tensor  # [B, T] int64, the hard alignment: each frame's token


class Aligner(nn.Module):
    """Section 2.1: the likelihood of a token in a frame falls with the squared distance of their
    encodings.
    """

    def __init__(
        self, n_mels: int, d_model: int, channels: Width = 80, prior: Prior = "beta_binomial"
    ) -> None:
        super().__init__()
        self.prior = prior
        self.query = nn.ModuleList(
            [
                TimeConv1d(n_mels, 2 * n_mels, 3),
                TimeConv1d(2 * n_mels, n_mels, 1),
                TimeConv1d(n_mels, channels, 1),
            ]
        )
        self.key = nn.ModuleList(
            [TimeConv1d(d_model, 2 * d_model, 3), TimeConv1d(2 * d_model, channels, 1)]
        )
        for convs in (self.query, self.key):
            for i, conv in enumerate(convs):
                gain = nn.init.calculate_gain("linear" if i else "relu")
                nn.init.xavier_uniform_(conv.get_parameter("weight"), gain=gain)

    def forward(
        self,
        keys: Tensor,
        mel: Tensor,
        token_lengths: Tensor,
        mel_lengths: Tensor,
        prior: Tensor | None = None,
    ) -> Alignment:
        """keys [B, N, C] token embeddings, mel [B, n_mels, T], prior [B, T, N]; without one it is
        computed.
        """
        n_tokens, n_frames = keys.shape[1], mel.shape[2]
        with torch.autocast(mel.device.type, enabled=False):
            token_mask = length_mask(token_lengths, n_tokens)
            frame_mask = length_mask(mel_lengths, n_frames)
            query = _stack(self.query, mel.float().transpose(1, 2) * frame_mask[..., None])
            key = _stack(self.key, keys.float() * token_mask[..., None])
            # -|q - k|^2 without |q|^2, which is the same for all tokens and cancels in the softmax
            closeness = 2.0 * query @ key.transpose(1, 2) - key.square().sum(2)[:, None]
            padded = ~token_mask[:, None]
            log_likelihood = (TEMPERATURE * closeness).masked_fill(padded, FILL).log_softmax(2)
            if prior is None:
                prior = attention_prior(token_lengths, mel_lengths, n_tokens, n_frames, self.prior)
            log_joint = log_likelihood + (prior.float() + 1e-8).log()
            log_soft = log_joint.masked_fill(padded, FILL).log_softmax(2)
            return Alignment(
                log_joint, log_soft, search(log_soft.detach(), token_lengths, mel_lengths)
            )


def _stack(convs: nn.ModuleList, x: Tensor) -> Tensor:
    for i, conv in enumerate(convs):
        x = conv(F.relu(x) if i else x)
    return x


def find_durations(
    aligner: Aligner | None,
    keys: Tensor,
    mel: Tensor,
    token_lengths: Tensor,
    mel_lengths: Tensor,
    prior: Tensor | None,
    durations: Tensor | None,
) -> tuple[Tensor, Alignment | None]:
    """The frames of each token, [B, N]: those of the hard alignment, or the given ones without an
    aligner; the arguments are those of `Aligner.forward`.
    """
    if aligner is not None:
        alignment = aligner(keys, mel, token_lengths, mel_lengths, prior)
        return path_durations(alignment.path, mel_lengths, keys.shape[1]), alignment
    assert durations is not None, "the batch brings what the model needs"
    return durations, None


def align_likelihoods(
    log_likelihoods: Tensor, token_lengths: Tensor, mel_lengths: Tensor
) -> Alignment:
    """The alignment of frames to tokens that a model's own log-likelihoods [B, T, N] give."""
    padded = ~length_mask(token_lengths, log_likelihoods.shape[2])[:, None]
    log_joint = log_likelihoods.masked_fill(padded, FILL)
    path = search(log_joint, token_lengths, mel_lengths)
    return Alignment(log_joint, log_joint.log_softmax(2), path)


def path_durations(path: Tensor, mel_lengths: Tensor, n_tokens: int) -> Tensor:
    """path [B, T] -> frames of each token, [B, n_tokens] int64."""
    real = length_mask(mel_lengths, path.shape[1]).long()
    return real.new_zeros(len(path), n_tokens).scatter_add_(1, path, real)


def path_log_probs(alignment: Alignment) -> Tensor:
    """log of the soft alignment on the hard path, [B, T], at least log(1e-12).

    Its mean over (real) frames, negated, is the binarization loss (section 2.3).
    """
    return alignment.log_soft.gather(2, alignment.path[..., None]).squeeze(2).clamp(min=LOG_MIN)


ALIGNMENT_LOSSES = frozenset({"alignment", "binarization", "alignment_focus"})


def alignment_terms(alignment: Alignment | None, batch: Batch) -> dict[str, tuple[Tensor, Tensor]]:
    """Sums and counts of the losses of sections 2.1.1 and 2.3, and of `alignment_focus`, the
    probability of the hard alignment in the soft one, without gradient; nothing without an aligner.
    """
    if alignment is None:
        return {}
    assert batch.token_lengths is not None and batch.mel_lengths is not None
    frames = length_mask(batch.mel_lengths, alignment.path.shape[1])
    n_frames = batch.mel_lengths.sum()
    losses = forward_sum_losses(alignment.log_joint, batch.token_lengths, batch.mel_lengths)
    on_path = path_log_probs(alignment)
    return {
        "alignment": (losses.sum(), torch.ones_like(losses).sum()),
        "binarization": (-(on_path * frames).sum(), n_frames),
        "alignment_focus": ((on_path.detach().exp() * frames).sum(), n_frames),
    }
