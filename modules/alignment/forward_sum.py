"""The forward-sum loss of "One TTS Alignment To Rule Them All" (arXiv 2108.10447, section 2.1.1):
torch's CTC on the CPU, a kernel in Triton on CUDA, where torch's would wait for the lengths.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from recital.modules.alignment.monotonic import triton_runs
from recital.modules.layers.masking import length_mask

FILL = -1e4  # log-probability of the impossible: exp gives 0, and gradients stay finite


def forward_sum_losses(
    log_joint: Tensor, token_lengths: Tensor, mel_lengths: Tensor, blank: float = -1.0
) -> Tensor:
    """-log of the summed probability of all monotonic paths, over the number of tokens.

    log_joint [B, T, N], both lengths [B] -> [B]. It is CTC over the token positions, with a blank
    of fixed score. An item with fewer frames than tokens gives 0.
    """
    with torch.autocast(log_joint.device.type, enabled=False):
        padded = ~length_mask(token_lengths, log_joint.shape[2])[:, None]
        scores = log_joint.float().masked_fill(padded, FILL)
        on_triton = log_joint.is_cuda and triton_runs(log_joint.device)
        sums = _by_triton if on_triton else _by_ctc
        return sums(scores, token_lengths, mel_lengths, blank) / token_lengths


def _by_ctc(scores: Tensor, token_lengths: Tensor, mel_lengths: Tensor, blank: float) -> Tensor:
    """scores [B, T, N] -> -log of the sums, [B]."""
    n_items, _, n_tokens = scores.shape
    log_probs = F.pad(scores, (1, 0), value=blank).log_softmax(2).transpose(0, 1)  # [T, B, 1 + N]
    targets = torch.arange(1, n_tokens + 1, device=scores.device).expand(n_items, -1)
    lengths = mel_lengths, token_lengths
    return F.ctc_loss(log_probs, targets, *lengths, reduction="none", zero_infinity=True)


def _by_triton(scores: Tensor, token_lengths: Tensor, mel_lengths: Tensor, blank: float) -> Tensor:
    """`_by_ctc` without its padded copies."""
    # here, since triton comes with torch for CUDA only
    from recital.modules.alignment.forward_sum_cuda import ForwardSum

    norms = torch.logaddexp(scores.logsumexp(2), scores.new_full((), blank))  # [B, T]
    sums: Tensor = ForwardSum.apply(scores, norms, token_lengths, mel_lengths, blank)
    return sums
